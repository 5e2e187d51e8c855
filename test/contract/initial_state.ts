/**
 * What a case's queue holds before anybody works on it: its state, and the mark that ours has rebuilt the record.
 *
 * Without the mark every wake-up of ours would begin with a rebuild. The original takes it for the empty log that
 * it is. A row that is about rebuilding says that the mark is missing. For an add there is none: one that fails
 * takes it away, which has a row of its own.
 */
import { hashedPath } from "../../src/names/hashed_path.ts";
import { REBUILT } from "../../src/record/rebuilt_marker.ts";
import type { ContractCase, State } from "./contract_case.ts";
import { hashingOf } from "./hashing.ts";

/** How an add begins. */
const ADD = "request\0add\0";

/** The state to be laid out. */
export function initialState({
  config,
  state = {},
  send = [],
}: Partial<Pick<ContractCase, "config" | "state" | "send">>): State {
  if (
    send
      .filter((step) => typeof step === "string")
      .join("")
      .includes(ADD)
  ) {
    return state;
  }
  const record = state["flush"];
  if (record !== undefined && (typeof record === "string" || record.kind !== "directory")) {
    // The record itself is missing, or something else: there is no mark in it.
    return state;
  }
  const mark = hashedPath("flush", REBUILT, hashingOf(config));
  return mark in state ? state : { ...state, [mark]: "" };
}
