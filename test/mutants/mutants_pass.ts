/** Faults in how a log is gone over while it is held: what becomes of its lines, and of what is added meanwhile. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type Expected, type Mutant, standalone } from "./mutant.ts";

const MEANWHILE = "the original has no add within a send: a process of it has one client";
const WITHIN_MICROSECONDS = "it takes another process, or a crash, within microseconds";

const IN_SENDS = (test: string): readonly [Expected] => [
  { file: "src/flush/send_site_test.ts", test },
];
const IN_PASSES = (test: string): readonly [Expected] => [
  { file: "src/record/log_pass_test.ts", test },
];

const IN_PASSES_OF_FLUSH = (test: string): readonly [Expected] => [
  { file: "src/flush/send_logfile_test.ts", test },
];

const IN_ADDS = (test: string): readonly [Expected] => [
  { file: "src/flush/logfile_pass_test.ts", test },
];

const LINE_MUTANTS: readonly Mutant[] = [
  {
    name: "the second look follows the first at once",
    file: "src/flush/logfile_pass.ts",
    text: "    await delay(this.#tools.clock, SECOND_LOOK_MS);",
    instead: "",
    red: IN_SENDS("a message that turns up between the two looks keeps its entry"),
    unseen: "a message would have to come back within ten milliseconds",
  },
  {
    name: "what a log repeats stays",
    file: "src/record/log_lines.ts",
    text: "      this.takeOut(this.#pass(end + 1));",
    instead: "      this.#pass(end + 1);",
    red: standalone("53: two messages, one of them twice"),
  },
  {
    name: "an entry that is repeated before a NUL is asked about again",
    file: "src/flush/logfile_pass.ts",
    text: 'return added === "held";',
    instead: "return false;",
    red: IN_PASSES_OF_FLUSH("of a line that repeats an entry up to a NUL nobody is asked"),
    unseen: "a message that has been released is released again without a trace",
  },
  {
    name: "a message is released as often as its entry is repeated",
    file: "src/record/log_lines.ts",
    text: "if (!names.hasBytes(bytes, start, end, hash)) {",
    instead: "if (names.hasBytes(bytes, start, end, hash) || count >= 0) {",
    red: [
      {
        file: "src/record/log_lines_test.ts",
        test: "takes out the lines that come next as long as they are known",
      },
    ],
    unseen: "they are still found, at more cost",
  },
  {
    name: "the entry of a message that an operator or the queue manager has is dropped",
    file: "src/flush/logfile_pass.ts",
    text: 'if (outcome === "released" || outcome === "gone" ||',
    instead: 'if (outcome === "released" || outcome === "gone" || outcome === "kept" ||',
    red: standalone("58: a message in active"),
  },
  {
    name: "the entry of a message that is skipped is dropped",
    file: "src/flush/logfile_pass.ts",
    text: 'if (outcome === "released" || outcome === "gone" ||',
    instead: 'if (outcome === "released" || outcome === "gone" || outcome === "skipped" ||',
    red: standalone("exact: another site that shares the logfile"),
  },
  {
    name: "the entry of a message that can't be moved is dropped",
    file: "src/flush/logfile_pass.ts",
    text: 'if (outcome === "released" || outcome === "gone" ||',
    instead: 'if (outcome === "released" || outcome === "gone" || outcome === "failed" ||',
    red: IN_SENDS("a message that can't be moved is warned of and keeps its entry"),
    unseen: "a rename that fails takes a disk with errors",
  },
  {
    name: "a pass that is told to stop goes on",
    file: "src/flush/logfile_pass.ts",
    text: "this.#isStopped ||= this.#options.shouldStop();",
    instead: "this.#isStopped ||= false;",
    red: [
      {
        file: "src/flush/refresh_test.ts",
        test: "ends at the next slice when the process is replaced",
      },
    ],
    unseen: "the original's walk ends by itself",
  },
  {
    name: "a line that is no known one reaches into the next one",
    file: "src/record/log_lines.ts",
    text: "this.#unknownEnd = end + 1;",
    instead: "this.#unknownEnd = end + 2;",
    red: [{ file: "src/record/log_lines_test.ts", test: "takes out the lines that come next" }],
    unseen: "it would lose entries there too, but is found sooner here",
  },
  {
    name: "second looks are for the lines behind those of the first",
    file: "src/flush/logfile_pass.ts",
    text: "absent.push(line);",
    instead: "absent.push(line + 1);",
    red: standalone("48: rfrsh without terminator"),
  },
  {
    name: "names of one hash are one name",
    file: "src/names/queue_id_set.ts",
    text: "if (place === 0 || this.#isAt(place - 1, bytes, start, end)) {",
    instead:
      "if (place === 0 || hashOf(this.#pageOf(place), place % PAGE_BYTES, (place % PAGE_BYTES) + (this.#pageOf(place)[(place % PAGE_BYTES) - 1] ?? 0)) === hash) {",
    red: [{ file: "src/names/queue_id_set_test.ts", test: "two names of one hash are two" }],
    unseen: "no two queue IDs of the differential suite have one hash",
  },
  {
    name: "a name goes over a page's end",
    file: "src/names/queue_id_set.ts",
    text: "if (used + length > PAGE_BYTES) {",
    instead: "if (used > PAGE_BYTES) {",
    red: [{ file: "src/names/queue_id_set_test.ts", test: "answers as JavaScript's Set does" }],
    unseen: "few logs of the differential suite have thousands of entries",
  },
];

const CUT_MUTANTS: readonly Mutant[] = [
  {
    name: "lines are written over others that are still to be read",
    file: "src/record/log_pass.ts",
    text: "if (staying.length <= this.#blockStart - this.#kept) {",
    instead: "if (staying.length <= this.#read - this.#kept) {",
    red: IN_PASSES("a crash anywhere, within a write too, loses no line that stays"),
    unseen: WITHIN_MICROSECONDS,
  },
  {
    name: "the gap is closed over lines that are not read yet",
    file: "src/record/log_pass.ts",
    text: "lines.lastIndexOf(NEWLINE, Math.min(free, lines.length) - 1) + 1,",
    instead: "lines.length,",
    red: IN_PASSES("a crash loses nothing either of what was appended meanwhile"),
    unseen: WITHIN_MICROSECONDS,
  },
  {
    name: "a line that a block's end cuts is lost",
    file: "src/record/log_pass.ts",
    text: "this.#read += length;",
    instead: "this.#read += bytes.length;",
    red: IN_PASSES("without a crash exactly the lines that stay are left"),
    unseen: "a log of more than a block has few messages there",
  },
  {
    name: "what was appended meanwhile is cut off",
    file: "src/record/log_pass.ts",
    text: "while (this.#read < this.#file.sizeBytes) {",
    instead: "while (this.#read < this.#end) {",
    red: IN_SENDS("adds are served while the site's log is sent, and stay in it"),
    unseen: MEANWHILE,
  },
  {
    name: "a log in which all stays is cut",
    file: "src/record/log_pass.ts",
    text: "return this.#kept < this.#read;",
    instead: "return this.#kept <= this.#read;",
    red: IN_PASSES("of a log in which all stays nothing is written"),
    unseen: "a log that is cut to its own length is what it was",
  },
  {
    name: "a pass goes on behind a line without its end",
    file: "src/record/locked_logfile.ts",
    text: "    this.#endLastLine();",
    instead: "",
    red: IN_PASSES("takes out lines before an unterminated end"),
    unseen: "an entry without its end is sent all the same, and what stays of one is rare",
  },
  {
    name: "the end of a long append is not written first",
    file: "src/record/locked_logfile.ts",
    text: "    this.#writeAll(NEWLINE_BYTES, start + last);\n    this.#writeAll(bytes.subarray(0, last), start);",
    instead: "    this.#writeAll(bytes, start);",
    red: IN_PASSES("a crash anywhere, within a write too, loses no line that stays"),
    unseen: WITHIN_MICROSECONDS,
  },
];

const ADD_MUTANTS: readonly Mutant[] = [
  {
    name: "an add to a log in use does not see that it was removed",
    file: "src/flush/logfiles_in_use.ts",
    text: 'this.log.isVanished ? "vanished" : this.log.append(newOnes)',
    instead: "this.log.append(newOnes)",
    red: IN_ADDS("is not lost when somebody removes the log behind the pass's back"),
    unseen: "it takes a removal within a send",
  },
  {
    name: "an add does not look whether its log was removed under it",
    file: "src/record/locked_logfile.ts",
    text: 'return this.isVanished ? "vanished" : ids.length;',
    instead: "return ids.length;",
    red: [{ file: "src/flush/add_test.ts", test: "an entry is not lost to the original's purge" }],
    unseen: WITHIN_MICROSECONDS,
  },
  {
    name: "an entry that a pass keeps is added again",
    file: "src/flush/logfiles_in_use.ts",
    text: "return this.#held?.has(id) ?? false;",
    instead: "return id.length < 0;",
    red: IN_ADDS("after the pass has settled it: is there once"),
    unseen: MEANWHILE,
  },
  {
    name: "an entry that was added before a pass comes to it stays twice",
    file: "src/flush/logfile_pass.ts",
    text: " || this.#inUse.holds(id)",
    instead: "",
    red: IN_ADDS("before the pass comes to it: is there once"),
    unseen: MEANWHILE,
  },
  {
    name: "an add that comes before a pass begins is gone over as well",
    file: "src/flush/logfile_pass.ts",
    text: "const { pass } = this.#inUse;\n    for (",
    instead: "const pass = this.#inUse.log.pass();\n    for (",
    red: IN_ADDS("when the log is taken, and the pass has not begun: is there once"),
    unseen: MEANWHILE,
  },
  {
    name: "a line without its end counts as an entry",
    file: "src/record/new_entries.ts",
    text: "if (log[end] === NEWLINE) {",
    instead: "if (log[end] === NEWLINE || end === log.length) {",
    red: [{ file: "src/flush/add_test.ts", test: "an entry that the log holds is not written" }],
    unseen: "the original writes such an entry behind its first half",
  },
  {
    name: "a longer line that begins alike ends the search for an entry",
    file: "src/record/new_entries.ts",
    text: 'at = log.indexOf(text, end, "latin1");',
    instead: "at = -1;",
    red: [
      {
        file: "src/record/new_entries_test.ts",
        test: "the beginning of longer lines, and a line: looked for alone",
      },
    ],
    unseen: "in the differential suite no queue ID begins as another one does",
  },
  {
    name: "the first line of a log counts as none",
    file: "src/record/new_entries.ts",
    text: "return log[id.length] === NEWLINE && ",
    instead: "return log[id.length] === NEWLINE && log.length === 0 && ",
    red: [{ file: "src/record/new_entries_test.ts", test: "the first line: looked for alone" }],
    unseen: "there an entry that is added twice stands amid others",
  },
  {
    name: "the hash of a line that is looked for goes on from the line before it",
    file: "src/record/new_entries.ts",
    text: "    start = at + 1;\n    hash = HASH_START;",
    instead: "    start = at + 1;",
    red: [
      {
        file: "src/record/new_entries_test.ts",
        test: "a line amid others: looked for with others",
      },
    ],
    unseen: "in the differential suite no 65 clients add to one log at once",
  },
  {
    name: "a line without its end counts where many are added",
    file: "src/record/new_entries.ts",
    text: "  return lines;",
    instead: '  return lines.add(log.toString("latin1", start));',
    red: [
      {
        file: "src/record/locked_logfile_test.ts",
        test: "appends what the log lacks, few entries or many",
      },
    ],
    unseen: "the original adds one entry at a time",
  },
  {
    name: "what was read of another log counts as held",
    file: "src/record/locked_logfile.ts",
    text: "newEntries(log, ids)",
    instead: "newEntries(bytes, ids)",
    red: [
      {
        file: "src/record/locked_logfile_test.ts",
        test: "an entry that another log held counts for nothing",
      },
    ],
    unseen: "no read of a log is a short one there",
  },
  {
    name: "a look at the entries touches atime",
    file: "src/record/read_entries.ts",
    text: "of [true, false]",
    instead: "of [false]",
    red: [
      {
        file: "src/flush/reports_test.ts",
        test: "tells of each message once what a flush would do, and changes nothing",
      },
    ],
    unseen: "the original has no such request",
  },
  {
    name: "an entry that two reads share is not seen",
    file: "src/record/read_entries.ts",
    text: "(rest + bytesToString(block.subarray(0, count)))",
    instead: "bytesToString(block.subarray(0, count))",
    red: [{ file: "src/flush/reports_test.ts", test: "of a log larger than a read, each entry" }],
    unseen: "the original has no such request",
  },
];

export const PASS_MUTANTS: readonly Mutant[] = [...LINE_MUTANTS, ...CUT_MUTANTS, ...ADD_MUTANTS];
