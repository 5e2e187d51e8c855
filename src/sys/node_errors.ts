/** Errors of Node's modules as the one error of effects. */
import { OsError } from "../effects/os_error.ts";

/** Does it; what fails with an errno name is thrown as OsError of this operation, all else as it is. */
export function translated<Result>(operation: string, act: () => Result): Result {
  try {
    return act();
  } catch (caught) {
    const code = (caught as { readonly code?: unknown }).code;
    throw typeof code === "string" ? new OsError(code, operation) : caught;
  }
}
