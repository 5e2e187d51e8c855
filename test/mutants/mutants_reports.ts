/** Faults in what is told: the reports, who gets them, and the log lines of a flush. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import type { Expected, Mutant } from "./mutant.ts";

const OURS_ALONE = "the original has no such request";
const OURS_SAYS = "the original says nothing of what a flush did";

const IN_REPORTS = (test: string): readonly [Expected] => [
  { file: "src/flush/reports_test.ts", test },
];

const IN_WRITER = (test: string): readonly [Expected] => [
  { file: "src/flush/report_writer_test.ts", test },
];

const IN_VERIFY = (test: string): readonly [Expected] => [
  { file: "src/flush/report_verify_test.ts", test },
];

const WRITER_MUTANTS: readonly Mutant[] = [
  {
    name: "who asked is looked up when the work is done",
    file: "src/flush/send_site.ts",
    text: "flushLine({ what: `site=${site}`, who, counts",
    instead: "flushLine({ what: `site=${site}`, who: peerText(exchange.peer), counts",
    red: [
      {
        file: "src/flush/send_logfile_test.ts",
        test: "says who asked, also where the client has hung up",
      },
    ],
    unseen: OURS_SAYS,
  },
  {
    name: "a log that is named is not looked into for a domain",
    file: "src/flush/selected_logs.ts",
    text: "if (name === ending || name.endsWith(`_${ending}`)) {",
    instead: "if (!this.#choices.has(name) && (name === ending || name.endsWith(`_${ending}`))) {",
    red: [
      {
        file: "src/flush/selected_logs_test.ts",
        test: "a selection of a site and a domain that share a log",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "reports are given to strangers",
    file: "src/master/session.ts",
    text: "return uid === ROOT_UID || uid === this.#host.ownerUid;",
    instead: "return uid !== null;",
    red: [
      {
        file: "src/master/session_test.ts",
        test: "sites: root and the mail owner, and nobody else",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "whom the system does not name is taken for root",
    file: "src/master/session.ts",
    text: "const uid = this.peer?.uid;",
    instead: "const uid = this.peer?.uid ?? ROOT_UID;",
    red: [{ file: "src/master/session_test.ts", test: "nobody whom the system does not name" }],
    unseen: OURS_ALONE,
  },
  {
    name: "who writes a report does not wait for a slow client",
    file: "src/flush/report_writer.ts",
    text: "return this.#bytes < PIECE_BYTES ? null : this.#handOver();",
    instead:
      "if (this.#bytes >= PIECE_BYTES) {\n      void this.#handOver();\n    }\n    return null;",
    red: IN_WRITER("has who writes it wait for a client that is behind"),
    unseen: OURS_ALONE,
  },
  {
    name: "a report is kept for a client that is gone",
    file: "src/flush/report_writer.ts",
    text: "if (!this.isGone) {",
    instead: "if (this.#pieces !== null) {",
    red: IN_WRITER("keeps nothing for a client that is gone"),
    unseen: OURS_ALONE,
  },
  {
    name: "an item that is left out is not counted",
    file: "src/flush/report_writer.ts",
    text: "      this.#omittedCount++;",
    instead: "",
    red: IN_REPORTS("what waits for a slow client is bounded, and what is left out is counted"),
    unseen: OURS_ALONE,
  },
  {
    name: "what waits for a slow client is not bounded",
    file: "src/flush/report_writer.ts",
    text: "if (this.#behind !== null && this.#bytes > OFFERED_BYTES_MAX) {",
    instead: "if (this.#bytes < 0) {",
    red: IN_REPORTS("what waits for a slow client is bounded, and what is left out is counted"),
    unseen: OURS_ALONE,
  },
  {
    name: "a report ends before a slow client has what was gathered",
    file: "src/flush/report_writer.ts",
    text: "    if (this.#bytes >= PIECE_BYTES) {\n      await this.#handOver();\n    }",
    instead: "    this.#pieces.length = 0;\n    this.#bytes = 0;",
    red: IN_REPORTS("what waits for a slow client is bounded, and what is left out is counted"),
    unseen: OURS_ALONE,
  },
];

const WIRE_MUTANTS: readonly Mutant[] = [
  {
    name: "a request of ours is read from anybody",
    file: "src/wire/request_reader.ts",
    text: "return kind?.isReserved && !this.#asker.isTrusted ? undefined : kind;",
    instead: "return kind;",
    red: [
      {
        file: "src/wire/request_reader_own_test.ts",
        test: "is to others what an unknown one is",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "whoever asks for anything is looked up",
    file: "src/wire/request_reader.ts",
    text: "return kind?.isReserved && !this.#asker.isTrusted ? undefined : kind;",
    instead: "return !this.#asker.isTrusted && kind?.isReserved ? undefined : kind;",
    red: [
      {
        file: "src/wire/request_reader_own_test.ts",
        test: "is what makes a reader ask who the peer is",
      },
    ],
    unseen: "it costs time, and nothing else is seen of it",
  },
  {
    name: "a rebuild is anybody's to ask for",
    file: "src/wire/request_kinds.ts",
    text: 'wireNames: ["fastflush_rebuild"],\n    attributes: [VERSION_ATTRIBUTE],\n    isReserved: true,',
    instead: 'wireNames: ["fastflush_rebuild"],\n    attributes: [VERSION_ATTRIBUTE],',
    red: [
      {
        file: "src/master/session_test.ts",
        test: "rebuild: root and the mail owner, and nobody else",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "a request of a later version is served",
    file: "src/wire/request_reader.ts",
    text: "this.#wanted() === VERSION_ATTRIBUTE && value !== REQUEST_VERSION",
    instead: 'this.#wanted() === VERSION_ATTRIBUTE && value === ""',
    red: [
      {
        file: "src/wire/request_reader_own_test.ts",
        test: "is read from those who may ask",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "a value ends at a NUL within it",
    file: "src/wire/report.ts",
    text: 'value.replaceAll("\\0", "?")',
    instead: "value",
    red: [{ file: "src/wire/report_test.ts", test: "holds any byte but NUL" }],
    unseen: OURS_ALONE,
  },
];

const LINE_MUTANTS: readonly Mutant[] = [
  {
    name: "the line of a flush gives one count for another",
    file: "src/flush/flush_line.ts",
    text: "skipped=${skipped}",
    instead: "skipped=${failed}",
    red: [
      { file: "src/flush/send_logfile_test.ts", test: "says site, who asked, and what became" },
    ],
    unseen: OURS_SAYS,
  },
  {
    name: "what a pass settles is not counted",
    file: "src/flush/logfile_pass.ts",
    text: "    this.counts[outcome]++;",
    instead: '    this.counts[outcome] += outcome === "gone" ? 0 : 1;',
    red: [
      { file: "src/flush/send_logfile_test.ts", test: "says site, who asked, and what became" },
    ],
    unseen: OURS_SAYS,
  },
  {
    name: "the line of a flush does not say who asked",
    file: "src/flush/send_site.ts",
    text: "const who = peerText(exchange.peer);",
    instead: "const who = peerText(null);",
    red: [
      { file: "src/flush/send_logfile_test.ts", test: "says site, who asked, and what became" },
    ],
    unseen: OURS_SAYS,
  },
  {
    name: "the reason of a flush is not logged",
    file: "src/flush/flush_line.ts",
    text: 'return reason === "" ? line :',
    instead: 'return reason !== "" ? line :',
    red: IN_REPORTS("releases as send_site does, and tells of each message"),
    unseen: OURS_SAYS,
  },
];

const REQUEST_MUTANTS: readonly Mutant[] = [
  {
    name: "verify takes what is under way for a difference",
    file: "src/flush/report_verify.ts",
    text: "        await delay(this.#tools.clock, SECOND_LOOK_MS);",
    instead: "",
    red: IN_VERIFY("what is only under way is no difference"),
    unseen: OURS_ALONE,
  },
  {
    name: "verify believes its first look",
    file: "src/flush/report_verify.ts",
    text: '"missing", stillMissing)',
    instead: '"missing", missing)',
    red: IN_VERIFY("what is only under way is no difference"),
    unseen: OURS_ALONE,
  },
  {
    name: "verify reads all that is missing again without a pause",
    file: "src/flush/report_verify.ts",
    text: "    for (const id of missing) {\n      await this.#slice.pause();\n",
    instead: "    for (const id of missing) {\n",
    red: IN_VERIFY("reads what many messages are missing from a log in slices, each time"),
    unseen: OURS_ALONE,
  },
  {
    name: "all sites of a message are asked for without a pause",
    file: "src/flush/message_logfiles.ts",
    text: "    await this.#slice.pause();\n",
    instead: "",
    red: IN_VERIFY("asks for the many sites of one message in slices"),
    unseen: OURS_ALONE,
  },
  {
    name: "a log's names are told without a pause",
    file: "src/flush/logs_of_messages.ts",
    text: "      await this.#slice.pause();\n",
    instead: "",
    red: [
      {
        file: "src/flush/logs_of_messages_test.ts",
        test: "asks for the many sites of one message in slices",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "verify takes a message that has left for missing",
    file: "src/flush/report_verify.ts",
    text: '!second.held.has(id) && found.kind === "read" && found.names.has(name)',
    instead: "!second.held.has(id) && found !== null",
    red: IN_VERIFY("a message that leaves between the two looks is not missing"),
    unseen: OURS_ALONE,
  },
  {
    name: "verify does not look for logs that there are not",
    file: "src/flush/report_verify.ts",
    text: "      await walkLogs([...this.#expected.keys()], options, each);",
    instead: "",
    red: IN_VERIFY("tells what is missing, outdated and double, and changes nothing"),
    unseen: OURS_ALONE,
  },
  {
    name: "verify is content though a message can't be read",
    file: "src/flush/report_verify.ts",
    text: '    if (found.kind === "unreadable") {\n      this.status = STATUS.fail;',
    instead: '    if (found.kind === "unreadable") {',
    red: IN_VERIFY("tells what is missing, outdated and double, and changes nothing"),
    unseen: OURS_ALONE,
  },
  {
    name: "preview tells of a message as often as it is named",
    file: "src/flush/report_preview.ts",
    text: 'if (seen.add(id) !== "held") {',
    instead: 'if (seen.add(id) !== "full") {',
    red: IN_REPORTS("tells of each message once what a flush would do"),
    unseen: OURS_ALONE,
  },
  {
    name: "preview promises that a message in hold is released",
    file: "src/flush/report_preview.ts",
    text: 'queue === "active" || queue === "hold"',
    instead: 'queue === "active"',
    red: IN_REPORTS("a message in hold is kept, whatever it holds"),
    unseen: OURS_ALONE,
  },
  {
    name: "preview skips what can't be told",
    file: "src/flush/report_preview.ts",
    text: "(isNamed && !reading.isSure)",
    instead: "(isNamed && reading === null)",
    red: IN_REPORTS("a message of which it can't be told is released, but not with @domain alone"),
    unseen: OURS_ALONE,
  },
  {
    name: "preview promises what a send of @domain does not release",
    file: "src/flush/report_preview.ts",
    text: "(isNamed && !reading.isSure)",
    instead: "!reading.isSure",
    red: IN_REPORTS("a message of which it can't be told is released, but not with @domain alone"),
    unseen: OURS_ALONE,
  },
  {
    name: "a send of several sites unthrottles for each",
    file: "src/flush/report_send.ts",
    text: "unthrottleFirst: false,",
    instead: "unthrottleFirst: true,",
    red: IN_REPORTS("several sites unthrottle once, and wake the queue manager once"),
    unseen: OURS_ALONE,
  },
  {
    name: "a send with report releases all that a log names",
    file: "src/flush/report_send.ts",
    text: "    choice,\n",
    instead: "    choice: choice && null,\n",
    red: IN_REPORTS("releases as send_site does, and tells of each message"),
    unseen: OURS_ALONE,
  },
  {
    name: "a compaction of some logs is one of all",
    file: "src/flush/reports.ts",
    text: "make(logs.map(({ name }) => name))",
    instead: "make(logs.length < 0 ? [] : null)",
    red: IN_REPORTS("compact takes out of the named logs what verify complains of"),
    unseen: OURS_ALONE,
  },
  {
    name: "work that is asked for does not wait for other processes' work",
    file: "src/flush/reports.ts",
    text: "await this.#lent.jobs.run(async () => {",
    instead: "await Promise.resolve().then(async () => {",
    red: IN_REPORTS("a process that is being replaced says that they are not done"),
    unseen: OURS_ALONE,
  },
  {
    name: "a rebuild that failed is reported as done",
    file: "src/flush/report_upkeep.ts",
    text: "status: isComplete ? status : STATUS.fail,",
    instead: "status,",
    red: IN_REPORTS("rebuild has failed where a log can't be written"),
    unseen: OURS_ALONE,
  },
  {
    name: "sites claims to know when a log was sent",
    file: "src/flush/report_sites.ts",
    text: "const isSent = atimeNs % NS_PER_SECOND === 0n;",
    instead: "const isSent = NS_PER_SECOND > 0n;",
    red: IN_REPORTS("does not claim what the time stamps don't tell"),
    unseen: OURS_ALONE,
  },
  {
    name: "a name without a log is passed over in silence",
    file: "src/flush/reports.ts",
    text: "return first !== undefined && isNoneLeft ? refusal(first.status) : make(selected);",
    instead: "return isNoneLeft && first === null ? refusal(STATUS.deny) : make(selected);",
    red: IN_REPORTS("names without a log are told; if none has one, the status is theirs"),
    unseen: OURS_ALONE,
  },
];

export const REPORT_MUTANTS: readonly Mutant[] = [
  ...WRITER_MUTANTS,
  ...WIRE_MUTANTS,
  ...LINE_MUTANTS,
  ...REQUEST_MUTANTS,
];
