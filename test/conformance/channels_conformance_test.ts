/** What a service tells master, the log daemon and the queue manager, for real and in memory. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatagramSocket } from "../../src/effects/datagrams.ts";
import type { StatusChannel } from "../../src/effects/status_channel.ts";
import type { QueueManager } from "../../src/effects/triggers.ts";
import { MemoryDatagrams } from "../../src/memory/datagrams.ts";
import { MemoryLog } from "../../src/memory/log.ts";
import { MemoryQueueManager } from "../../src/memory/queue_manager.ts";
import { MemoryStatusChannel } from "../../src/memory/status_channel.ts";
import { bytesToString, stringToBytes } from "../../src/names/byte_string.ts";
import { EventLoop } from "../../src/sys/event_loop.ts";
import { createFiles } from "../../src/sys/files.ts";
import { openLogSocket } from "../../src/sys/log_socket.ts";
import { createQueueManager } from "../../src/sys/queue_manager.ts";
import { createStatusChannel } from "../../src/sys/status_channel.ts";
import {
  acceptNext,
  bindDatagramsAt,
  closeSocket,
  listenAt,
  receiveText,
  streamPair,
} from "./unix_ends.ts";

const TRIES_MAX = 1000;
/** More lines than a socket holds that nobody reads. */
const LINES_MAX = 10_000;
const TRIGGER_TIMEOUT_SECONDS = 1;

/** One loop for all: it can't be closed. */
const loop = new EventLoop(0);

