/**
 * What can be loaded with adds: the contestants, and the bare servers as the limits of this machine.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Arena } from "./arena.ts";
import { type BareRecord, type BareServer, startBareServer } from "./bare_server.ts";
import type { Contestant } from "./contestants.ts";
import { WrongResult } from "./wrong_result.ts";

/** Something that takes adds. */
export interface Target {
  readonly title: string;
  readonly socket: string;
  /** Where its entries arrive; unset where it keeps none. */
  readonly recordFolder?: string;
}

/** The limit: what a server under the contract of the record must do, with the same system calls as ours. */
export const BARE_WITH_RECORD = { title: "bare C server that keeps the record" };

/** What any server of the protocol must do. */
const BARE_APPENDING = { title: "bare C server that appends under flock" };

/** What the load generator reaches at the most. */
const BARE_WITHOUT_RECORD = { title: "bare C server that only answers" };

/** A contestant as a target. */
export function targetOf(arena: Arena, { title, service }: Contestant): Target {
  return { title, socket: arena.socket(service), recordFolder: arena.record_folder };
}

/** Does `work` with the bare servers running; the limit is the first of them. */
export async function withBareServers<T>(
  arena: Arena,
  work: (bare: readonly Target[]) => Promise<T>,
): Promise<T> {
  const recorder = await startRecorder(arena, "record");
  const appender = await startRecorder(arena, "append");
  const answerer = await startBareServer(arena.programs.bare, join(arena.folder, "answerer"));
  try {
    return await work([
      { ...BARE_WITH_RECORD, ...recorder },
      { ...BARE_APPENDING, ...appender },
      { ...BARE_WITHOUT_RECORD, socket: answerer.socket },
    ]);
  } finally {
    await Promise.all([recorder.stop(), appender.stop(), answerer.stop()]);
  }
}

/** Starts a bare server with a folder of its own for what is added. */
export async function startRecorder(
  { folder, programs }: Arena,
  mode: BareRecord["mode"],
): Promise<BareServer & { readonly recordFolder: string }> {
  const recordFolder = join(folder, `bare-${mode}`);
  mkdirSync(recordFolder, { recursive: true });
  const socket = join(folder, `${mode}er`);
  const server = await startBareServer(programs.bare, socket, { mode, folder: recordFolder });
  return { ...server, recordFolder };
}

/** Throws WrongResult unless `entries` are `expected` different queue IDs. */
export function checkEntries(title: string, entries: readonly string[], expected: number): void {
  const different = new Set(entries).size;
  if (entries.length !== expected || different !== expected) {
    const found = `${entries.length} entries, ${different} of them different`;
    throw new WrongResult(`check the record of ${title}: ${expected} adds, but ${found}`);
  }
}
