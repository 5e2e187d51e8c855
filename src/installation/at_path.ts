/**
 * Says of which file or folder it was that the machine said no: an OsError of the machine's names the step alone.
 */
import { OsError } from "../effects/os_error.ts";

/** Does a step at this path. Throws what it throws, with the path in front. */
export function atPath(path: string, act: () => void): void {
  try {
    act();
  } catch (caught) {
    throw caught instanceof OsError
      ? new OsError(caught.code, `${path}: ${caught.operation}`)
      : caught;
  }
}
