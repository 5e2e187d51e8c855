/**
 * What ours must do in a case, told from what the original did: the same, but for the differences that are
 * meant (ARCHITECTURE's table of defects, DESIGN's contracts). Each is a rule here, with its reason.
 *
 * Holds for what draw.ts draws. Knows nothing of ours but its way to read a request and to name a logfile.
 */
import { GREETING } from "../../lab/greeting.ts";
import { sanitize } from "../../src/logging/log_line.ts";
import { MemoryLog } from "../../src/memory/log.ts";
import { stringToBytes } from "../../src/names/byte_string.ts";
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import {
  type LogfileName,
  parseLogfileName,
  parseQueueId,
  type QueueId,
} from "../../src/names/names.ts";
import { LogfileNamer } from "../../src/record/logfile_name.ts";
import type { FlushRequest } from "../../src/wire/request.ts";
import { type Reading, RequestReader } from "../../src/wire/request_reader.ts";
import { type ContractCase, type FileSpec, replyOf, type Step } from "./contract_case.ts";
import { hashingOf } from "./hashing.ts";
import type { Outcome } from "./outcome.ts";
import { shownText, type Tree } from "./queue_tree.ts";

/** What the rules know of a case. */
interface Known {
  readonly row: ContractCase;
  readonly hashing: HashingRules;
  readonly request: FlushRequest | null;
  /** Of the request's site. */
  readonly logfile: LogfileName | null;
  /** The tree before the work. */
  readonly initial: () => Tree;
}

const QUEUES = ["deferred", "incoming", "active", "hold"] as const;

type Rule = (original: Outcome, known: Known) => Outcome;

/** A longer log is not read for an add, which may repeat an entry then (ARCHITECTURE, defect 3). */
export const READ_BYTES_MAX = 64 * 1024;

/** Lines that come before any request, and say nothing of it. */
const OF_START = /^(error: |warning: fast_flush_domains: comment )/;

/** What a line says that a request's work has logged. */
const OF_WORK = /fast flush logfile|flush_one_file|public\/qmgr|rename from deferred/;

/** Within a string that ends in a byte 0xFF the original takes the end of input for one between strings. */
const ODD_END = [/premature end-of-input on PEER/, "unexpected end-of-input from PEER"] as const;

const RULES: readonly Rule[] = [
  wakeUpsCarryF,
  oneWakeUpForAWalk,
  entriesStay,
  recordIsCompacted,
  entriesAreNotRepeated,
  linesDoNotMerge,
  lives,
  oneLetterIsDenied,
  longRequestsAreRefused,
  wordsMayEndOddly,
  repliesHaveNames,
  longNamesAreExplained,
];

/** What ours must do where the original did `original`, and the tree was `initial` before. */
export function expectOurs(row: ContractCase, original: Outcome, initial: () => Tree): Outcome {
  const reading = read(row.send);
  const request = reading.kind === "request" ? reading.request : null;
  const known: Known = {
    row,
    hashing: hashingOf(row.config),
    request,
    logfile: request !== null && "site" in request ? logfileOf(row, request.site) : null,
    initial,
  };
  return RULES.reduce((outcome, rule) => rule(outcome, known), original);
}

/** The request that the original must be sent to be judged: defect 15, the first two bytes decide there. */
export function sentAtOnce(row: ContractCase): ContractCase {
  const [first = ""] = row.send;
  const bytes = bytesOf(row.send);
  const [word = "", ...rest] = bytes.split("\0");
  const isList =
    rest.length > 0 ? word === "request" : word.length > 2 && "request".startsWith(word);
  if (typeof first !== "string" || first.length > 2 || !isList) {
    return row;
  }
  return { ...row, send: [bytes, ...row.send.filter(isEnd)] };
}

/** Both outcomes in a form in which order and repeats are told only where they are meant to be the same. */
export function comparable(row: ContractCase, outcome: Outcome): Outcome {
  const reading = read(row.send);
  const name = reading.kind === "request" ? reading.request.name : "";
  const isRepeated = (line: string, index: number): boolean =>
    outcome.log.indexOf(line) < index &&
    (/flush_one_file: update|rename from deferred/.test(line) ||
      (isWalk(name) && line.includes("public/qmgr")));
  const isOddEnd = bytesOf(row.send).endsWith("\xff");
  const log = outcome.log
    .filter((line, index) => !isRepeated(line, index))
    .map((line) => (isOddEnd ? line.replace(...ODD_END) : line))
    // The original keeps bytes that only begin like UTF-8; what ours logs is UTF-8.
    .map((line) => sanitize(line, true));
  return { ...outcome, log: isWalk(name) ? log.toSorted() : log };
}

function read(steps: readonly Step[]): Reading {
  const reader = new RequestReader({ peerName: "PEER" }, { isTrusted: false });
  for (const step of steps) {
    const reading =
      typeof step === "string"
        ? reader.push(stringToBytes(step))
        : isEnd(step)
          ? reader.end()
          : null;
    if (reading !== null && reading.kind !== "more") {
      return reading;
    }
  }
  return { kind: "more" };
}

