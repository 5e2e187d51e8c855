/**
 * The operator's command with a private Postfix: with real deferred mail and our service, with the original, with no
 * service, and as a user who may not ask.
 */
import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyProgram } from "../../lab/instance_files.ts";
import { logfileOf } from "../../lab/mail_queue.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { run } from "../../lab/run.ts";
import { atTerminal, fastflush, PROGRAM } from "./fastflush_command.ts";
import { allUp, arrived, deferMail, letterTo, recorded, waitUntilGone } from "./real_mail.ts";
import { describeServices, TEST_LIMIT_MS } from "./services.ts";

const ONE = "one.example";
const SUB = "sub.one.example";
const TWO = "two.example";
const SITES = [ONE, SUB, TWO];

/** Of nobody in particular. */
const STRANGER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** What a command with --json prints, parsed; it must have ended well. */
async function lines(instance: PostfixInstance, ...words: string[]): Promise<unknown[]> {
  const { status, stdout, stderr } = await fastflush(instance, ...words, "--json");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describeServices("fastflush", (labTest, service) => {
  if (service.name === "original") {
    labTest("says that the original answers, and does nothing", {}, async (instance) => {
      for (const words of [["sites"], ["verify"], ["compact"], ["rebuild"]]) {
        const outcome = await fastflush(instance, ...words);
        expect(outcome).toMatchObject({ status: 69, stdout: "" });
        expect(outcome.stderr).toContain(
          `The original flush service answers at ${instance.flushSocket()}, and has no such request`,
        );
      }
    });
    return;
  }

  labTest("previews and sends real deferred mail", { sites: SITES }, async (instance) => {
    const ids = await deferMail(instance, SITES, 2);
    const [both = ""] = await instance.sendMail([letterTo(ONE, TWO)]);
    await instance.waitUntilDeferred([both]);
    const [one = [], sub = [], two = []] = SITES.map((site) => ids[site]);

    const sites = await fastflush(instance, "sites");
    expect(sites).toMatchObject({ status: 0, stderr: "" });
    expect(sites.stdout).toMatch(/^ENTRIES +LOG SIZE +LAST ADDED +LAST FLUSHED +SITES\n/);
    expect(sites.stdout).toMatch(/^ +3 .* ago +- +one\.example\n/m);
    expect(sites.stdout).toMatch(/\n8 entries in 3 logs, [0-9]+ B\.\n$/);

    const preview = await fastflush(instance, "preview", ONE);
    expect(preview).toMatchObject({ status: 0, stderr: "" });
    for (const id of [...one, both]) {
      expect(preview.stdout).toMatch(
        new RegExp(`^${id} .* sender@origin.example .* release it$`, "m"),
      );
    }
    expect(preview.stdout).toEndWith(
      "A flush would release 3 messages for delivery.\n" +
        "It would also try 1 other destination of these messages: two.example.\n",
    );
    const dry = await fastflush(instance, "send", "--dry-run", ONE);
    expect(dry.stdout).toContain("A flush would release 3 messages for delivery.\n");

    await allUp(instance);
    // There is no terminal here.
    const unasked = await fastflush(instance, "send", ONE);
    expect(unasked).toMatchObject({ status: 64, stdout: "" });
    expect(unasked.stderr).toStartWith("Nothing was released: there is no terminal to ask at.");
    expect((await instance.deferredIds()).size).toBe(7);

    const sent = await fastflush(
      instance,
      "send",
      "--yes",
      `@${ONE}`,
      "--reason",
      "is back\n\x1b[1m",
    );
    expect(sent).toEqual({
      status: 0,
      stdout: "5 messages released for delivery: Postfix tries to deliver now.\n",
      stderr: "",
    });
    await waitUntilGone(instance, [...one, ...sub, both]);
    expect(arrived(instance, ONE)).toEqual([...one, both].sort());
    expect(arrived(instance, SUB)).toEqual([...sub]);
    expect([...(await instance.deferredIds())].sort()).toEqual([...two]);
    expect(instance.log.tail(1000)).toContain("is back");
  });

  labTest(
    "asks at a terminal before more than 100 messages",
    { sites: [ONE] },
    async (instance) => {
      await deferMail(instance, [ONE], 101);
      const declined = await atTerminal(instance, { answer: "n" }, "send", ONE);
      expect(declined.status).toBe(1);
      expect(declined.shown).toEndWith(
        "Release 101 messages for delivery now? [y/N] n\r\nNothing was released.\r\n",
      );
      expect((await instance.deferredIds()).size).toBe(101);
      const sent = await atTerminal(instance, { answer: "y" }, "send", ONE);
      expect(sent.status).toBe(0);
      expect(sent.shown).toEndWith(
        "101 messages released for delivery: Postfix tries to deliver now.\r\n",
      );
    },
  );

  labTest("tells the same in JSON lines", { sites: SITES }, async (instance) => {
    const ids = await deferMail(instance, [ONE], 1);
    const [id = ""] = ids[ONE] ?? [];
    const logfile = logfileOf(ONE);
    expect(await lines(instance, "sites")).toEqual([
      {
        item: "site",
        logfile,
        entries: 1,
        bytes: id.length + 1,
        added: expect.any(Number),
        sent: null,
        names: [ONE],
      },
      { item: "end", status: "done", logs: 1, entries: 1, bytes: id.length + 1 },
    ]);
    expect(await lines(instance, "preview", ONE)).toEqual([
      {
        item: "message",
        queue_id: id,
        queue: "deferred",
        size: expect.any(Number),
        arrived: expect.any(Number),
        sender: "sender@origin.example",
        recipients: [`user@${ONE}`],
        recipients_count: 1,
        others: [],
        outcome: "release",
      },
      {
        item: "end",
        status: "done",
        release: 1,
        skip: 0,
        keep: 0,
        gone: 0,
        unreadable: 0,
        in_delivery: 0,
      },
    ]);
    expect(await lines(instance, "send", ONE, "--yes")).toEqual([
      { item: "message", queue_id: id, logfile, outcome: "released", why: "" },
      {
        item: "end",
        status: "done",
        released: 1,
        kept: 0,
        tried: 0,
        gone: 0,
        skipped: 0,
        failed: 0,
        omitted: 0,
        in_delivery: 0,
        delivered: null,
        bounced: null,
        deferred: null,
        left: null,
        held: null,
        trying: null,
        unfollowed: null,
      },
    ]);
  });

  labTest("verifies, compacts and rebuilds the record", { sites: SITES }, async (instance) => {
    const ids = await deferMail(instance, [ONE, TWO], 2);
    expect(await fastflush(instance, "verify")).toMatchObject({
      status: 0,
      stdout: "Compared 4 deferred messages with 4 entries of the record: they agree.\n",
    });

    appendFileSync(logfilePath(instance, ONE), `BADBAD1\n${ids[ONE]?.[0]}\n`);
    rmSync(logfilePath(instance, TWO));
    const verify = await fastflush(instance, "verify");
    expect(verify.status).toBe(1);
    expect(verify.stdout).toMatch(
      /^BADBAD1 +one_example +is recorded, and no longer in the queue$/m,
    );
    const typed = `fastflush -c ${instance.config_folder}`;
    expect(verify.stdout).toEndWith(
      ": 4 differences.\n" +
        `  2 missing entries: "${typed} rebuild" adds what is missing.\n` +
        `  1 outdated entry: "${typed} compact" cleans the record.\n` +
        `  1 duplicate entry: "${typed} compact" cleans the record.\n`,
    );

    const compact = await fastflush(instance, "compact", ONE);
    expect(compact).toEqual({
      status: 0,
      stdout:
        "Took out of the record, from 1 log: 1 entry of messages that are no longer in the queue, " +
        "1 repeated entry. 2 entries stay recorded. No message was touched.\n",
      stderr: "",
    });
    const rebuild = await fastflush(instance, "rebuild");
    expect(rebuild).toEqual({
      status: 0,
      stdout:
        "Read 4 deferred messages. 2 missing entries added to the record.\n" +
        "Nothing to take out of the record. 4 entries stay recorded. No message was touched.\n",
      stderr: "",
    });
    expect(recorded(instance, TWO)).toEqual([...(ids[TWO] ?? [])]);
    expect((await fastflush(instance, "verify", ONE, TWO)).status).toBe(0);
    expect((await instance.deferredIds()).size).toBe(4);
  });

  labTest(
    "says which sites are not recorded",
    { sites: SITES, main: { fast_flush_domains: ONE } },
    async (instance) => {
      await deferMail(instance, [ONE], 1);
      const both = await fastflush(instance, "verify", ONE, "other.example");
      expect(both).toEqual({
        status: 1,
        stdout: "Compared 1 deferred message with 1 entry of the record: they agree.\n",
        stderr:
          "other.example: no deferred mail is recorded for this site: not in fast_flush_domains.\n",
      });
      const none = await fastflush(instance, "compact", "other.example", "--json");
      expect(none.status).toBe(1);
      expect(none.stdout.split("\n").map((line) => line && JSON.parse(line))).toEqual([
        { item: "refused", site: "other.example", why: "not in fast_flush_domains" },
        expect.objectContaining({ item: "end", status: "refused" }),
        "",
      ]);
    },
  );

  labTest("is for root and the mail owner", {}, async (instance) => {
    // Where everybody may run it: the folder of the sources may be closed.
    const program = join(instance.folder, "bin", "fastflush");
    copyProgram(PROGRAM, program);
    const words = ["-c", instance.config_folder, "send", "--yes", ONE];
    const outcome = await run([...STRANGER, program, ...words]);
    expect(outcome).toEqual({
      status: 77,
      stdout: "",
      stderr: `Not permitted: only root and the mail owner (${instance.owner.name}) may ask the flush service.\n`,
    });
    const { uid, gid } = instance.owner;
    const owner = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
    expect((await run([...owner, program, ...words])).status).toBe(0);
  });
});

function logfilePath(instance: PostfixInstance, site: string): string {
  const path = join(instance.queue_folder, "flush", logfileOf(site));
  expect(existsSync(path)).toBeTrue();
  return path;
}

describe("fastflush without a service", () => {
  test(
    "says that nobody listens",
    async () => {
      const instance = await PostfixInstance.create({ name: "fastflush-test" });
      try {
        const outcome = await fastflush(instance, "sites");
        expect(outcome).toMatchObject({ status: 69, stdout: "" });
        expect(outcome.stderr).toStartWith(
          `No flush service listens at ${instance.flushSocket()} (No such file or directory).`,
        );
        await instance.start();
        await instance.stop();
        const stopped = await fastflush(instance, "sites");
        expect(stopped.status).toBe(69);
        expect(stopped.stderr).toContain("(Connection refused). Is Postfix running");
      } finally {
        await instance.remove();
      }
    },
    TEST_LIMIT_MS,
  );

  test("says that main.cf is not there", async () => {
    expect(await run([PROGRAM, "-c", "/nonexistent", "sites"])).toEqual({
      status: 78,
      stdout: "",
      stderr:
        "The Postfix configuration can't be used: open /nonexistent/main.cf: No such file or directory.\n" +
        "That of another directory is used with: fastflush -c DIRECTORY COMMAND\n",
    });
  });
});
