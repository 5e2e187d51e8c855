/**
 * The record's directory is gone, is something else, or holds what is no log: the add that meets it fails with a
 * warning that says why, all others are served, nothing is followed or changed that is not ours, and the record is
 * complete again after the repair.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { runOrThrow } from "../../lab/run.ts";
import { deferMail, deferredBySite, recorded } from "../postfix/real_mail.ts";
import {
  add,
  ask,
  createInstance,
  expectNoDeath,
  expectVerified,
  expectWarning,
  FAIL,
  OK,
  sendSite,
  wakeUp,
} from "./faulty_instance.ts";
import { FAULT_LIMIT_MS } from "./scale.ts";

const ONE = "one.example";
const TWO = "two.example";

/** What stands where the log of one.example was, how it is put there, and the system's word for it. */
const IN_PLACE_OF_LOG = [
  { what: "a FIFO", make: "mkfifo -m 666 one_example", why: "Invalid argument" },
  {
    what: "a link to /etc/passwd",
    make: "ln -s /etc/passwd one_example",
    why: "Too many levels of symbolic links",
  },
  {
    what: "a link to the log of another site",
    make: "ln -s two_example one_example",
    why: "Too many levels of symbolic links",
  },
  { what: "a directory", make: "mkdir -m 777 one_example", why: "Is a directory" },
  { what: "a device", make: "mknod -m 666 one_example c 1 3", why: "Invalid argument" },
];

/** What is wrong with the directory itself. In the end Postfix makes it anew. */
const IN_PLACE_OF_FOLDER = [
  { what: "is missing", make: "true", why: "No such file or directory" },
  { what: "is a file", make: "echo text >flush", why: "Not a directory" },
  { what: "is a FIFO", make: "mkfifo -m 666 flush", why: "Not a directory" },
];

/** Nobody's logs, by their names; postsuper(1) complains of them, and the service passes over them. */
const STRANGERS = `
echo text >notes.txt
printf 'ABC123\\n' >.hidden
printf 'ABC123\\n' >'two words'
printf 'ABC123\\n' >"$(printf 'line\\nbreak')"
printf 'ABC123\\n' >"$(printf 'caf\\351.log')"
printf 'ABC123\\n' >"$(printf 'x%.0s' $(seq 251)).log"
truncate -s 1G core.4711
mkdir -m 755 backup.d
printf 'ABC123\\n' >backup.d/one_example
mkfifo a.fifo
ln -s /etc/passwd a.link
ln -s . loop.link
`;

/** In the record's directory, or in the queue's. */
function shell(instance: PostfixInstance, folder: string, script: string): Promise<unknown> {
  const at = join(instance.queue_folder, folder);
  return runOrThrow(["sh", "-ec", `cd "$0"; ${script}`, at]);
}

describe("the record's directory", () => {
  let instance: PostfixInstance;

  beforeAll(async () => {
    instance = await createInstance({ sites: [ONE, TWO] });
    await instance.start();
  }, FAULT_LIMIT_MS);

  afterAll(async () => {
    expectNoDeath(instance);
    await instance.remove();
  }, FAULT_LIMIT_MS);

  for (const { what, make, why } of IN_PLACE_OF_LOG) {
    test(
      `in place of a log there is ${what} - its adds fail, others don't`,
      async () => {
        const passwd = readFileSync("/etc/passwd", "utf8");
        await deferMail(instance, [ONE, TWO], 1);
        await wakeUp(instance);
        await shell(instance, "flush", `rm one_example; ${make}`);
        const before = lstatSync(join(instance.queue_folder, "flush/one_example"));
        const mark = instance.log.mark();

        expect(await add(instance, ONE, "ABC123")).toEqual(FAIL);
        expect(await sendSite(instance, ONE)).toEqual(FAIL);
        const trouble = `open fast flush logfile one_example: ${why}`;
        await expectWarning(instance, mark, `flush_add_path: ${trouble}`);
        await expectWarning(instance, mark, `flush_send_path: ${trouble}`);
        await deferMail(instance, [ONE, TWO], 1);
        await wakeUp(instance);
        expect(recorded(instance, TWO)).toEqual(await deferredAt(instance, TWO));
        const after = lstatSync(join(instance.queue_folder, "flush/one_example"));
        expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
        expect(readFileSync("/etc/passwd", "utf8")).toBe(passwd);

        await shell(instance, "flush", "rm -r one_example");
        await wakeUp(instance);
        expect(recorded(instance, ONE)).toEqual(await deferredAt(instance, ONE));
        await expectVerified(instance);
      },
      FAULT_LIMIT_MS,
    );
  }

  for (const { what, make, why } of IN_PLACE_OF_FOLDER) {
    test(
      `${what} - adds fail, and all is recorded once Postfix has made it anew`,
      async () => {
        await deferMail(instance, [ONE], 1);
        await wakeUp(instance);
        await shell(instance, "", `rm -r flush; ${make}`);
        const mark = instance.log.mark();

        expect(await add(instance, ONE, "ABC123")).toEqual(FAIL);
        const text = `flush_add_path: open fast flush logfile one_example: ${why}`;
        await expectWarning(instance, mark, text);
        await deferMail(instance, [TWO], 1);
        await wakeUp(instance);
        await expectWarning(instance, mark, `scan_dir_push: open directory flush: ${why}`);

        await shell(instance, "", "rm -f flush");
        expect((await instance.command("postfix", "check")).status).toBe(0);
        await wakeUp(instance);
        for (const site of [ONE, TWO]) {
          expect(recorded(instance, site)).toEqual(await deferredAt(instance, site));
        }
        await expectVerified(instance);
      },
      FAULT_LIMIT_MS,
    );
  }

  test(
    "holds foreign files - they stay as they are, and disturb nobody",
    async () => {
      const { uid, gid } = instance.owner;
      // The service may write to them, if it wanted to, and they are old.
      const own = `chown -hR ${uid}:${gid} .; find . -exec touch -h -d 2001-01-01 {} +`;
      await shell(instance, "flush", `${STRANGERS}${own}`);
      const strangers = await listStrangers(instance);
      expect(strangers.split("\n").length).toBeGreaterThan(10);
      await deferMail(instance, [ONE], 1);
      for (const kind of ["rfrsh", "purge"]) {
        expect(await ask(instance, kind)).toEqual(OK);
        await wakeUp(instance);
      }
      expect(await listStrangers(instance)).toEqual(strangers);
      await instance.waitUntilDeferred(await deferredAt(instance, ONE));
      await wakeUp(instance);
      await expectVerified(instance);
    },
    FAULT_LIMIT_MS,
  );
});

/** What waits in the queue for a site, ascending. */
async function deferredAt(instance: PostfixInstance, site: string): Promise<string[]> {
  return [...((await deferredBySite(instance))[site] ?? [])];
}

/** Every file that is no log: its kind, size, owner, when it was changed, and its name. */
async function listStrangers(instance: PostfixInstance): Promise<string> {
  const logs = "-path ./one_example -o -path ./two_example -o -name 'REBUIL*' -o -path .";
  const script = `cd "$0"; find . -not \\( ${logs} \\) -printf '%y %s %u %T@ %p\\n' | sort`;
  return (await runOrThrow(["sh", "-ec", script, join(instance.queue_folder, "flush")])).stdout;
}
