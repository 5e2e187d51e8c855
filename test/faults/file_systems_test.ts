/**
 * A queue on file systems other than the usual: mail is deferred, recorded, flushed, refreshed by the age of its log, and
 * the queue survives a stop and a start. docs/FILE_SYSTEMS.md says what this stands for.
 */
import { expect } from "bun:test";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { allUp, arrived, deferMail, recorded, waitUntilGone } from "../postfix/real_mail.ts";
import { testAtOnce } from "./at_once.ts";
import {
  expectNoDeath,
  expectVerified,
  OK,
  sendSite,
  wakeUp,
  withInstance,
} from "./faulty_instance.ts";
import { type FileSystem, mount, whyNoMount } from "./mounts.ts";

const FLUSHED = "flushed.example";
const AGED = "aged.example";
const YOUNG = "young.example";
const SITES = [FLUSHED, AGED, YOUNG];

const LONG_AGO = new Date("2001-01-01T00:00:00Z");

const ROWS: readonly { readonly kind: FileSystem; readonly options: string }[] = [
  { kind: "tmpfs", options: "size=64m,mode=755" },
  { kind: "ext4", options: "noatime" },
  { kind: "ext4", options: "strictatime" },
  { kind: "overlay", options: "rw" },
  { kind: "nfs", options: "rw" },
];

/** A log that nobody has sent for long is sent by a refresh, the others are not: whatever reading does to atime. */
async function expectRefresh(instance: PostfixInstance): Promise<void> {
  const log = join(instance.queue_folder, "flush", "aged_example");
  utimesSync(log, LONG_AGO, LONG_AGO);
  const mark = instance.log.mark();
  await wakeUp(instance);
  const flushes = await instance.waitFor("the refresh's line", () => {
    const texts = instance.log.linesSince(mark).map(({ text }) => text);
    const found = texts.filter((text) => text.includes("by=refresh"));
    return found.length > 0 && found;
  });
  expect(flushes).toHaveLength(1);
  expect(flushes[0]).toStartWith("flush: logfile=aged_example, by=refresh, released=2, ");
}

/** A queue's life there. */
function live(kind: FileSystem, options: string): Promise<void> {
  const prepare = ({ folder, queue_folder }: PostfixInstance): Promise<void> =>
    mount(kind, { at: queue_folder, room: join(folder, "room"), options });
  return withInstance({ sites: SITES, prepare }, async (instance) => {
    const ids = await deferMail(instance, SITES, 2);
    await wakeUp(instance);
    await expectVerified(instance);
    await instance.command("postfix", "stop");
    const { stdout, stderr } = await instance.command("postsuper", "-s");
    expect(stdout + stderr).not.toContain("Renamed");
    await instance.start();

    await expectRefresh(instance);
    await instance.waitUntilDeferred(ids[AGED] ?? []);
    for (const site of SITES) {
      await instance.waitFor(`mail for ${site} to be recorded`, () =>
        Bun.deepEquals(recorded(instance, site), ids[site]),
      );
    }
    await allUp(instance);
    expect((await instance.etrn(FLUSHED)).code).toBe(250);
    await waitUntilGone(instance, ids[FLUSHED] ?? []);
    expect(arrived(instance, FLUSHED)).toEqual([...(ids[FLUSHED] ?? [])]);
    for (const site of [AGED, YOUNG]) {
      expect(await sendSite(instance, site)).toEqual(OK);
    }
    await waitUntilGone(instance, Object.values(ids).flat());
    await wakeUp(instance);
    expect([...instance.record().values()].flat()).toEqual([]);
    expectNoDeath(instance);
  });
}

testAtOnce(
  ROWS.map(({ kind, options }) => ({
    title: `a queue on ${kind}, mounted ${options} - everything works as elsewhere`,
    why_not: whyNoMount(kind),
    run: () => live(kind, options),
  })),
);
