/**
 * Is anything recorded, and what: fast_flush_domains. Pure.
 */
import { errorText } from "../effects/os_error.ts";
import { TABLE_TYPES } from "../eligibility/open_table.ts";
import { splitTokens } from "../eligibility/tokens.ts";
import { etrnClosed } from "../installation/etrn.ts";
import {
  INDEXED_TYPES,
  indexedFiles,
  patternsOf,
  unsupportedTables,
} from "../installation/list_patterns.ts";
import { commandLine } from "../installation/shell_words.ts";
import { backToOriginal, type Check, commandsFor, finding, isOurs } from "./check.ts";
import type { Finding } from "./kinds.ts";
import type { SetUp } from "./set_up.ts";

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
    return text.trim() === "" ? null : [...unsupported(setUp, text), ...unreadable(setUp)];
  },
  well: () => "all lists and tables in fast_flush_domains can be read",
};

function unsupported(setUp: SetUp, text: string): Finding[] {
  const { configuration } = setUp;
  const patterns = patternsOf(text);
  const bad = [...unsupportedTables(patterns), ...configuration.innerTables];
  if (bad.length === 0 || !isOurs(configuration)) {
    return [];
  }
  const known = [...TABLE_TYPES].map((type) => `${type}:`).join(", ");
  const what = `fastflush can't read ${bad.join(", ")}. It reads ${known}, files and names.`;
  const indexed = indexedFiles(patterns);
  const hasTexts =
    indexed.length === bad.length &&
    indexed.every((path) => configuration.tableSources.get(path) === true);
  const texts = splitTokens(text).map((token) =>
    token.replace(new RegExp(`^(!*)(?:${INDEXED_TYPES.join("|")}):`), "$1texthash:"),
  );
  const command = hasTexts
    ? commandsFor(setUp).set(`fast_flush_domains=${texts.join(", ")}`)
    : backToOriginal(setUp);
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
