/**
 * For tests: a flush service in memory that moves messages, over the queue of a CommandRig, and a mail system that takes
 * them from incoming and does with them what a test says.
 */
import type { DeferredMessage } from "../../src/index/deferred_mail.ts";
import { MessagesInMemory } from "../../src/index/messages_in_memory.ts";
import { bytesToString } from "../../src/names/byte_string.ts";
import { GREETING } from "../../src/wire/greeting.ts";
import { CommandRig, end, item } from "./command_rig.ts";
import { defer } from "./deferred_mail.ts";

/** As test/support/queue_files.ts writes it. */
const ARRIVAL_SECONDS = 1_700_000_000;

/** What becomes of a message that was released: lines for the log; `back`: it is deferred again; `hangs`: it stays in active. */
type Fate = (queueId: string) => {
  readonly lines?: readonly string[];
  readonly back?: true;
  readonly hangs?: true;
};

const PATH = "/queue/public/flush";
const LOG = "/log/mail.log";

/** Recipients by queue ID. */
export type Mail = Readonly<Record<string, readonly string[]>>;

class QueueService {
  /** What the service is: the original knows no requests of ours. */
  isOriginal = true;
  /** Sites that ours keeps no log for. */
  readonly unrecorded = new Set<string>();
  /** Messages that ours has not recorded. */
  readonly missed = new Set<string>();
  /** Messages that ours releases and does not tell of, as its client reads too slowly. */
  readonly omitted = new Set<string>();
  /** It hangs up at once. */
  isDown = false;
  fate: Fate = () => ({});
  readonly released: string[] = [];
  readonly #rig: CommandRig;
  readonly #mail: Mail;
  #log = "";

  constructor(rig: CommandRig, mail: Mail) {
    this.#rig = rig;
    this.#mail = mail;
    for (const queue of ["incoming", "active", "hold", "deferred", "/log"]) {
      rig.disk.makeDirectories(queue);
    }
    rig.disk.writeFile(LOG, "");
    for (const [id, addresses] of Object.entries(mail)) {
      this.#defer(id, addresses);
    }
    this.#index();
    rig.sockets.listen(PATH, (service) => {
      if (this.isDown) {
        service.close();
        return () => {};
      }
      service.write(bytesToString(GREETING));
      return (text) => {
        const words = text.split("\0");
        rig.requests.push(words.join(" ").trim());
        service.write(this.#answer(words));
        service.close();
      };
    });
  }

  /** Somebody else has released a message: it is in this queue now, and the index knows nothing of it. */
  takeUp(id: string, queue: "incoming" | "active" = "active"): void {
    this.#rig.files.rename(`deferred/${id[0]}/${id}`, `${queue}/${id}`);
    this.#index();
  }

  /** A message is deferred again. */
  giveBack(id: string): void {
    this.#defer(id, this.#mail[id] ?? []);
    this.#index();
  }

  /** What is deferred now, for who opens it from now on. */
  #index(): void {
    const messages = Object.entries(this.#mail).flatMap(([id, addresses]) => {
      const path = `deferred/${id[0]}/${id}`;
      const nextTrySeconds = this.#rig.files.isThere(path)
        ? Number(this.#rig.files.statusOf(path).mtimeNs / 1_000_000_000n)
        : null;
      return nextTrySeconds === null
        ? []
        : [{ ...deferredMessage([id, addresses]), nextTrySeconds }];
    });
    this.#rig.mail = new MessagesInMemory(messages);
  }

  /** It is in an hour. */
  get #nextTrySeconds(): number {
    return Math.floor(this.#rig.clock.wallMs() / 1000) + 3600;
  }

  /** Adds a line to the mail log. */
  log(line: string): void {
    this.#log += `Nov 26 09:42:17 relay ${line}\n`;
    this.#rig.disk.writeFile(LOG, this.#log);
  }

