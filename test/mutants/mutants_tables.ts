/** Faults in how tables are looked up in that Postfix reads: eligibility/, and what it stands on. */
import type { Mutant } from "./mutant.ts";

const TABLES_TEST = "src/eligibility/postfix_tables_test.ts";
const CLIENT_TEST = "src/eligibility/proxymap_client_test.ts";
const OUTDATED_TEST = "src/eligibility/outdated_test.ts";

/** What the original's tests can't show, and why. */
const OURS_ALONE = "the original reads such tables itself";

function inTables(test: string) {
  return { red: [{ file: TABLES_TEST, test }], unseen: OURS_ALONE } as const;
}

/** The rows. */
export const TABLE_MUTANTS: readonly Mutant[] = [
  {
    name: "a greeting of Postfix 3.5's proxymap is waited for",
    file: "src/eligibility/proxymap_client.ts",
    text: "new ServerStream(connection, !this.#tools.isGreeting)",
    instead: "new ServerStream(connection, false)",
    ...inTables("proxy: > is asked for at once where nobody greets, as with Postfix 3.5"),
  },
  {
    name: "proxymap(8) of Postfix 3.11 is asked as an older one",
    file: "src/flush.ts",
    text: "isLateProxymap: isLateProxymap(version),",
    instead: "isLateProxymap: false,",
    red: [{ file: "test/postfix/greeting_test.ts", test: "a proxymap(8) of Postfix 3.11.7 is" }],
    unseen: OURS_ALONE,
  },
  {
    name: "a table that proxymap(8) of Postfix 3.11 must not read is the end",
    file: "src/eligibility/postfix_tables.ts",
    text: "failed: isLateProxymap ? failed : end",
    instead: "failed: isLateProxymap ? end : end",
    red: [
      {
        file: "test/postfix/greeting_test.ts",
        test: "a table that proxymap(8) of Postfix 3.11.7 must not read",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "the flags that Postfix 3.11 says of a table are not kept",
    file: "src/eligibility/postfix_table.ts",
    text: 'this.#openedFlags = isLateProxymap ? (reply.get("flags") ?? "") : null;',
    instead: "this.#openedFlags = null;",
    red: [{ file: "test/postfix/greeting_test.ts", test: "a proxymap(8) of Postfix 3.11.7 is" }],
    unseen: OURS_ALONE,
  },
  {
    name: "the helper may read whatever it is asked for in patterns with a dollar sign",
    file: "src/eligibility/postfix_tables.ts",
    text: 'title.replaceAll("$", "$$$$")',
    instead: "title",
    ...inTables("is started once, and may read the tables of the list alone"),
  },
  {
    name: "a helper is started for nothing",
    file: "src/eligibility/postfix_tables.ts",
    text: "if (this.#helped.length === 0) {",
    instead: "if (this.#helped.length < 0) {",
    ...inTables("is not started where nothing is for it to do"),
  },
  {
    name: "nobody is told that the helper has ended",
    file: "src/eligibility/postfix_tables.ts",
    text: "            this.#ended.resolve();\n",
    instead: "",
    ...inTables("ends at once: that is fatal"),
  },
  {
    name: "a table of patterns is looked up in with the parents of a name",
    file: "src/eligibility/proxymap_protocol.ts",
    text: '(Number(reply.get("flags")) & FIXED_STRINGS_FLAG) !== 0',
    instead: "reply.size > 0",
    ...inTables("of patterns is not"),
  },
  {
    name: "what can't be looked up is not there",
    file: "src/eligibility/postfix_table.ts",
    text: '      default:\n        return "error";',
    instead: '      default:\n        return "not-found";',
    ...inTables("that Postfix can't look up in is an error"),
  },
  {
    name: "an answer is remembered for ever",
    file: "src/eligibility/postfix_table.ts",
    text: "this.#ask(key).finally(() => this.#underWay.delete(key));",
    instead: "this.#ask(key);",
    ...inTables("is asked once by all who ask for a name at the same time, and anew later"),
  },
  {
    name: "a table that proxymap must not read is one that can't be opened",
    file: "src/eligibility/postfix_table.ts",
    text: 'reply.get("status") === PROXYMAP_STATUS.denied',
    instead: "reply.size === 0",
    ...inTables("that proxymap(8) must not read is fatal"),
  },
  {
    name: "what a proxymap that ended left open is lost",
    file: "src/eligibility/proxymap_client.ts",
    text: "asked.sendCount < SENDS_MAX",
    instead: "asked.sendCount < 1",
    ...inTables("whose process ends is asked again, once"),
  },
  {
    name: "a proxymap that never answers is asked for ever",
    file: "src/eligibility/proxymap_client.ts",
    text: "    question.sendCount = SENDS_MAX;\n",
    instead: "",
    ...inTables("that does not answer in time is an error"),
  },
  {
    name: "a connection to proxymap stays for ever",
    file: "src/eligibility/proxymap_client.ts",
    text: "if (idleMs !== null && stream !== null) {",
    instead: "if (idleMs === 0 && stream !== null) {",
    ...inTables("is left alone when it was not needed for a while"),
  },
  {
    name: "an indexed file is not watched",
    file: "src/eligibility/read_table.ts",
    text: "    tools.tables.watch(name + ending);\n",
    instead: "",
    ...inTables("is read whole, and watched"),
  },
  {
    name: "files never grow old",
    file: "src/eligibility/outdated.ts",
    text: "clock.monotonicMs() - startMs >= AGE_MAX_MS || ",
    instead: "",
    red: [{ file: OUTDATED_TEST, test: "that have not are old after 100 seconds" }],
    unseen: OURS_ALONE,
  },
  {
    name: "lists and tables that are read whole are not watched",
    file: "src/flush.ts",
    text: "eligibleDomains(parameters, watched(textFiles, fileWatch), tables)",
    instead: "eligibleDomains(parameters, textFiles, tables)",
    red: [{ file: "test/postfix/lookup_tables_test.ts", test: "texthash" }],
    unseen: OURS_ALONE,
  },
  {
    name: "a change of a file is not noticed",
    file: "src/eligibility/outdated.ts",
    text: " || fileWatch.hasChanged()",
    instead: "",
    red: [{ file: OUTDATED_TEST, test: "that have changed are noticed within a second" }],
    unseen: OURS_ALONE,
  },
  {
    name: "a file that was replaced has not changed",
    file: "src/sys/file_watch.ts",
    text: "const { sizeBytes, mtimeNs, ctimeNs } =",
    instead: "const ctimeNs = 0n;\n    const { sizeBytes, mtimeNs } =",
    red: [{ file: "src/sys/file_watch_test.ts", test: "that was removed has changed" }],
    unseen: OURS_ALONE,
  },
  {
    name: "a directory is held in the jail",
    file: "src/sys/file_watch.ts",
    text: ' && STATUSES.ofDescriptor(descriptor).kind === "file"',
    instead: "",
    red: [{ file: "src/sys/file_watch_test.ts", test: "a directory is not held" }],
    unseen: OURS_ALONE,
  },
  {
    name: "a process goes on with what is outdated",
    file: "src/master/server.ts",
    text: "    void this.#tools.outdated?.then(() => this.#retire());\n",
    instead: "",
    red: [
      {
        file: "src/master/server_test.ts",
        test: "leaves when what it has read is outdated, once its clients are served",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "the part of a table that came before a limit was met is taken for all of it",
    file: "src/sys/start_up_programs.ts",
    text: "ended.exitedDueToMaxBuffer === true || ",
    instead: "",
    red: [{ file: "src/sys/start_up_programs_test.ts", test: "part of its output may be lost" }],
    unseen: OURS_ALONE,
  },
  {
    name: "a process goes on with an outdated parent_domain_matches_subdomains",
    file: "src/eligibility/fast_flush_domains.ts",
    text: " || isOutside(parentDomainMatchesSubdomains)",
    instead: "",
    red: [
      {
        file: "src/eligibility/fast_flush_domains_test.ts",
        test: "the list may change where either of the two lies outside main.cf",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "Postfix 3.5's proxymap is waited for by the whole program",
    file: "src/flush.ts",
    text: "isGreeting: isGreetingExpected(version),",
    instead: "isGreeting: true,",
    red: [
      { file: "test/postfix/greeting_test.ts", test: "a proxymap(8) of Postfix 3.5.25 is asked" },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "an answer may take a thousandth of ipc_timeout",
    file: "src/flush.ts",
    text: "ipcTimeoutMs: parameters.ipcTimeoutSeconds * MS_PER_SECOND,",
    instead: "ipcTimeoutMs: parameters.ipcTimeoutSeconds,",
    red: [{ file: "test/postfix/lookup_helper_test.ts", test: "nobody waits who does not ask" }],
    unseen: OURS_ALONE,
  },
  {
    name: "the helper's listen socket stays open in the service",
    file: "src/sys/start_up_programs.ts",
    text: "    libc.close(listener);\n  }\n  let",
    instead: "  }\n  let",
    red: [
      {
        file: "test/security/descriptors_test.ts",
        test: "each has its purpose where there is a lookup helper",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "the helper stays root",
    file: "src/eligibility/postfix_tables.ts",
    text: '"-t", "unix", "-u"],',
    instead: '"-t", "unix"],',
    red: [{ file: "test/postfix/lookup_helper_test.ts", test: "as the mail owner" }],
    unseen: OURS_ALONE,
  },
  {
    name: "the helper gets its client's end too",
    file: "src/sys/start_up_programs.ts",
    text: "status.other, listener],",
    instead: "status.other, listener, connection],",
    red: [{ file: "test/postfix/lookup_helper_test.ts", test: "nothing of its parent's" }],
    unseen: OURS_ALONE,
  },
  {
    name: "the helper holds both ends of its status channel, and so outlives its parent",
    file: "src/sys/start_up_programs.ts",
    text: "status.other, listener],",
    instead: "status.other, listener, status.own],",
    red: [{ file: "test/postfix/lookup_helper_test.ts", test: "it ends with its parent" }],
    unseen: OURS_ALONE,
  },
  {
    name: "of an indexed file that the helper reads, its source is watched",
    file: "src/eligibility/postfix_tables.ts",
    text: 'path + (FILE_ENDINGS.get(type) ?? "")',
    instead: "path",
    ...inTables("has indexed files, of which those are watched that postmap(1) writes"),
  },
  {
    name: "two files are watched",
    file: "src/sys/file_watch.ts",
    text: "const WATCHED_MAX = 32;",
    instead: "const WATCHED_MAX = 2;",
    red: [{ file: "src/sys/file_watch_test.ts", test: "the last of many files" }],
    unseen: OURS_ALONE,
  },
  {
    name: "the greeting of a proxymap is waited for without end",
    file: "src/eligibility/proxymap_client.ts",
    text: "    this.#limit(this.#tools.answerMs, () => connection.abort());\n",
    instead: "",
    ...inTables("that never greets is hung up on in time"),
  },
  {
    name: "a proxymap whose backlog is full is tried for ever",
    file: "src/eligibility/proxymap_client.ts",
    text: " && tries < CONNECT_TRIES_MAX",
    instead: "",
    red: [{ file: CLIENT_TEST, test: "is tried a hundred times in ten seconds" }],
    unseen: OURS_ALONE,
  },
  {
    name: "requests to a proxymap wait without a limit",
    file: "src/eligibility/proxymap_client.ts",
    text: "this.#waiting.length >= WAITING_MAX",
    instead: "this.#waiting.length > WAITING_MAX",
    red: [{ file: CLIENT_TEST, test: "the next one is told so at once" }],
    unseen: OURS_ALONE,
  },
];
