/**
 * What a case's queue holds before anybody works on it: its state, and the mark that ours has rebuilt the record.
 *
 * Without the mark every wake-up of ours would begin with a rebuild. The original takes it for the empty log that
 * it is. A row that is about rebuilding says that the mark is missing.
 */
import { hashedPath } from "../../src/names/hashed_path.ts";
import { REBUILT } from "../../src/record/rebuilt_marker.ts";
import type { ContractCase, State } from "./contract_case.ts";
import { hashingOf } from "./hashing.ts";

/** The state to be laid out. */
export function initialState({
  config,
  state = {},
}: Pick<ContractCase, "config" | "state">): State {
  const record = state["flush"];
  if (record !== undefined && (typeof record === "string" || record.kind !== "directory")) {
    // The record itself is missing, or something else: there is no mark in it.
    return state;
  }
  const mark = hashedPath("flush", REBUILT, hashingOf(config));
  return mark in state ? state : { ...state, [mark]: "" };
}
