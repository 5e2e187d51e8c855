/**
 * What can be loaded with adds: the contestants, and the bare servers as the limits of this machine.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Arena } from "./arena.ts";
import { startBareServer } from "./bare_server.ts";
import type { Contestant } from "./contestants.ts";
import { WrongResult } from "./wrong_result.ts";

/** Something that takes adds. */
export interface Target {
  readonly title: string;
  readonly socket: string;
  /** Where its entries arrive; unset where it keeps none. */
  readonly recordFolder?: string;
}

/** What any server of the protocol must do. */
export const BARE_WITH_RECORD = { title: "bare C server that appends under flock" };

/** What the load generator reaches at the most. */
const BARE_WITHOUT_RECORD = { title: "bare C server that only answers" };

/** A contestant as a target. */
export function targetOf(arena: Arena, { title, service }: Contestant): Target {
  return { title, socket: arena.socket(service), recordFolder: arena.record_folder };
}

/** Does `work` with both bare servers running. */
export async function withBareServers<T>(
  arena: Arena,
  work: (bare: readonly Target[]) => Promise<T>,
): Promise<T> {
  const recordFolder = join(arena.folder, "bare");
  mkdirSync(recordFolder, { recursive: true });
  const { bare } = arena.programs;
  const recorder = await startBareServer(bare, join(arena.folder, "recorder"), recordFolder);
  const answerer = await startBareServer(bare, join(arena.folder, "answerer"), undefined);
  try {
    return await work([
      { ...BARE_WITH_RECORD, socket: recorder.socket, recordFolder },
      { ...BARE_WITHOUT_RECORD, socket: answerer.socket },
    ]);
  } finally {
    await Promise.all([recorder.stop(), answerer.stop()]);
  }
}

/** Throws WrongResult unless `entries` are `expected` different queue IDs. */
export function checkEntries(title: string, entries: readonly string[], expected: number): void {
  const different = new Set(entries).size;
  if (entries.length !== expected || different !== expected) {
    const found = `${entries.length} entries, ${different} of them different`;
    throw new WrongResult(`check the record of ${title}: ${expected} adds, but ${found}`);
  }
}
