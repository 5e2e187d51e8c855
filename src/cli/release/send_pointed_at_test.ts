/** What top releases: messages that were pointed at, of which some may have left the queue by then. */
import { expect, test } from "bun:test";
import { stageMail } from "../../../test/support/queue_service.ts";
import { parseQueueId } from "../../names/names.ts";
import type { CommandTools } from "../command_tools.ts";
import { sendPointedAt } from "./send.ts";

test("that one has left the queue since it was pointed at stops no other", async () => {
  const { rig, service } = stageMail();
  const { terminal, clock, sockets, programs, interrupts, instance } = rig;
  terminal.canAsk = true;
  terminal.answers.push("y");
  const tools = {
    ...{ terminal, clock, programs, interrupts, instance, place: instance.place },
    socket: { sockets, clock, path: instance.place.path },
    machine: { files: rig.machineFiles },
    enterQueue: () => rig.files,
    openDeferredMail: async () => rig.mail,
  } as unknown as CommandTools;
  const ids = ["A1", "B9"].flatMap((text) => parseQueueId(text) ?? []);
  const what = { selected: "A1 B9", rowsShownMax: 10, isFollowed: false } as const;
  let isDone = false;
  const work = sendPointedAt(tools, { ...what, selection: { kind: "ids", ids } }).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await Promise.resolve();
    clock.advance(5);
  }
  expect(await work).toBe(1);
  expect(service.released).toEqual(["A1"]);
});
