/**
 * send and preview with a private Postfix, with the original flush service and with ours: any selection, and what comes
 * of it by `--wait`, for destinations that take mail, are down, and refuse it for now and for good.
 */
import { expect } from "bun:test";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { run } from "../../lab/run.ts";
import { atTerminal, fastflush, PROGRAM } from "./fastflush_command.ts";
import { deferMail, letterTo, waitUntilGone } from "./real_mail.ts";
import { describeServices } from "./services.ts";

const UP = "up.example";
const DOWN = "down.example";
const SOFT = "soft.example";
const HARD = "hard.example";
const SITES = [UP, DOWN, SOFT, HARD];

/** Nothing is recorded, by either service. */
const NOT_CONFIGURED = { sites: SITES, main: { fast_flush_domains: "" } };

async function bringUp(instance: PostfixInstance): Promise<void> {
  await instance.destinations.get(UP)?.up();
  await instance.destinations.get(SOFT)?.up("defers");
  await instance.destinations.get(HARD)?.up("bounces");
}

/** One letter to each site, and one to three of them; all deferred. */
async function deferOfEach(instance: PostfixInstance): Promise<string[]> {
  const letters = [...SITES.map((site) => letterTo(site)), letterTo(UP, SOFT, HARD)];
  const ids = await instance.sendMail(letters);
  await instance.waitUntilDeferred(ids);
  return ids;
}

/** Lines of a table, blanks made one. */
function rows(text: string): string[] {
  return text.split("\n").map((line) => line.trim().replace(/ +/g, " "));
}

const TABLE = [
  "DESTINATION DELIVERED BOUNCED DEFERRED AGAIN",
  "hard.example 0 2 0",
  "soft.example 0 0 2",
  "down.example 0 0 1",
  "up.example 2 0 0",
  "Of 7 recipients: 2 delivered, 2 bounced, 3 deferred again.",
];
const REASONS = [
  "2 hard.example bounced 500 5.3.0 Error: command failed",
  "2 soft.example deferred again 450 4.3.0 Error: command failed",
  "1 down.example deferred again 4.4.1 connect: Connection refused",
];

const BOUNCED =
  /^[A-Za-z0-9]+ user@hard\.example host \S+ said: 500 5\.3\.0 Error: command failed \(in reply to .*\)$/;

