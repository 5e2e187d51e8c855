/** Watchers in the background: how they are started, listed and ended. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { runInTime as run } from "../../../test/support/queue_service.ts";
import { STATE, stage } from "../../../test/support/watch_stage.ts";
import { OsError } from "../../effects/os_error.ts";
import { MemoryFiles } from "../../memory/files.ts";
import { type Registration, StateFolder } from "../../watching/state_folder.ts";
import type { WatchedSite } from "../../watching/watcher_record.ts";

function watched(site: string, change: Partial<WatchedSite> = {}): WatchedSite {
  return {
    site,
    state: "waiting",
    tries: 3,
    lastTryMs: null,
    lastResult: "[192.0.2.1]:25: Connection refused",
    nextTryMs: null,
    ...change,
  };
}

interface Other {
  readonly registration: Registration;
  readonly files: MemoryFiles;
}

/** Another process that watches these. */
async function watchElsewhere(
  rig: CommandRig,
  sites: readonly WatchedSite[],
  { pid = 4711, log = "", queueDirectory = "/queue", id = null as number | null } = {},
): Promise<Other> {
  const files = new MemoryFiles(rig.machineDisk);
  const folder = new StateFolder({ files, clock: rig.clock, userId: 0 }, STATE);
  const startedMs = rig.clock.wallMs() - 200_000;
  const watcher = {
    pid,
    startedMs,
    configDirectory: "/etc/postfix",
    queueDirectory,
    isProbe: false,
    log,
    sites,
  };
  return { files, registration: await folder.register(watcher, id) };
}

function rigWithState(): CommandRig {
  const rig = new CommandRig();
  rig.machineDisk.makeDirectories("/var/lib");
  return rig;
}

describe("watch --list", () => {
  test("says that nobody watches", async () => {
    const rig = rigWithState();
    expect(await run(rig, "watch", "--list")).toBe(0);
    expect(rig.terminal.outText).toBe("Nobody watches a destination.\n");
  });

  test("shows each destination, with the last result and the next try", async () => {
    const rig = rigWithState();
    const nextTryMs = rig.clock.wallMs() + 45_500;
    await watchElsewhere(
      rig,
      [
        watched("a.example", { nextTryMs }),
        watched("b.example", {
          state: "releasing",
          tries: 1,
          lastResult: "mx greets: 220 \x1b[1m",
        }),
      ],
      { log: `${STATE}/1.log` },
    );
    await watchElsewhere(
      rig,
      [watched("c.example", { state: "trying", tries: 0, lastResult: "" })],
      { pid: 4712 },
    );
    await watchElsewhere(rig, [watched("d.example")], { queueDirectory: "/other" });
    expect(await run(rig, "watch", "--list")).toBe(0);
    expect(rig.terminal.outText).toBe(
      [
        "WATCHER  PROCESS  SINCE  DESTINATION  TRIES  NEXT TRY  LAST RESULT",
        "      1     4711  3 min  a.example        3  in 45 s   [192.0.2.1]:25: Connection refused",
        "      1     4711  3 min  b.example        1  is back   mx greets: 220 ?[1m",
        "      2     4712  3 min  c.example        0  now       -",
        `What they print is in ${STATE}/1.log.`,
        "",
      ].join("\n"),
    );
  });

  test("shows one that was killed as gone, once", async () => {
    const rig = rigWithState();
    const { files } = await watchElsewhere(rig, [watched("a.example")]);
    files.kill();
    await run(rig, "watch", "--list");
    expect(rig.terminal.outText).toContain("a.example        3  gone      [192.0.2.1]:25");
    rig.terminal.outText = "";
    await run(rig, "watch", "--list");
    expect(rig.terminal.outText).toBe("Nobody watches a destination.\n");
  });

  test("as JSON", async () => {
    const rig = rigWithState();
    await watchElsewhere(rig, [watched("a.example", { lastTryMs: rig.clock.wallMs() })]);
    expect(await run(rig, "watch", "--list", "--json")).toBe(0);
    const [watcher, end] = rig.jsonLines();
    const nowSeconds = rig.clock.wallMs() / 1000;
    expect(watcher).toEqual({
      item: "watcher",
      id: 1,
      pid: 4711,
      site: "a.example",
      state: "waiting",
      config_directory: "/etc/postfix",
      probe: "no",
      since: Math.floor(nowSeconds - 200),
      tries: 3,
      last_try: Math.floor(nowSeconds),
      last_result: "[192.0.2.1]:25: Connection refused",
      next_try: null,
      log: null,
    });
    expect(end).toMatchObject({ item: "end", status: "done", released: null });
  });

  test("uses the folder that --state-dir names, from the root on", async () => {
    const rig = rigWithState();
    rig.machineDisk.makeDirectories("/work");
    expect(await run(rig, "watch", "--list", "--state-dir", "mine")).toBe(0);
    expect(rig.machineDisk.has("/work/mine/lock")).toBeTrue();
  });

  test("says what is wrong with the folder", async () => {
    const rig = rigWithState();
    rig.machineDisk.writeFile("/var/lib/fastflush", "");
    expect(await run(rig, "watch", "--list")).toBe(1);
    expect(rig.terminal.errText).toBe(
      `What watchers do can't be written down or read: ${STATE}: lstat: Not a directory. Another folder is used with ` +
        "--state-dir DIRECTORY.\n",
    );
  });
});

