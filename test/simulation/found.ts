/**
 * What the simulation has found, in the service or in what judges it: a seed that shows each, and what would bring it back.
 *
 * A seed that has found something is of use for as long as it has the same history; a change of the simulation, and some of the
 * service, give it another one. check_found.ts tells which seed shows nothing any more: it needs one that does.
 */
import type { Fault } from "../mutants/mutant.ts";

/** Its name says what was wrong; `text` is what mended it. */
export interface Found extends Fault {
  readonly seed: number;
}

const WITNESS = "test/simulation/witness.ts";

/** The table. What no seed shows within some thousands is left to unit tests. */
export const FOUND: readonly Found[] = [
  {
    seed: 745_743_526,
    name: "a rebuild did not learn of an add that another process could not write behind it",
    file: "src/record/rebuilt_marker.ts",
    text: "of [REBUILDING, REBUILT]",
    instead: "of [REBUILT]",
  },
  {
    seed: 1_000_532_943,
    name: "the clock set back behind a process's look at it was taken for a message that is not due",
    file: WITNESS,
    text: "mail.isDue(message, this.#latestMs)",
    instead: "mail.isDue(message, this.#world.time.wallMs())",
  },
  {
    seed: 1_000_651_279,
    name: "a scrap in a log was taken for that of a process that writes to the removed one",
    file: WITNESS,
    text: "locked !== undefined && oracle.destroyedAt(log) > locked.at",
    instead: "locked === null",
  },
];
