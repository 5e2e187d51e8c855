/** What came of running a case with one program, and how it compares with what was wanted. */
import { GREETING } from "../../lab/greeting.ts";
import {
  type ContractCase,
  type FoundFile,
  replyOf,
  type Want,
  type WantedFile,
} from "./contract_case.ts";
import type { Tree } from "./queue_tree.ts";

/** All that is compared. */
export interface Outcome {
  /** All that the client got. */
  readonly reply: string;
  readonly log: readonly string[];
  readonly wakes: readonly string[];
  readonly exit: number | string;
  readonly tree: Tree;
  readonly notes: readonly string[];
  readonly events: readonly string[];
}

/** The original names whatever error came last in its process. */
const STALE_ERROR = /^(warning: end-of-input while reading request from PEER: ).*$/;

/** A line as rows have it: the peer's name is PEER, and an error that means nothing is ERROR. */
export function harmonized(line: string, peerName: string): string {
  return line.replaceAll(peerName, "PEER").replace(STALE_ERROR, "$1ERROR");
}

/** Lines that only ours has, and which say what it did; what differs from one time to the next in them. */
const OWN_LINE = /^(flush|compact|rebuild): /;
const OWN_NUMBERS = /\b(pid|seconds)=[0-9a-z.]+/g;

/** What Postfix 3.10 says besides, and in other words, where 3.7 and ours say the same. */
const OF_PACKAGE =
  /^warning: unsupported dictionary type: \w+\. Is the postfix-\w+ package installed\?$/;
const NEW_WORDS = [
  /#comment after other text is not allowed: (.*)\.\.\.$/,
  "comment at end of line is not supported: $1",
] as const;

/** What is said with -v of the mark of a rebuild: initial_state.ts. */
const OF_MARK = /\bREBUILT\b/;

/** Whether a line of a log is compared: those that the row is about are, or all that the original may have. */
export function isCompared(line: string, logFilter: RegExp | undefined): boolean {
  return (
    !OF_MARK.test(line) && (logFilter === undefined ? !OWN_LINE.test(line) : logFilter.test(line))
  );
}

/** The lines of a log that are compared, without what differs from one time to the next. */
export function comparedLines(lines: readonly string[], logFilter: RegExp | undefined): string[] {
  return lines
    .filter((line) => isCompared(line, logFilter) && !OF_PACKAGE.test(line))
    .map((line) => line.replace(...NEW_WORDS))
    .map((line) => (OWN_LINE.test(line) ? line.replace(OWN_NUMBERS, "$1=N") : line));
}

/** A logfile that was just made. */
const NEW_FILE: FoundFile = {
  kind: "file",
  mode: "0600",
  owner: "postfix",
  links: 1,
  text: "",
  atime: "now",
  mtime: "now",
};

/** An outcome as `want` has it where it says something, and as `base` is elsewhere. */
export function overlay(base: Outcome, want: Partial<Want>): Outcome {
  return {
    reply: replyWanted(base, want),
    log: want.log ?? base.log,
    wakes: want.wakes ?? base.wakes,
    exit: want.exit ?? base.exit,
    tree: overlayFiles(base.tree, want.files ?? {}),
    notes: want.notes ?? base.notes,
    events: want.events ?? base.events,
  };
}

/** What the original must do: all that a row leaves out is nothing, but for the rest of the tree. */
export function wanted(row: ContractCase, got: Outcome): Outcome {
  return overlay(got, { log: [], wakes: [], exit: 0, notes: [], ...row.want });
}

function replyWanted(base: Outcome, { status, reply, ungreeted }: Partial<Want>): string {
  if (status === undefined) {
    return base.reply;
  }
  const whole = reply === undefined ? replyOf(status) : GREETING + reply;
  return ungreeted ? whole.slice(GREETING.length) : whole;
}

function overlayFiles(tree: Tree, files: Readonly<Record<string, WantedFile>>): Tree {
  const overlaid: Record<string, FoundFile> = { ...tree };
  for (const [path, file] of Object.entries(files)) {
    if (file === null) {
      delete overlaid[path];
    } else {
      const changes = typeof file === "string" ? { text: file } : file;
      overlaid[path] = { ...(tree[path] ?? NEW_FILE), ...changes };
    }
  }
  return overlaid;
}