describeServices("fastflush send", (labTest, service) => {
  for (const [what, options] of [
    ["recorded", { sites: SITES }],
    ["not in fast_flush_domains", NOT_CONFIGURED],
    [
      "not in fast_flush_domains, with long queue IDs",
      { ...NOT_CONFIGURED, main: { ...NOT_CONFIGURED.main, enable_long_queue_ids: "yes" } },
    ],
  ] as const) {
    labTest(
      `--wait tells what came of each recipient: sites ${what}`,
      options,
      async (instance) => {
        const ids = await deferOfEach(instance);
        await bringUp(instance);
        const preview = await fastflush(instance, "preview", ...SITES);
        expect(preview.stdout).toEndWith("A flush would release 5 messages for delivery.\n");

        const sent = await fastflush(instance, "send", "--yes", "--wait", ...SITES);
        expect(sent.status).toBe(1);
        expect(rows(sent.stdout)).toEqual([
          "5 messages released for delivery: Postfix tries to deliver now.",
          "",
          ...TABLE,
          "",
          "RECIPIENTS DESTINATION WERE BECAUSE OF",
          ...REASONS,
          "",
          "BOUNCED RECIPIENT BECAUSE OF",
          expect.stringMatching(BOUNCED),
          expect.stringMatching(BOUNCED),
          "",
        ]);
        const left = [ids[1], ids[2], ids[4]].map(String).sort();
        expect([...(await instance.deferredIds())].sort()).toEqual(left);

        const again = await fastflush(instance, "send", "--yes", "--wait", UP);
        expect(again).toMatchObject({
          status: 0,
          stdout: "Nothing was released: no deferred mail was found for this.\n",
        });
      },
    );
  }

  labTest("--wait ends with 0 where all is delivered", { sites: [UP] }, async (instance) => {
    await deferMail(instance, [UP], 3);
    await instance.destinations.get(UP)?.up();
    const sent = await fastflush(instance, "send", "--yes", "--wait", `@${UP}`);
    expect(sent).toMatchObject({ status: 0, stderr: "" });
    expect(rows(sent.stdout)).toContain("Of 3 recipients: 3 delivered, 0 deferred again.");
    expect((await instance.queue()).length).toBe(0);
  });

  labTest(
    "--wait as JSON has a line a recipient, as the log has it",
    { sites: [UP, DOWN] },
    async (instance) => {
      const [id = ""] = await instance.sendMail([letterTo(UP, DOWN)]);
      await instance.waitUntilDeferred([id]);
      await instance.destinations.get(UP)?.up();
      const sent = await fastflush(instance, "send", "--yes", "--wait", "--json", "--id", id);
      const lines = sent.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines).toEqual([
        { item: "message", queue_id: id, logfile: "", outcome: "released", why: "" },
        expect.objectContaining({
          queue_id: id,
          recipient: `user@${DOWN}`,
          site: DOWN,
          outcome: "deferred",
          dsn: "4.4.1",
          reason: expect.stringContaining("Connection refused"),
        }),
        {
          item: "outcome",
          queue_id: id,
          recipient: `user@${UP}`,
          site: UP,
          outcome: "delivered",
          dsn: "2.0.0",
          reason: expect.stringMatching(/^250 /),
          relay: expect.stringMatching(/^127\./),
        },
        expect.objectContaining({ item: "end", released: 1, delivered: 1, deferred: 1, left: 0 }),
      ]);
    },
  );

  labTest("selects by pattern, queue ID, and all", NOT_CONFIGURED, async (instance) => {
    const ids = await deferOfEach(instance);
    await bringUp(instance);
    const words = ["send", "--yes"];
    const byPattern = await fastflush(instance, ...words, "--match", "U?.*", "--match", "*nix");
    expect(byPattern.stdout).toStartWith("2 messages released");
    await waitUntilGone(instance, [String(ids[0])]);
    const down = String(ids[1]);
    const byId = await fastflush(instance, ...words, "--wait", "--id", `${down},${ids[0]}`);
    expect(byId.status).toBe(1);
    expect(byId.stdout).toStartWith(
      "1 message released for delivery: Postfix tries to deliver now.\n" +
        `1 message not found: in none of the queues. Queue IDs: ${ids[0]}\n`,
    );
    const all = await fastflush(instance, ...words, "--wait", "--all", "--reason", "is back");
    expect(all.status).toBe(1);
    expect(rows(all.stdout)).toContain(
      "Of 4 recipients: 0 delivered, 1 bounced, 3 deferred again.",
    );
    expect(instance.log.tail(1000)).toMatch(
      /postfix\/fastflush\[\d+\]: flush: by queue ID, selected=--all, uid=0, released=4, .*reason=is back$/m,
    );
  });

  labTest(
    "tells what the queue tells, where no log can be read",
    NOT_CONFIGURED,
    async (instance) => {
      await deferOfEach(instance);
      await bringUp(instance);
      // A main.cf that names as its log what is none.
      const folder = join(instance.folder, "no-log");
      cpSync(instance.config_folder, folder, { recursive: true });
      mkdirSync(join(instance.folder, "no-log-there"));
      const main = readFileSync(join(folder, "main.cf"), "utf8");
      const log = `maillog_file = ${instance.folder}/no-log-there`;
      writeFileSync(join(folder, "main.cf"), main.replace(/^maillog_file = .*$/m, log));
      const cache = ["--cache-dir", join(instance.folder, "cache")];
      const sent = await run([PROGRAM, "-c", folder, ...cache, "send", "--yes", "--wait", "--all"]);
      expect(sent.status).toBe(1);
      expect(rows(sent.stdout)).toContain(
        "Of 7 recipients: 0 delivered, 3 deferred again, 4 left the queue.",
      );
      expect(sent.stderr).toEndWith(
        "4 recipients left the queue, delivered, bounced or taken out by an operator: no mail log could be read.\n",
      );
    },
  );

  labTest(
    "shows a bar at a terminal, and Ctrl-C ends the following",
    { sites: [UP] },
    async (instance) => {
      const [id = ""] = (await deferMail(instance, [UP], 1))[UP] ?? [];
      await instance.destinations.get(UP)?.up("hangs");
      const typing = { interruptAt: "Following [" };
      const sent = await atTerminal(instance, typing, "send", UP, "--wait");
      expect(sent.status).toBe(1);
      expect(sent.shown).toContain(
        "Following [------------------------------]   0% 0 of 1 message\r",
      );
      expect(sent.shown).toMatch(
        /Of 1 recipient: 0 delivered, 0 deferred again, 1 still trying\.\r\n/,
      );
      expect(sent.shown).toEndWith(
        "1 recipient still being tried when you ended following: the mail system goes on by itself.\r\n",
      );
      expect((await instance.queue()).map((each) => [each.queue_id, each.queue_name])).toEqual([
        [id, "active"],
      ]);

      const again = await fastflush(instance, "send", "--yes", UP);
      expect(again).toMatchObject({
        status: 0,
        stdout: "Nothing was released: 1 message for this is being delivered now.\n",
      });

      const late = await fastflush(
        instance,
        "send",
        "--yes",
        "--wait",
        "--wait-limit",
        "1s",
        "--id",
        id,
      );
      expect(late.status).toBe(1);
      expect(late.stdout).toStartWith("1 message left alone: in active or hold.\n");
      expect(late.stdout).toEndWith(
        "Of 1 recipient: 0 delivered, 0 deferred again, 1 still trying.\n",
      );
    },
  );

  if (service.name === "original") {
    labTest("asks before more than 100 messages", NOT_CONFIGURED, async (instance) => {
      await deferMail(instance, [UP], 101);
      const declined = await atTerminal(instance, { answer: "n" }, "send", UP);
      expect(declined.status).toBe(1);
      expect(declined.shown).toEndWith(
        "Release 101 messages for delivery now? [y/N] n\r\nNothing was released.\r\n",
      );
      expect((await instance.deferredIds()).size).toBe(101);
      const sent = await atTerminal(instance, { answer: "y" }, "send", UP);
      expect(sent.status).toBe(0);
      expect(sent.shown).toEndWith(
        "101 messages released for delivery: Postfix tries to deliver now.\r\n",
      );
    });
  }
});
