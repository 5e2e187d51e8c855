/**
 * Looks sites up in fast_flush_domains, as the service does, whichever service runs.
 */

import type { FlushSocket } from "../client/ask.ts";
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import type { DomainList } from "../eligibility/domain_list.ts";
import { readFastFlushDomains } from "../eligibility/fast_flush_domains.ts";
import { PostfixTables } from "../eligibility/postfix_tables.ts";
import { siteName } from "../names/names.ts";
import { isGreetingExpected, isLateProxymap } from "../wire/postfix_version.ts";
import type { Machine } from "./machine.ts";
import type { Configuration, SiteFacts } from "./set_up.ts";

/** What is wrong with lists and tables is told by other checks. */
const QUIET: Log = { verbosity: 0, info: () => {}, warning: () => {}, error: () => {} };

/** Whoever asked has gone for coffee by then. */
const ANSWER_MS = 30_000;

/** Whether each of these sites is recorded; `@domain` is about the domain itself. */
export async function gatherSites(
  machine: Machine,
  sockets: FlushSocket["sockets"],
  configuration: Configuration,
  sites: readonly string[],
): Promise<SiteFacts[]> {
  try {
    const tables = postfixTables(machine, sockets, configuration);
    const list = readList(machine, configuration, tables);
    tables.start();
    await tables.ready();
    const facts: SiteFacts[] = [];
    for (const site of sites) {
      facts.push({ site, answer: await list.match(siteName(site.replace(/^@/, ""))) });
    }
    return facts;
  } catch (caught) {
    if (!(caught instanceof Fatal)) {
      throw caught;
    }
    return sites.map((site) => ({ site, answer: "error" }));
  }
}

function readList(
  { textFiles }: Machine,
  { values }: Configuration,
  tables: PostfixTables,
): DomainList {
  const tools = {
    foldUtf8: values.smtputf8_enable === "yes",
    textFiles,
    log: QUIET,
    openErrorIsFatal: false,
    tables,
  };
  return readFastFlushDomains(tools, {
    fastFlushDomains: values.fast_flush_domains,
    parentDomainMatchesSubdomains: values.parent_domain_matches_subdomains,
  });
}

function postfixTables(
  { clock, tablePrograms }: Machine,
  sockets: FlushSocket["sockets"],
  { directory, values }: Configuration,
): PostfixTables {
  const queueDirectory = values.queue_directory;
  const proxymapName = `${queueDirectory}/private/${values.proxymap_service_name}`;
  return new PostfixTables({
    programs: tablePrograms({ queueDirectory, configDirectory: directory }),
    connectProxymap: (open) => sockets.connect(proxymapName, open),
    proxymapName,
    isGreeting: isGreetingExpected(values.mail_version),
    isLateProxymap: isLateProxymap(values.mail_version),
    clock,
    log: QUIET,
    fileWatch: { add: () => {} },
    commandDirectory: values.command_directory,
    overrides: [],
    processName: "fastflush",
    socketPath: `${queueDirectory}/pid/lookup.doctor`,
    ipcTimeoutMs: ANSWER_MS,
    ipcIdleMs: ANSWER_MS,
  });
}
