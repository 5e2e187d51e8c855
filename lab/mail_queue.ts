/**
 * What an instance has in its queue and in its record, read from outside.
 *
 * The queue is read with postqueue(1), the record from its files; both as they are at that instant.
 */
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A message in the queue (`postqueue -j`). */
export interface QueuedMessage {
  readonly queue_name: string;
  readonly queue_id: string;
  /** Those that are still to be delivered. */
  readonly recipients: readonly { readonly address: string }[];
}

/** Logfile name → its lines, in order, repeats included. */
export type FlushRecord = ReadonlyMap<string, readonly string[]>;

/** Parses the output of `postqueue -j`: one JSON object a line. */
export function parseQueue(output: string): QueuedMessage[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as QueuedMessage);
}

function isLogfile(entry: Dirent): boolean {
  // One character: a directory of a hashed queue (POSTFIX-FLUSH-SPEC 2.2). Upper case: no site's, but the mark
  // of a rebuild, or of one in hand.
  return entry.isFile() && entry.name.length > 1 && !["REBUILT", "REBUILDING"].includes(entry.name);
}

/** Reads the record under `folder` (QUEUE/flush), hashed or flat. Empty logfiles are in it. */
export function readRecord(folder: string): FlushRecord {
  return new Map(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter(isLogfile)
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "latin1")])
      .map(([name = "", text = ""]) => [name, text.split("\n").filter((line) => line !== "")]),
  );
}

/** The name of a site's logfile, for the plain ASCII names that tests and the demonstration use. */
export function logfileOf(site: string): string {
  return site.toLowerCase().replace(/[^a-z0-9]/g, "_");
}
