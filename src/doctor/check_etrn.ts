/**
 * Who may send ETRN. Pure.
 *
 * As smtpd(8) has it: without a restriction that refuses whom it does not know, everybody. smtpd_discard_ehlo_keywords changes nothing, since
 * a client need not be told of a command to send it. Restrictions for clients and HELO names hold for ETRN too.
 */
import { programOf } from "../installation/flush_entry.ts";
import type { MasterEntry } from "../installation/postconf.ts";
import { isEveryDestination, strangersUnder } from "../installation/recorded_sites.ts";
import { commandLine } from "../installation/shell_words.ts";
import { type Check, commandsFor, entryName, finding } from "./check.ts";
import type { KindId } from "./kinds.ts";
import type { Configuration, SetUp } from "./set_up.ts";

type Restrictions =
  | "smtpd_etrn_restrictions"
  | "smtpd_client_restrictions"
  | "smtpd_helo_restrictions";

const LISTS: readonly Restrictions[] = [
  "smtpd_etrn_restrictions",
  "smtpd_client_restrictions",
  "smtpd_helo_restrictions",
];

const LOCAL_INTERFACES = /^(?:loopback-only|localhost|127\.[0-9.]+|::1)$/;
const LOCAL_SERVICE = /^(?:localhost|127\.[0-9.]+|\[::1\]):/;

/** Strangers are turned away, or somebody is asked about them. */
export function etrnClosed(values: Readonly<Record<Restrictions, string>>): boolean {
  return LISTS.some((name) => strangersUnder(values[name]) !== "let in");
}

/** smtpd(8) entries where anybody may send ETRN. */
function openEntries({ entries, values, overrides }: Configuration): MasterEntry[] {
  return entries.filter((entry) => {
    const own = overrides.get(entryName(entry));
    const value = (name: Restrictions): string => own?.get(name) ?? values[name];
    const effective = {
      smtpd_etrn_restrictions: value("smtpd_etrn_restrictions"),
      smtpd_client_restrictions: value("smtpd_client_restrictions"),
      smtpd_helo_restrictions: value("smtpd_helo_restrictions"),
    };
    return programOf(entry.command) === "smtpd" && !etrnClosed(effective);
  });
}

/** ETRN is not open to the world. */
export const etrnRestricted: Check = {
  run: (setUp) => {
    const { configuration } = setUp;
    if (configuration.values.fast_flush_domains.trim() === "") {
      return null;
    }
    const open = openEntries(configuration);
    if (open.length === 0) {
      return [];
    }
    const names = open.map(entryName).join(", ");
    const what = `Any client of ${names} may send ETRN: smtpd_etrn_restrictions does not turn strangers away.`;
    return [finding(kindOf(configuration, open), what, closing(setUp, open))];
  },
  well: () => "ETRN is not open to everybody",
};

function kindOf(configuration: Configuration, open: readonly MasterEntry[]): KindId {
  const interfaces = configuration.values.inet_interfaces.split(/[\s,]+/);
  const isLocal =
    interfaces.every((each) => LOCAL_INTERFACES.test(each)) ||
    open.every(({ service }) => LOCAL_SERVICE.test(service));
  if (isLocal) {
    return "etrn-open-local";
  }
  return isEveryDestination(configuration.values.fast_flush_domains)
    ? "etrn-open-to-all"
    : "etrn-open";
}

/** In main.cf, and nothing else in an entry. */
function closing(setUp: SetUp, open: readonly MasterEntry[]): string {
  const { directory, overrides } = setUp.configuration;
  const own = open.filter((entry) => overrides.get(entryName(entry))?.has(LISTS[0] ?? "") === true);
  const commands = commandsFor(setUp);
  const unset = own.map((entry) =>
    commandLine("postconf", "-c", directory, "-PX", `${entryName(entry)}/${LISTS[0]}`),
  );
  const setting = `${LISTS[0]}=permit_mynetworks, reject`;
  return commands.applied(...unset, commandLine("postconf", "-c", directory, "-e", setting));
}
