/** Where `watch` does nothing, and says why. */
import { describe, expect, test } from "bun:test";
import { runInTime as run } from "../../../test/support/queue_service.ts";
import { rewriteAnswer } from "../../../test/support/route_rig.ts";
import { SERVER, STATE, stage, UP } from "../../../test/support/watch_stage.ts";
import { MemoryFiles } from "../../memory/files.ts";
import { StateFolder } from "../../watching/state_folder.ts";

describe("nothing is watched", () => {
  for (const [name, words, status, said] of [
    ["without a site", ["--yes"], 64, "No site is named."],
    ["for a pattern", ["--yes", "*.example"], 64, '"*.example" is a pattern'],
    ["with a wrong interval", ["--yes", "--interval", "5", "one.example"], 64, '"5" is no time.'],
    [
      "without any interval",
      ["--yes", "--interval", "0s", "one.example"],
      64,
      "--interval is at least 1s.",
    ],
    [
      "with an interval above the ceiling",
      ["--yes", "--interval", "1h", "one.example"],
      64,
      "The first wait (--interval 1h) is longer than the longest (--ceiling 10m).",
    ],
    [
      "where no mail is",
      ["--yes", "@none.example"],
      1,
      "No deferred mail is for these: there is nothing to wait for.",
    ],
    [
      "without a terminal to ask at",
      ["one.example"],
      64,
      "Nothing is watched: there is no terminal to ask at. Give --yes to watch without being asked, or see with fastflush preview what would be released.",
    ],
    [
      "for more than a hundred",
      ["--yes", ...Array.from({ length: 101 }, (_, index) => `n${index}.example`)],
      64,
      "101 destinations are too many to watch: at most 100 are possible. Nothing was done.",
    ],
    [
      "where --state-dir is empty",
      ["--yes", "--state-dir", "", "one.example"],
      64,
      "--state-dir names no directory. Nothing was done.",
    ],
    ["with --list and more", ["--list", "one.example"], 64, "--list goes alone."],
  ] as const) {
    test(name, async () => {
      const { rig, service } = stage();
      expect(await run(rig, "watch", ...words)).toBe(status);
      expect(rig.terminal.errText).toStartWith(said);
      expect(service.released).toEqual([]);
      expect(rig.machineDisk.has(`${STATE}/1.json`)).toBeFalse();
    });
  }

  test("where nobody can connect, but with --probe", async () => {
    const { rig } = stage();
    rig.sockets.listen("/queue/private/rewrite", rewriteAnswer("local", "relay.example"));
    expect(await run(rig, "watch", "--yes", "--for", "60s", "one.example")).toBe(64);
    expect(rig.terminal.errText).toBe(
      'Whether one.example is back can\'t be seen by connecting: its transport "local" is local(8), which connects to ' +
        "nobody. With --probe one message is released to see it. Nothing was done.\n",
    );
    expect(await run(rig, "watch", "--yes", "--probe", "one.example")).toBe(0);
  });

  test("that is watched already", async () => {
    const { rig, service } = stage();
    const files = new MemoryFiles(rig.machineDisk);
    const folder = new StateFolder({ files, clock: rig.clock, userId: 0 }, STATE);
    const site = {
      site: "one.example",
      state: "waiting",
      tries: 1,
      lastTryMs: null,
      lastResult: "",
      nextTryMs: null,
    } as const;
    await folder.register({
      pid: 4711,
      startedMs: 0,
      configDirectory: "/etc/postfix",
      queueDirectory: "/queue",
      isProbe: false,
      log: "",
      sites: [site],
    });
    expect(await run(rig, "watch", "--yes", "@one.example")).toBe(1);
    expect(rig.terminal.errText).toBe(
      "one.example is watched already, by watcher 1 (process 4711): see fastflush watch --list, and end it with " +
        "fastflush watch --stop 1. Nothing was done.\n",
    );
    expect(service.released).toEqual([]);
  });

  test("that somebody declines, who is asked about more than a hundred messages", async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `A${index}B`);
    const mail = Object.fromEntries(ids.map((id) => [id, ["u@one.example"]]));
    for (const [answer, status, count] of [
      ["n", 1, 0],
      ["y", 1, 101],
    ] as const) {
      const { rig, service } = stage(mail);
      service.fate = () => ({ back: true });
      rig.terminal.canAsk = true;
      rig.terminal.answers.push(answer);
      rig.network.listen(SERVER, UP);
      expect(await run(rig, "watch", "one.example")).toBe(status);
      expect(rig.terminal.errText).toStartWith(
        "Release 101 messages for delivery when their destinations are back? [y/N] ",
      );
      expect(service.released).toHaveLength(count);
    }
  });
});
