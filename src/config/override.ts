/**
 * A `-o name=value` of master.cf (master(5)): a parameter for this one service.
 *
 * Pure. Braces around the whole are master's to remove, not ours.
 */
import { Fatal } from "../effects/fatal.ts";
import { type NameValue, splitNameValue } from "./name_value.ts";

/** Reads the value of one -o option. Throws Fatal with the original's text. */
export function parseOverride(text: string): NameValue {
  const split = splitNameValue(text);
  if (typeof split === "string") {
    throw new Fatal(`invalid "-o ${text}" option value: ${split}`);
  }
  return split;
}
