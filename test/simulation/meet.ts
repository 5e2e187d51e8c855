/**
 * Lets a call of ours meet a trouble that waits for its kind.
 */
import type { Fault, FaultPoint } from "../../src/memory/faults.ts";
import { type Actors, move, removeLog } from "./deeds.ts";
import { faultOf, isMetBy, kindOf, leftOf, type Trouble } from "./trouble.ts";

type Surroundings = Pick<Actors, "disk" | "places" | "mail" | "oracle" | "tally" | "tell">;

/** What becomes of the call, and the troubles that still wait. */
export function meet(
  actors: Surroundings,
  troubles: readonly Trouble[],
  point: FaultPoint,
): { readonly fault: Fault | null; readonly left: readonly Trouble[] } {
  const met = troubles.find((each) => isMetBy(each, point));
  if (met === undefined || !happens(actors, met, point)) {
    return { fault: null, left: troubles };
  }
  actors.tally.met(kindOf(met, point));
  const rest = troubles.filter((each) => each !== met);
  return { fault: faultOf(met, point), left: [...leftOf(met), ...rest] };
}

/** Does what others do just before; false: it can't be now, and the trouble waits on. */
function happens(actors: Surroundings, trouble: Trouble, { path }: FaultPoint): boolean {
  if (trouble.kind === "EEXIST race") {
    const isNew = !actors.disk.has(path);
    actors.disk.makeDirectories(path);
    return isNew;
  }
  return trouble.kind !== "ENOENT race" || takeAway(actors, path);
}

/** Somebody removes a log, or moves a message, of that path; false: there is none that can go. */
function takeAway(actors: Surroundings, path: string): boolean {
  const log = actors.places.logAt(path);
  const message = actors.places.messageAt(path);
  if (log !== null) {
    return removeLog(actors, log);
  }
  return message !== null && actors.disk.has(path) && move(actors, message, 0);
}
