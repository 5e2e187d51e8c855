/**
 * What a watcher writes down of itself, for whoever lists and ends watchers: a JSON object, in a file of its own. Pure.
 *
 * Text is byte strings; in the file it is UTF-8. What can't be read as such a record is null, never an exception.
 */
import { decodeUtf8, encodeUtf8 } from "../names/byte_string.ts";

/** What a watcher does with a destination now. */
export type SiteState = "trying" | "waiting" | "releasing";

/** A destination that is watched. Times are milliseconds since the epoch, null: not yet, or not known. */
export interface WatchedSite {
  readonly site: string;
  readonly state: SiteState;
  readonly tries: number;
  readonly lastTryMs: number | null;
  /** What the last try came to; empty: there was none. */
  readonly lastResult: string;
  readonly nextTryMs: number | null;
}

/** One that was not tried yet. */
export function untried(site: string): WatchedSite {
  return { site, state: "trying", tries: 0, lastTryMs: null, lastResult: "", nextTryMs: null };
}

/** A process that watches. */
export interface WatcherRecord {
  /** What it is called by, from 1 on. */
  readonly id: number;
  readonly pid: number;
  readonly startedMs: number;
  readonly configDirectory: string;
  readonly queueDirectory: string;
  readonly isProbe: boolean;
  /** The file that its output goes to; empty: it runs at a terminal. */
  readonly log: string;
  readonly sites: readonly WatchedSite[];
}

type Kind = "number" | "number or null" | "boolean" | "string";

const RECORD = {
  id: "number",
  pid: "number",
  startedMs: "number",
  configDirectory: "string",
  queueDirectory: "string",
  isProbe: "boolean",
  log: "string",
} as const satisfies Readonly<Partial<Record<keyof WatcherRecord, Kind>>>;

const SITE = {
  site: "string",
  state: "string",
  tries: "number",
  lastTryMs: "number or null",
  lastResult: "string",
  nextTryMs: "number or null",
} as const satisfies Readonly<Record<keyof WatchedSite, Kind>>;

/** The text of the file. */
export function encodeRecord(record: WatcherRecord): string {
  return encodeUtf8(`${JSON.stringify(record)}\n`);
}

/** Reads the text of such a file. */
export function decodeRecord(text: string): WatcherRecord | null {
  const value = parse(decodeUtf8(text) ?? "");
  if (!hasShape(value, RECORD) || !Array.isArray(value["sites"])) {
    return null;
  }
  const sites: readonly unknown[] = value["sites"];
  return sites.every((site) => hasShape(site, SITE)) ? (value as unknown as WatcherRecord) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function hasShape(
  value: unknown,
  shape: Readonly<Record<string, Kind>>,
): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const members = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).every(([name, kind]) => isOfKind(members[name], kind));
}

function isOfKind(value: unknown, kind: Kind): boolean {
  return kind === "number or null"
    ? value === null || typeof value === "number"
    : typeof value === kind;
}
