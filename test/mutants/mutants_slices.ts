/** Faults in how long work is cut into slices, and in whom a walk wakes. */
import type { Expected, Mutant } from "./mutant.ts";

const IN_WALKS = (test: string): readonly [Expected] => [
  { file: "src/flush/refresh_test.ts", test },
];

export const SLICE_MUTANTS: readonly Mutant[] = [
  {
    name: "all who wait for a slice go on at once",
    file: "src/flush/slice.ts",
    text: "while (this.#isAwaited && this.#hasTime()) {",
    instead: "while (this.#isAwaited) {",
    red: [
      {
        file: "src/flush/slice_test.ts",
        test: "go on one after the other, as many as there is time for",
      },
    ],
    unseen: "the original does one thing after the other",
  },
  {
    name: "who begins goes before those who have begun",
    file: "src/flush/slice.ts",
    text: "(this.#line.shift() ?? this.#beginners.shift())?.();",
    instead: "(this.#beginners.shift() ?? this.#line.shift())?.();",
    red: [
      { file: "src/flush/slice_test.ts", test: "who has begun goes on before the next begins" },
    ],
    unseen: "the original does one thing after the other",
  },
  {
    name: "who begins doesn't stand behind others who begin",
    file: "src/flush/slice.ts",
    text: "const isFirst = this.#line.length === 0 && this.#beginners.length === 0;",
    instead: "const isFirst = this.#line.length === 0;",
    red: [
      {
        file: "src/flush/slice_test.ts",
        test: "who begins anew stands behind those who wait to begin",
      },
    ],
    unseen: "the original does one thing after the other",
  },
  {
    name: "a walk takes all its logs from step to step together",
    file: "src/flush/refresh.ts",
    text: "const pause = slice.pauseToBegin();",
    instead: "const pause = slice.pause();",
    red: IN_WALKS("goes on with logs that it has begun before it begins with others"),
    unseen: "the original does one thing after the other",
  },
  {
    name: "second looks that fall due together are done at once",
    file: "src/flush/logfile_pass.ts",
    text: "      // Before the look: those of hundreds of logs fall due together.\n      const pause = this.#pause();",
    instead: "      const pause: Promise<boolean> | null = null as Promise<boolean> | null;",
    red: IN_WALKS("second looks of many logs that fall due together are done in slices"),
    unseen: "the original looks once",
  },
  {
    name: "a purge has more logs open than there are descriptors for",
    file: "src/flush/record_walk.ts",
    text: "AT_A_TIME_WITHOUT_RESTS = 256",
    instead: "AT_A_TIME_WITHOUT_RESTS = 512",
    red: [
      {
        file: "src/flush/record_walk_test.ts",
        test: "a purge over 1000 logs keeps no more of them open",
      },
    ],
    unseen: "the original does one thing after the other",
  },
  {
    name: "a purge wakes the queue manager for what is gone",
    file: "src/flush/send_logfile.ts",
    text: 'if (outcome === "released") {',
    instead: 'if (outcome !== "failed") {',
    red: IN_WALKS("waits for no second wake-up where it releases nothing"),
    unseen: "nobody's mail waits for it",
  },
];