function bytesOf(steps: readonly Step[]): string {
  return steps.filter((step) => typeof step === "string").join("");
}

function isEnd(step: Step): boolean {
  return typeof step !== "string" && step.do === "end";
}

function isWalk(name: string): boolean {
  return name === "refresh" || name === "purge";
}

function logfileOf(
  row: ContractCase,
  site: Extract<FlushRequest, { readonly name: "add" }>["site"],
  log = new MemoryLog(),
): LogfileName | null {
  const idna2003 = row.config?.["enable_idna2003_compatibility"] === "yes";
  return new LogfileNamer({ idna2003, log }).nameOf(site);
}

/** DESIGN, Send: a lone I would use up the override of defer_transports that came with the F. */
function wakeUpsCarryF(outcome: Outcome, { request }: Known): Outcome {
  const { wakes } = outcome;
  if (request?.name !== "send_site" || wakes.length !== 2) {
    return outcome;
  }
  return { ...outcome, wakes: wakes[0] === "F" ? ["F", "F", "I"] : ["F\0", "FI\0"] };
}

/** Defect 20. */
function oneWakeUpForAWalk(outcome: Outcome, { request }: Known): Outcome {
  return isWalk(request?.name ?? "") ? { ...outcome, wakes: outcome.wakes.slice(0, 1) } : outcome;
}

/** Defect 2: what the original dropped although its message is in active or hold, or in trouble. */
function entriesStay(outcome: Outcome, { row, hashing }: Known): Outcome {
  const tree = { ...outcome.tree };
  for (const [path, entry] of Object.entries(row.state ?? {})) {
    const text = textOf(entry);
    const found = tree[path];
    if (path.startsWith("flush/") && text !== "" && found?.text === "") {
      tree[path] = { ...found, text: linesLeft(text, (id) => stays(row, id, hashing)) };
    }
  }
  return { ...outcome, tree };
}

/** Defects 1 and 3: a refresh takes out what is gone or repeated from logs that are not due. */
function recordIsCompacted(outcome: Outcome, { row, hashing, request }: Known): Outcome {
  if (request?.name !== "refresh" || outcome.reply !== replyOf(0)) {
    return outcome;
  }
  const tree = { ...outcome.tree };
  const warnings: string[] = [];
  for (const [path, entry] of Object.entries(row.state ?? {})) {
    const text = textOf(entry);
    const found = tree[path];
    const name = parseLogfileName(path.slice(path.lastIndexOf("/") + 1));
    if (name === null || path !== hashedPath("flush", name, hashing) || text === "") {
      continue;
    }
    if (found?.text === shownText(text)) {
      tree[path] = { ...found, text: linesLeft(text, (id) => isThere(row, id, hashing)) };
      warnings.push(...badLines(text).map((line) => badLineWarning(line, name)));
    }
  }
  return { ...outcome, tree, log: [...outcome.log, ...warnings] };
}

/** What is left of a log: each entry that stays, once. */
function linesLeft(text: string, stay: (id: QueueId) => boolean): string {
  const seen = new Set<QueueId>();
  const lines = linesOf(text).filter((line) => {
    const id = idOf(line);
    const isLeft = id !== null && !seen.has(id) && stay(id);
    if (id !== null) {
      seen.add(id);
    }
    return isLeft;
  });
  return shownText(lines.map((line) => `${line}\n`).join(""));
}

function badLines(text: string): string[] {
  return linesOf(text).filter((line) => idOf(line) === null);
}

function badLineWarning(line: string, name: string): string {
  const shown = upToNul(line).slice(0, 30);
  return `warning: bad queue id "${shown}..." in fast flush logfile ${name}`;
}

