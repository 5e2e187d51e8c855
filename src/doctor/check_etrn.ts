/**
 * Who may send ETRN. Pure.
 */
import { ETRN_RESTRICTIONS, type OpenEtrn, openEtrn } from "../installation/etrn.ts";
import { isEveryDestination } from "../installation/recorded_sites.ts";
import { commandLine } from "../installation/shell_words.ts";
import { type Check, commandsFor, entryName, finding } from "./check.ts";
import type { KindId } from "./kinds.ts";
import type { Configuration, SetUp } from "./set_up.ts";

/** ETRN is not open to the world. */
export const etrnRestricted: Check = {
  run: (setUp) => {
    const { configuration } = setUp;
    if (configuration.values.fast_flush_domains.trim() === "") {
      return null;
    }
    const open = openEtrn(configuration);
    if (open.entries.length === 0) {
      return [];
    }
    const names = open.entries.map(entryName).join(", ");
    const what = `Any client of ${names} may send ETRN: smtpd_etrn_restrictions does not turn strangers away.`;
    return [finding(kindOf(configuration, open), what, closing(setUp, open))];
  },
  well: () => "ETRN is not open to everybody",
};

function kindOf({ values }: Configuration, { isLocal }: OpenEtrn): KindId {
  if (isLocal) {
    return "etrn-open-local";
  }
  return isEveryDestination(values.fast_flush_domains) ? "etrn-open-to-all" : "etrn-open";
}

/** In main.cf, and nothing else in an entry. */
function closing(setUp: SetUp, { own }: OpenEtrn): string {
  const { directory } = setUp.configuration;
  const unset = own.map((name) =>
    commandLine("postconf", "-c", directory, "-PX", `${name}/${ETRN_RESTRICTIONS}`),
  );
  const setting = `${ETRN_RESTRICTIONS}=permit_mynetworks, reject`;
  const set = commandLine("postconf", "-c", directory, "-e", setting);
  return commandsFor(setUp).applied(...unset, set);
}
