/** `watch --probe`: which message is tried, and what each end of it means for the others. */
import { describe, expect, test } from "bun:test";
import { runInTime as run } from "../../../test/support/queue_service.ts";
import { bounced, delivered, lines, stage, TIME } from "../../../test/support/watch_stage.ts";

describe("watch --probe", () => {
  test("tries one message until it is delivered, then releases the rest", async () => {
    const { rig, service, logged } = stage();
    let isUp = false;
    rig.clock.after(40_000, () => {
      isUp = true;
    });
    service.fate = (id) => (isUp ? delivered(id) : { back: true });
    expect(await run(rig, "watch", "--yes", "--probe", "two.example")).toBe(0);
    expect(lines(rig)).toEqual([
      `${TIME} Watching two.example, by one message on trial. Ctrl-C ends it, or: fastflush watch --stop 1`,
      `${TIME} two.example: not yet: A2 is deferred again: 4.4.1 Connection refused; next try in 30 s`,
      `${TIME} two.example: not yet: A3 is deferred again: 4.4.1 Connection refused; next try in 45 s`,
      `${TIME} two.example: is back: A2 is delivered: ok`,
      "1 message released for delivery: Postfix tries to deliver now.",
      "",
      "DESTINATION       DELIVERED  DEFERRED AGAIN",
      "two.example               2               0",
      "(also tried)",
      "mail.one.example          1               0",
      "Of 3 recipients: 3 delivered, 0 deferred again.",
    ]);
    expect(service.released).toEqual(["A2", "A3", "A2", "A3"]);
    expect(logged[0]).toStartWith(
      "flush: by queue ID, selected=watch two.example, one message on trial: A2, uid=0, released=1",
    );
    expect(rig.network.connections).toEqual([]);
  });

  test("ends where the message bounces: the others stay", async () => {
    const { rig, service } = stage();
    service.fate = bounced;
    expect(await run(rig, "watch", "--yes", "--probe", "two.example")).toBe(1);
    expect(lines(rig).slice(1, 3)).toEqual([
      `${TIME} two.example: refuses mail for good: A2 has bounced: 5.1.1 no such user`,
      `${TIME} two.example: nothing else of its mail was released`,
    ]);
    expect(rig.terminal.outText).toContain(
      "Of 1 recipient: 0 delivered, 1 bounced, 0 deferred again.\n",
    );
    expect(service.released).toEqual(["A2"]);
  });

  for (const [name, fate, want] of [
    ["no log tells of", () => ({}), "A1 has left the queue, and no log line says how"],
    ["is still tried", () => ({ hangs: true as const }), "A1 is still being tried"],
  ] as const) {
    test(`does not take a message for delivered that ${name}`, async () => {
      const { rig, service } = stage();
      service.fate = fate;
      const words = ["--yes", "--probe", "--for", "5s", "--wait-limit", "10s", "one.example"];
      expect([1, 2]).toContain(await run(rig, "watch", ...words));
      expect(lines(rig)[1]).toStartWith(`${TIME} one.example: not yet: ${want}`);
      expect(service.released).toEqual(["A1"]);
    });
  }

  test("as JSON tells of the message on trial with its try, and once it is delivered", async () => {
    const { rig, service } = stage();
    service.fate = (id) => (service.released.length > 1 ? delivered(id) : { back: true });
    expect(await run(rig, "watch", "--yes", "--probe", "--json", "one.example")).toBe(0);
    expect(rig.jsonLines()).toEqual([
      expect.objectContaining({ item: "try", number: 1, outcome: "not yet", queue_id: "A1" }),
      expect.objectContaining({ item: "try", number: 2, outcome: "ready", queue_id: "A1" }),
      { item: "message", queue_id: "A1", logfile: "", outcome: "released", why: "" },
      expect.objectContaining({ item: "outcome", queue_id: "A1", outcome: "delivered" }),
      expect.objectContaining({ item: "end", released: 1, delivered: 1, deferred: 0 }),
    ]);
  });

  test("needs a mail log", async () => {
    const { rig, service } = stage();
    rig.instance = { ...rig.instance, logging: { ...rig.instance.logging, maillogFile: "" } };
    expect(await run(rig, "watch", "--yes", "--probe", "one.example")).toBe(1);
    expect(rig.terminal.errText).toStartWith("No mail log can be read");
    expect(service.released).toEqual([]);
  });
});
