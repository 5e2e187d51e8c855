/**
 * What the service's program takes from its surroundings when it starts, besides main.cf: of the environment what
 * master(8) passes on, of the folder that it is started in nothing. And that afterwards nobody but root can look into it.
 *
 * Outside master's care a compiled program obeys the runtime's own variables: that this is so is shown too, as
 * THREATS.md and the doctor rest on it.
 */
import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flushRequest } from "../../lab/flush_request.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { run } from "../../lab/run.ts";
import { TEST_LIMIT_MS } from "../postfix/services.ts";

const ADD = ["request", "add", "site", "one.example", "queue_id", "ABC123"];

/** What master(8) passes on: import_environment's own, and what it sets for its children. */
const PASSED_ON = [
  "GENERATION",
  "LANG",
  "MAIL_CONFIG",
  "MAIL_LOGTAG",
  "POSTLOG_HOSTNAME",
  "POSTLOG_SERVICE",
];

/** A file that the runtime would load, where it were told to; it leaves a trace. */
function plantModule(instance: PostfixInstance): {
  readonly module: string;
  readonly trace: string;
} {
  const module = join(instance.folder, "planted.js");
  const trace = join(instance.folder, "planted-ran");
  writeFileSync(module, `require("node:fs").writeFileSync(${JSON.stringify(trace)}, "");\n`);
  return { module, trace };
}

test(
  "only what master passes on, no file of the folder, and no core dump",
  async () => {
    const instance = await PostfixInstance.create({
      flush: { command: "fastflush/flush", chroot: true },
      name: "fastflush-test",
    });
    try {
      const { module, trace } = plantModule(instance);
      for (const folder of [instance.queue_folder, instance.config_folder, instance.folder]) {
        writeFileSync(join(folder, ".env"), "MAIL_VERBOSE=1\nBUN_OPTIONS=--preload=/nonexistent\n");
        writeFileSync(join(folder, "bunfig.toml"), `preload = [${JSON.stringify(module)}]\n`);
      }
      const own = {
        BUN_OPTIONS: `--preload=${module}`,
        BUN_BE_BUN: "1",
        BUN_JSC_useJIT: "0",
        NODE_OPTIONS: `--require ${module}`,
        LD_PRELOAD_OF_NOBODY: "x",
      };
      const env = { ...own, MAIL_CONFIG: instance.config_folder };
      expect((await run(["postfix", "start"], { env })).status).toBe(0);
      const answer = await flushRequest(instance.flushSocket(), ADD);
      expect(answer).toEqual({ kind: "status", status: 0 });
      const [pid = 0] = instance.flushPids("fastflush/flush");
      const environment = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").slice(0, -1);
      const names = environment.map((each) => each.slice(0, each.indexOf("=")));
      expect(names.toSorted()).toEqual(PASSED_ON);
      expect(existsSync(trace)).toBeFalse();
      // Nor has `.env` made it verbose.
      const texts = instance.log.linesSince(0).map(({ text }) => text);
      expect(texts.filter((text) => text === "connection established")).toEqual([]);
      // The kernel gives these files to root where a process is not to be dumped, or traced by others of its user.
      expect(statSync(`/proc/${pid}/environ`).uid).toBe(0);
      expect(statSync(`/proc/${pid}/mem`).uid).toBe(0);
    } finally {
      await instance.remove();
    }
  },
  TEST_LIMIT_MS,
);

test("started by hand, the program obeys the runtime's own variables", async () => {
  const instance = await PostfixInstance.create({
    flush: { command: "fastflush/flush", chroot: true },
    name: "fastflush-test",
  });
  try {
    const { module, trace } = plantModule(instance);
    const program = join(instance.folder, "sbin", "fastflush", "flush");
    const env = { MAIL_CONFIG: instance.config_folder };
    await run([program, "-S"], { env });
    expect(existsSync(trace)).toBeFalse();
    await run([program, "-S"], { env: { ...env, BUN_OPTIONS: `--preload=${module}` } });
    expect(existsSync(trace)).toBeTrue();
  } finally {
    await instance.remove();
  }
});
