/**
 * Deferred mail as the built program shows it, with a private Postfix: after a retry, on hold, deleted, delivered. What it
 * keeps of it changes nothing in that.
 */
import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { copyProgram } from "../../lab/instance_files.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { putFile } from "../../lab/queue_place.ts";
import { type Outcome, run } from "../../lab/run.ts";
import { buildQueueFile } from "../support/queue_files.ts";
import { allUp, deferMail, letterTo, waitUntilGone } from "./real_mail.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const PROGRAM = join(import.meta.dir, "..", "..", "dist", "fastflush");
const ONE = "one.example";
const TWO = "two.example";

/** Directories of a queue that is hashed over two levels: on most file systems, what one thread reads alone are 32. */
const HASHED = 256;
const MANY = 3 * HASHED;

async function withInstance(body: (instance: PostfixInstance) => Promise<void>): Promise<void> {
  const instance = await PostfixInstance.create({ name: "fastflush-index", sites: [ONE, TWO] });
  try {
    await instance.start();
    await body(instance);
  } finally {
    await instance.remove();
  }
}

/** Defers so many messages in a queue of which nobody takes any, each third for one site; returns their files. */
function deferMany(instance: PostfixInstance, count: number): string[] {
  return Array.from({ length: count }, (_, number) => {
    const [upper = "", lower = ""] = (number % HASHED).toString(16).toUpperCase().padStart(2, "0");
    const id = `${upper}${lower}${String(number).padStart(8, "0")}`;
    const path = join(instance.queue_folder, "deferred", upper, lower, id);
    const site = number % 3 === 0 ? ONE : TWO;
    const { text } = buildQueueFile({ recipients: [{ address: `u${number}@${site}` }] });
    putFile(instance, path, text, 0o700);
    return path;
  });
}

function cacheOf(instance: PostfixInstance): string {
  return join(instance.folder, "cache");
}

async function fastflush(instance: PostfixInstance, ...words: string[]): Promise<Outcome> {
  const where = ["-c", instance.config_folder, "--cache-dir", cacheOf(instance)];
  return await run([PROGRAM, ...where, ...words]);
}

/** Messages by site, as `list` counts them. */
async function listed(
  instance: PostfixInstance,
  ...options: string[]
): Promise<Record<string, unknown>> {
  const outcome = await fastflush(instance, ...options, "list", "--json");
  expect(outcome).toMatchObject({ status: 0, stderr: "" });
  const items = outcome.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return Object.fromEntries(
    items.flatMap((item) =>
      item["item"] === "destination" ? [[item["name"], item["messages"]]] : [],
    ),
  );
}

/** Queue IDs with their next try, as `show` tells them. */
async function shown(instance: PostfixInstance, site: string): Promise<Map<unknown, unknown>> {
  const outcome = await fastflush(instance, "show", site, "--json");
  expect(outcome).toMatchObject({ status: 0, stderr: "" });
  const items = outcome.stdout.split("\n").flatMap((line) => (line ? [JSON.parse(line)] : []));
  return new Map(
    items.flatMap((item) => (item.item === "message" ? [[item.queue_id, item.next_try]] : [])),
  );
}

/** When the queue manager tries a message again: its file says so. */
function nextTryOf(instance: PostfixInstance, id: string): number {
  return Math.floor(statSync(deferredPath(instance, id)).mtimeMs / 1000);
}

function deferredPath(instance: PostfixInstance, id: string): string {
  return join(instance.queue_folder, "deferred", id.slice(0, 1), id);
}