let home = "";
let folder = "";
beforeEach(() => {
  home = process.cwd();
  folder = mkdtempSync(join(tmpdir(), "fastflush-channels-"));
  mkdirSync(join(folder, "public"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo() && tries < TRIES_MAX; tries++) {
    await Bun.sleep(2);
  }
}

/** A channel, and master's end of it. */
interface StatusStage {
  readonly channel: StatusChannel;
  /** Everything that master has been told so far, as a byte string. */
  told(): string;
  end(): void;
}

function realStatus(): StatusStage {
  const [ours, masters] = streamPair();
  let told = "";
  return {
    channel: createStatusChannel(loop, ours),
    told: () => {
      told += receiveText(masters) ?? "";
      return told;
    },
    end: () => closeSocket(masters),
  };
}

function memoryStatus(): StatusStage {
  const channel = new MemoryStatusChannel();
  const told = (): string =>
    channel.sent
      .map((words) => bytesToString(new Uint8Array(new Uint32Array(words).buffer)))
      .join("");
  return { channel, told, end: () => channel.end() };
}

describe.each([
  { kind: "real", createStage: realStatus },
  { kind: "in memory", createStage: memoryStatus },
])("the channel to master, $kind", ({ createStage }) => {
  test("hands over whole messages in their order", async () => {
    const { channel, told, end } = createStage();
    channel.send(stringToBytes("one-two-four"));
    channel.send(stringToBytes("five-seven-8"));
    await until(() => told().length === 24);
    expect(told()).toBe("one-two-fourfive-seven-8");
    end();
  });

  test("tells of its end once, and is no trouble from then on", async () => {
    const { channel, end } = createStage();
    let ends = 0;
    channel.onEnd(() => ends++);
    end();
    await until(() => ends > 0);
    channel.send(stringToBytes("late-message"));
    await Bun.sleep(10);
    expect(ends).toBe(1);
  });
});

/** A log daemon's socket, and what becomes of the daemon. */
interface LogStage {
  readonly socket: DatagramSocket;
  /** What the daemon has got since it last looked. */
  received(): string[];
  /** From now on it takes nothing; some more may fit. */
  fill(): void;
  leave(): void;
  comeBack(): void;
}

function realLog(): LogStage {
  const path = join(folder, "log");
  let daemon = bindDatagramsAt(path);
  const received = (): string[] => {
    const lines: string[] = [];
    for (let line = receiveText(daemon); line !== null; line = receiveText(daemon)) {
      lines.push(line);
    }
    return lines;
  };
  return {
    socket: openLogSocket([path]),
    received,
    fill: () => undefined,
    leave: () => {
      closeSocket(daemon);
      rmSync(path);
    },
    comeBack: () => {
      daemon = bindDatagramsAt(path);
    },
  };
}

function memoryLog(): LogStage {
  const socket = new MemoryDatagrams();
  return {
    socket,
    received: () => {
      socket.state = "there";
      return socket.received.splice(0);
    },
    fill: () => {
      socket.state = "full";
    },
    leave: () => {
      socket.state = "gone";
    },
    comeBack: () => {
      socket.state = "there";
    },
  };
}

describe.each([
  { kind: "real", createStage: realLog },
  { kind: "in memory", createStage: memoryLog },
])("the log daemon's socket, $kind", ({ createStage }) => {
  const line = stringToBytes("a line");

  test("hands lines over one by one, in their order", () => {
    const { socket, received } = createStage();
    expect([socket.send(line), socket.send(stringToBytes("\xff another"))]).toEqual([
      "sent",
      "sent",
    ]);
    expect(received()).toEqual(["a line", "\xff another"]);
    socket.close();
  });

  test("is full where the daemon is behind, loses nothing that was sent, and goes on", () => {
    const { socket, received, fill } = createStage();
    fill();
    let sent = 0;
    while (socket.send(line) === "sent" && sent < LINES_MAX) {
      sent++;
    }
    expect(socket.send(line)).toBe("full");
    expect(received()).toHaveLength(sent);
    expect(socket.send(line)).toBe("sent");
    socket.close();
  });

  test("is gone without a daemon, and finds the next one", () => {
    const { socket, received, leave, comeBack } = createStage();
    leave();
    expect([socket.send(line), socket.send(line)]).toEqual(["gone", "gone"]);
    comeBack();
    expect(socket.send(line)).toBe("sent");
    expect(received()).toEqual(["a line"]);
    socket.close();
  });

  test("sends nothing once it is closed, though the daemon is there", () => {
    const { socket, received } = createStage();
    socket.close();
    expect(socket.send(line)).toBe("gone");
    expect(received()).toEqual([]);
  });
});

/** A queue manager, and what it has been told. */
interface QueueManagerStage {
  readonly queueManager: QueueManager;
  told(): string[];
  leave(): void;
}

function realQueueManager(): QueueManagerStage {
  const listener = listenAt("public/qmgr");
  return {
    queueManager: createQueueManager(
      { files: createFiles(), clock: loop, log: new MemoryLog() },
      "qmgr",
      TRIGGER_TIMEOUT_SECONDS,
    ),
    told: () => {
      const told: string[] = [];
      for (let client = acceptNext(listener); client !== null; client = acceptNext(listener)) {
        // What closes a wake-up is its own business (spec section 4).
        told.push((receiveText(client) ?? "").replace("\0", ""));
        closeSocket(client);
      }
      return told;
    },
    leave: () => {
      closeSocket(listener);
    },
  };
}

function memoryQueueManager(): QueueManagerStage {
  const queueManager = new MemoryQueueManager();
  return { queueManager, told: () => queueManager.wakeUps, leave: () => undefined };
}

describe.each([
  { kind: "real", createStage: realQueueManager },
  { kind: "in memory", createStage: memoryQueueManager },
])("the queue manager, $kind", ({ createStage }) => {
  test("is told the letters of each wake-up at once, in their order", async () => {
    const { queueManager, told, leave } = createStage();
    for (const letters of ["F", "FI", "I"]) {
      queueManager.wake(letters);
    }
    await queueManager.settled();
    expect(told()).toEqual(["F", "FI", "I"]);
    leave();
  });

  test("is no trouble where it is down", async () => {
    const { queueManager, leave } = createStage();
    leave();
    queueManager.wake("FI");
    expect(await queueManager.settled()).toBeUndefined();
  });
});
