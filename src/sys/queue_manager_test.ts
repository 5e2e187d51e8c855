/** Row 80 of POSTFIX-FLUSH-SPEC 11: the queue manager as a socket, a FIFO, and as something else. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UnixSocketListener } from "bun";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryLog } from "../memory/log.ts";
import { createFiles } from "./files.ts";
import { createQueueManager } from "./queue_manager.ts";
import { connectUnix, SOCKET_TYPE } from "./unix_socket.ts";

const TIMEOUT_SECONDS = 10;

let home = "";
let folder = "";
beforeEach(() => {
  home = process.cwd();
  folder = mkdtempSync(join(tmpdir(), "fastflush-qmgr-"));
  mkdirSync(join(folder, "public"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

function make(verbosity = 0) {
  const clock = new MemoryClock();
  const log = new MemoryLog(verbosity);
  const tools = { files: createFiles(), clock, log };
  return { clock, log, queueManager: createQueueManager(tools, "qmgr", TIMEOUT_SECONDS) };
}

/** A queue manager that keeps what each of its clients has written, in order of their ends. */
function listen(received: string[]): UnixSocketListener<{ text: string }> {
  return Bun.listen<{ text: string }>({
    unix: "public/qmgr",
    socket: {
      open: (socket) => {
        socket.data = { text: "" };
      },
      data: (socket, bytes) => {
        socket.data.text += bytes.toString("latin1");
      },
      close: (socket) => {
        received.push(socket.data.text);
      },
    },
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await Bun.sleep(1);
  }
}

describe("createQueueManager", () => {
  test("a socket gets the letters and a NUL, in a connection of their own", async () => {
    const received: string[] = [];
    const listener = listen(received);
    const { queueManager, log } = make();
    queueManager.wake("F");
    queueManager.wake("FI");
    await until(() => received.length === 2);
    expect(received).toEqual(["F\0", "FI\0"]);
    expect(log.lines).toEqual([]);
    listener.stop();
  });

  test("a FIFO gets the letters alone", () => {
    Bun.spawnSync(["mkfifo", "public/qmgr"]);
    const fifo = openSync("public/qmgr", constants.O_RDONLY | constants.O_NONBLOCK);
    const { queueManager, log } = make();
    queueManager.wake("I");
    const bytes = Buffer.alloc(10);
    expect(bytes.toString("latin1", 0, readSync(fifo, bytes))).toBe("I");
    closeSync(fifo);
    expect(log.lines).toEqual([]);
  });

  test("a FIFO that nobody reads does not stop us", () => {
    Bun.spawnSync(["mkfifo", "public/qmgr"]);
    const { queueManager, log } = make(1);
    queueManager.wake("I");
    expect(log.texts("info")).toEqual([
      "fifo_trigger: open public/qmgr: No such device or address",
    ]);
  });

  test("nothing there is a warning", () => {
    const { queueManager, log } = make();
    queueManager.wake("I");
    expect(log.texts("warning")).toEqual([
      "unable to look up public/qmgr: No such file or directory",
    ]);
  });

  test("another kind of file is a warning, and is not written to", () => {
    writeFileSync("public/qmgr", "x");
    const { queueManager, log } = make();
    queueManager.wake("I");
    expect(log.texts("warning")).toEqual(["public/qmgr is not a socket or a fifo"]);
  });

  for (const verbosity of [0, 1]) {
    test(`a socket that nobody listens on is ${verbosity === 0 ? "silent" : "shown with -v"}`, () => {
      // A listener in this process would remove its socket when it stops.
      const script = `Bun.listen({ unix: "public/qmgr", socket: { data() {} } }); process.kill(process.pid, 9)`;
      Bun.spawnSync([process.execPath, "-e", script]);
      const { queueManager, log } = make(verbosity);
      queueManager.wake("I");
      expect(log.lines.map(({ text }) => text)).toEqual(
        verbosity === 0 ? [] : ["unix_trigger: connect to public/qmgr: Connection refused"],
      );
    });
  }

  test("a full backlog is tried again, until trigger_timeout", async () => {
    const received: string[] = [];
    const listener = listen(received);
    // Nothing is accepted while this test does not wait: fill the backlog.
    const sockets: number[] = [];
    for (let socket = connect(); typeof socket === "number"; socket = connect()) {
      sockets.push(socket);
    }
    const { queueManager, clock, log } = make(1);
    queueManager.wake("FI");
    let isSettled = false;
    void queueManager.settled().then(() => {
      isSettled = true;
    });
    await advance(clock, 9800);
    expect(log.lines).toEqual([]);
    expect(isSettled).toBeFalse();
    await Bun.sleep(50);
    clock.advance(100);
    await queueManager.settled();
    await until(() => received.includes("FI\0"));
    for (const socket of sockets) {
      closeSync(socket);
    }
    listener.stop();
    expect(received.filter((text) => text !== "")).toEqual(["FI\0"]);
  });

  test("a backlog that stays full is given up on, which -v shows", async () => {
    const listener = listen([]);
    const sockets: number[] = [];
    for (let socket = connect(); typeof socket === "number"; socket = connect()) {
      sockets.push(socket);
    }
    const { queueManager, clock, log } = make(1);
    queueManager.wake("I");
    await advance(clock, 10_100);
    await queueManager.settled();
    expect(log.texts("info")).toEqual([
      "unix_trigger: connect to public/qmgr: Resource temporarily unavailable",
    ]);
    for (const socket of sockets) {
      closeSync(socket);
    }
    listener.stop();
  });
});

/** Lets time pass for what waits in promises. */
async function advance(clock: MemoryClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    clock.advance(100);
    await Promise.resolve();
    await Promise.resolve();
  }
}

function connect(): number | string {
  return connectUnix("public/qmgr", SOCKET_TYPE.stream);
}
