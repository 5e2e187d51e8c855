/** `fastflush top` in memory: where it is refused, one screen as text, and a live view whose keys are pressed. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { greylisted, message, refused, waiting } from "../../../test/support/some_mail.ts";
import { OsError } from "../../effects/os_error.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";

const NO_TERMINAL =
  "There is no terminal to draw on: top needs one at standard input and output, with TERM set and not dumb. " +
  "fastflush list shows the same once, and so does top --once.\n";

function rigWithMail(): CommandRig {
  const rig = new CommandRig();
  rig.mail = new MessagesInMemory([
    message(rig, "A1", 7200, 300, [refused("a@one.com", "mx.one.com")]),
    message(rig, "A2", 60, 300, [refused("b@one.com", "mx.one.com")], { sender: "" }),
    message(rig, "A3", 90_000, 30, [greylisted("c@two.com", "mx.two.com")]),
    message(rig, "A4", 10, 1000, [waiting("d@three\x1b]0;x\x07.com")]),
  ]);
  return rig;
}

/** A view that was started, and the promise of its exit status. */
function live(rig: CommandRig, ...words: readonly string[]) {
  rig.terminal.canOpenScreen = true;
  const ended = rig.run("top", ...words);
  return { ended, press: (...names: readonly string[]) => rig.terminal.screen?.press(...names) };
}

