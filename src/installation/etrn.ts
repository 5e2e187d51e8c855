/**
 * Who may send ETRN, by main.cf and master.cf. Pure.
 *
 * As smtpd(8) has it: without a restriction that refuses whom it does not know, everybody. smtpd_discard_ehlo_keywords
 * changes nothing, since a client need not be told of a command to send it. Restrictions for clients and HELO names hold
 * for ETRN too.
 */
import { programOf } from "./flush_entry.ts";
import type { MasterEntry } from "./postconf.ts";
import { strangersUnder } from "./recorded_sites.ts";

type Restrictions =
  | "smtpd_etrn_restrictions"
  | "smtpd_client_restrictions"
  | "smtpd_helo_restrictions";

export const ETRN_RESTRICTIONS = "smtpd_etrn_restrictions";

const LISTS: readonly Restrictions[] = [
  ETRN_RESTRICTIONS,
  "smtpd_client_restrictions",
  "smtpd_helo_restrictions",
];

const LOCAL_INTERFACES = /^(?:loopback-only|localhost|127\.[0-9.]+|::1)$/;
const LOCAL_SERVICE = /^(?:localhost|127\.[0-9.]+|\[::1\]):/;

/** What main.cf and master.cf say of it. */
export interface EtrnSetUp {
  readonly values: Readonly<Record<Restrictions | "inet_interfaces", string>>;
  readonly entries: readonly MasterEntry[];
  /** What entries set by `-o`, by `service/type`, then by parameter. */
  readonly overrides: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Entries of smtpd(8) where anybody may send ETRN. */
export interface OpenEtrn {
  readonly entries: readonly MasterEntry[];
  /** Those among them, by `service/type`, that have restrictions of their own for it. */
  readonly own: readonly string[];
  /** Only programs of this machine reach them. */
  readonly isLocal: boolean;
}

/** Strangers are turned away, or somebody is asked about them. */
export function etrnClosed(values: Readonly<Record<Restrictions, string>>): boolean {
  return LISTS.some((name) => strangersUnder(values[name]) !== "let in");
}

/** Where ETRN is open. */
export function openEtrn({ values, entries, overrides }: EtrnSetUp): OpenEtrn {
  const open = entries.filter((entry) => {
    const own = overrides.get(`${entry.service}/${entry.type}`);
    const value = (name: Restrictions): string => own?.get(name) ?? values[name];
    const effective = {
      smtpd_etrn_restrictions: value("smtpd_etrn_restrictions"),
      smtpd_client_restrictions: value("smtpd_client_restrictions"),
      smtpd_helo_restrictions: value("smtpd_helo_restrictions"),
    };
    return programOf(entry.command) === "smtpd" && !etrnClosed(effective);
  });
  const interfaces = values.inet_interfaces.split(/[\s,]+/);
  return {
    entries: open,
    own: open
      .map(({ service, type }) => `${service}/${type}`)
      .filter((name) => overrides.get(name)?.has(ETRN_RESTRICTIONS) === true),
    isLocal:
      interfaces.every((each) => LOCAL_INTERFACES.test(each)) ||
      open.every(({ service }) => LOCAL_SERVICE.test(service)),
  };
}
