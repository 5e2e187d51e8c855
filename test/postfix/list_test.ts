/**
 * `fastflush list`, `histogram` and `show` with a private Postfix and real deferred mail, whoever its flush service is:
 * beside qshape(1), at a terminal, and as somebody who may not read the queue.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyProgram } from "../../lab/instance_files.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type Outcome, run } from "../../lab/run.ts";
import { deferMail, letterTo } from "./real_mail.ts";
import { describeServices, TEST_LIMIT_MS } from "./services.ts";

const PROGRAM = join(import.meta.dir, "..", "..", "dist", "fastflush");

const ONE = "one.example";
const SUB = "sub.one.example";
const TWO = "two.example";
const SITES = [ONE, SUB, TWO];

const DAY_SECONDS = 86_400;

/** Of nobody in particular. */
const STRANGER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

function wordsFor(instance: PostfixInstance, words: readonly string[]): string[] {
  return ["-c", instance.config_folder, "--cache-dir", join(instance.folder, "cache"), ...words];
}

/** Runs a command, which must end well; returns what it prints. */
async function shown(instance: PostfixInstance, ...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await run([PROGRAM, ...wordsFor(instance, words)]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** What it prints with --json, but for the end. */
async function items(
  instance: PostfixInstance,
  ...words: string[]
): Promise<Record<string, unknown>[]> {
  const lines = (await shown(instance, ...words, "--json")).trimEnd().split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

function queueFile(instance: PostfixInstance, queue_id: string): string {
  return join(instance.queue_folder, "deferred", queue_id.slice(0, 1), queue_id);
}

/** Moves a message out of the deferred queue and back, as each retry does: changes in place are none of Postfix's. */
function move(instance: PostfixInstance, queue_id: string): void {
  const elsewhere = join(instance.queue_folder, "hold", queue_id);
  renameSync(queueFile(instance, queue_id), elsewhere);
  renameSync(elsewhere, queueFile(instance, queue_id));
}

/** Has a deferred message be so old: its time of arrival is overwritten, its next try stays. */
function age(instance: PostfixInstance, queue_id: string, seconds: number): void {
  const path = queueFile(instance, queue_id);
  const { atimeMs, mtimeMs } = statSync(path);
  const arrival = Math.floor(Date.now() / 1000) - seconds;
  const text = readFileSync(path, "latin1");
  const aged = text.replace(/(T.)\d{10}( \d)/s, `$1${arrival}$2`);
  expect(aged).toHaveLength(text.length);
  writeFileSync(path, Buffer.from(aged, "latin1"));
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
  move(instance, queue_id);
}

/** Has a deferred message be tried again so much later; before now: overdue. */
function postpone(instance: PostfixInstance, queue_id: string, seconds: number): void {
  const then = Math.floor(Date.now() / 1000) + seconds;
  utimesSync(queueFile(instance, queue_id), then, then);
  move(instance, queue_id);
}

async function qshape(instance: PostfixInstance): Promise<string> {
  return (await run(["qshape", "-c", instance.config_folder, "deferred"])).stdout;
}

/** Lines whose order is left to chance in qshape: as many recipients, names as long. */
function inAnyOrder(output: string): string[] {
  return output.split("\n").toSorted();
}

describeServices("deferred mail", (labTest) => {
  labTest(
    "is listed by destination, with sizes, ages and reasons",
    { sites: SITES },
    async (instance) => {
      expect(await shown(instance, "list")).toBe("No mail is deferred.\n");
      const ids = await deferMail(instance, [ONE, TWO], 2);
      const [both = ""] = await instance.sendMail([letterTo(ONE, SUB)]);
      await instance.waitUntilDeferred([both]);
      const [oldest = ""] = ids[TWO] ?? [];
      age(instance, oldest, 3 * DAY_SECONDS + 60);

      const list = (await shown(instance, "list")).split("\n");
      expect(list[0]).toMatch(
        /^MESSAGES +SIZE +OLDEST +NEXT TRY +DESTINATION +RECIPIENTS: MOST COMMON REASON$/,
      );
      expect(list[1]).toMatch(
        /^ +3 .* s +in (?:1 d|23 h) +one\.example +3 of 3: 4\.4\.1 connect: Connection refused$/,
      );
      expect(list[2]).toMatch(
        /^ +2 .* 3 d +in (?:1 d|23 h) +two\.example +2 of 2: 4\.4\.1 connect: Connection refused$/,
      );
      expect(list[3]).toMatch(/^ +1 .* sub\.one\.example +1 of 1: /);
      expect(list[4]).toStartWith(
        "In all 5 deferred messages (each counted once) to 6 recipients at 3 destinations, ",
      );

      const queue = await instance.queue();
      const sizes = queue.map((message) => Reflect.get(message, "message_size") as number);
      const end = JSON.parse(
        (await shown(instance, "list", "--json")).trimEnd().split("\n").at(-1) ?? "",
      );
      expect(end).toMatchObject({ messages: 5, bytes: sizes.reduce((sum, size) => sum + size, 0) });
      expect(await items(instance, "list", "--older", "3d")).toMatchObject([
        { name: TWO, messages: 1 },
      ]);
      expect(await items(instance, "list", "@one.example", "--by", "relay")).toMatchObject([
        { name: instance.destinations.get(ONE)?.plan.address, messages: 3 },
        { name: instance.destinations.get(SUB)?.plan.address, messages: 1 },
      ]);
    },
  );

  labTest("has a next try that a flush moves", { sites: [ONE] }, async (instance) => {
    const ids = await deferMail(instance, [ONE], 1);
    const [id = ""] = ids[ONE] ?? [];
    postpone(instance, id, -10);
    expect(await shown(instance, "list")).toMatch(/ due +one\.example /);
    postpone(instance, id, 650);
    expect(await shown(instance, "list")).toMatch(/ in 10 min +one\.example /);
    const before = statSync(queueFile(instance, id)).mtimeMs;
    await instance.command("postqueue", "-f");
    await instance.waitFor("the message to be deferred again", async () => {
      const isBack = (await instance.deferredIds()).has(id);
      return isBack && statSync(queueFile(instance, id)).mtimeMs > before;
    });
    expect(await shown(instance, "list")).toMatch(/ in (?:1 d|23 h) +one\.example /);
    const { mtimeMs } = statSync(queueFile(instance, id));
    expect(await items(instance, "show", ONE)).toMatchObject([
      { item: "message", next_try: Math.floor(mtimeMs / 1000) },
      { item: "recipient" },
    ]);
  });

  labTest(
    "is shown message by message, without what a terminal acts on",
    { sites: SITES },
    async (instance) => {
      const sender = '"news\x1b[31m\x9b"@origin.example';
      const [id = ""] = await instance.sendMail([{ ...letterTo(ONE, TWO), from: sender }]);
      await instance.waitUntilDeferred([id]);
      const { address, port } = instance.destinations.get(ONE)?.plan ?? {};
      const text = await shown(instance, "show", ONE);
      expect(text).toMatch(
        new RegExp(`^QUEUE ID .*\\n${id} .* "?news\\?\\[31m\\?"?@origin\\.example\\n`),
      );
      expect(text).toContain(
        `\n    user@one.example: 4.4.1 connect to ${address}[${address}]:${port}: Connection refused\n` +
          "    and 1 recipient elsewhere: two.example\nIn all 1 deferred message to 1 recipient there, ",
      );
      expect(text).toEndWith(
        `To try to deliver their mail now: fastflush -c ${instance.config_folder} send ${ONE}\n`,
      );
      expect(text + (await shown(instance, "show", ONE, "--json"))).not.toMatch(/[\x1b\x9b]/);
      expect(await shown(instance, "show", SUB)).toBe(
        "No deferred mail matches: messages for sub.one.example.\n",
      );
    },
  );

  labTest("has the ages that qshape prints, to the letter", { sites: SITES }, async (instance) => {
    expect(await shown(instance, "histogram", "--plain")).toBe(await qshape(instance));
    const ids = await deferMail(instance, SITES, 8);
    const [both = ""] = await instance.sendMail([
      { from: "", to: [`a@${ONE}`, `b@${ONE}`, `c@${SUB}`], subject: "to three" },
    ]);
    await instance.waitUntilDeferred([both]);
    // Between the limits of 5, 10, 20 minutes and so on, and a minute or more before the next.
    const minutes = [1, 7, 15, 30, 60, 130, 300, 600, 1200, 5000];
    for (const [index, id] of SITES.flatMap((site) => ids[site] ?? []).entries()) {
      age(instance, id, (minutes[index % minutes.length] ?? 0) * 60);
    }
    const plain = await shown(instance, "histogram", "--plain");
    const theirs = await qshape(instance);
    expect(plain).toBe(theirs);
    expect(plain).toContain(" TOTAL 27 ");
    expect(inAnyOrder(await shown(instance, "--fresh", "histogram", "--plain"))).toEqual(
      inAnyOrder(theirs),
    );
  });

  labTest(
    "is in colours, and fits into a terminal with the reason whole",
    { sites: [ONE] },
    async (instance) => {
      await deferMail(instance, [ONE], 1);
      const list = await atTerminal(instance, 60, "list");
      const table = list.slice(0, 4);
      expect(table.filter((line) => line.length > 60)).toEqual([]);
      expect(table[3]).toBe("    1 of 1: 4.4.1 connect: Connection refused");
      expect((await atTerminal(instance, 200, "list"))[1]).toEndWith("Connection refused");
      const [, , coloured = ""] = await atTerminal(instance, 80, "histogram");
      expect(coloured).toContain("\x1b[");
      expect(Bun.stripANSI(coloured)).toBe(
        (await shown(instance, "histogram")).split("\n")[2] ?? "",
      );
    },
  );

  labTest("is for root and the mail owner", {}, async (instance) => {
    const program = join(instance.folder, "bin", "fastflush");
    copyProgram(PROGRAM, program);
    for (const words of [["list"], ["histogram"], ["show", ONE]]) {
      const outcome = await run([...STRANGER, program, ...wordsFor(instance, words)]);
      expect(outcome).toMatchObject({ status: 77, stdout: "" });
      expect(outcome.stderr).toEndWith(
        `Not permitted: only root and the mail owner (${instance.owner.name}) may read the deferred queue in ` +
          `${instance.queue_folder}.\n`,
      );
    }
    const { uid, gid } = instance.owner;
    const owner = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
    const outcome: Outcome = await run([...owner, program, ...wordsFor(instance, ["list"])]);
    expect(outcome).toMatchObject({ status: 0, stdout: "No mail is deferred.\n" });
  });
});

/** Runs a command at a terminal so wide; returns its lines. */
async function atTerminal(
  instance: PostfixInstance,
  cols: number,
  ...words: string[]
): Promise<string[]> {
  let text = "";
  const take = (bytes: Uint8Array): void => {
    text += new TextDecoder().decode(bytes);
  };
  const child = Bun.spawn([PROGRAM, ...wordsFor(instance, words)], {
    env: { TERM: "xterm" },
    terminal: { cols, rows: 24, data: (_, bytes) => take(bytes) },
  });
  expect(await child.exited).toBe(0);
  await instance.waitFor("all to be shown", () => text.endsWith("\r\n"));
  child.terminal?.close();
  // The line that says how far the reading is stands on the terminal too, before the others.
  return text.replaceAll(/.*\r\x1b\[K/g, "").split("\r\n");
}

describe("deferred mail of a Postfix that does not run", () => {
  test(
    "is listed all the same, and where there is no queue that is said",
    async () => {
      const instance = await PostfixInstance.create({ name: "fastflush-test", sites: [ONE] });
      try {
        const none = await run([PROGRAM, ...wordsFor(instance, ["list"])]);
        expect(none.status).toBe(69);
        expect(none.stderr).toStartWith(
          `The deferred queue in ${instance.queue_folder} can't be read`,
        );
        await instance.start();
        await deferMail(instance, [ONE], 1);
        await instance.stop();
        expect(await shown(instance, "list")).toContain(
          "one.example  1 of 1: 4.4.1 connect: Connection refused\n",
        );
      } finally {
        await instance.remove();
      }
    },
    TEST_LIMIT_MS,
  );
});
