/**
 * What is wrong with a record, as sentences; none where all is well.
 *
 * Reads the files as they are, byte by byte: to be asked when nobody writes to them.
 */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { logfileOf } from "../../lab/mail_queue.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import { parseLogfileName } from "../../src/names/names.ts";
import { REBUILDING, REBUILT } from "../../src/record/rebuilt_marker.ts";
import type { SeededLoad } from "./seeded_load.ts";

/** An entry that somebody asked for, whether it still has to be there or not. */
export interface AskedEntry {
  readonly id: string;
  readonly site: string;
}

const PERMISSIONS = 0o7777;

/** The entries in the log of a site, those of other sites that share it included. */
export function entriesOf(
  instance: PostfixInstance,
  site: string,
  hashing: HashingRules,
): Set<string> {
  const path = join(instance.queue_folder, pathOf(site, hashing));
  return new Set(readFileSync(path, "latin1").split("\n"));
}

/** Entries that were lost: recorded, their message not released, and no longer in the record. */
export function lostEntries(
  instance: PostfixInstance,
  { recorded, messages }: SeededLoad,
  hashing: HashingRules,
): string[] {
  const by_site = new Map<string, Set<string>>();
  return recorded.flatMap(({ id, site }) => {
    const queues = messages.queuesOf(id);
    const entries = by_site.get(site) ?? entriesOf(instance, site, hashing);
    by_site.set(site, entries);
    const is_recorded = entries.has(id);
    const is_right = queues.length === 1 && (is_recorded || queues[0] === "incoming");
    return is_right ? [] : [`${id} for ${site}: in ${queues.join(" and ")}`];
  });
}

/** Logs at other places, of others, or open to others; lines that nobody asked for. The mark of a rebuild is fine. */
export function recordFindings(
  instance: PostfixInstance,
  asked: readonly AskedEntry[],
  hashing: HashingRules,
): string[] {
  const by_path = Map.groupBy(asked, ({ site }) => pathOf(site, hashing));
  return readdirSync(join(instance.queue_folder, "flush"), { recursive: true }).flatMap((name) => {
    const path = `flush/${name}`;
    const status = lstatSync(join(instance.queue_folder, path));
    const ids = by_path.get(path)?.map(({ id }) => id);
    const mode = (status.mode & PERMISSIONS).toString(8);
    const right_mode = status.isDirectory() ? "700" : "600";
    const { uid, gid } = instance.owner;
    if ([REBUILT, REBUILDING].some((mark) => mark === basename(String(name)))) {
      return [];
    }
    return [
      ...(mode === right_mode ? [] : [`${path}: mode ${mode}`]),
      ...(status.uid === uid && status.gid === gid ? [] : [`${path}: of ${status.uid}`]),
      ...(status.isDirectory() ? [] : lineFindings(instance, path, ids)),
    ];
  });
}

function lineFindings(
  instance: PostfixInstance,
  path: string,
  ids: readonly string[] | undefined,
): string[] {
  if (ids === undefined) {
    return [`${path}: nobody asked for this log`];
  }
  const asked = new Set(ids);
  const lines = readFileSync(join(instance.queue_folder, path), "latin1").split("\n");
  const rest = lines.pop();
  return [
    ...(rest === "" ? [] : [`${path}: ends in "${rest}", without a newline`]),
    ...lines.filter((line) => !asked.has(line)).map((line) => `${path}: torn line "${line}"`),
  ];
}

function pathOf(site: string, hashing: HashingRules): string {
  const name = parseLogfileName(logfileOf(site));
  if (name === null) {
    throw new Error(`find the log of ${site}: it has none`);
  }
  return hashedPath("flush", name, hashing);
}
