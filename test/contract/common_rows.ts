/** What several tables of the differential suite share: steps, states, and differences that come up often. */
import type { Differs, Only, Step } from "./contract_case.ts";

/** Steps without a value; contract_case.ts says what they do. */
export const END: Step = { do: "end" };
export const READ: Step = { do: "read" };
export const REPLY: Step = { do: "reply" };
export const CLOSE: Step = { do: "close" };

/** A log that a refresh sends, and one that only a purge sends. */
export const OLD_RECORD = {
  "flush/old_example": { text: "MISSING\n", age: 50_000 },
  "flush/new_example": { text: "WAITING\n", age: 100 },
  "deferred/W/WAITING": "",
};
export const REFRESHED = { "flush/old_example": "", "flush/new_example": "WAITING\n" };
export const PURGED = { "flush/old_example": "", "flush/new_example": "" };

/** Of a send of one site. */
export const CARRIES_F: Differs = {
  why: "each wake-up of a send carries F before I, in one write (DESIGN, Send)",
  ours: { wakes: ["F\0", "FI\0"] },
};

/** Of what is seen at start: master would let the client wait until it starts the next process. */
export const STANDALONE: Only = {
  way: "stand-alone",
  why: "under master(8) nobody would answer for a minute: test/postfix/bad_input_test.ts",
};

/** Of a refresh that meets entries whose message is in no queue. */
export const COMPACTED =
  "a refresh takes entries out whose message is gone (ARCHITECTURE, defect 1)";

export function underMaster(why: string): Only {
  return { way: "under master", why };
}

/** Reasons that come up often. */
export const LIVES = '"fail" and a warning, where the original dies (ARCHITECTURE, defect 14)';
export const NO_LINKS = "links are not followed (ARCHITECTURE, defect 12)";
