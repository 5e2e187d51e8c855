/** Faults in which messages are a site's: what is read of a message, and what is compared. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type Expected, type Mutant, standalone } from "./mutant.ts";

const READS_NO_MESSAGE = "the original reads no message";
const OURS_ALONE = "the original has no such request";

const IN_QUEUE_FILE = (test: string): readonly [Expected] => [
  { file: "src/queue/queue_file_test.ts", test },
];

const QUEUE_FILE_MUTANTS: readonly Mutant[] = [
  {
    name: "a recipient that is done is read as one that waits",
    file: "src/queue/queue_file.ts",
    text: "isDone: type === TYPE.doneRecipient",
    instead: "isDone: false",
    red: standalone("exact: a recipient in the site that has been delivered to"),
  },
  {
    name: "a glance finds a recipient that was delivered to",
    file: "src/queue/queue_file.ts",
    text: "type === TYPE.recipient && records.isAddressAt(domains)",
    instead:
      "(type === TYPE.recipient || type === TYPE.doneRecipient) && records.isAddressAt(domains)",
    red: standalone("exact: a recipient in the site that has been delivered to"),
  },
  {
    name: "what a glance does not find is not there",
    file: "src/queue/queue_file.ts",
    text: "(file) => glanceAt(files, file, domains),",
    instead:
      '(file) => glanceAt(files, file, domains) ?? { kind: "unreadable", why: "not in the first block" },',
    red: standalone("exact: another site that shares the logfile"),
  },
  {
    name: "recipients that a Milter has added are not met",
    file: "src/queue/queue_file.ts",
    text: "          position = this.#pointedAt();\n          break;",
    instead: "          break;",
    red: IN_QUEUE_FILE("tells sender, arrival, size and every recipient"),
    unseen: READS_NO_MESSAGE,
  },
  {
    name: "recipients from the message's headers are not met",
    file: "src/queue/queue_file.ts",
    text: "this.#envelope(this.#passContent(contentEnvelopeEnd), TYPE.end);",
    instead: "this.#passContent(contentEnvelopeEnd);",
    red: IN_QUEUE_FILE("tells sender, arrival, size and every recipient"),
    unseen: READS_NO_MESSAGE,
  },
  {
    name: "a record that nobody knows is passed over",
    file: "src/queue/queue_file.ts",
    text: "if (!types.has(type)) {",
    instead: "if (type === 0) {",
    red: IN_QUEUE_FILE("a type that is not known"),
    unseen: READS_NO_MESSAGE,
  },
  {
    name: "a message that is still received is read",
    file: "src/queue/queue_file.ts",
    text: "(status.mode & MODE_READY) !== MODE_READY",
    instead: "(status.mode & MODE_READY) === 0",
    red: IN_QUEUE_FILE("what is still being received"),
    unseen: READS_NO_MESSAGE,
  },
  {
    name: "what is half written of a defer file counts",
    file: "src/queue/defer_file.ts",
    text: "    if (end === -1) {\n      return entries;",
    instead:
      "    if (end === -1) {\n      const last = paragraph.entry();\n      return last === null ? entries : [...entries, last];",
    red: [
      {
        file: "src/queue/defer_file_test.ts",
        test: "a last paragraph that is still being written is left out",
      },
    ],
    unseen: "defer(8) would have to be met amid a write",
  },
  {
    name: "a message's atime is lost by reading it",
    file: "src/queue/read_file.ts",
    text: '{ access: "read", keepAtime: true }',
    instead: '{ access: "read" }',
    red: standalone("exact: another site that shares the logfile"),
  },
];

const SITES_MUTANTS: readonly Mutant[] = [
  {
    name: "a recipient that was delivered to counts for a send",
    file: "src/queue/message_sites.ts",
    text: "message.recipients.filter(({ isDone }) => !isDone);\n  if",
    instead: "message.recipients;\n  if",
    red: standalone("exact: a recipient in the site that has been delivered to"),
  },
  {
    name: "a recipient that was delivered to counts for a rebuild",
    file: "src/queue/message_sites.ts",
    text: "message.recipients.filter(({ isDone }) => !isDone);\n  const tried",
    instead: "message.recipients;\n  const tried",
    red: [
      {
        file: "src/flush/rebuild_test.ts",
        test: "adds each deferred message to the logs of its undelivered recipients' sites",
      },
    ],
    unseen: "the original rebuilds nothing",
  },
  {
    name: "where a recipient was tried does not count",
    file: "src/queue/message_sites.ts",
    text: "if (undelivered.some(({ offset }) => tried.get(offset)?.some(isFor) === true)) {",
    instead: "if (undelivered.length < 0) {",
    red: standalone("exact: the site where it was tried"),
  },
  {
    name: "of several addresses that were tried the first counts",
    file: "src/queue/message_sites.ts",
    text: "      others.push(recipient);",
    instead: "",
    red: [
      {
        file: "src/queue/message_sites_test.ts",
        test: "of every address that was tried for a recipient",
      },
    ],
    unseen: "one message of the differential suite has one address",
  },
  {
    name: "a recipient is recorded under its own address, wherever it was tried",
    file: "src/queue/message_sites.ts",
    text: "of others ?? [address]",
    instead: "of [address]",
    red: [
      {
        file: "src/flush/rebuild_test.ts",
        test: "adds each deferred message to the logs of its undelivered recipients' sites",
      },
    ],
    unseen: "the original rebuilds nothing",
  },
  {
    name: "what the defer file lacks is taken for foreign",
    file: "src/queue/message_sites.ts",
    text: "if (undelivered.every(({ offset }) => tried.has(offset))) {",
    instead: "if (undelivered.length > 0) {",
    red: standalone("exact: no defer file says where it was tried"),
  },
  {
    name: "a message that left during the reading is unsure",
    file: "src/queue/message_sites.ts",
    text: 'return mayBeThere(tools.files, path) ? "unsure" : { kind: "absent" };',
    instead: 'return "unsure";',
    red: [
      {
        file: "src/queue/message_sites_test.ts",
        test: "absent: has left before the defer file could be read",
      },
    ],
    unseen: "it takes a queue manager within microseconds",
  },
];

const IN_SOUGHT_DOMAINS = (test: string): readonly [Expected] => [
  { file: "src/queue/sought_domains_test.ts", test },
];

const CHOICE_MUTANTS: readonly Mutant[] = [
  {
    name: "a domain is told by its hash alone",
    file: "src/queue/sought_domains.ts",
    text: "if (known !== undefined && isAlike(known.bytes, bytes, start, end)) {",
    instead: "if (known !== undefined) {",
    red: IN_SOUGHT_DOMAINS("two domains with the same hash are two"),
    unseen: READS_NO_MESSAGE,
  },
  {
    name: "what is known of domains grows without bounds",
    file: "src/queue/sought_domains.ts",
    text: "this.#known.size === KNOWN_MAX",
    instead: "this.#known.size < 0",
    red: IN_SOUGHT_DOMAINS("again when many others came between"),
    unseen: READS_NO_MESSAGE,
  },
  {
    name: "what stands before an address is part of it",
    file: "src/queue/sought_domains.ts",
    text: "at >= start; at--",
    instead: "at >= 0; at--",
    red: IN_SOUGHT_DOMAINS("the domain behind the last @ decides"),
    unseen: READS_NO_MESSAGE,
  },
  {
    name: "another site's message is released",
    file: "src/flush/send_logfile.ts",
    text: '(releasesUnsure && belonging !== "foreign")',
    instead: "releasesUnsure",
    red: standalone("exact: another site that shares the logfile"),
  },
  {
    name: "a message is skipped of which it can't be told",
    file: "src/flush/send_logfile.ts",
    text: 'return belonging === "belongs" || (releasesUnsure && belonging !== "foreign");',
    instead: 'return belonging === "belongs";',
    red: standalone("exact: no defer file says where it was tried"),
  },
  {
    name: "a message in incoming is released, whoever's it is",
    file: "src/flush/send_logfile.ts",
    text: '["deferred", "incoming"] as const',
    instead: '["deferred"] as const',
    red: [
      { file: "src/flush/send_logfile_test.ts", test: "another site's message in incoming stays" },
    ],
    unseen: "no message in incoming that can be read is in the differential suite",
  },
  {
    name: "-E is not obeyed",
    file: "src/flush/send_site.ts",
    text: "choice: tools.isExact ? chooseSite(tools, site) : null,",
    instead: "choice: chooseSite(tools, site),",
    red: standalone("exact: not with -E"),
  },
  {
    name: "-E is not handed on",
    file: "src/flush.ts",
    text: "isExact: !options.releaseAll,",
    instead: "isExact: true,",
    red: standalone("exact: not with -E"),
  },
  {
    name: "a subdomain is taken for the domain",
    file: "src/flush/site_choice.ts",
    text: "tools.canonicalDomain(domain) === wanted)",
    instead: "tools.canonicalDomain(domain)?.endsWith(wanted) === true)",
    red: standalone("exact: a site below"),
  },
  {
    name: "sites are compared without IDNA",
    file: "src/record/canonical_domain.ts",
    text: "if (!NEEDS_TABLES.test(name)) {",
    instead: 'if (name !== "") {',
    red: standalone("exact: IDNA written, UTF-8 asked"),
  },
  {
    name: "sites are compared case by case",
    file: "src/record/canonical_domain.ts",
    text: "return name.toLowerCase();",
    instead: "return name;",
    red: standalone("exact: in other case"),
  },
  {
    name: "names without an ASCII form are equal",
    file: "src/flush/site_choice.ts",
    text: "(wanted !== null && tools.canonicalDomain(domain) === wanted)",
    instead: "tools.canonicalDomain(domain) === wanted",
    red: [{ file: "src/flush/site_choice_test.ts", test: "a name that is no domain: nothing" }],
    unseen: "a site that is no domain has no log to send",
  },
  {
    name: "@domain is every name that ends as it does",
    file: "src/flush/site_choice.ts",
    text: "const below = `.${wanted}`;",
    instead: "const below = `${wanted}`;",
    red: [
      {
        file: "src/flush/reports_test.ts",
        test: "@domain means the domain and everything below it",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "@domain is the domain alone",
    file: "src/flush/selected_logs.ts",
    text: "name === ending || name.endsWith(`_${ending}`)",
    instead: "name === ending",
    red: [
      {
        file: "src/flush/reports_test.ts",
        test: "@domain means the domain and everything below it",
      },
    ],
    unseen: OURS_ALONE,
  },
  {
    name: "a send of @domain releases others' messages where it can't be told",
    file: "src/flush/report_send.ts",
    text: "releasesUnsure: isNamed,",
    instead: "releasesUnsure: true || isNamed,",
    red: [
      {
        file: "src/flush/reports_test.ts",
        test: "of @domain: nobody else's, also where it can't be told",
      },
    ],
    unseen: OURS_ALONE,
  },
];

export const EXACT_MUTANTS: readonly Mutant[] = [
  ...QUEUE_FILE_MUTANTS,
  ...SITES_MUTANTS,
  ...CHOICE_MUTANTS,
];
