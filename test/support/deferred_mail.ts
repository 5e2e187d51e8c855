/** Deferred messages on a disk in memory: the queue file and the defer file of each. */
import type { MemoryDisk } from "../../src/memory/disk.ts";
import { buildDeferFile, buildQueueFile, type PlannedRecipient } from "./queue_files.ts";

/** Recipients that wait. */
export function to(...addresses: string[]): PlannedRecipient[] {
  return addresses.map((address) => ({ address: Buffer.from(address, "utf8").toString("latin1") }));
}

/**
 * Puts a message into the deferred queue, hashed by one level, and its defer file, which names for each recipient
 * the address that was tried: `tried`, or its own.
 */
export function defer(
  disk: MemoryDisk,
  id: string,
  recipients: readonly PlannedRecipient[],
  tried: readonly string[] = recipients.map(({ address }) => address),
): void {
  const { text, offsets } = buildQueueFile({ recipients });
  const deferrals = tried.map((recipient, index) => ({ recipient, offset: offsets[index] ?? 0 }));
  put(disk, `deferred/${id[0]}`, id, text, 0o700);
  put(disk, `defer/${id[0]}`, id, buildDeferFile(deferrals), 0o600);
}

function put(disk: MemoryDisk, directory: string, id: string, text: string, mode: number): void {
  disk.makeDirectories(directory);
  disk.writeFile(`${directory}/${id}`, text, { mode });
}
