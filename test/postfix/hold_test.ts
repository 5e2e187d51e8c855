/**
 * hold, release and delete with a private Postfix and its postsuper(1): by destination, for a time, and what becomes of
 * timed holds when their command has ended, their keeper was killed, or other operators were at it.
 */
import { expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { pidsRunning } from "../../lab/processes.ts";
import { type Outcome, run } from "../../lab/run.ts";
import { atTerminal, fastflush, PROGRAM } from "./fastflush_command.ts";
import { letterTo } from "./real_mail.ts";
import { describeServices } from "./services.ts";

const A = "a.example";
const B = "b.example";
const OPTIONS = { sites: [A, B], main: { fast_flush_domains: "" } };

/** Runs a command that keeps timed holds in the instance's folder. */
async function command(instance: PostfixInstance, ...words: string[]): Promise<Outcome> {
  return await fastflush(instance, ...words, ...stateOption(instance));
}

/** The same at a terminal, where this is answered. */
async function answered(instance: PostfixInstance, answer: string, ...words: string[]) {
  return await atTerminal(instance, { answer }, ...words, ...stateOption(instance));
}

function stateOption(instance: PostfixInstance): [string, string] {
  return ["--state-dir", join(instance.folder, "state")];
}

/** Letters to A, to both, and to B: deferred. */
async function deferThree(instance: PostfixInstance): Promise<string[]> {
  const ids = await instance.sendMail([letterTo(A), letterTo(A, B), letterTo(B)]);
  await instance.waitUntilDeferred(ids);
  return ids;
}

/** Queue IDs of those that are in a queue, as Postfix lists it. */
async function idsIn(instance: PostfixInstance, queue: string): Promise<string[]> {
  const messages = await instance.queue();
  return messages
    .filter((each) => each.queue_name === queue)
    .map((each) => each.queue_id)
    .sort();
}

/** Processes that wait for the end of this instance's timed holds. */
function keepers(instance: PostfixInstance): number[] {
  return pidsRunning(PROGRAM).filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words.includes(instance.config_folder) && words.includes("--expire");
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

function stateFiles(instance: PostfixInstance): string[] {
  return readdirSync(join(instance.folder, "state")).filter((name) => name.endsWith(".holds"));
}

describeServices("fastflush hold", (labTest, service) => {
  // It asks no flush service.
  if (service.name === "original") {
    labTest("hold, release and delete mail by destination", OPTIONS, async (instance) => {
      const [toA = "", toBoth = "", toB = ""] = await deferThree(instance);
      const shown = await command(instance, "hold", A, "--dry-run");
      expect(shown.stdout).toContain(
        "This also stops mail to 1 other destination of these messages: b.",
      );
      expect(await idsIn(instance, "hold")).toEqual([]);

      const held = await answered(instance, "y", "hold", A, "--only-whole");
      expect(held.shown).toEndWith(
        "Put 1 message on hold until released? [y/N] y\r\n1 message put on hold until released.\r\n" +
          "1 message left alone: for other destinations too.\r\n",
      );
      expect(await idsIn(instance, "hold")).toEqual([toA]);
      const released = await command(instance, "release", "--all", "--yes");
      expect(released).toMatchObject({ status: 0, stderr: "" });
      expect(await idsIn(instance, "deferred")).toEqual([toA, toBoth, toB].sort());

      const doubted = await answered(instance, "y", "delete", B);
      expect([doubted.status, (await instance.queue()).length]).toEqual([1, 3]);
      const words = ["delete", B, "--reason", "ticket 4711"];
      const deleted = await answered(instance, "delete 2", ...words);
      expect(deleted.shown).toContain("Delete 2 messages of 1 sender for good?");
      expect(deleted.shown).toEndWith("\r\n2 messages deleted.\r\n");
      expect(await idsIn(instance, "deferred")).toEqual([toA]);
      const log = instance.log.tail(100);
      expect(log).toMatch(/postfix\/postsuper\[\d+\]: Deleted: 2 messages$/m);
      expect(log).toMatch(
        /postfix\/fastflush\[\d+\]: delete: selected=b\.example, uid=0, deleted=2, failed=0, reason=ticket 4711$/m,
      );
    });

    labTest(
      "a timed hold ends by itself, and releases what it has held and nothing else",
      { ...OPTIONS, main: { ...OPTIONS.main, hash_queue_names: "deferred, defer, hold" } },
      async (instance) => {
        const [toA = "", toBoth = "", toB = ""] = await deferThree(instance);
        await instance.command("postsuper", "-h", toB);
        const held = await command(instance, "hold", "--all", "--for", "2s", "--yes");
        expect(held.stdout).toMatch(/^2 messages put on hold until [A-Z][a-z]{2} .*\n$/);
        await instance.waitFor("the hold to end", async () => {
          const deferred = await idsIn(instance, "deferred");
          return deferred.includes(toA) && deferred.includes(toBoth);
        });
        expect(await idsIn(instance, "hold")).toEqual([toB]);
        await instance.waitFor("the keeper to end", () => keepers(instance).length === 0);
        expect(stateFiles(instance)).toEqual([]);
        expect(instance.log.tail(100)).toMatch(
          /postfix\/fastflush\[\d+\]: hold: ended by its time, released=2, forgotten=0, failed=0$/m,
        );
      },
    );

    labTest(
      "a timed hold outlives its keeper: whoever runs hold --expire ends it",
      { ...OPTIONS, main: { ...OPTIONS.main, enable_long_queue_ids: "yes" } },
      async (instance) => {
        const [toA = "", toBoth = ""] = await deferThree(instance);
        await command(instance, "hold", A, "--for", "1h", "--yes");
        const keeper = await instance.waitFor("a keeper", () => keepers(instance)[0]);
        process.kill(keeper, "SIGKILL");
        await instance.waitFor("the keeper to end", () => keepers(instance).length === 0);
        expect(await idsIn(instance, "hold")).toHaveLength(2);
        const early = await command(instance, "hold", "--expire");
        expect(early).toMatchObject({ status: 0, stdout: "", stderr: "" });
        const list = await command(instance, "hold", "--list");
        expect(list.stdout).toMatch(
          /^ +2 +\S+ B +\d+ s +\w+ +\d+ [\d:]+ \(in \d+ (?:min|h)\) +a\.example$/m,
        );

        // Another operator releases one, and puts it on hold once more.
        await instance.command("postsuper", "-H", toA);
        await instance.command("postsuper", "-h", toA);
        const [file = ""] = stateFiles(instance);
        expect(file).toEndWith("queue.holds");
        // An hour has passed.
        const path = join(instance.folder, "state", file);
        const text = readFileSync(path, "utf8").replace(/"until":\d+/, '"until":1');
        await Bun.write(path, text);
        const ended = await command(instance, "hold", "--expire");
        expect(ended.stdout).toMatch(/conf: 1 message released from hold: their time is over\.\n/);
        expect(ended.stdout).toMatch(/conf: 1 message no longer on hold by it: .*\n$/);
        expect(await idsIn(instance, "hold")).toEqual([toA]);
        expect(await idsIn(instance, "deferred")).toContain(toBoth);
        expect(stateFiles(instance)).toEqual([]);
      },
    );

    labTest("only root may change mail", OPTIONS, async (instance) => {
      const ids = await deferThree(instance);
      const as = ["setpriv", `--reuid=${instance.owner.name}`, "--clear-groups", PROGRAM];
      const where = ["-c", instance.config_folder, "--cache-dir", "/nonexistent"];
      for (const change of ["hold", "release", "delete"]) {
        const outcome = await run([...as, ...where, change, "--all", "--yes"]);
        expect(outcome.status).toBe(77);
        expect(outcome.stderr).toStartWith("Not permitted: only root may hold, release or delete");
      }
      expect(await idsIn(instance, "deferred")).toEqual(ids.toSorted());
      const list = await run([...as, ...where, "hold", "--list"]);
      expect(list).toMatchObject({ status: 0, stdout: "No mail is on hold.\n" });
    });
  }
});
