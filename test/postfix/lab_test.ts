/**
 * The lab itself: private instances side by side, quiet, and gone when they are ended.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flushRequest } from "../../lab/flush_request.ts";
import { isListening } from "../../lab/loopback.ts";
import { LabError } from "../../lab/machine.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { isPostfixBefore } from "../../lab/postfix_version.ts";
import { pidsRunning } from "../../lab/processes.ts";
import { waitFor } from "../../lab/wait.ts";
import { deferMail, recorded, waitUntilGone } from "./real_mail.ts";
import { describeServices, TEST_LIMIT_MS } from "./services.ts";

const SITE = "one.example";

/** A test file whose only test guards a folder, and does not end. */
function lateTest(guarded: string): string {
  const module = join(import.meta.dir, "../../lab/guardian.ts");
  return `import { test } from "bun:test";
import { Guardian } from ${JSON.stringify(module)};
test("late", () => {
  new Guardian(${JSON.stringify(guarded)});
  return new Promise(() => {});
}, 100);
`;
}

describeServices("lab", (labTest) => {
  labTest("postfix check - has nothing to say", {}, async (instance) => {
    const mark = instance.log.mark();
    const outcome = await instance.command("postfix", "check");
    expect(outcome).toEqual({ status: 0, stdout: "", stderr: "" });
    const lines = instance.log.linesSince(mark);
    expect(lines.filter(({ tag }) => tag === "postfix/postfix-script")).toEqual([]);
  });

  const beside = { service: "original", command: "flush", chroot: true, args: [] } as const;
  const both = { sites: [SITE], others: [beside] };
  labTest("the original beside it - serves the same record", both, async (instance) => {
    const sent = await deferMail(instance, [SITE], 2);
    expect(recorded(instance, SITE)).toEqual([...(sent[SITE] ?? [])]);
    await instance.destinations.get(SITE)?.up();
    const words = ["request", "send_site", "site", SITE];
    const answer = await flushRequest(instance.flushSocket("original"), words);
    expect(answer).toEqual({ kind: "status", status: 0 });
    expect(instance.flushPids("flush").length).toBeGreaterThan(0);
    await waitUntilGone(instance, sent[SITE] ?? []);
    expect(recorded(instance, SITE)).toEqual([]);
  });
});

describe("lab", () => {
  test("a folder elsewhere - goes with the instance", async () => {
    const instance = await PostfixInstance.create({ name: "fastflush-lab" });
    const elsewhere = mkdtempSync("/var/tmp/fastflush-lab-");
    writeFileSync(join(elsewhere, "file"), "");
    instance.addFolder(elsewhere);
    await instance.stop();
    expect(existsSync(elsewhere)).toBeTrue();
    await instance.remove();
    expect(existsSync(elsewhere)).toBeFalse();
  });

  test(
    "two instances at once - ports, processes and record of their own; one's end is not the other's",
    async () => {
      const instances = await Promise.all([
        PostfixInstance.create({ sites: [SITE] }),
        PostfixInstance.create({ sites: [SITE] }),
      ]);
      const [first, second] = instances;
      try {
        await Promise.all(instances.map((each) => each.start()));
        const [sent] = await Promise.all([
          deferMail(first, [SITE], 2),
          deferMail(second, [SITE], 3),
        ]);
        expect(recorded(first, SITE)).toEqual([...(sent[SITE] ?? [])]);
        expect(recorded(second, SITE)).toHaveLength(3);
        await first.remove();
        expect(await isListening("127.0.0.1", first.smtp_port)).toBe(false);
        expect((await second.etrn(SITE)).code).toBe(250);
      } finally {
        await Promise.all(instances.map((each) => each.remove()));
      }
      for (const { folder } of instances) {
        expect(existsSync(folder)).toBe(false);
        expect(pidsRunning(`${folder}/`)).toEqual([]);
      }
    },
    TEST_LIMIT_MS,
  );

  test(
    "stop - ends everything, also when master is dead already, and it can be started again",
    async () => {
      const instance = await PostfixInstance.create({ sites: [SITE] });
      try {
        await instance.start();
        await instance.destinations.get(SITE)?.up();
        process.kill(instance.masterPid() ?? 0, "SIGKILL");
        await instance.stop();
        expect(pidsRunning(`${instance.folder}/`)).toEqual([]);
        await instance.stop();
        await instance.start();
        expect(instance.masterPid()).toBeGreaterThan(1);
      } finally {
        await instance.remove();
      }
    },
    TEST_LIMIT_MS,
  );

  test(
    "start - says why it failed",
    async () => {
      const instance = await PostfixInstance.create();
      const taken = Bun.listen({
        hostname: "127.0.0.1",
        port: instance.smtp_port,
        socket: { data() {} },
      });
      try {
        const failure = await instance.start().catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(LabError);
        // From 3.10 on master(8) says the reason to postlogd(8), which does not run then.
        const reason = isPostfixBefore(3, 10)
          ? "Address already in use"
          : "mail system startup failed";
        expect(String(failure)).toContain(reason);
      } finally {
        taken.stop(true);
        await instance.remove();
      }
    },
    TEST_LIMIT_MS,
  );

  test(
    "a test whose time is up - its instance is removed",
    async () => {
      const folder = mkdtempSync("/var/tmp/fastflush-test-");
      const guarded = join(folder, "guarded");
      const file = join(folder, "late_test.ts");
      mkdirSync(guarded);
      writeFileSync(file, lateTest(guarded));
      try {
        const { exitCode, stderr } = Bun.spawnSync([process.execPath, "test", file]);
        expect(stderr.toString()).toContain("timed out");
        expect(exitCode).toBe(1);
        await waitFor("the folder to be removed", () => !existsSync(guarded));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    TEST_LIMIT_MS,
  );

  test(
    "waitFor - says what was awaited and how things stood",
    async () => {
      const instance = await PostfixInstance.create();
      try {
        const explain = () => instance.state();
        const waiting = waitFor("mail", () => false, { deadline_ms: 1, explain });
        const message = String(await waiting.catch((error: unknown) => error));
        expect(message).toStartWith("WaitError: wait for mail: nothing within 0.001 s\n");
        expect(message).toContain("master: not running");
      } finally {
        await instance.remove();
      }
    },
    TEST_LIMIT_MS,
  );

  test("without root - one sentence, nothing made", async () => {
    const getuid = process.getuid;
    process.getuid = () => 65_534;
    try {
      const failure = await PostfixInstance.create().catch((error: unknown) => error);
      expect(String(failure)).toBe(
        "LabError: A private Postfix instance needs root: its daemons change their user.",
      );
    } finally {
      if (getuid !== undefined) {
        process.getuid = getuid;
      }
    }
  });
});
