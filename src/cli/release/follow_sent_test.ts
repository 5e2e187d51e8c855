/** What `send --wait` tells, over a queue, a service and a log in memory. */
import { describe, expect, test } from "bun:test";
import { MAIL, runInTime as run, stageMail as stage } from "../../../test/support/queue_service.ts";
import { message, waiting } from "../../../test/support/some_mail.ts";
import { FOLLOWED_MAX } from "../../following/following.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";

describe("send --wait", () => {
  const SENT = "relay=mx, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)";

  function delivered(queueId: string, ...addresses: readonly string[]) {
    const lines = addresses.map(
      (address) => `postfix/smtp[1]: ${queueId}: to=<${address}>, ${SENT}`,
    );
    return { lines: [...lines, `postfix/qmgr[1]: ${queueId}: removed`] };
  }

  /** Others have released A1, and Postfix delivers it three seconds later. */
  function deliverA1({ rig, service }: ReturnType<typeof stage>): void {
    service.takeUp("A1");
    rig.clock.after(3000, () => {
      rig.files.remove("active/A1");
      for (const line of delivered("A1", "u@one.example").lines) {
        service.log(line);
      }
    });
  }

  for (const isOriginal of [true, false]) {
    const who = isOriginal ? "the original" : "our service";
    test(`ends with 0 where all was delivered, with ${who}`, async () => {
      const { rig, service } = stage();
      service.isOriginal = isOriginal;
      service.fate = (id) => delivered(id, ...(MAIL[id] ?? []));
      expect(await run(rig, "send", "--yes", "--wait", "@one.example")).toBe(0);
      expect(rig.terminal.outText).toBe(
        [
          "2 messages released for delivery: Postfix tries to deliver now.",
          "",
          "DESTINATION       DELIVERED  DEFERRED AGAIN",
          "mail.one.example          1               0",
          "one.example               1               0",
          "(also tried)",
          "two.example               1               0",
          "Of 3 recipients: 3 delivered, 0 deferred again.",
          "",
        ].join("\n"),
      );
      expect(rig.terminal.errText).toBe("");
    });

    test(`ends with 1 where some is deferred again, with ${who}, and as JSON`, async () => {
      const { rig, service } = stage();
      service.isOriginal = isOriginal;
      service.fate = (id) => (id === "A1" ? delivered(id, "u@one.example") : { back: true });
      expect(await run(rig, "send", "--yes", "--wait", "--json", "--all")).toBe(1);
      const lines = rig.terminal.outText.trimEnd().split("\n");
      const outcomes = lines
        .map((line) => JSON.parse(line))
        .filter(({ item }) => item === "outcome");
      expect(outcomes).toContainEqual({
        item: "outcome",
        queue_id: "A1",
        recipient: "u@one.example",
        site: "one.example",
        outcome: "delivered",
        dsn: "2.0.0",
        reason: "ok",
        relay: "mx",
      });
      expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
        released: 3,
        delivered: 1,
        deferred: 3,
        left: 0,
        trying: 0,
      });
    });
  }

  test("what somebody has put on hold meanwhile is no success", async () => {
    const { rig, service } = stage();
    service.fate = (id) => {
      if (id !== "A1") {
        return delivered(id, ...(MAIL[id] ?? []));
      }
      rig.disk.writeFile(`hold/${id}`, "", { mode: 0o700 });
      return {};
    };
    expect(await run(rig, "send", "--yes", "--wait", "--all")).toBe(1);
    expect(rig.terminal.outText).toContain(
      "Of 4 recipients: 3 delivered, 0 deferred again, 1 put on hold.\n",
    );
  });

  test("says what can't be known, and that is no success", async () => {
    const { rig } = stage();
    expect(await run(rig, "send", "--yes", "--wait", "one.example")).toBe(1);
    expect(rig.terminal.outText).toContain("Of 1 recipient: 0 delivered, 0 deferred again, 1 left");
    expect(rig.terminal.errText).toBe(
      "1 recipient left the queue, delivered, bounced or taken out by an operator: the mail log " +
        "(/log/mail.log) has no line for them.\n",
    );
    const { rig: other } = stage();
    other.instance = { ...other.instance, logging: { ...other.instance.logging, maillogFile: "" } };
    expect(await run(other, "send", "--yes", "--wait", "one.example")).toBe(1);
    expect(other.terminal.errText).toContain(": no mail log could be read.\n");
  });

  test("nothing of a log's name acts on the terminal", async () => {
    const { rig } = stage();
    const maillogFile = "/log/m\x1b.log";
    rig.disk.writeFile(maillogFile, "");
    rig.instance = { ...rig.instance, logging: { ...rig.instance.logging, maillogFile } };
    expect(await run(rig, "send", "--yes", "--wait", "one.example")).toBe(1);
    expect(rig.terminal.errText).toEndWith("the mail log (/log/m?.log) has no line for them.\n");
  });

  for (const isOriginal of [true, false]) {
    const who = isOriginal ? "the original" : "our service";
    test(`knows who waited, though no log tells of them, with ${who}`, async () => {
      const { rig, service } = stage();
      service.isOriginal = isOriginal;
      expect(await run(rig, "send", "--yes", "--wait", "mail.one.example")).toBe(1);
      expect(rig.terminal.outText).toContain(
        [
          "DESTINATION       DELIVERED  DEFERRED AGAIN  LEFT THE QUEUE",
          "mail.one.example          0               0               1",
          "(also tried)",
          "two.example               0               0               1",
        ].join("\n"),
      );
    });
  }

  for (const host of ["relay", "Relay"]) {
    test(`believes a log of several hosts where it tells of this one, with its domain or without: ${host}`, async () => {
      const { rig, service } = stage();
      rig.instance = { ...rig.instance, logging: { ...rig.instance.logging, maillogFile: "" } };
      rig.disk.makeDirectories("/var/log");
      rig.disk.writeFile("/var/log/mail.log", "");
      service.fate = (id) => {
        const { lines } = delivered(id, "u@one.example");
        const text = lines.map((line) => `Nov 26 09:42:17 ${host} ${line}\n`).join("");
        rig.disk.writeFile("/var/log/mail.log", text);
        return {};
      };
      expect(await run(rig, "send", "--yes", "--wait", "one.example")).toBe(0);
      expect(rig.terminal.outText).toContain("Of 1 recipient: 1 delivered, 0 deferred again.\n");
    });
  }

  test("--wait-limit means it too", async () => {
    const { rig, service } = stage();
    service.fate = (id) => delivered(id, ...(MAIL[id] ?? []));
    expect(await run(rig, "send", "--yes", "--wait-limit", "5m", "one.example")).toBe(0);
    expect(rig.terminal.outText).toContain("Of 1 recipient: 1 delivered, 0 deferred again.\n");
  });

  test("shows a bar at a terminal", async () => {
    const staged = stage();
    const { rig } = staged;
    rig.terminal.canOverwrite = true;
    deliverA1(staged);
    expect(await run(rig, "send", "--yes", "--wait", "one.example")).toBe(0);
    expect(rig.terminal.errText).toStartWith(
      "\r\x1b[KFollowing [------------------------------]   0% 0 of 1 message\r",
    );
    expect(rig.terminal.errText).toEndWith(
      "\r\x1b[KFollowing [==============================] 100% 1 of 1 message\r\r\x1b[K",
    );
  });

  describe("what is left alone as others have released it is followed too", () => {
    test("a message that is named and being delivered", async () => {
      const staged = stage();
      const { rig, service } = staged;
      deliverA1(staged);
      expect(await run(rig, "send", "--yes", "--wait", "--id", "A1")).toBe(0);
      expect(service.released).toEqual([]);
      expect(rig.terminal.outText).toStartWith("1 message left alone: in active or hold.\n");
      expect(rig.terminal.outText).toContain("\none.example          1               0\n");
    });

    test("the same, where it takes longer than one waits", async () => {
      const { rig, service } = stage();
      service.takeUp("A1");
      expect(await run(rig, "send", "--yes", "--wait-limit", "5s", "--id", "A1")).toBe(1);
      expect(rig.terminal.outText).toContain(
        "Of 1 recipient: 0 delivered, 0 deferred again, 1 still",
      );
    });

    test("one that was tried since one has looked, and is back", async () => {
      const { rig, service } = stage();
      service.fate = (id) => delivered(id, ...(MAIL[id] ?? []));
      rig.files.setTimes("deferred/A/A1", Math.floor(rig.clock.wallMs() / 1000) + 4000);
      expect(await run(rig, "send", "--yes", "--wait", "--all")).toBe(1);
      expect(service.released).toEqual(["A2", "A3"]);
      expect(rig.terminal.outText).toContain("Of 4 recipients: 3 delivered, 1 deferred again.\n");
    });

    test("one that the service tells of, and that was not deferred any more", async () => {
      const { rig, service } = stage();
      service.isOriginal = false;
      service.takeUp("A1");
      expect(await run(rig, "send", "--yes", "--wait-limit", "5s", "one.example")).toBe(1);
      expect(rig.terminal.outText).toStartWith("1 message left alone: in active or hold.\n");
      expect(rig.terminal.outText).toMatch(/^one\.example +0 +0 +1$/m);
    });

    test("and what is on hold is not", async () => {
      const { rig } = stage();
      rig.files.rename("deferred/A/A1", "hold/A1");
      expect(await run(rig, "send", "--yes", "--wait", "--id", "A1")).toBe(0);
      expect(rig.terminal.outText).toBe("1 message left alone: in active or hold.\n");
    });
  });

  test("Ctrl-C ends the following, and the limit does: what is known is told", async () => {
    for (const [isStopped, limit, limitMs, words] of [
      [true, "10m", 600_000, "1 recipient still being tried when you ended following"],
      [false, "10m", 600_000, "1 recipient still being tried after 10 min"],
      [false, "90s", 90_000, "1 recipient still being tried after 1 min"],
      [false, "2h", 7_200_000, "1 recipient still being tried after 2 h"],
    ] as const) {
      const { rig, service } = stage();
      service.fate = (id) => {
        rig.disk.writeFile(`active/${id}`, "", { mode: 0o700 });
        return {};
      };
      // Ten minutes is what is meant by itself.
      const waiting = limit === "10m" ? ["--wait"] : ["--wait-limit", limit];
      if (isStopped) {
        rig.clock.after(5000, () => rig.interrupts.interrupt());
      }
      expect(await run(rig, "send", "--yes", ...waiting, "one.example")).toBe(1);
      expect(rig.terminal.outText).toContain(
        "Of 1 recipient: 0 delivered, 0 deferred again, 1 still",
      );
      expect(rig.terminal.errText).toBe(`${words}: the mail system goes on by itself.\n`);
      expect(rig.interrupts.isListening).toBeFalse();
      const followedMs = rig.clock.monotonicMs();
      expect(followedMs >= limitMs).toBe(!isStopped);
      expect(followedMs).toBeLessThan(limitMs + 5000);
    }
  });

  test("Ctrl-C during the release: nothing is followed, and how many messages are not is told", async () => {
    for (const words of [["--json"], []]) {
      const mail = Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`B${index}`, ["u@one.example"]]),
      );
      const { rig, service } = stage(mail);
      service.fate = () => {
        rig.interrupts.interrupt();
        return {};
      };
      expect(await run(rig, "send", "--yes", "--wait", "--all", ...words)).toBe(1);
      const released = service.released.length;
      expect(released).toBeLessThan(100);
      expect(rig.terminal.errText).toBe(`${released} messages not followed, as you ended it.\n`);
      if (words.length > 0) {
        const end = { released, delivered: 0, trying: 0, unfollowed: released };
        expect(rig.jsonLines().at(-1)).toMatchObject(end);
      }
    }
  });

  test("follows what the service has released and not told of, and asks for it no more", async () => {
    const { rig, service } = stage();
    service.isOriginal = false;
    service.omitted.add("A1");
    service.fate = (id) => delivered(id, ...(MAIL[id] ?? []));
    expect(await run(rig, "send", "--yes", "--wait", "@one.example,one.example")).toBe(0);
    expect(rig.terminal.outText).toContain("Of 3 recipients: 3 delivered, 0 deferred again.");
    expect(rig.terminal.outText).not.toContain("not found");
    expect(rig.requests).toEqual([
      expect.stringContaining("fastflush_send"),
      "request send_file queue_id A3",
    ]);
  });

  for (const sites of ["one.example", "one.example,two.example"]) {
    test(`says how many messages it has no room to follow, and that is no success: ${sites}`, async () => {
      const { rig, service } = stage();
      const many = Array.from({ length: FOLLOWED_MAX + 1 }, () => waiting("u@one.example"));
      rig.mail = new MessagesInMemory([
        message(rig, "A1", 60, 3600, many),
        message(rig, "A2", 60, 3600, [waiting("u@two.example")]),
      ]);
      service.fate = (id) => delivered(id, ...(MAIL[id] ?? []));
      expect(await run(rig, "send", "--yes", "--wait", sites)).toBe(1);
      expect(rig.terminal.errText).toBe(
        "1 message not followed: not more than 250,000 recipients are.\n",
      );
    });
  }

  test("follows what others are delivering", async () => {
    const staged = stage();
    const { rig, service } = staged;
    deliverA1(staged);
    expect(await run(rig, "send", "--yes", "--wait", "one.example")).toBe(0);
    expect(service.released).toEqual([]);
    expect(rig.terminal.outText).toBe(
      [
        "Nothing was released: 1 message for this is being delivered now.",
        "",
        "DESTINATION  DELIVERED  DEFERRED AGAIN",
        "one.example          1               0",
        "Of 1 recipient: 1 delivered, 0 deferred again.",
        "",
      ].join("\n"),
    );
  });

  test("does not wait where nothing was released", async () => {
    const { rig } = stage();
    expect(await run(rig, "send", "--yes", "--wait", "none.example")).toBe(0);
    expect(rig.terminal.outText).toBe(
      "Nothing was released: no deferred mail was found for this.\n",
    );
  });
});