describe("watch --stop", () => {
  for (const word of ["1", "a.example", "A.Example"]) {
    test(`ends a watcher by ${word}`, async () => {
      const rig = rigWithState();
      const { registration } = await watchElsewhere(rig, [watched("a.example")]);
      const ended: number[] = [];
      rig.processes.onTerminate = (pid) => {
        ended.push(pid);
        rig.clock.after(300, () => registration.end());
      };
      expect(await run(rig, "watch", "--stop", word)).toBe(0);
      expect(ended).toEqual([4711]);
      expect(rig.terminal.outText).toBe("Ended watcher 1 (process 4711: a.example).\n");
    });
  }

  test("as JSON", async () => {
    const rig = rigWithState();
    const { registration } = await watchElsewhere(rig, [watched("a.example")]);
    rig.processes.onTerminate = () => registration.end();
    expect(await run(rig, "watch", "--stop", "--json", "1")).toBe(0);
    expect(rig.jsonLines()).toMatchObject([
      { item: "watcher", id: 1, state: "stopped" },
      { item: "end", status: "done" },
    ]);
  });

  for (const [name, words, status, said] of [
    ["nobody is named", [], 64, "No watcher is named"],
    [
      "there is none of that number",
      ["7"],
      1,
      "There is no watcher 7: see fastflush watch --list.",
    ],
    ["nobody watches it", ["c.example"], 1, "Nobody watches c.example: see"],
    [
      "others are watched with it",
      ["a.example"],
      64,
      "a.example is watched with others, by watcher 1 (process 4711: a.example, b.example). To end that: fastflush watch --stop 1. Nothing was done.",
    ],
    ["one of several can't be meant", ["1", "c.example"], 1, "Nobody watches c.example"],
    ["it is of another instance", ["2"], 1, "There is no watcher 2"],
  ] as const) {
    test(`does nothing where ${name}`, async () => {
      const rig = rigWithState();
      await watchElsewhere(rig, [watched("a.example"), watched("b.example")]);
      await watchElsewhere(rig, [watched("c.example")], { queueDirectory: "/other" });
      let isAsked = false;
      rig.processes.onTerminate = () => {
        isAsked = true;
      };
      expect(await run(rig, "watch", "--stop", ...words)).toBe(status);
      expect(rig.terminal.errText).toStartWith(said);
      expect(isAsked).toBeFalse();
    });
  }

  test("does not wait for another watcher that has got the number meanwhile", async () => {
    const rig = rigWithState();
    const { registration } = await watchElsewhere(rig, [watched("a.example")]);
    rig.processes.onTerminate = () => {
      registration.end();
      void watchElsewhere(rig, [watched("b.example")], { pid: 4712 });
    };
    expect(await run(rig, "watch", "--stop", "1")).toBe(0);
    expect(await run(rig, "watch", "--stop", "a.example")).toBe(1);
  });

  test("ends one whose destinations are all named", async () => {
    const rig = rigWithState();
    const { registration } = await watchElsewhere(rig, [
      watched("a.example"),
      watched("b.example"),
    ]);
    rig.processes.onTerminate = () => registration.end();
    expect(await run(rig, "watch", "--stop", "b.example", "a.example")).toBe(0);
  });

  test("says that it may not, and that it takes too long", async () => {
    const rig = rigWithState();
    await watchElsewhere(rig, [watched("a.example")]);
    rig.processes.onTerminate = () => {
      throw new OsError("EPERM", "kill");
    };
    expect(await run(rig, "watch", "--stop", "1")).toBe(77);
    expect(rig.terminal.errText).toBe(
      "Can't end watcher 1 (process 4711: a.example): Operation not permitted.\n",
    );
    rig.processes.onTerminate = () => {};
    expect(await run(rig, "watch", "--stop", "1")).toBe(75);
    expect(rig.terminal.errText).toContain("it has not within 30 seconds");
  });

  test("takes one that has just gone for ended", async () => {
    const rig = rigWithState();
    const { files } = await watchElsewhere(rig, [watched("a.example")]);
    rig.processes.onTerminate = () => {
      files.kill();
      throw new OsError("ESRCH", "kill");
    };
    expect(await run(rig, "watch", "--stop", "1")).toBe(0);
  });
});

