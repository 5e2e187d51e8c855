/** What the index's store throws when it refuses something. */
import { StoreFault } from "../../src/effects/index_store.ts";

/** The fault that `act` throws; any other error goes on, and that there is none is one. */
export function faultOf(act: () => unknown): StoreFault {
  try {
    act();
  } catch (caught) {
    if (caught instanceof StoreFault) {
      return caught;
    }
    throw caught;
  }
  throw new Error("nothing was refused");
}
