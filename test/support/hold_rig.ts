/**
 * Deferred and held mail in memory, as the queue, the index and postsuper(1) have it, for tests of hold, release and delete.
 */
import type { ChangeTools, Target } from "../../src/holding/change_messages.ts";
import { HoldFolder } from "../../src/holding/hold_folder.ts";
import { parseHolds } from "../../src/holding/timed_holds.ts";
import { MessagesInMemory } from "../../src/index/messages_in_memory.ts";
import { hashedPath } from "../../src/names/hashed_path.ts";
import { parseQueueId, type QueueId } from "../../src/names/names.ts";
import { CommandRig } from "./command_rig.ts";
import { buildQueueFile } from "./queue_files.ts";
import { message, waiting } from "./some_mail.ts";

/** Where timed holds are kept. */
export const STATE = "/state";
const STATE_FILE = `${STATE}/%2fqueue.holds`;

const AGE_SECONDS = 600;

/** What postsuper does with a message, and how it says so. */
const CHANGES = {
  "-h": { to: "hold", said: "placed on hold", counted: "Placed on hold" },
  "-H": { to: "deferred", said: "released from hold", counted: "Released from hold" },
  "-d": { to: null, said: "removed", counted: "Deleted" },
} as const;

/** A queue ID of a test's. */
export function queueId(text: string): QueueId {
  const id = parseQueueId(text);
  if (id === null) {
    throw new Error(`no queue ID: ${text}`);
  }
  return id;
}

export class HoldRig extends CommandRig {
  /** Called for each message that postsuper is asked for, before it looks for it. */
  onAsked: (id: QueueId) => void = () => {};
  /** Called when postsuper has done its work. */
  onDone: () => void = () => {};
  /** Of these it says what it has done, but doesn't. */
  readonly stuck = new Set<string>();
  /** Written to its standard error besides. */
  complaint = "";
  readonly folder = new HoldFolder(
    { host: this.host, files: this.machineFiles, clock: this.clock },
    STATE,
  );
  readonly #messages: ReturnType<typeof message>[] = [];

  constructor() {
    super();
    for (const queue of ["deferred", "hold", "incoming", "active"]) {
      this.disk.makeDirectories(queue);
    }
    this.machineDisk.makeDirectories(STATE.slice(1));
    this.programs.add("postsuper", ([, , option = "", , queue = ""], { input = "" }) => ({
      err: this.#postsuper(option as keyof typeof CHANGES, queue, input),
    }));
    this.programs.add("postlog", () => ({}));
    this.programs.add("systemctl", () => ({ status: 3 }));
  }

  get nowSeconds(): number {
    return this.clock.wallMs() / 1000;
  }

  get changing(): ChangeTools {
    const { programs, files, instance } = this;
    const { hashing, configDirectory } = instance;
    return { programs, files, hashing, configDirectory };
  }

  /** A message that came ten minutes ago, and is deferred; the index knows it. */
  defer(id: string, ...addresses: readonly string[]): Target {
    const planned = message(
      this,
      id,
      AGE_SECONDS,
      AGE_SECONDS,
      addresses.map((each) => waiting(each)),
    );
    this.#messages.push(planned);
    return this.write("deferred", id, addresses, planned.arrivalSeconds);
  }

  /** A message's file, in a queue. */
  write(
    queue: "deferred" | "hold" | "active",
    id: string,
    addresses: readonly string[],
    arrivalSeconds: number,
  ): Target {
    const recipients = addresses.map((address) => ({ address }));
    const { text } = buildQueueFile({ recipients, arrivalSeconds, sender: "s@origin.example" });
    const path = this.path(queue, id);
    this.disk.makeDirectories(path.slice(0, path.lastIndexOf("/")));
    this.disk.writeFile(path, text, { mode: 0o700 });
    return { queueId: queueId(id), queue: queue as Target["queue"], arrivalSeconds };
  }

  path(queue: string, id: string): string {
    return hashedPath(queue, queueId(id), this.instance.hashing);
  }

  /** By another operator's postsuper, a while later. */
  move(from: string, to: string, id: string): void {
    this.clock.advance(1000);
    this.disk.makeDirectories(this.path(to, id).slice(0, this.path(to, id).lastIndexOf("/")));
    this.files.rename(this.path(from, id), this.path(to, id));
  }

  /** Queue IDs in a queue. */
  idsIn(queue: string): string[] {
    const paths = Object.keys(this.disk.filesBelow(queue));
    return paths.map((path) => path.slice(path.lastIndexOf("/") + 1)).sort();
  }

  /** What is kept on disk of timed holds: until when, in seconds from now, by queue ID. */
  kept(): Record<string, number> {
    if (!this.machineDisk.has(STATE_FILE)) {
      return {};
    }
    const holds = parseHolds(this.machineDisk.readFile(STATE_FILE))?.holds.values() ?? [];
    return Object.fromEntries(
      [...holds].map((hold) => [hold.queueId, hold.untilSeconds - this.nowSeconds]),
    );
  }

  /** A command with timed holds kept here. */
  fastflush(...words: readonly string[]): Promise<number> {
    const isDeferred = ({ queueId: id }: { readonly queueId: string }): boolean =>
      this.disk.has(this.path("deferred", id));
    this.mail = new MessagesInMemory(this.#messages.filter(isDeferred));
    return this.run(...words, "--state-dir", STATE);
  }

  #postsuper(option: keyof typeof CHANGES, queue: string, input: string): string {
    const { to, said, counted } = CHANGES[option];
    const done = input
      .trimEnd()
      .split("\n")
      .map(queueId)
      .filter((id) => {
        this.onAsked(id);
        const from = this.path(queue, id);
        if (!this.disk.has(from)) {
          return false;
        }
        if (!this.stuck.has(id)) {
          to === null ? this.files.remove(from) : this.move(queue, to, id);
        }
        return true;
      });
    this.onDone();
    const lines = done.map((id) => `postsuper: ${id}: ${said}\n`);
    const count = `postsuper: ${counted}: ${done.length} message${done.length === 1 ? "" : "s"}\n`;
    return lines.join("") + this.complaint + count;
  }
}
