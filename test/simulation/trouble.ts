/**
 * What goes wrong with a system call of ours: ordered by a step, met by the next call of its kind.
 */
import { OsError } from "../../src/effects/os_error.ts";
import type { Fault, FaultPoint } from "../../src/memory/faults.ts";
import type { FaultKind } from "./tally.ts";

type ErrorCode = "ENOSPC" | "EIO" | "EMFILE" | "EACCES" | "EXDEV";

export type Trouble =
  | { readonly kind: "killed"; readonly when: "before" | "after"; readonly at: "write" | "any" }
  /** A write takes so many bytes, and the process is killed. */
  | { readonly kind: "torn"; readonly takeBytes: number }
  /** A write takes so many bytes; a disk that is full takes none of the rest. */
  | { readonly kind: "short"; readonly takeBytes: number; readonly isFull: boolean }
  /** So many calls, one after the other, fail. */
  | { readonly kind: "error"; readonly code: ErrorCode; readonly times: number }
  /** A close says that what was written may not be there; `forgets`: it isn't. Where it was only read, that means nothing. */
  | {
      readonly kind: "failing close";
      readonly of: "write" | "any";
      readonly code: "EIO" | "ENOSPC" | "EDQUOT";
      readonly forgets: boolean;
    }
  /** What the call is about has gone just before; or is there just before. */
  | { readonly kind: "ENOENT race" | "EEXIST race" };

type Operation = FaultPoint["operation"];

/** Calls that change what a file holds. */
const WRITES: readonly Operation[] = ["write", "truncate", "cut"];

/** Calls that give a file back, or ask what there would be to say then. */
const CLOSES_OF_WRITES: readonly Operation[] = ["closeWritten", "confirmWritten"];

/** Calls that take a path. */
const BY_PATH: readonly Operation[] = [
  "open",
  "openDirectory",
  "statusOf",
  "isThere",
  "setTimes",
  "rename",
  "remove",
  "makeDirectory",
];

/** Calls that need room on the disk; an `open` that makes a file is one as well. */
const TAKES_ROOM: readonly Operation[] = ["write", "makeDirectory"];

const FAILING: Readonly<Record<Exclude<ErrorCode, "ENOSPC">, readonly Operation[] | "any">> = {
  EIO: "any",
  EMFILE: ["open", "openDirectory"],
  EACCES: BY_PATH,
  EXDEV: ["rename"],
};

/** Whether that is a call of the kind that the trouble waits for. */
export function isMetBy(trouble: Trouble, point: FaultPoint): boolean {
  const { operation } = point;
  switch (trouble.kind) {
    case "killed":
      return trouble.at === "any" || WRITES.includes(operation);
    case "torn":
    case "short":
      return operation === "write";
    case "error":
      return canFailWith(trouble.code, point);
    case "failing close":
      return trouble.of === "any" ? isClose(operation) : CLOSES_OF_WRITES.includes(operation);
    case "ENOENT race":
      return BY_PATH.includes(operation) && operation !== "makeDirectory";
    case "EEXIST race":
      return operation === "makeDirectory";
  }
}

function canFailWith(code: ErrorCode, { operation, makesFile = false }: FaultPoint): boolean {
  if (code === "ENOSPC") {
    return makesFile || TAKES_ROOM.includes(operation);
  }
  const failing = FAILING[code];
  return failing === "any" ? !isClose(operation) : failing.includes(operation);
}

function isClose(operation: Operation): boolean {
  return operation === "close" || CLOSES_OF_WRITES.includes(operation);
}

/** The call's fault; null: what is about the call is changed instead. */
export function faultOf(trouble: Trouble, { operation }: FaultPoint): Fault | null {
  switch (trouble.kind) {
    case "killed":
      return { crash: trouble.when };
    case "torn":
      return { takeBytes: trouble.takeBytes, crash: "after" };
    case "short":
      return { takeBytes: trouble.takeBytes };
    case "error":
      return { error: new OsError(trouble.code, operation) };
    case "failing close":
      return { error: new OsError(trouble.code, operation), forgets: trouble.forgets };
    case "ENOENT race":
    case "EEXIST race":
      return null;
  }
}

/** What of a trouble that was met is still to come. */
export function leftOf(trouble: Trouble): Trouble[] {
  if (trouble.kind === "short") {
    return trouble.isFull ? [{ kind: "error", code: "ENOSPC", times: 1 }] : [];
  }
  const isLasting = trouble.kind === "error" && trouble.times > 1;
  return isLasting ? [{ ...trouble, times: trouble.times - 1 }] : [];
}

/** How it is counted. */
export function kindOf(trouble: Trouble, { operation }: FaultPoint): FaultKind {
  switch (trouble.kind) {
    case "killed":
      return WRITES.includes(operation)
        ? `killed ${trouble.when} a write`
        : "killed at another call";
    case "torn":
      return "killed during a write";
    case "short":
      return "short write";
    case "error":
      return trouble.code;
    case "failing close":
      return `close of a ${CLOSES_OF_WRITES.includes(operation) ? "write" : "read"} fails`;
    case "ENOENT race":
    case "EEXIST race":
      return trouble.kind;
  }
}

/** As a trace has it; empty where nothing goes wrong. */
export function shown(fault: Fault | null): string {
  if (fault === null) {
    return "";
  }
  const { error, forgets = false, takeBytes, crash } = fault;
  const took = takeBytes === undefined ? "" : `takes ${takeBytes}`;
  const parts = [error?.code, forgets ? "forgets" : "", took, crash];
  return ` (${parts.filter((part) => part).join(", ")})`;
}
