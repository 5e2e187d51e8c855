/**
 * A service that can't start: master(8) starts it again only after service_throttle_time, a minute unless set. What
 * deliveries do meanwhile, and what shortens it (docs/OPERATING.md says both).
 *
 * Where the cure is not to wait, the time is an hour: whoever is served before this test's limit was not served by
 * the end of it. Long: how many seconds each cure takes.
 */
import { expect } from "bun:test";
import type { MainValues } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { waitFor } from "../../lab/wait.ts";
import { arrived, letterTo, recorded } from "../postfix/real_mail.ts";
import { testAtOnce } from "./at_once.ts";
import { expectVerified, wakeUp, withInstance } from "./faulty_instance.ts";
import { scaled, tellFigures } from "./scale.ts";

const DOWN = "down.example";
const UP = "up.example";

const NOT_STARTING: MainValues = { fast_flush_refresh_time: "1x" };
const MENDED: MainValues = { fast_flush_refresh_time: "12h" };

/** A minute, and as much again for a slow machine. */
const CURE_LIMIT_MS = 2 * 60 * 1000;

/** What is done once the parameter is right again, and whether deliveries have waited for the service until then. */
const CURES = [
  {
    cure: "to wait for service_throttle_time",
    main: { service_throttle_time: `${scaled(3, 60)}s` },
    apply: async () => {},
  },
  {
    cure: "postfix stop and start",
    main: { service_throttle_time: "1h" },
    apply: restart,
  },
];

async function restart(instance: PostfixInstance): Promise<void> {
  await instance.command("postfix", "stop");
  await instance.start();
}

/** Where each message is. */
async function queuesOf(instance: PostfixInstance): Promise<string[]> {
  return (await instance.queue()).map(({ queue_name }) => queue_name);
}

async function untilThrottled(instance: PostfixInstance): Promise<void> {
  await instance.waitFor("the service to be throttled", () =>
    instance.log
      .linesSince(0)
      .some(({ tag, text }) => tag === "postfix/master" && text.includes("throttling")),
  );
}

/** Has mail delivered where the destination is up: that needs no flush service. */
async function expectDelivered(instance: PostfixInstance): Promise<void> {
  const [queue_id = ""] = await instance.sendMail([letterTo(UP)]);
  await instance.waitFor("mail to be delivered", () => arrived(instance, UP).includes(queue_id));
}

/** Deliveries that defer wait, others don't, and all is recorded once the cure is applied. */
function beCured({ cure, main, apply }: (typeof CURES)[number]): Promise<void> {
  const options = { sites: [DOWN, UP], main: { ...main, ...NOT_STARTING } };
  return withInstance(options, async (instance) => {
    await instance.destinations.get(UP)?.up();
    const ids = (await instance.sendMail([letterTo(DOWN), letterTo(DOWN)])).sort();
    await untilThrottled(instance);
    await expectDelivered(instance);
    expect(await queuesOf(instance)).toEqual(["active", "active"]);

    const start_ms = performance.now();
    instance.setMain(MENDED);
    await apply(instance);
    await waitFor("mail to be deferred", async () => (await instance.deferredIds()).size === 2, {
      deadline_ms: CURE_LIMIT_MS,
    });
    tellFigures(cure, { seconds: ((performance.now() - start_ms) / 1000).toFixed(1) });
    await wakeUp(instance);
    expect(recorded(instance, DOWN)).toEqual(ids);
    await expectVerified(instance);
  });
}

/** Neither a reload nor the original in its place ends the wait. */
function reloadInVain(): Promise<void> {
  const main = { ...NOT_STARTING, service_throttle_time: "1h" };
  return withInstance({ sites: [DOWN, UP], main }, async (instance) => {
    await instance.destinations.get(UP)?.up();
    await instance.sendMail([letterTo(DOWN)]);
    await untilThrottled(instance);
    instance.setMain(MENDED);
    instance.setFlush({ command: "flush" });
    await instance.reload();
    await expectDelivered(instance);
    expect(await queuesOf(instance)).not.toContain("deferred");
    expect(instance.flushPids("flush")).toEqual([]);
  });
}

/** Nobody mends it: deliveries give up, and a rebuild has to record them. */
function giveUp(): Promise<void> {
  const main = { ...NOT_STARTING, service_throttle_time: "1h", ipc_timeout: "2s" };
  return withInstance({ sites: [DOWN, UP], main }, async (instance) => {
    const ids = (await instance.sendMail([letterTo(DOWN), letterTo(DOWN)])).sort();
    await untilThrottled(instance);
    await instance.waitUntilDeferred(ids);
    const texts = instance.log.linesSince(0).map(({ text }) => text);
    for (const queue_id of ids) {
      expect(texts).toContain(`warning: ${queue_id}: flush service failure`);
    }
    instance.setMain(MENDED);
    await restart(instance);
    await wakeUp(instance);
    expect(recorded(instance, DOWN)).toEqual(ids);
    await expectVerified(instance);
  });
}

testAtOnce([
  ...CURES.map((row) => ({
    title: `a service that can't start, cure: ${row.cure} - what waits meanwhile is recorded then`,
    run: () => beCured(row),
  })),
  {
    title: "a service that can't start - neither postfix reload nor the original ends the wait",
    run: reloadInVain,
  },
  {
    title:
      "a service that can't start - deliveries give up after ipc_timeout, a rebuild records them",
    run: giveUp,
  },
]);
