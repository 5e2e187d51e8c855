/**
 * Starts the bare server, which shows what the kernel allows on this machine (bare.c says what it does with adds). It ends with
 * `stop`, or by itself after some hours should nobody call that.
 */
import { rmSync } from "node:fs";

/** Longer than any section may take (bench.ts). */
const LIFE_SECONDS = 4 * 60 * 60;

export interface BareServer {
  readonly socket: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** What it does with adds, and the folder for that, which must exist. */
export interface BareRecord {
  readonly mode: "append" | "record";
  readonly folder: string;
}

/** Resolves when it listens at `socket`; throws if it cannot. Without a record it answers and keeps nothing. */
export async function startBareServer(
  program: string,
  socket: string,
  record?: BareRecord,
): Promise<BareServer> {
  const command = [
    program,
    socket,
    String(LIFE_SECONDS),
    ...(record === undefined ? [] : [record.mode, record.folder]),
  ];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  if (value === undefined) {
    throw new Error(`start the bare server: exit status ${await child.exited}`);
  }
  return {
    socket,
    pid: child.pid,
    async stop() {
      child.kill();
      await child.exited;
      rmSync(socket, { force: true });
    },
  };
}