function linesOf(text: string): string[] {
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

function idOf(line: string): QueueId | null {
  return parseQueueId(upToNul(line));
}

function upToNul(line: string): string {
  return line.split("\0", 1)[0] ?? "";
}

function isThere(row: ContractCase, id: QueueId, hashing: HashingRules): boolean {
  return QUEUES.some((queue) => row.state?.[hashedPath(queue, id, hashing)] !== undefined);
}

function stays(row: ContractCase, id: QueueId, hashing: HashingRules): boolean {
  const [deferred, incoming, active, hold] = QUEUES.map(
    (queue) => row.state?.[hashedPath(queue, id, hashing)],
  ).map((entry) => (entry === undefined ? "absent" : isRoots(entry) ? "root's" : "ours"));
  if (deferred === "ours" || incoming === "ours") {
    return false;
  }
  return [deferred, incoming, active, hold].some((place) => place !== "absent");
}

function isRoots(entry: string | FileSpec): boolean {
  return typeof entry !== "string" && entry.owner === "root";
}

function textOf(entry: string | FileSpec): string {
  return typeof entry === "string" ? entry : (entry.text ?? "");
}

/** The log that an add has written to, and what was in it; null where none was there before. */
function addedTo(outcome: Outcome, { request, logfile, row, hashing }: Known): string | null {
  if (request?.name !== "add" || logfile === null || outcome.reply !== replyOf(0)) {
    return null;
  }
  const path = hashedPath("flush", logfile, hashing);
  return row.state?.[path] === undefined ? null : path;
}

/** Defect 3. */
function entriesAreNotRepeated(outcome: Outcome, known: Known): Outcome {
  const path = addedTo(outcome, known);
  const { request, row, initial } = known;
  const node = path === null ? undefined : initial()[path];
  if (path === null || node === undefined || request?.name !== "add") {
    return outcome;
  }
  const text = textOf(row.state?.[path] ?? "");
  const isHeld = text.length <= READ_BYTES_MAX && `\n${text}`.includes(`\n${request.queueId}\n`);
  return isHeld ? { ...outcome, tree: { ...outcome.tree, [path]: node } } : outcome;
}

/** Defect 10: a fragment at the end of a log stays apart from the next entry. */
function linesDoNotMerge(outcome: Outcome, known: Known): Outcome {
  const path = addedTo(outcome, known);
  const { request, row } = known;
  if (path === null || request?.name !== "add") {
    return outcome;
  }
  const before = textOf(row.state?.[path] ?? "");
  const found = outcome.tree[path];
  const merged = shownText(`${before}${request.queueId}\n`);
  if (before === "" || before.endsWith("\n") || found?.text !== merged) {
    return outcome;
  }
  const text = shownText(`${before}\n${request.queueId}\n`);
  return { ...outcome, tree: { ...outcome.tree, [path]: { ...found, text } } };
}

/** Defect 14: a log that can't be opened is answered with "fail". */
function lives(outcome: Outcome): Outcome {
  const last = outcome.log.at(-1) ?? "";
  if (outcome.exit !== 1 || !/^fatal: flush_(add|send)_path: open fast flush logfile/.test(last)) {
    return outcome;
  }
  const log = outcome.log.with(-1, last.replace("fatal: ", "warning: "));
  return { ...outcome, exit: 0, reply: replyOf(-1), log };
}

/** Defect 6: nothing is made or sent for a site of one letter. */
function oneLetterIsDenied(outcome: Outcome, { request, logfile, initial }: Known): Outcome {
  const isEligible = outcome.reply === replyOf(0) || outcome.reply === replyOf(-1);
  const isLookedUp = !outcome.log.some((line) => line.includes("table lookup problem"));
  if (request === null || logfile?.length !== 1 || !isEligible || !isLookedUp) {
    return outcome;
  }
  const log = outcome.log.filter((line) => !OF_WORK.test(line));
  return { ...outcome, reply: replyOf(4), wakes: [], exit: 0, tree: initial(), log };
}

/** Defect 17: to an end of input before the first byte the original answers a status without its name. */
function repliesHaveNames(outcome: Outcome, { row }: Known): Outcome {
  const isNameless = bytesOf(row.send) === "" && outcome.reply === `${replyOf(null)}3\0\0`;
  return isNameless ? { ...outcome, reply: replyOf(3) } : outcome;
}

/** A word that ends in a byte 0xFF, and then in the end of input: the original takes it for no word at all. */
function wordsMayEndOddly(outcome: Outcome, { row }: Known): Outcome {
  const bytes = bytesOf(row.send);
  const isNoWord = outcome.log.at(-1)?.startsWith("warning: end-of-input while reading request");
  if (!isNoWord || !bytes.endsWith("\xff") || bytes.includes("\0")) {
    return outcome;
  }
  return { ...outcome, reply: replyOf(null), log: outcome.log.slice(0, -1) };
}

/** The ICU library of 2020 (Debian's bullseye) breaks off at some long names, and doesn't say what is wrong with them. */
function longNamesAreExplained(outcome: Outcome, { row, request }: Known): Outcome {
  if (request === null || !("site" in request)) {
    return outcome;
  }
  const said = new MemoryLog();
  logfileOf(row, request.site, said);
  const [why = ""] = said.texts("warning");
  const log = outcome.log.map((line) =>
    line.endsWith("U_INDEX_OUTOFBOUNDS_ERROR") ? `warning: ${why}` : line,
  );
  return { ...outcome, log };
}

/** Defect 18. */
function longRequestsAreRefused(outcome: Outcome, { row, initial }: Known): Outcome {
  const reading = read(row.send);
  const warnings = reading.kind === "rejected" ? reading.warnings : [];
  const hasStarted = GREETING === "" ? outcome.exit === 0 : outcome.reply !== "";
  if (!hasStarted || !warnings.some((warning) => warning.startsWith("request too long"))) {
    return outcome;
  }
  const start = outcome.log.filter((line) => OF_START.test(line));
  const log = [...start, ...warnings.map((warning) => `warning: ${warning}`)];
  return { ...outcome, reply: replyOf(3), wakes: [], exit: 0, tree: initial(), log };
}
