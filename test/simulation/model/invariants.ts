/**
 * What must be true of every state that a history can reach.
 *
 * I1: an answered add that no send consumed is in the log. I2: no entry is torn: a line is an entry that
 * somebody was asked to add, or, after a death inside a write, a scrap that names no message. I3 (a skip is
 * never wrong) and I4 (after an undisturbed compaction) are looked at by the steps themselves.
 */
import { linesOf, logText, messageNamed, type State } from "./state.ts";

/** What is wrong with a state; null: nothing. */
export function violation(state: State): string | null {
  if (state.wrong !== null) {
    return state.wrong;
  }
  const text = logText(state);
  const lines = linesOf(text);
  const lost = state.owed.find((message) => !lines.includes(message));
  if (lost !== undefined) {
    return `I1: ${lost} was answered and is not in the log ${JSON.stringify(text)}`;
  }
  const torn = lines.find((line) => !isEntryOrScrap(state, line));
  return torn === undefined
    ? null
    : `I2: torn line ${JSON.stringify(torn)} in ${JSON.stringify(text)}`;
}

function isEntryOrScrap(state: State, line: string): boolean {
  const message = messageNamed(line);
  return message === null ? state.mayHaveScraps : state.asked.includes(message);
}