  #answer([, request = "", , value = "", , list = ""]: readonly string[]): string {
    if (request === "send_file") {
      this.#release(value);
      return "status\x000\0\0";
    }
    if (this.isOriginal) {
      return "";
    }
    const sites = list.split(",");
    const refused = sites.filter((site) => this.unrecorded.has(site));
    const items = refused.map((site) => item("refused", ["site", site], ["status", 4]));
    const isChosen = (address: string): boolean =>
      sites.some((site) => !this.unrecorded.has(site) && address.endsWith(`@${site}`));
    const ids = Object.keys(this.#mail).filter(
      (id) => !this.missed.has(id) && this.#mail[id]?.some(isChosen) === true,
    );
    return request === "fastflush_preview"
      ? items.join("") + previewed(ids)
      : items.join("") + this.#sent(ids);
  }

  #sent(ids: readonly string[]): string {
    const kept = ids.filter((id) => !this.#rig.files.isThere(`deferred/${id[0]}/${id}`));
    const items = ids.map((id) => {
      if (kept.includes(id)) {
        return item("message", ["queue_id", id], ["logfile", "log"], ["outcome", "kept"]);
      }
      this.#release(id);
      return this.omitted.has(id)
        ? ""
        : item("message", ["queue_id", id], ["logfile", "log"], ["outcome", "released"]);
    });
    const counts = [
      ["released", ids.length - kept.length],
      ["kept", kept.length],
    ] as const;
    const none = ["gone", "skipped", "failed"].map((name) => [name, 0] as const);
    const omitted = ids.filter((id) => this.omitted.has(id)).length;
    return items.join("") + end(0, ...counts, ...none, ["omitted", omitted]);
  }

  #release(id: string): void {
    this.released.push(id);
    this.#rig.files.rename(`deferred/${id[0]}/${id}`, `incoming/${id}`);
    const { lines = [], back, hangs } = this.fate(id);
    if (hangs === true) {
      this.#rig.files.rename(`incoming/${id}`, `active/${id}`);
    } else {
      this.#rig.files.remove(`incoming/${id}`);
    }
    if (back === true) {
      this.#rig.clock.jumpWall(1);
      this.#defer(id, this.#mail[id] ?? []);
    }
    // A test may have it that the queue can't be read.
    if (this.#rig.mail instanceof MessagesInMemory) {
      this.#index();
    }
    for (const line of lines) {
      this.log(line);
    }
  }

  #defer(id: string, addresses: readonly string[]): void {
    defer(
      this.#rig.disk,
      id,
      addresses.map((address) => ({ address })),
    );
    this.#rig.files.setTimes(`deferred/${id[0]}/${id}`, this.#nextTrySeconds);
  }
}

function previewed(ids: readonly string[]): string {
  const items = ids.map((id) => item("message", ["queue_id", id], ["outcome", "release"]));
  return items.join("") + end(0, ["release", ids.length], ["gone", 0], ["unreadable", 0]);
}

function deferredMessage([queueId, addresses]: readonly [string, readonly string[]]): Omit<
  DeferredMessage,
  "nextTrySeconds"
> {
  return {
    queueId,
    sender: "sender@origin.example",
    arrivalSeconds: ARRIVAL_SECONDS,
    sizeBytes: 400,
    recipients: addresses.map((address) => ({
      address,
      site: address.includes("@") ? address.slice(address.lastIndexOf("@") + 1) : "",
      status: "4.4.1",
      reason: "connect to mx[192.0.2.1]:25: Connection refused",
    })),
  };
}

/** Mail for one.example, two.example, and for both and a subdomain. */
export const MAIL: Mail = {
  A1: ["u@one.example"],
  A2: ["u@two.example"],
  A3: ["u@mail.one.example", "v@two.example"],
};

/** A command line over a queue with mail, and what it logs through postlog(1). */
export function stageMail(mail: Mail = MAIL) {
  const rig = new CommandRig();
  const service = new QueueService(rig, mail);
  const logged: string[] = [];
  rig.programs.add("postlog", (args) => {
    logged.push(args.at(-1) ?? "");
    return {};
  });
  return { rig, service, logged };
}

/** Runs a command while time passes. */
export async function runInTime(rig: CommandRig, ...words: readonly string[]): Promise<number> {
  let isDone = false;
  const work = rig.run(...words).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await Promise.resolve();
    rig.clock.advance(5);
  }
  return await work;
}
