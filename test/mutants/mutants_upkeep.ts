/** Faults in what keeps the record clean and complete: compaction, the pace of a refresh, the walk. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type Expected, type Mutant, standalone } from "./mutant.ts";

const NO_PACE = "the original has no pace";

const IN_COMPACTIONS = (test: string): readonly [Expected] => [
  { file: "src/flush/compact_logfile_test.ts", test },
];
const IN_WALKS = (test: string): readonly [Expected] => [
  { file: "src/flush/refresh_test.ts", test },
];

const COMPACTED = "rfrsh: a log that is not due: repeats, and messages that are gone";

const COMPACTION_MUTANTS: readonly Mutant[] = [
  {
    name: "a refresh does not compact",
    file: "src/flush/refresh.ts",
    text: "return this.#options.compacts ? this.#compact(name) : null;",
    instead: "return this.#options.compacts ? null : this.#compact(name);",
    red: standalone(COMPACTED),
  },
  {
    name: "background work outlives the process's replacement",
    file: "src/flush/flush_service.ts",
    text: "shouldStop: () => this.#isLeaving,",
    instead: "shouldStop: () => false,",
    red: [
      {
        file: "src/flush/refresh_test.ts",
        test: "gives up waiting for a log's lock when the process is replaced",
      },
    ],
    unseen: "the original has no work in the background that would outlive anything",
  },
  {
    name: "a purge compacts",
    file: "src/flush/rare_requests.ts",
    text: "compacts: false",
    instead: "compacts: true",
    red: standalone("purge: a log of this second: it is not compacted"),
  },
  {
    name: "a compaction leaves its own times",
    file: "src/flush/compact_logfile.ts",
    text: "    taken.log.restoreTimes();",
    instead: "",
    red: standalone(COMPACTED),
  },
  {
    name: "a compaction that changed mtime alone leaves it",
    file: "src/record/locked_logfile.ts",
    text: "now.atimeNs !== atimeNs || now.mtimeNs !== mtimeNs",
    instead: "now.atimeNs !== atimeNs",
    red: standalone(COMPACTED),
  },
  {
    name: "a compaction sets the times of a log that it has not changed",
    file: "src/record/locked_logfile.ts",
    text: "now.atimeNs !== atimeNs || now.mtimeNs !== mtimeNs",
    instead: "now.atimeNs !== atimeNs || now.mtimeNs === mtimeNs",
    red: IN_COMPACTIONS("writes nothing to a larger log that stays as it is, not even its times"),
    unseen: "it costs a write of the inode, and nothing else is seen of it",
  },
  {
    name: "a small log with repeats is taken for one that is right",
    file: "src/flush/compact_logfile.ts",
    text: "    new Set(ids).size === ids.length &&\n",
    instead: "",
    red: IN_COMPACTIONS("takes out of a small log a repeat"),
    unseen: "the original compacts nothing",
  },
  {
    name: "a small log is right whatever became of its messages",
    file: "src/flush/compact_logfile.ts",
    text: "ids.every((id) => findMessage(tools, id) !== null);",
    instead: "ids.length > 0;",
    red: IN_COMPACTIONS("takes out of a small log an entry whose message is gone"),
    unseen: "the original compacts nothing",
  },
  {
    name: "a last line without its end is an entry of a small log",
    file: "src/record/read_entries.ts",
    text: 'lines.at(-1) === "" && ids',
    instead: "ids",
    red: [{ file: "src/record/read_entries_test.ts", test: "a last line without its end" }],
    unseen: "an entry is cut short only by a crash or a full disk",
  },
  {
    name: "a compaction takes back the time of an add",
    file: "src/flush/compact_logfile.ts",
    text: "if (!taken.wasAddedTo) {",
    instead: "if (taken !== null) {",
    red: IN_COMPACTIONS("an add meanwhile is the last add, as mtime says"),
    unseen: "it takes an add within the milliseconds of a compaction",
  },
  {
    name: "a compaction takes out what the queue manager or an operator has",
    file: "src/flush/compact_logfile.ts",
    text: 'findMessage(tools, id) === null ? "absent" : "kept"',
    instead: 'findMessage(tools, id) === "deferred" ? "kept" : "released"',
    red: standalone(COMPACTED),
  },
  {
    name: "a compaction waits for a lock for good",
    file: "src/flush/compact_logfile.ts",
    text: "tools.clock.monotonicMs() > giveUpMs",
    instead: "giveUpMs < 0",
    red: IN_COMPACTIONS("a log that somebody has locked for long is left for another time"),
    unseen: "the original does not compact",
  },
];

const PACE_MUTANTS: readonly Mutant[] = [
  {
    name: "a refresh does not wait for its turn to release",
    file: "src/flush/pace.ts",
    text: "if (this.#underWay + weight > BURST || this.#clock.monotonicMs() < this.#paidMs) {",
    instead: "if (this.#paidMs < 0) {",
    red: IN_COMPACTIONS("thousands of logs that are due at once are released at five hundred"),
    unseen: NO_PACE,
  },
  {
    name: "what is released costs no time",
    file: "src/flush/pace.ts",
    text: "const costMs = (releasedCount * MS_PER_SECOND) / RELEASES_PER_SECOND;",
    instead: "const costMs = 0 * (releasedCount * MS_PER_SECOND) * RELEASES_PER_SECOND;",
    red: IN_COMPACTIONS("thousands of logs that are due at once are released at five hundred"),
    unseen: NO_PACE,
  },
  {
    name: "any number may be under way at once",
    file: "src/flush/pace.ts",
    text: "this.#underWay + weight > BURST ||",
    instead: "",
    red: IN_COMPACTIONS("large logs that are due at once begin one after the other"),
    unseen: NO_PACE,
  },
  {
    name: "a fraction of a log stays under way for good",
    file: "src/flush/pace.ts",
    text: "Math.ceil(entries)",
    instead: "entries",
    red: [
      {
        file: "src/flush/pace_test.ts",
        test: "when nothing is under way any more, a log of any size may begin",
      },
    ],
    unseen: NO_PACE,
  },
  {
    name: "what is looked at costs as what is released",
    file: "src/flush/refresh.ts",
    text: "this.#pace.end(entries, counts?.released ?? 0);",
    instead: "this.#pace.end(entries, (counts?.released ?? 0) + (counts?.gone ?? 0));",
    red: IN_COMPACTIONS("entries without mail cost no time"),
    unseen: NO_PACE,
  },
  {
    name: "a walk in the background does not rest",
    file: "src/flush/rare_requests.ts",
    text: "new Slice(tools.clock, BACKGROUND_REST_MS)",
    instead: "new Slice(tools.clock)",
    red: IN_WALKS("rests three quarters of the time while it walks"),
    unseen: "the original rests between no two logs",
  },
  {
    name: "a walk passes over logs that are not due without a rest",
    file: "src/flush/record_walk.ts",
    text: "const pause = options.slice.pauseToBegin();",
    instead: "const pause = null;",
    red: IN_WALKS(
      "rests three quarters of the time while it walks, also over logs that are not due",
    ),
    unseen: "the original rests between no two logs",
  },
  {
    name: "a walk begins further logs when it is told to stop",
    file: "src/flush/record_walk.ts",
    text: "if (options.shouldStop()) {",
    instead: "if (options.shouldStop === null) {",
    red: IN_WALKS("begins with no further log when the process is replaced"),
    unseen: "the original's walk ends by itself",
  },
  {
    name: "each wake-up that waits is a walk of its own",
    file: "src/flush/background_jobs.ts",
    text: "if (waiters !== undefined) {",
    instead: "if (waiters === null) {",
    red: IN_WALKS("requests that wait for a job of their kind share it"),
    unseen: "the original's walks share nothing",
  },
  {
    name: "one locked log holds up the walk",
    file: "src/flush/record_walk.ts",
    text: "const AT_A_TIME = 64;",
    instead: "const AT_A_TIME = 1;",
    red: IN_COMPACTIONS("a log that somebody has locked for long is left for another time"),
    unseen: "the original's walk waits too",
  },
];

export const UPKEEP_MUTANTS: readonly Mutant[] = [...COMPACTION_MUTANTS, ...PACE_MUTANTS];