/** All that has been asked for so far has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

describe("top is refused", () => {
  test("without a terminal", async () => {
    const rig = rigWithMail();
    expect(await rig.run("top")).toBe(64);
    expect(rig.terminal.errText).toBe(NO_TERMINAL);
    expect(rig.openings).toEqual([]);
  });

  for (const [words, said] of [
    [["--by", "host"], "Allowed choices are site, parent, relay."],
    [["--sort", "size"], "Allowed choices are messages, in, out, oldest, destination, reason."],
    [["--interval", "soon"], '"soon" is no time.'],
    [["example.com"], "too many arguments"],
  ] as const) {
    test(words.join(" "), async () => {
      const rig = rigWithMail();
      rig.terminal.canOpenScreen = true;
      expect(await rig.run("top", ...words)).toBe(64);
      expect(rig.terminal.errText).toContain(said);
    });
  }

  test("where the queue can't be read", async () => {
    const rig = rigWithMail();
    rig.terminal.canOpenScreen = true;
    rig.mail = new OsError("EACCES", "opendir");
    expect(await rig.run("top")).toBe(77);
    expect(rig.terminal.errText).toStartWith("Not permitted: a part of the deferred queue");
    expect(rig.terminal.screen).toBeNull();
  });
});

describe("top --once", () => {
  test("prints one screen", async () => {
    const rig = rigWithMail();
    expect(await rig.run("top", "--once", "--sort", "destination")).toBe(0);
    const [title, ...lines] = rig.terminal.outText.split("\n");
    expect(title).toEndWith(" 09:05:07");
    expect(lines).toEqual([
      "4 deferred messages, 4.0 KiB, oldest 1 d. In -, out - a minute                 ▄",
      "3 destinations, sorted by destination",
      " MESSAGES IN/MIN OUT/MIN OLDEST DESTINATION         TREND     MOST COMMON REASON",
      "        2      -       -    2 h one.com                     ▄ 4.4.1 connect: Co…",
      "        1      -       -   10 s three?]0;x?.com             ▄ reason not known",
      "        1      -       -    1 d two.com                     ▄ 450 4.2.0 * Greyl…",
      "",
    ]);
    expect((rig.mail as MessagesInMemory).isClosed).toBe(true);
  });

  for (const [what, words, isUtf8] of [
    ["--ascii", ["--ascii"], true],
    ["a locale without UTF-8", [], false],
  ] as const) {
    test(`in ASCII by ${what}`, async () => {
      const rig = rigWithMail();
      rig.terminal.isUtf8 = isUtf8;
      expect(await rig.run("top", "--once", "--by", "relay", ...words)).toBe(0);
      expect(rig.terminal.outText).toMatch(/^[\x20-\x7e\n]*$/);
      expect(rig.terminal.outText).toMatch(/^ +2 .* mx\.one\.com .* = 4\.4\.1 connect: Co~$/m);
    });
  }

  test("says whose mail it is, and fits the terminal", async () => {
    const rig = rigWithMail();
    rig.terminal.outColumns = 60;
    expect(await rig.run("-c", "/etc/postfix-out", "top", "--once")).toBe(0);
    expect(rig.terminal.outText).toMatch(/^ fastflush top \/etc\/postfix-out {20}\d\d:\d\d:\d\d\n/);
  });
});

describe("the live view", () => {
  test("draws, quits, and leaves the terminal", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig);
    await settled();
    expect(rig.terminal.screen?.drawn).toContain("3 destinations, sorted by messages");
    press("q");
    expect(await ended).toBe(0);
    expect(rig.terminal.screen?.isLeft).toBe(true);
  });

  test("looks again behind the interval, and sends what has changed alone", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig, "--interval", "10s");
    await settled();
    const { screen } = rig.terminal;
    expect(rig.openings).toHaveLength(1);
    rig.clock.advance(9999);
    await settled();
    expect(rig.openings).toHaveLength(1);
    if (screen !== null) {
      screen.drawn = "";
    }
    rig.mail = new MessagesInMemory([]);
    rig.clock.advance(1);
    await settled();
    expect(rig.openings).toHaveLength(2);
    expect(screen?.drawn).toContain("0 deferred messages, 0 B. In 0, out 0 a minute");
    expect(screen?.drawn).not.toContain("Enter open");
    press("q");
    expect(await ended).toBe(0);
  });

  test("does not look while it is paused, unless it is told to", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig);
    await settled();
    press("p");
    const lookCounts: number[] = [];
    for (const act of [
      () => rig.clock.advance(60_000),
      () => press(" "),
      () => rig.clock.advance(60_000),
      () => press("p"),
      () => rig.clock.advance(5000),
    ]) {
      act();
      await settled();
      lookCounts.push(rig.openings.length);
    }
    expect(lookCounts).toEqual([1, 2, 2, 3, 4]);
    press("q");
    await ended;
  });

  test("looks less often where a look takes long: a tenth of a processor", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig);
    await settled();
    rig.clock.costMs = 500;
    rig.clock.advance(5000);
    await settled();
    rig.clock.costMs = 0;
    expect(rig.terminal.screen?.drawn).toContain("every 10 s ");
    press("q");
    await ended;
  });

  test("opens a destination, with its messages", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig);
    await settled();
    press("return");
    await settled();
    const drawn = rig.terminal.screen?.drawn ?? "";
    expect(drawn).toContain("one.com: 2 messages, sorted by age");
    expect(drawn).toContain(">A1 ");
    expect(drawn).toContain("From s@origin.example to a@one.com: 4.4.1 connect to mx.one.com[");
    press("down");
    expect(rig.terminal.screen?.drawn).toContain("From <> to b@one.com: ");
    press("q", "q");
    expect(await ended).toBe(0);
  });

  test("opens a destination with more than 1,000 messages: the oldest", async () => {
    const rig = new CommandRig();
    const ages = Array.from({ length: 1001 }, (_, index) => index + 1);
    rig.mail = new MessagesInMemory(
      ages.map((age) => message(rig, `A${age}`, age, 300, [waiting("u@one.com")])),
    );
    const { ended, press } = live(rig);
    await settled();
    press("return");
    await settled();
    expect(rig.terminal.screen?.drawn).toContain(
      "one.com: the oldest of 1,001 messages: 1,000 messages",
    );
    press("ctrl-c");
    expect(await ended).toBe(0);
  });

  test("opens a relay, with the messages that it has deferred", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig, "--by", "relay");
    await settled();
    press("return");
    await settled();
    expect(rig.terminal.screen?.drawn).toContain("mx.one.com: 2 messages, sorted by age");
    press("q", "q");
    await ended;
  });

  test("goes on to another grouping", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig);
    await settled();
    press("b");
    await settled();
    expect(rig.terminal.screen?.drawn).toContain("3 parent domains, sorted by messages");
    press("q");
    await ended;
  });

  test("tells that the queue can't be read, and goes on", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig);
    await settled();
    const { mail } = rig;
    rig.mail = null;
    rig.clock.advance(5000);
    await settled();
    const { screen } = rig.terminal;
    expect(screen?.drawn).toContain("The deferred queue in /queue can't be read (");
    if (screen !== null) {
      screen.drawn = "";
    }
    rig.mail = mail;
    rig.clock.advance(5000);
    await settled();
    expect(screen?.drawn).toContain("Enter open");
    press("q");
    expect(await ended).toBe(0);
  });

  test("draws everything anew when it is told to", async () => {
    const rig = rigWithMail();
    const { ended, press } = live(rig);
    await settled();
    const { screen } = rig.terminal;
    for (const again of [() => screen?.events.onRedraw(), () => press("ctrl-l")]) {
      if (screen !== null) {
        screen.drawn = "";
      }
      again();
      expect(screen?.drawn).toContain("3 destinations, sorted by messages");
    }
    press("ctrl-c");
    expect(await ended).toBe(0);
  });

  test("ends when nobody is at the terminal any more", async () => {
    const rig = rigWithMail();
    const { ended } = live(rig);
    await settled();
    rig.terminal.screen?.events.onGone();
    expect(await ended).toBe(0);
    expect(rig.terminal.screen?.isLeft).toBe(true);
  });
});