describe("watch --background", () => {
  test("starts this program again, and says how to find it", async () => {
    const { rig } = stage();
    rig.background.onStart = () => {
      rig.clock.after(
        500,
        () => void watchElsewhere(rig, [watched("one.example")], { id: 1, pid: 5000 }),
      );
      return { pid: 5000, ended: new Promise(() => {}) };
    };
    const words = ["--background", "--yes", "--for", "8h", "--reason", "it's back", "one.example"];
    expect(await run(rig, "--cache-dir", "cache", "watch", ...words)).toBe(0);
    const log = `${STATE}/1.log`;
    expect(rig.terminal.outText).toBe(
      "Watching one.example in the background: watcher 1, process 5000.\n" +
        `What it prints is in ${log}.\n` +
        "To see how it stands: fastflush watch --list. To end it: fastflush watch --stop 1\n",
    );
    const line =
      "-c /etc/postfix --cache-dir /work/cache watch one.example --interval 30s --ceiling 10m --wait-limit 10m --for 8h " +
      `--reason=it's back --yes --watcher 1 --state-dir ${STATE}`;
    expect(rig.background.started).toEqual([
      { line: `${rig.host.executable} ${line}`, logPath: log },
    ]);
  });

  test("says what it has said where it has ended already", async () => {
    const { rig } = stage();
    rig.background.onStart = () => ({ pid: 5000, ended: Promise.resolve(1) });
    rig.textFiles.put(`${STATE}/1.log`, "It was \x1b[1m wrong.\n");
    expect(await run(rig, "watch", "-b", "--yes", "--probe", "one.example")).toBe(1);
    expect(rig.terminal.outText).toBe("It has ended already:\nIt was ?[1m wrong.\n");
  });

  test("keeps what is no JSON out of it where the other has ended already", async () => {
    const { rig } = stage();
    rig.background.onStart = () => ({ pid: 5000, ended: Promise.resolve(1) });
    rig.textFiles.put(`${STATE}/1.log`, '{"item":"end"}\nIt was wrong.\n');
    expect(await run(rig, "watch", "-b", "--json", "--yes", "--probe", "one.example")).toBe(1);
    expect([rig.terminal.outText, rig.terminal.errText]).toEqual([
      '{"item":"end"}\n',
      "It was wrong.\n",
    ]);
  });

  test("starts nothing where that can't be, or where it is watched already", async () => {
    const { rig } = stage();
    rig.background.onStart = () => {
      throw new OsError("EAGAIN", "start");
    };
    expect(await run(rig, "watch", "-b", "--yes", "one.example")).toBe(1);
    expect(rig.terminal.errText).toContain(
      "Nothing can be started in the background: start: Resource",
    );
    expect(rig.machineDisk.has(`${STATE}/1.lock`)).toBeFalse();
    await watchElsewhere(rig, [watched("one.example")]);
    expect(await run(rig, "watch", "-b", "--yes", "one.example")).toBe(1);
    expect(rig.terminal.errText).toContain("one.example is watched already, by watcher 1");
    expect(rig.background.started).toHaveLength(1);
  });

  test("the other process takes the number that was reserved for it, with its log", async () => {
    const { rig } = stage();
    rig.clock.after(10_000, () => rig.interrupts.interrupt());
    let record = "";
    rig.clock.after(5000, () => {
      record = rig.machineDisk.readFile(`${STATE}/3.json`);
    });
    await run(rig, "watch", "--yes", "--watcher", "3", "one.example");
    expect(JSON.parse(record)).toMatchObject({ id: 3, pid: 100, log: `${STATE}/3.log` });
  });
});
