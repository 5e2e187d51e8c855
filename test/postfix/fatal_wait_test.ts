/**
 * The second that a daemon waits after a fatal error, so that master(8) does not start it in a loop.
 *
 * Shown is that it is waited at all; a machine that is slow makes it longer.
 */
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { close, datagramSocketAt, receive } from "../contract/kernel.ts";
import { findPrograms } from "../contract/programs.ts";

const WAIT_MS_MIN = 900;

test("after a fatal error a second passes before the end, though its line is out", async () => {
  const { ours } = await findPrograms();
  const folder = mkdtempSync("/var/tmp/fastflush-test-");
  writeFileSync(join(folder, "main.cf"), "fast_flush_refresh_time = 1x\n");
  // As Postfix names it, so that `npm run sockets` knows it for the log daemon's.
  const path = join(folder, "public/postlog");
  mkdirSync(join(folder, "public"));
  const socket = datagramSocketAt(path);
  try {
    const child = Bun.spawn([ours, "-S"], {
      env: { MAIL_CONFIG: folder, POSTLOG_SERVICE: path, POSTLOG_HOSTNAME: "relay" },
      stdio: ["ignore", "ignore", "ignore"],
    });
    let line = receive(socket);
    while (!line?.includes("fatal: ")) {
      await Bun.sleep(1);
      line = receive(socket);
    }
    const startMs = performance.now();
    expect(await child.exited).toBe(1);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(WAIT_MS_MIN);
  } finally {
    close(socket);
    rmSync(folder, { recursive: true });
  }
});
