/**
 * Starts the bare server (bare.c), which shows what the kernel allows on this machine.
 *
 * With a folder it appends each queue ID to a file there, as any server of this protocol must; without one
 * it only answers, which shows the load generator's own limit. It ends with `stop`, or by itself after some
 * hours should nobody call that.
 */
import { rmSync } from "node:fs";

/** Longer than any section may take (bench.ts). */
const LIFE_SECONDS = 4 * 60 * 60;

export interface BareServer {
  readonly socket: string;
  stop(): Promise<void>;
}

/** Resolves when it listens at `socket`; throws if it cannot. `folder` must exist. */
export async function startBareServer(
  program: string,
  socket: string,
  folder: string | undefined,
): Promise<BareServer> {
  const command = [
    program,
    socket,
    String(LIFE_SECONDS),
    ...(folder === undefined ? [] : [folder]),
  ];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  if (value === undefined) {
    throw new Error(`start the bare server: exit status ${await child.exited}`);
  }
  return {
    socket,
    async stop() {
      child.kill();
      await child.exited;
      rmSync(socket, { force: true });
    },
  };
}
