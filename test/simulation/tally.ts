/**
 * How often each kind of fault was met: a simulation that never meets one says nothing about it.
 */

/** What can go wrong, as the table of counts has it. */
export const FAULT_KINDS = [
  "killed before a write",
  "killed during a write",
  "killed after a write",
  "killed at another call",
  "killed between calls",
  "short write",
  "ENOSPC",
  "EIO",
  "EMFILE",
  "EACCES",
  "EXDEV",
  "close of a write fails",
  "close of a read fails",
  "ENOENT race",
  "EEXIST race",
  "lock held for minutes",
  "clock jumps ahead",
  "clock jumps back",
  "peer stalls",
  "peer stops reading",
  "peer vanishes",
  "queue manager down",
  "log daemon full or gone",
  "reload",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export class Tally {
  readonly counts = new Map<FaultKind, number>(FAULT_KINDS.map((kind) => [kind, 0]));

  /** It was met: not only ordered. */
  met(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** Adds another's counts. */
  add({ counts }: Tally): void {
    for (const [kind, count] of counts) {
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + count);
    }
  }

  /** One line a kind. */
  table(): string {
    const rows = [...this.counts].map(([kind, count]) => `${String(count).padStart(9)}  ${kind}`);
    return ["    times  fault", ...rows].join("\n");
  }
}
