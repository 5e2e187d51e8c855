/** Faults in the index of deferred mail: what is told of a message, and what is trusted. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_STAMPS = redIn("src/index/stamps_test.ts");
const IN_DEFERRED_INDEX = redIn("src/index/deferred_index_test.ts");
const IN_READERS = redIn("src/index/directory_readers_test.ts");
const IN_INDEXED_MAIL = redIn("src/index/indexed_mail_test.ts");
const IN_PARENT_DOMAIN = redIn("src/index/parent_domain_test.ts");
const IN_SITE_PATTERN = redIn("src/index/site_pattern_test.ts");
const IN_SITE_NAMES = redIn("src/index/site_names_test.ts");
const IN_REASON_TEXT = redIn("src/index/reason_text_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "a file's ctime is not compared",
    file: "src/index/stamps.ts",
    text: "if (one[at + word] !== other[otherAt + word]) {",
    instead:
      "if (word !== STAMP.ctimeSeconds && word !== STAMP.ctimeNs && one[at + word] !== other[otherAt + word]) {",
    red: IN_STAMPS("but not where they differ in ctimeSeconds"),
  },
  {
    name: "a file's inode is not compared",
    file: "src/index/stamps.ts",
    text: "for (let word = 0; word < STAMP_WORDS; word++) {",
    instead: "for (let word = STAMP.inode + 2; word < STAMP_WORDS; word++) {",
    red: IN_STAMPS("but not where they differ in inode"),
  },
  {
    name: "what changed in the tick before it was looked at is trusted",
    file: "src/index/stamps.ts",
    text: "if (changedMs > nowMs - TICKS_MS) {",
    instead: "if (changedMs > nowMs) {",
    red: IN_STAMPS("that was taken in the tick of the change"),
  },
  {
    name: "nothing is distrusted, however new",
    file: "src/index/stamps.ts",
    text: "if (changedMs > nowMs - TICKS_MS) {",
    instead: "if (nowMs < 0) {",
    red: IN_STAMPS("that was taken in the tick of the change"),
  },
  {
    name: "an index of another version of the program is trusted",
    file: "src/index/deferred_index.ts",
    text: "const meaning = [queueDirectory, PACKED_VERSION, hashed, hashing.depth, idna2003];",
    instead: "const meaning = [queueDirectory, hashed, hashing.depth, idna2003];",
    red: IN_DEFERRED_INDEX(
      "what is kept is of this queue, this version of the program, and these rules, and of no others",
    ),
  },
  {
    name: "an index of another queue is trusted",
    file: "src/index/deferred_index.ts",
    text: "const meaning = [queueDirectory, PACKED_VERSION,",
    instead: "const meaning = [PACKED_VERSION,",
    red: IN_DEFERRED_INDEX(
      "what is kept is of this queue, this version of the program, and these rules, and of no others",
    ),
  },
  {
    name: "an index of other hashing is trusted",
    file: "src/index/deferred_index.ts",
    text: "hashed, hashing.depth, idna2003];",
    instead: "idna2003];",
    red: IN_DEFERRED_INDEX(
      "what is kept is of this queue, this version of the program, and these rules, and of no others",
    ),
  },
  {
    name: "an index with other names of domains is trusted",
    file: "src/index/deferred_index.ts",
    text: "hashing.depth, idna2003];",
    instead: "hashing.depth];",
    red: IN_DEFERRED_INDEX(
      "what is kept is of this queue, this version of the program, and these rules, and of no others",
    ),
  },
  {
    name: "--fresh forgets nothing",
    file: "src/index/deferred_index.ts",
    text: "findChanges(tools.looks, tools.isFresh ? [] : store.directories());",
    instead: "findChanges(tools.looks, store.directories());",
    red: IN_DEFERRED_INDEX("but all of it with --fresh"),
  },
  {
    name: "what is broken stays",
    file: "src/index/deferred_index.ts",
    text: '  if (fault.kind === "broken") {\n    tools.stores.remove(tools.queueDirectory);',
    instead: '  if (fault.kind === "broken") {',
    red: [
      {
        file: "src/index/index_trouble_test.ts",
        test: "what is broken when it is opened goes, without a word",
      },
    ],
  },
  {
    name: "trouble with what is kept is not told",
    file: "src/index/deferred_index.ts",
    text: "  if (isWorthAWord(tools, fault)) {",
    instead: '  if (fault.kind === "busy") {',
    red: [
      {
        file: "src/index/index_trouble_test.ts",
        test: "where nothing can be kept, one warning, and the same answers",
      },
    ],
  },
  {
    name: "a message that changes while it is read is told by halves",
    file: "src/index/read_message.ts",
    text: "if (areAlike(stamp, 0, this.#again, 0)) {",
    instead: "if (attempt > 0) {",
    red: IN_DEFERRED_INDEX(
      "a message that is retried between its two files is told as it is afterwards",
    ),
  },
  {
    name: "a message that is still being written counts",
    file: "src/index/read_message.ts",
    text: "(modeOf(stamp, 0) & MODE_READY) !== MODE_READY",
    instead: "modeOf(stamp, 0) < 0",
    red: IN_DEFERRED_INDEX("one that is still being written is none"),
  },
  {
    name: "a recipient that was served waits",
    file: "src/queue/waiting_recipients.ts",
    text: ".filter(({ isDone }) => !isDone)",
    instead: ".filter(({ isDone }) => !isDone || isDone)",
    red: IN_INDEXED_MAIL("groups by site"),
  },
  {
    name: "another recipient's reason is told",
    file: "src/queue/waiting_recipients.ts",
    text: "recipient.offset === entry.offset ?",
    instead: "recipient.offset !== -1 ?",
    red: redIn("src/queue/waiting_recipients_test.ts")("one, and the entry of another"),
  },
  {
    name: "a defer file that names a recipient without end is believed",
    file: "src/index/read_message.ts",
    text: ".every((tries) => tries.length <= TRIED_ADDRESSES_MAX)",
    instead: ".every((tries) => tries.length >= 0)",
    red: IN_DEFERRED_INDEX("a defer file that names one recipient without end is not believed"),
  },
  {
    name: "a file that the disk refuses is not read again",
    file: "src/index/read_message.ts",
    text: "      distrust(stamp, 0);\n      return caught.code",
    instead: "      return caught.code",
    red: IN_DEFERRED_INDEX(
      "a file that the disk refuses counts, and is read when the disk lets it",
    ),
  },
  {
    name: "a file that the disk refuses is passed over",
    file: "src/index/read_message.ts",
    text: 'return caught.code === "ENOENT" ? "absent" : new NoMessage(caught.message, true);',
    instead: 'return "absent";',
    red: IN_DEFERRED_INDEX(
      "a file that the disk refuses counts, and is read when the disk lets it",
    ),
  },
  {
    name: "a known message that has left is not noticed",
    file: "src/index/known_messages.ts",
    text: ".filter(({ live, found }) => Buffer.compare(live, found) !== 0)",
    instead: ".filter(({ live, found }) => live.length !== found.length)",
    red: IN_DEFERRED_INDEX("messages beside the one that has changed"),
  },
  {
    name: "a known message is taken for unchanged by its name",
    file: "src/index/read_directory.ts",
    text: "if (place !== undefined && !place.isRefuted && this.#isAlike(name, place)) {",
    instead: "if (place !== undefined) {",
    red: IN_DEFERRED_INDEX("messages beside the one that has changed"),
  },
  {
    name: "the first of those that are passed over has left",
    file: "src/index/known_messages.ts",
    text: "batch.found.fill(1, first, first + count);",
    instead: "batch.found.fill(1, first + 1, first + count);",
    red: IN_DEFERRED_INDEX("messages beside the one that has changed"),
  },
  {
    name: "what nobody waits for any more is read on",
    file: "src/index/directory_readers.ts",
    text: "    this.#isEnded = true;\n",
    instead: "",
    red: IN_READERS("nobody reads on where one of them has failed"),
  },
  {
    name: "hashed directories are not gone into",
    file: "src/index/read_directory.ts",
    text: "      this.#below += name;\n",
    instead: "",
    red: IN_DEFERRED_INDEX("a queue that has not changed: no directory is opened"),
  },
  {
    name: "a directory that changed while it was listed is trusted",
    file: "src/index/read_directory.ts",
    text: "    distrustIfRacy(stamp, 0, this.#nowMs);\n    return stamp;",
    instead: "    return stamp;",
    red: IN_DEFERRED_INDEX("a message that changes again in the tick in which it was read"),
  },
  {
    name: "a directory is not looked at before it is listed",
    file: "src/index/read_directory.ts",
    text: "this.#directoryStamp ??= this.#look();",
    instead: "this.#directoryStamp ??= new Uint32Array(STAMP_WORDS);",
    red: IN_DEFERRED_INDEX("a queue that has not changed: no directory is opened"),
  },
  {
    name: "sums without a directory that can't be read",
    file: "src/index/refresh.ts",
    text: 'if (path === TOP || (code !== "ENOENT" && code !== "ENOTDIR")) {',
    instead: "if (path === TOP) {",
    red: IN_DEFERRED_INDEX("a directory: deferred/1"),
  },
  {
    name: "messages of a directory that has gone stay",
    file: "src/index/refresh.ts",
    text: "    for (const path of changes.gone) {\n      store.removeDirectory(path);\n    }\n",
    instead: "",
    red: IN_DEFERRED_INDEX("a hashed directory that has gone has no messages"),
  },
  {
    name: "messages that have left count for how full a batch is",
    file: "src/index/merge_batches.ts",
    text: "count += value;",
    instead: "count += 1;",
    red: IN_DEFERRED_INDEX("a batch of which nothing is left goes"),
  },
  {
    name: "what has left comes back when batches are merged",
    file: "src/index/merge_batches.ts",
    text: "      if (isLive === 1) {",
    instead: "      if (isLive >= 0) {",
    red: IN_DEFERRED_INDEX("batches stay few, however often a few messages change"),
  },
  {
    name: "merged batches stay beside the new one",
    file: "src/index/merge_batches.ts",
    text: "    store.removeBatch(number);\n  }\n  tell();",
    instead: "  }\n  tell();",
    red: IN_DEFERRED_INDEX("batches stay few, however often a few messages change"),
  },
  {
    name: "a provider's customers are registered domains",
    file: "src/index/parent_domain.ts",
    text: "allowPrivateDomains: false",
    instead: "allowPrivateDomains: true",
    red: IN_PARENT_DOMAIN('"customer.github.io" belongs to "github.io"'),
  },
  {
    name: "@one.example takes notone.example along",
    file: "src/index/site_pattern.ts",
    text: "site.endsWith(`.${domain}`)",
    instead: "site.endsWith(domain)",
    red: IN_SITE_PATTERN("@one.example"),
  },
  {
    name: "a pattern matches whatever begins so",
    file: "src/index/site_pattern.ts",
    text: "return /^\\**$/.test(glob.slice(inGlob));",
    instead: "return true;",
    red: IN_SITE_PATTERN("*.one.example"),
  },
  {
    name: "@domain is itself alone",
    file: "src/index/site_names.ts",
    text: "(tops.size > 0 && isBelow(site, tops))",
    instead: "tops.has(site)",
    red: IN_SITE_NAMES('[[],["a.example"]]'),
  },
  {
    name: "addresses make reasons unlike",
    file: "src/index/reason_text.ts",
    text: 'return core.includes("@") || (',
    instead: "return (",
    red: IN_REASON_TEXT(
      "4.3.0 host mx.example[192.0.2.1] said: 451 4.3.0 <sender@origin.example>: Temporary lookup failure (in reply to MAIL FROM command)",
    ),
  },
  {
    name: "the relay is the host of the last hop that a reason names",
    file: "src/index/reason_text.ts",
    text: 'return address.startsWith("/") ? address : host.toLowerCase();',
    instead: "return host;",
    red: IN_REASON_TEXT("4.4.1 connect to MX.Example[2001:db8::1]:25: Network is unreachable"),
  },
  {
    name: "what is left to be read is not read",
    file: "src/index/read_directory.ts",
    text: "      batches.read(id);\n    }\n    batches.tell();",
    instead: "      batches.read(id);\n    }",
    red: IN_READERS("what they find changed is read, however much that is"),
  },
  {
    name: "more is found changed than is left to be read",
    file: "src/index/read_directory.ts",
    text: "    } else if (id !== null) {",
    instead: "    } else if (id !== null && this.#leftMax === 0) {",
    red: IN_READERS("what they find changed is read, however much that is"),
  },
  {
    name: "a directory with a message that is left, and refused, is trusted",
    file: "src/index/read_directory.ts",
    text: "  if (batches.isRefused) {\n    distrust(stamp, 0);",
    instead: "  if (batches.isRefused) {",
    red: IN_READERS("what they find changed, and the disk refuses, is read when the disk lets it"),
  },
  {
    name: "an expected message is taken for another one that has changed",
    file: "src/index/known_messages.ts",
    text: "this.#isRefuted = first + count < end;",
    instead: "this.#isRefuted = true;",
    red: IN_DEFERRED_INDEX("those that came at another time, beside one that comes"),
  },
  {
    name: "a thread's death is not noticed",
    file: "src/index/directory_readers.ts",
    text: "          failed(error);\n",
    instead: "",
    red: IN_READERS("one that dies is an error, not an empty directory: once it is asked"),
  },
  {
    name: "a thread's death before it is asked is not noticed",
    file: "src/index/directory_readers.ts",
    text: "        reader.death = error;\n",
    instead: "",
    red: IN_READERS(
      "one that dies is an error, not an empty directory: before it is asked anything",
    ),
  },
  {
    name: "threads start once they are asked",
    file: "src/index/deferred_index.ts",
    text: "      readers.for(changes.nameBytes);\n",
    instead: "",
    red: IN_READERS(
      "they start before anything is written, where it is known that there is enough to do",
    ),
  },
  {
    name: "threads are not ended",
    file: "src/index/directory_readers.ts",
    text: "      thread?.end();\n",
    instead: "",
    red: IN_READERS("of 2 processors"),
  },
  {
    name: "what a thread could not read is empty",
    file: "src/index/directory_readers.ts",
    text: "          job.failed(new OsError(answer.code, answer.operation));",
    instead: '          job.done({ stamp: new Uint8Array(48), below: "", changed: [], left: [] });',
    red: IN_READERS("a directory that one of them can't read is said"),
  },
  {
    name: "a thread stands still until it is heard",
    file: "src/index/directory_readers.ts",
    text: "for (const taskMax of [1, 2])",
    instead: "for (const taskMax of [1])",
    red: IN_READERS(
      "a thread has its next directory before it is done, but not the one that another can begin",
    ),
  },
  {
    name: "a thread has what another one could begin",
    file: "src/index/directory_readers.ts",
    text: "for (const taskMax of [1, 2])",
    instead: "for (const taskMax of [2])",
    red: IN_READERS(
      "a thread has its next directory before it is done, but not the one that another can begin",
    ),
  },
  {
    name: "threads start for a few names",
    file: "src/index/deferred_index.ts",
    text: "nameBytes <= nameBytesHereMax",
    instead: "nameBytes < 0",
    red: IN_READERS("few names are read without them"),
  },
  {
    name: "a deferred queue that goes is empty",
    file: "src/index/refresh.ts",
    text: 'if (path === TOP || (code !== "ENOENT" && code !== "ENOTDIR"))',
    instead: 'if (code !== "ENOENT" && code !== "ENOTDIR")',
    red: IN_DEFERRED_INDEX("a deferred queue that goes is not an empty one"),
  },
];

export const INDEX_MUTANTS = operatorMutants(FAULTS);
