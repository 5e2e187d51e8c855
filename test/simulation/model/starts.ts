/**
 * The small states that histories begin with.
 */
import type { State, Where } from "./state.ts";

interface Start {
  readonly text?: string;
  readonly where: readonly [a: Where, bb: Where, cc: Where];
  /** Who added what is in the log; what else is in it nobody owes. */
  readonly owed?: State["owed"];
  readonly asked?: State["asked"];
  readonly mayHaveScraps?: boolean;
}

function start({ text, where, owed = [], asked = owed, mayHaveScraps = false }: Start): State {
  const [a, bb, cc] = where;
  return {
    where: { a, bb, cc },
    movesLeft: 1,
    files: text === undefined ? [] : [{ text, changedAt: 0, isReplacedByOurs: false }],
    linked: text === undefined ? null : 0,
    tick: 0,
    memory: null,
    job: null,
    adding: null,
    original: null,
    crashesLeft: 1,
    owed,
    asked,
    mayHaveScraps,
    isFragmentOurs: false,
    wrong: null,
  };
}

/** By name: each puts another part of the matter within reach of six steps. */
export const STARTS: Readonly<Record<string, State>> = {
  "no log, a message being deferred": start({ where: ["nowhere", "active", "nowhere"] }),
  "a log of one entry, due to be sent": start({
    text: "bb\n",
    where: ["nowhere", "deferred", "nowhere"],
    owed: ["bb"],
  }),
  "an empty log": start({ text: "", where: ["active", "active", "nowhere"] }),
  "a log of one entry, another of the same length to come": start({
    text: "bb\n",
    where: ["nowhere", "active", "active"],
    owed: ["bb"],
  }),
  "a log with a repeat and an outdated entry": start({
    text: "a\nbb\ncc\nbb\n",
    where: ["nowhere", "deferred", "active"],
    owed: ["bb", "cc"],
    asked: ["a", "bb", "cc"],
  }),
  "a log whose last line the original left unterminated": start({
    text: "bb\nc",
    where: ["active", "deferred", "nowhere"],
    owed: ["bb"],
    mayHaveScraps: true,
  }),
};
