/**
 * Rounds of fuzzing in a process of their own, watched: one that stands still at a round is ended, and the round is told.
 */
import { mkdtempSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RoundsReport } from "./rounds.ts";

/** A round takes milliseconds; a machine that is busy with other things takes its time. */
const STILL_MS = 60 * 1000;
const LOOK_MS = 500;

/** What comes of a run: a report; or the round at which it stood still, or its process died. */
export type Watched = RoundsReport | { readonly stuckAt: number; readonly errors: string };

/** Who runs the rounds, and how long one may take. */
interface Watching {
  readonly program: string;
  readonly stillMs: number;
}

const USUAL: Watching = { program: join(import.meta.dir, "fuzz.ts"), stillMs: STILL_MS };

/** Runs rounds of the target of that name. */
export async function watchRounds(
  name: string,
  seed: number,
  rounds: number,
  { program, stillMs } = USUAL,
): Promise<Watched> {
  const folder = mkdtempSync(join(tmpdir(), "fastflush-fuzz-"));
  const progress = join(folder, "round");
  const child = Bun.spawn(
    [process.execPath, program, name, String(seed), String(rounds), progress],
    { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  );
  let last = -1;
  let changedMs = performance.now();
  const watch = setInterval(() => {
    const round = roundIn(progress);
    if (round !== last) {
      last = round;
      changedMs = performance.now();
    } else if (performance.now() - changedMs > stillMs) {
      child.kill("SIGKILL");
    }
  }, LOOK_MS);
  try {
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const status = await child.exited;
    return status === 0
      ? (JSON.parse(output) as RoundsReport)
      : { stuckAt: roundIn(progress), errors };
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true });
  }
}

const ROUND_BYTES = 8;

/** Notes the round that is at hand, where whoever watches looks. */
export function noteRound(descriptor: number, round: number): void {
  writeSync(descriptor, new BigUint64Array([BigInt(round)]), 0, ROUND_BYTES, 0);
}

/** -1: none was begun. */
function roundIn(path: string): number {
  try {
    const bytes = readFileSync(path);
    return bytes.length < ROUND_BYTES ? -1 : Number(bytes.readBigUInt64LE());
  } catch {
    return -1; // Not yet there.
  }
}