describe("what fastflush shows of deferred mail", () => {
  test(
    "is what is there, after each thing that may happen to it",
    () =>
      withInstance(async (instance) => {
        expect(await listed(instance)).toEqual({});
        const ids = await deferMail(instance, [ONE, TWO], 3);
        const [first = "", second = "", third = ""] = ids[ONE] ?? [];
        expect(await listed(instance)).toEqual({ [ONE]: 3, [TWO]: 3 });
        expect(readdirSync(cacheOf(instance))).not.toEqual([]);

        const path = deferredPath(instance, first);
        const before = statSync(path).ctimeMs;
        await instance.command("postqueue", "-i", first);
        await instance.waitFor("the retry", () => {
          return existsSync(path) && statSync(path).ctimeMs !== before;
        });
        expect((await shown(instance, ONE)).get(first)).toBe(nextTryOf(instance, first));
        expect(await listed(instance)).toEqual({ [ONE]: 3, [TWO]: 3 });

        await instance.command("postsuper", "-h", second);
        expect(await listed(instance)).toEqual({ [ONE]: 2, [TWO]: 3 });
        await instance.command("postsuper", "-H", second);
        expect((await shown(instance, ONE)).get(second)).toBe(nextTryOf(instance, second));
        await instance.command("postsuper", "-e", third);
        expect(await listed(instance)).toEqual({ [ONE]: 3, [TWO]: 3 });
        await instance.command("postsuper", "-d", third);
        expect(await listed(instance)).toEqual({ [ONE]: 2, [TWO]: 3 });
        const [both = ""] = await instance.sendMail([letterTo(ONE, TWO)]);
        await instance.waitUntilDeferred([both]);
        expect(await listed(instance)).toEqual({ [ONE]: 3, [TWO]: 4 });

        await instance.command("postsuper", "-r", first);
        // It waits to be taken up again, under another ID.
        expect(await listed(instance)).toEqual({ [ONE]: 2, [TWO]: 4 });

        await instance.destinations.get(ONE)?.up();
        await instance.command("postqueue", "-f");
        const isDelivered = async (): Promise<boolean> =>
          Bun.deepEquals(await listed(instance), { [TWO]: 4 });
        await instance.waitFor("what is for one site to be delivered", isDelivered);

        await allUp(instance);
        await instance.command("postqueue", "-f");
        await waitUntilGone(instance, [both, ...(ids[TWO] ?? [])]);
        expect(await listed(instance)).toEqual({});
      }),
    TEST_LIMIT_MS,
  );

  test(
    "does not depend on what is kept",
    () =>
      withInstance(async (instance) => {
        const ids = await deferMail(instance, [ONE], 5);
        const right = { [ONE]: 5 };
        expect(await listed(instance)).toEqual(right);
        const [file = ""] = readdirSync(cacheOf(instance));
        const path = join(cacheOf(instance), file);

        appendFileSync(path, "at its end, which is nobody's");
        expect(await listed(instance)).toEqual(right);
        rmSync(path);
        await Bun.write(path, "This is no index. ".repeat(1000));
        expect(await listed(instance)).toEqual(right);
        rmSync(cacheOf(instance), { recursive: true });
        expect(await listed(instance)).toEqual(right);

        // Nobody but an operator does this; the directory does not show it.
        const [id = ""] = ids[ONE] ?? [];
        utimesSync(deferredPath(instance, id), 1_900_000_000, 1_900_000_000);
        await listed(instance, "--fresh");
        expect((await shown(instance, ONE)).get(id)).toBe(1_900_000_000);
      }),
    TEST_LIMIT_MS,
  );

  test(
    "is the same where nothing can be kept, with one warning",
    () =>
      withInstance(async (instance) => {
        await deferMail(instance, [ONE], 2);
        const where = ["-c", instance.config_folder];
        const links = await run([PROGRAM, ...where, "--cache-dir", "/proc/self/cwd", "list"]);
        expect(links.status).toBe(0);
        expect(links.stdout).toContain(ONE);
        expect(links.stderr).toBe(
          "warning: no index of deferred mail is kept: /proc/self/cwd is no directory, but a link\n",
        );

        // The mail owner, whose folder it is not.
        const program = join(instance.folder, "bin", "fastflush");
        copyProgram(PROGRAM, program);
        expect(await listed(instance)).toEqual({ [ONE]: 2 });
        const { uid, gid } = instance.owner;
        const as = (user: number) => [
          "setpriv",
          `--reuid=${user}`,
          `--regid=${user === uid ? gid : user}`,
          "--clear-groups",
        ];
        const words = [...where, "--cache-dir", cacheOf(instance), "list"];
        const owner = await run([...as(uid), program, ...words]);
        expect(owner.status).toBe(0);
        expect(owner.stdout).toContain(ONE);
        expect(owner.stderr).toMatch(/^warning: no index of deferred mail is kept: [^\n]*\n$/);

        const stranger = await run([...as(65534), program, ...words]);
        expect(stranger).toMatchObject({ status: 77, stdout: "" });
        expect(stranger.stderr).toMatch(
          /^Not permitted: [^\n]* may read the deferred queue [^\n]*\n$/,
        );
      }),
    TEST_LIMIT_MS,
  );

  test(
    "is the same on a disk that is full",
    () =>
      withInstance(async (instance) => {
        await deferMail(instance, [ONE], 2);
        // Files may not become larger than that here: what a full disk says of it.
        const limited = `ulimit -f 8; trap '' XFSZ; exec "$0" "$@"`;
        const where = ["-c", instance.config_folder, "--cache-dir", cacheOf(instance)];
        const outcome = await run(["bash", "-c", limited, PROGRAM, ...where, "list"]);
        expect(outcome.status).toBe(0);
        expect(outcome.stdout).toContain(ONE);
        expect(outcome.stderr).toMatch(/^warning: no index of deferred mail is kept: [^\n]*\n$/);
        expect(existsSync(cacheOf(instance))).toBeTrue();
        expect(await listed(instance)).toEqual({ [ONE]: 2 });
      }),
    TEST_LIMIT_MS,
  );

  test("is the same where it is so much that several threads read it", async () => {
    const instance = await PostfixInstance.create({
      name: "fastflush-index",
      main: { hash_queue_names: "deferred, defer", hash_queue_depth: "2" },
    });
    try {
      const paths = deferMany(instance, MANY);
      const all = { [ONE]: MANY / 3, [TWO]: (MANY / 3) * 2 };
      expect(await listed(instance)).toEqual(all);
      expect(await listed(instance)).toEqual(all);
      // All for one site: one of each directory.
      for (let number = 0; number < MANY; number += 3) {
        rmSync(paths[number] ?? "");
      }
      expect(await listed(instance)).toEqual({ [TWO]: all[TWO] });
    } finally {
      await instance.remove();
    }
  });
});
