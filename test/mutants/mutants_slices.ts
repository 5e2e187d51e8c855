/** Faults in how long work is cut into slices, and in whom a walk wakes. */
import type { Expected, Mutant } from "./mutant.ts";

const IN_WALKS = (test: string): readonly [Expected] => [
  { file: "src/flush/refresh_test.ts", test },
];

const IN_SMALL_LOGS = (test: string): readonly [Expected] => [
  { file: "src/flush/second_looks_test.ts", test },
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
    name: "a walk begins logs while others could go on",
    file: "src/flush/second_looks.ts",
    text: "await delay(this.#clock, waitMs);",
    instead: "await delay(this.#clock, 2 * waitMs);",
    red: IN_WALKS("goes on with logs that it has begun before it begins with others"),
    unseen: "the original does one thing after the other",
  },
  {
    name: "second looks that fall due together are done at once",
    file: "src/flush/second_looks.ts",
    text: "const pause = this.#slice.pause();",
    instead: "const pause: Promise<void> | null = null as Promise<void> | null;",
    red: IN_SMALL_LOGS("second looks of many logs that fall due together are done in slices"),
    unseen: "the original looks once",
  },
  {
    name: "of a small log in a walk the second look follows the first at once",
    file: "src/flush/second_looks.ts",
    text: "this.#dueMs.push(this.#clock.monotonicMs() + SECOND_LOOK_MS);",
    instead: "this.#dueMs.push(this.#clock.monotonicMs() + 1);",
    red: IN_SMALL_LOGS("a message that turns up between the two looks keeps its entry"),
    unseen: "a message would have to come back within ten milliseconds",
  },
  {
    name: "a walk ends before its last logs have been looked at again",
    file: "src/flush/refresh.ts",
    text: "    await this.#secondLooks.settled();\n",
    instead: "",
    red: IN_SMALL_LOGS("ends when its last log is done"),
    unseen: "the original does one thing after the other",
  },
  {
    name: "a small log that somebody has locked is passed over",
    file: "src/flush/refresh.ts",
    text: "        this.#pace.end(entries, 0);\n        return this.#sendAtItsPace(name, entries);",
    instead: "        this.#pace.end(entries, 0);\n        return null;",
    red: IN_SMALL_LOGS("a small log that somebody has locked is sent when it is free"),
    unseen: "it takes somebody who holds a lock for longer than an add",
  },
  {
    name: "a small log with trouble stays locked",
    file: "src/flush/send_logfile.ts",
    text: "      this.#tell();\n      return this.#pass.counts;\n    } finally {\n      this.#inUse.giveBack(this.#taken);\n    }",
    instead:
      "      this.#tell();\n      this.#inUse.giveBack(this.#taken);\n      return this.#pass.counts;\n    } finally {\n    }",
    red: IN_SMALL_LOGS("small logs with trouble are warned of, given back, and hold up no others"),
    unseen: "no disk of the comparison fails",
  },
  {
    name: "an add goes through a small log whose end is being cut off",
    file: "src/flush/logfiles_in_use.ts",
    text: "this.#isBeingCut = cut !== null;",
    instead: "this.#isBeingCut = false;",
    red: IN_SMALL_LOGS("an add to a log whose end is being cut off waits, and is in it then"),
    unseen: "the comparison's adds don't come within the moment of a cut",
  },
  {
    name: "a small log counts as sent before its end is cut off",
    file: "src/flush/send_logfile.ts",
    text: "      await this.#pass.end();\n      this.#tell();",
    instead: "      const cut = this.#pass.end();\n      this.#tell();\n      await cut;",
    red: IN_SMALL_LOGS("a log counts as sent when its end is cut off, and not before"),
    unseen: "the comparison looks at the record a moment later",
  },
  {
    name: "a small log is given back before its end is cut off",
    file: "src/flush/send_logfile.ts",
    text: "      await this.#pass.end();\n      this.#tell();",
    instead: "      void this.#pass.end();\n      this.#tell();",
    red: IN_SMALL_LOGS("an add to a log whose end is being cut off waits, and is in it then"),
    unseen: "the comparison's adds don't come within the moment of a cut",
  },
  {
    name: "a purge ends before its last cuts",
    file: "src/flush/second_looks.ts",
    text: "    await this.#looking;\n    while (this.#endingCount > 0) {",
    instead: "    await this.#looking;\n    while (this.#endingCount < 0) {",
    red: IN_SMALL_LOGS("an add to a log whose end is being cut off waits, and is in it then"),
    unseen: "the comparison looks at the record a moment later",
  },
  {
    name: "hundreds of logs wait for their cuts",
    file: "src/flush/second_looks.ts",
    text: "while (this.#endingCount >= ENDING_MAX) {",
    instead: "while (this.#endingCount >= 100 * ENDING_MAX) {",
    red: IN_SMALL_LOGS("few logs wait for their cuts, the others for them, and all are cut"),
    unseen: "what they hold up is a matter of time",
  },
  {
    name: "a purge has more logs open than there are descriptors for",
    file: "src/flush/second_looks.ts",
    text: "UNDER_WAY_MAX = 192",
    instead: "UNDER_WAY_MAX = 512",
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
