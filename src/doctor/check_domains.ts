/**
 * Is anything recorded, and what: fast_flush_domains. Pure.
 */
import { errorText } from "../effects/os_error.ts";
import { etrnClosed } from "../installation/etrn.ts";
import { commandLine } from "../installation/shell_words.ts";
import { type Check, commandsFor, finding } from "./check.ts";
import type { Finding } from "./kinds.ts";
import type { SetUp } from "./set_up.ts";

/** Types of tables for which Debian has packages of their own. */
const PACKAGED_TYPES: ReadonlySet<string> = new Set([
  ...["cdb", "ldap", "lmdb", "mongodb", "mysql", "pcre", "pgsql", "sqlite"],
]);

const CLOSED_ETRN = "smtpd_etrn_restrictions=permit_mynetworks, reject";

/** Something is recorded at all. */
export const serviceOn: Check = {
  run: (setUp) => {
    const { values, raw, set } = setUp.configuration;
    const followsRelay = /\$[({]?relay_domains\b/.test(raw.fast_flush_domains);
    const isDefault = followsRelay && !set.has("relay_domains");
    const isEmpty = values.fast_flush_domains.trim() === "";
    if (isEmpty && isDefault) {
      const what =
        "fast_flush_domains is $relay_domains, which is empty unless it is set: the service is off.";
      return [finding("relay-domains-trap", what, recordAll(setUp))];
    }
    if (isEmpty) {
      const what = "fast_flush_domains is empty: the service is off.";
      return [finding("service-off", what, recordAll(setUp))];
    }
    if (isDefault) {
      const what =
        "Only mail for this machine's own domains is recorded: fast_flush_domains is $relay_domains, and that is " +
        `$mydestination (${values.fast_flush_domains}).`;
      return [finding("mydestination-only", what, recordAll(setUp))];
    }
    return [];
  },
  well: ({ configuration }) => `fast_flush_domains is ${configuration.values.fast_flush_domains}`,
};

/** Recording every destination goes with an ETRN that is not open to the world. */
function recordAll(setUp: SetUp): string {
  const etrn = etrnClosed(setUp.configuration.values) ? [] : [CLOSED_ETRN];
  return commandsFor(setUp).set("fast_flush_domains=static:all", ...etrn);
}

/** Tables and files of fast_flush_domains can be read. */
export const listsReadable: Check = {
  run: (setUp) => {
    const text = setUp.configuration.values.fast_flush_domains;
    return text.trim() === "" ? null : [...unsupported(setUp), ...unreadable(setUp)];
  },
  well: () => "all lists and tables in fast_flush_domains can be read",
};

function unsupported(setUp: SetUp): Finding[] {
  const types = setUp.configuration.unknownTypes;
  if (types.length === 0) {
    return [];
  }
  const names = types.map((type) => `${type}:`).join(", ");
  const packages = types
    .filter((type) => PACKAGED_TYPES.has(type))
    .map((type) => `postfix-${type}`);
  const hint = packages.length === 0 ? "" : ` Debian's packages for them: ${packages.join(", ")}.`;
  const what = `fast_flush_domains has tables of types that this Postfix does not have: ${names}.${hint}`;
  const command = commandLine("postconf", "-c", setUp.configuration.directory, "-m");
  return [finding("table-unsupported", what, command)];
}

function unreadable(setUp: SetUp): Finding[] {
  return [...setUp.configuration.listFaults].map(([path, fault]) => {
    const what = `fast_flush_domains names the file ${path}: ${fault}.`;
    const make = commandLine("install", "-m", "644", "/dev/null", path);
    const isMissing = fault === errorText("ENOENT");
    return finding("list-unreadable", what, isMissing ? commandsFor(setUp).applied(make) : null);
  });
}
