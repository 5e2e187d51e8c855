/** What `watch` does and tells, over a queue, a service, a route and a network in memory. */
import { describe, expect, test } from "bun:test";
import { runInTime as run } from "../../../test/support/queue_service.ts";
import { rewriteAnswer } from "../../../test/support/route_rig.ts";
import {
  lines,
  SERVER,
  STATE,
  stage,
  TIME,
  UP,
  upAfter,
} from "../../../test/support/watch_stage.ts";

describe("watch", () => {
  test("waits until the destination greets, then releases its mail, and tells what came of it", async () => {
    const { rig, service, logged } = stage();
    upAfter(rig, 70);
    expect(await run(rig, "watch", "--yes", "one.example")).toBe(0);
    expect(lines(rig)).toEqual([
      `${TIME} Watching one.example, by connecting where Postfix would. Ctrl-C ends it, or: fastflush watch --stop 1`,
      `${TIME} one.example: not yet: [192.0.2.1]:25: Connection refused; next try in 30 s`,
      `${TIME} one.example: not yet: [192.0.2.1]:25: Connection refused; next try in 45 s`,
      `${TIME} one.example: is back: [192.0.2.1]:25 greets: 220 mx ESMTP`,
      "1 message released for delivery: Postfix tries to deliver now.",
      "",
      "DESTINATION  DELIVERED  DEFERRED AGAIN",
      "one.example          1               0",
      "Of 1 recipient: 1 delivered, 0 deferred again.",
    ]);
    expect(rig.terminal.errText).toBe("");
    expect(service.released).toEqual(["A1"]);
    expect(logged).toEqual([
      "flush: by queue ID, selected=watch one.example, uid=0, released=1, kept=0, gone=0, failed=0",
    ]);
    expect(Object.keys(rig.machineDisk.filesBelow(STATE))).toEqual([`${STATE}/lock`]);
    expect(rig.interrupts.isListening).toBeFalse();
  });

  test("asks for the route of a message that waits", async () => {
    const { rig } = stage();
    let asked = "";
    rig.sockets.listen("/queue/private/rewrite", (service) => {
      const answer = rewriteAnswer("smtp", "[192.0.2.1]")(service);
      return (text) => {
        asked = text;
        answer(text);
      };
    });
    rig.network.listen(SERVER, UP);
    await run(rig, "watch", "--yes", "two.example");
    expect(asked).toBe(
      "request\0resolve\0sender\0sender@origin.example\0address\0u@two.example\0\0",
    );
  });

  test("watches each destination on its own, and of @DOMAIN those that have mail", async () => {
    const { rig, service } = stage();
    const routes: Record<string, string> = {
      "u@one.example": "[192.0.2.1]",
      "u@mail.one.example": "[192.0.2.2]",
    };
    rig.sockets.listen("/queue/private/rewrite", (client) => (text) => {
      rewriteAnswer("smtp", routes[text.split("\0")[5] ?? ""] ?? "")(client)(text);
    });
    rig.network.listen("192.0.2.2:25", UP);
    upAfter(rig, 10);
    expect(await run(rig, "watch", "--yes", "@one.example")).toBe(0);
    expect(lines(rig)[0]).toContain("Watching mail.one.example, one.example, by");
    expect(service.released).toEqual(["A3", "A1"]);
    expect(rig.terminal.outText).toContain("Of 3 recipients: 3 delivered, 0 deferred again.\n");
  });

  test("releases what has come meanwhile too", async () => {
    const { rig, service } = stage({ A1: ["u@one.example"], A4: ["w@one.example"] });
    service.takeUp("A4");
    rig.clock.after(40_000, () => {
      rig.files.remove("active/A4");
      service.giveBack("A4");
      rig.network.listen(SERVER, UP);
    });
    await run(rig, "watch", "--yes", "one.example");
    expect(service.released.toSorted()).toEqual(["A1", "A4"]);
  });

  test("ends where no mail is deferred any more, and waits while it is being delivered", async () => {
    const { rig, service } = stage();
    service.takeUp("A1");
    rig.clock.after(40_000, () => rig.files.remove("active/A1"));
    expect(await run(rig, "watch", "--yes", "one.example")).toBe(0);
    expect(lines(rig).slice(1)).toEqual([
      `${TIME} one.example: not yet: 1 message for it is being delivered now; next try in 30 s`,
      `${TIME} one.example: not yet: 1 message for it is being delivered now; next try in 45 s`,
      `${TIME} one.example: no deferred mail for it: nothing to wait for`,
    ]);
    expect(rig.network.connections).toEqual([]);
  });

  test("goes on where Postfix does not run, or the release fails", async () => {
    const { rig, service } = stage();
    rig.network.listen(SERVER, UP);
    rig.sockets.fail("/queue/private/rewrite", "ECONNREFUSED");
    rig.clock.after(20_000, () => {
      rig.sockets.listen("/queue/private/rewrite", rewriteAnswer("smtp", "[192.0.2.1]"));
      service.isDown = true;
    });
    rig.clock.after(60_000, () => {
      service.isDown = false;
    });
    expect(await run(rig, "watch", "--yes", "one.example")).toBe(0);
    expect(rig.terminal.outText).toContain(
      "(Connection refused): is it running?; next try in 30 s",
    );
    expect(rig.terminal.errText).toContain("flush service");
    expect(rig.terminal.outText).toContain("Of 1 recipient: 1 delivered");
  });

  test("gives up after --for, with a try at its end: status 2, and nothing is released", async () => {
    const { rig, service } = stage();
    const words = ["--interval", "20s", "--ceiling", "25s", "--for", "60s"];
    expect(await run(rig, "watch", "--yes", ...words, "one.example")).toBe(2);
    expect(lines(rig).slice(1)).toEqual([
      ...["20 s", "25 s", "15 s"].map((wait) => expect.stringContaining(`; next try in ${wait}`)),
      `${TIME} one.example: not yet: [192.0.2.1]:25: Connection refused`,
      `${TIME} one.example: given up, as it was not back in time: its mail stays deferred`,
    ]);
    expect(service.released).toEqual([]);
  });

  test("Ctrl-C ends it at once: nothing is released", async () => {
    const { rig, service } = stage();
    rig.clock.after(12_000, () => rig.interrupts.interrupt());
    rig.clock.after(13_000, () => rig.network.listen(SERVER, UP));
    expect(await run(rig, "watch", "--yes", "one.example")).toBe(1);
    expect(rig.clock.monotonicMs()).toBeLessThan(13_000);
    expect(lines(rig).at(-1)).toBe(
      `${TIME} one.example: ended before it was back: its mail stays deferred`,
    );
    expect(service.released).toEqual([]);
    expect(Object.keys(rig.machineDisk.filesBelow(STATE))).toEqual([`${STATE}/lock`]);
  });

  test("Ctrl-C ends a try whose server says nothing", async () => {
    const { rig } = stage();
    rig.network.listen(SERVER, () => () => {});
    rig.clock.after(5000, () => rig.interrupts.interrupt());
    const startMs = rig.clock.monotonicMs();
    expect(await run(rig, "watch", "--yes", "one.example")).toBe(1);
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(6000);
  });

  test("Ctrl-C ends the following too, and tells what is known", async () => {
    const { rig, service } = stage();
    rig.network.listen(SERVER, UP);
    service.fate = () => ({ hangs: true });
    rig.clock.after(5000, () => rig.interrupts.interrupt());
    expect(await run(rig, "watch", "--yes", "one.example")).toBe(1);
    expect(rig.terminal.outText).toContain("0 delivered, 0 deferred again, 1 still trying.\n");
    expect(rig.terminal.errText).toBe(
      "1 recipient still being tried when you ended following: the mail system goes on by itself.\n",
    );
  });

  test("what is deferred again is no success", async () => {
    const { rig, service } = stage();
    rig.network.listen(SERVER, UP);
    service.fate = () => ({ back: true });
    expect(await run(rig, "watch", "--yes", "one.example")).toBe(1);
    expect(rig.terminal.outText).toContain("Of 1 recipient: 0 delivered, 1 deferred again.\n");
  });

  test("at a terminal writes over one line what is not yet back", async () => {
    const { rig } = stage();
    rig.terminal.canOverwrite = true;
    rig.terminal.outColumns = 75;
    upAfter(rig, 40);
    expect(await run(rig, "watch", "--yes", "one.example")).toBe(0);
    expect(lines(rig).slice(1, 3)).toEqual([
      `${TIME} one.example: is back: [192.0.2.1]:25 greets: 220 mx ESMTP`,
      "1 message released for delivery: Postfix tries to deliver now.",
    ]);
    const shown = rig.terminal.errText.split("\r\x1b[K");
    expect(shown).toContain("one.example: trying now; 0 tries\r");
    expect(shown).toContain(
      "one.example: next try in 20 s; 1 try, last: [192.0.2.1]:25: Connection re…\r",
    );
    expect(rig.terminal.errText).toEndWith("\r\x1b[K");
  });

  test("as JSON has a line a try, and what send has", async () => {
    const { rig } = stage();
    upAfter(rig, 10);
    const at = Math.floor(rig.clock.wallMs() / 1000);
    expect(await run(rig, "watch", "--yes", "--json", "one.example")).toBe(0);
    const [first, second, ...rest] = rig.jsonLines();
    expect(first).toEqual({
      item: "try",
      site: "one.example",
      number: 1,
      outcome: "not yet",
      reason: "[192.0.2.1]:25: Connection refused",
      queue_id: null,
      at,
      next_try: at + 30,
    });
    expect(second).toMatchObject({ item: "try", number: 2, outcome: "ready", next_try: null });
    expect(rest).toEqual([
      { item: "message", queue_id: "A1", logfile: "", outcome: "released", why: "" },
      expect.objectContaining({
        item: "outcome",
        recipient: "u@one.example",
        outcome: "delivered",
      }),
      expect.objectContaining({
        item: "end",
        status: "done",
        released: 1,
        delivered: 1,
        failed: 0,
        trying: 0,
      }),
    ]);
  });
});
