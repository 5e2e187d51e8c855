/** Makes a failing random case smaller, for as long as it fails. */
import type { ContractCase, State, StateEntry, Step } from "./contract_case.ts";

/** Each try runs both programs. */
const TRIES_MAX = 150;

/** The smallest case found that still fails. */
export async function shrink(
  row: ContractCase,
  fails: (row: ContractCase) => Promise<boolean>,
): Promise<ContractCase> {
  let smallest = row;
  let tries = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smallerThan(smallest)) {
      if (tries++ >= TRIES_MAX) {
        return smallest;
      }
      if (await fails(candidate)) {
        smallest = candidate;
        isSmaller = true;
        break;
      }
    }
  }
  return smallest;
}

function* smallerThan(row: ContractCase): Generator<ContractCase> {
  const { state = {}, config = {}, send, args = [] } = row;
  for (const path of Object.keys(state)) {
    yield { ...row, state: without(state, path) };
  }
  for (const name of Object.keys(config)) {
    yield { ...row, config: without(config, name) };
  }
  if (args.length > 0) {
    yield { ...row, args: [] };
  }
  if (send.length > 2) {
    yield { ...row, send: joined(send) };
  }
  for (const [path, entry] of Object.entries(state)) {
    for (const smaller of smallerEntries(entry)) {
      yield { ...row, state: { ...state, [path]: smaller } satisfies State };
    }
  }
}

function without<Value>(all: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));
}

/** All bytes at once. */
function joined(send: readonly Step[]): Step[] {
  const bytes = send.filter((step) => typeof step === "string").join("");
  return [bytes, ...send.filter((step) => typeof step !== "string" && step.do === "end")];
}

/** With half of the lines, or one line less, or usual in some way. */
function* smallerEntries(entry: StateEntry): Generator<StateEntry> {
  const spec = typeof entry === "string" ? { text: entry } : entry;
  const lines = (spec.text ?? "").split(/(?<=\n)/).filter((line) => line !== "");
  if (lines.length > 3) {
    yield { ...spec, text: lines.slice(0, lines.length / 2).join("") };
    yield { ...spec, text: lines.slice(lines.length / 2).join("") };
  }
  if (lines.length > 1 && lines.length <= 12) {
    for (const index of lines.keys()) {
      yield { ...spec, text: lines.toSpliced(index, 1).join("") };
    }
  }
  if ("mode" in spec || "mtimeAge" in spec || "owner" in spec) {
    const { mode: _mode, mtimeAge: _mtimeAge, owner: _owner, ...usual } = spec;
    yield usual;
  }
}
