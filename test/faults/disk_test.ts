/**
 * A disk that is full, and one that can only be read: a failure status, a warning that says why, a service that goes
 * on, and a record that is complete again once there is room.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { runOrThrow } from "../../lab/run.ts";
import { allUp, deferMail, recorded, waitUntilGone } from "../postfix/real_mail.ts";
import {
  add,
  expectNoDeath,
  expectVerified,
  expectWarning,
  FAIL,
  OK,
  sendSite,
  wakeUp,
  withInstance,
} from "./faulty_instance.ts";
import { mount, remount, titled, whyNoMount } from "./mounts.ts";
import { FAULT_LIMIT_MS } from "./scale.ts";

const ONE = "one.example";
const TWO = "two.example";

const NO_TMPFS = whyNoMount("tmpfs");
const NO_EXT4 = whyNoMount("ext4");

/** Names with a dot are no logs: nobody but us touches them. */
const FILL = {
  bytes: 'dd if=/dev/zero of="$0/filler.1" bs=4096 2>/dev/null || true',
  inodes: 'n=0; while touch "$0/filler.$n" 2>/dev/null; do n=$((n + 1)); done',
};
const EMPTY = 'rm "$0"/filler.*';

function shell(script: string, folder: string): Promise<unknown> {
  return runOrThrow(["sh", "-ec", script, folder]);
}

function recordOf(instance: PostfixInstance): string {
  return join(instance.queue_folder, "flush");
}

/** Gives the record a file system of its own. */
async function mountRecord(instance: PostfixInstance, options: string): Promise<void> {
  const { uid, gid } = instance.owner;
  await mount("tmpfs", {
    at: recordOf(instance),
    room: join(instance.folder, "room"),
    options: `${options},mode=700,uid=${uid},gid=${gid}`,
  });
}

/** What happens to the record's file system, the warning of an add to a new log, and how it gets well. */
const TROUBLES = [
  {
    what: "the record's file system has no bytes left",
    options: "size=64k",
    happens: (folder: string) => shell(FILL.bytes, folder),
    warning: "write fast flush logfile two_example: No space left on device",
    ends: (folder: string) => shell(EMPTY, folder),
  },
  {
    what: "the record's file system has no inodes left",
    options: "nr_inodes=16",
    happens: (folder: string) => shell(FILL.inodes, folder),
    warning: "flush_add_path: open fast flush logfile two_example: No space left on device",
    ends: (folder: string) => shell(EMPTY, folder),
  },
  {
    what: "the record can only be read",
    options: "size=1m",
    happens: (folder: string) => remount(folder, "ro"),
    warning: "flush_add_path: open fast flush logfile two_example: Read-only file system",
    ends: (folder: string) => remount(folder, "rw"),
  },
];

for (const { what, options, happens, warning, ends } of TROUBLES) {
  test.skipIf(NO_TMPFS !== null)(
    titled(`${what} - it is said, and the record is complete again afterwards`, NO_TMPFS),
    () =>
      withInstance(
        { sites: [ONE, TWO], prepare: (instance) => mountRecord(instance, options) },
        async (instance) => {
          const before = await deferMail(instance, [ONE], 5);
          await wakeUp(instance);
          const mark = instance.log.mark();
          await happens(recordOf(instance));

          expect(await add(instance, TWO, "ABC123")).toEqual(FAIL);
          await expectWarning(instance, mark, warning);
          // The mark that the record is complete has gone, and may have left some room.
          await happens(recordOf(instance));
          const meanwhile = await deferMail(instance, [TWO], 5);
          await wakeUp(instance);
          expect(recorded(instance, ONE)).toEqual([...(before[ONE] ?? [])]);
          expect(recorded(instance, TWO)).toEqual([]);

          await ends(recordOf(instance));
          // Whatever the next deferral is: what was lost meanwhile comes back with the wake-up behind it.
          const after = await deferMail(instance, [ONE], 1);
          await wakeUp(instance);
          expect(recorded(instance, TWO)).toEqual([...(meanwhile[TWO] ?? [])]);
          const all_of_one = [...(before[ONE] ?? []), ...(after[ONE] ?? [])].sort();
          expect(recorded(instance, ONE)).toEqual(all_of_one);
          await expectVerified(instance);
          expectNoDeath(instance);
        },
      ),
    FAULT_LIMIT_MS,
  );
}

test.skipIf(NO_TMPFS !== null)(
  titled("the whole queue's file system is full - a flush still gets mail out", NO_TMPFS),
  () =>
    withInstance(
      {
        sites: [ONE],
        prepare: ({ folder, queue_folder }) =>
          mount("tmpfs", {
            at: queue_folder,
            room: join(folder, "room"),
            options: "size=1m,mode=755",
          }),
        // Or the SMTP server, which wants one and a half times the largest message, would never take any.
        main: { message_size_limit: "51200" },
      },
      async (instance) => {
        const ids = (await deferMail(instance, [ONE], 5))[ONE] ?? [];
        await shell(FILL.bytes, instance.queue_folder);
        const mark = instance.log.mark();
        expect(await add(instance, TWO, "ABC123")).toEqual(FAIL);
        const warning = "write fast flush logfile two_example: No space left on device";
        await expectWarning(instance, mark, warning);
        await wakeUp(instance);

        await allUp(instance);
        expect(await sendSite(instance, ONE)).toEqual(OK);
        await waitUntilGone(instance, ids);
        expect(recorded(instance, ONE)).toEqual([]);

        await shell(EMPTY, instance.queue_folder);
        expect(await add(instance, TWO, "ABC123")).toEqual(OK);
        expectNoDeath(instance);
      },
    ),
  FAULT_LIMIT_MS,
);

test.skipIf(NO_EXT4 !== null)(
  titled(
    "the whole queue turns read-only, as after a disk error - and is well once repaired",
    NO_EXT4,
  ),
  () => {
    const mountQueue = ({ folder, queue_folder }: PostfixInstance): Promise<void> =>
      mount("ext4", { at: queue_folder, room: join(folder, "room"), options: "rw" });
    return withInstance({ sites: [ONE], prepare: mountQueue }, async (instance) => {
      const ids = (await deferMail(instance, [ONE], 5))[ONE] ?? [];
      const mark = instance.log.mark();
      await shell('sync -f "$0"', instance.queue_folder);
      // What the kernel does by itself when it finds the file system damaged.
      await remount(instance.queue_folder, "abort");
      for (const answer of [add(instance, ONE, "ABC123"), sendSite(instance, ONE)]) {
        expect(await answer).toEqual(FAIL);
      }
      const trouble = "open fast flush logfile one_example: Read-only file system";
      await expectWarning(instance, mark, `flush_add_path: ${trouble}`);
      await expectWarning(instance, mark, `flush_send_path: ${trouble}`);
      await wakeUp(instance);
      expect(recorded(instance, ONE)).toEqual([...ids]);
      const of_ours = ({ tag }: { readonly tag: string }): boolean => tag === "postfix/flush";
      const texts = instance.log
        .linesSince(mark)
        .filter(of_ours)
        .map(({ text }) => text);
      expect(texts.filter((text) => /^(fatal|panic): /.test(text))).toEqual([]);

      await instance.stop();
      await shell('umount "$0"', instance.queue_folder);
      await shell('mount -o loop "$0/room/image" "$0/queue"', instance.folder);
      await instance.start();
      await wakeUp(instance);
      expect(recorded(instance, ONE)).toEqual([...ids]);
      await allUp(instance);
      expect(await sendSite(instance, ONE)).toEqual(OK);
      await waitUntilGone(instance, ids);
    });
  },
  FAULT_LIMIT_MS,
);
