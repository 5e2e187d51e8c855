/**
 * Whoever can put a link anywhere into the record or the queue gains nothing by it: the service follows none, neither to
 * write nor to read, and leaves it where it is. And of the whole installation it changes nothing but logs and the
 * queue files that it releases.
 *
 * Nobody but the service and the log daemon is at work in the instance. Everything planted is the mail owner's, so that
 * only the service's own care protects it.
 */
import { describe, expect, test } from "bun:test";
import { chownSync, lchownSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Answer, flushRequest } from "../../lab/flush_request.ts";
import type { MainValues } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { askReport } from "../../lab/report_request.ts";
import { hashedPath } from "../../src/names/hashed_path.ts";
import { REBUILT } from "../../src/record/rebuilt_marker.ts";
import { hashingOf } from "../contract/hashing.ts";
import { withPlainInstance } from "../postfix/plain_instance.ts";
import { TEST_LIMIT_MS } from "../postfix/services.ts";
import { buildQueueFile } from "../support/queue_files.ts";
import { readTree, treeChanges } from "./folder_tree.ts";

const OK: Answer = { kind: "status", status: 0 };
const FAILED: Answer = { kind: "status", status: -1 };

const MESSAGE = buildQueueFile({ recipients: [{ address: "u@plain.example" }] }).text;

/** Puts what a test needs below an instance's folder, all of it the mail owner's. */
class Planting {
  readonly #instance: PostfixInstance;

  constructor(instance: PostfixInstance) {
    this.#instance = instance;
  }

  file(path: string, text: string, mode = 0o600): void {
    const whole = this.#place(path);
    writeFileSync(whole, Buffer.from(text, "latin1"), { mode });
    this.#give(whole);
    this.makeOld(path);
  }

  /** Old enough for a purge, whatever second it is. */
  makeOld(path: string): void {
    utimesSync(join(this.#instance.folder, path), 1, 1);
  }

  link(path: string, target: string): void {
    const whole = this.#place(path);
    symlinkSync(target, whole);
    const { uid, gid } = this.#instance.owner;
    lchownSync(whole, uid, gid);
  }

  #place(path: string): string {
    const whole = join(this.#instance.folder, path);
    for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
      const directory = join(this.#instance.folder, path.slice(0, slash));
      if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) {
        this.#give(directory);
      }
    }
    mkdirSync(dirname(whole), { recursive: true });
    return whole;
  }

  #give(whole: string): void {
    const { uid, gid } = this.#instance.owner;
    chownSync(whole, uid, gid);
  }
}

/** Requests that meet what was planted, and what each must be answered. */
interface Row {
  readonly words: readonly string[];
  readonly answer: Answer;
}

const add = (site: string): readonly string[] => ["add", "site", site, "queue_id", "ABC123"];
const send = (site: string): readonly string[] => ["send_site", "site", site];
const sendFile = (id: string): readonly string[] => ["send_file", "queue_id", id];

interface World {
  readonly name: string;
  readonly isJailed: boolean;
  readonly main: MainValues;
  readonly plant: (planting: Planting, folder: string) => void;
  /** Recorded messages of which a preview can't tell what is in them. */
  readonly unreadable: readonly string[];
  readonly rows: readonly Row[];
  /** All that may have changed in the end, but for the mail log. */
  readonly changes: readonly string[];
}

/** Links where logs and messages are looked for, out of the queue and within it. */
function plantFlat(planting: Planting, folder: string): void {
  planting.file("outside/log", "ABC999\n");
  planting.file("outside/message", MESSAGE, 0o700);
  planting.file("queue/maildrop/message", MESSAGE, 0o700);
  planting.link("queue/flush/out_example", `${folder}/outside/log`);
  planting.link("queue/flush/up_example", "../../outside/log");
  planting.link("queue/flush/new_example", "../../outside/new");
  planting.link("queue/flush/in_example", "../maildrop/message");
  planting.link("queue/deferred/1/1ABC01", `${folder}/outside/message`);
  planting.link("queue/deferred/1/1ABC02", "../../maildrop/message");
  planting.link("queue/incoming/2ABC01", "../maildrop/message");
  planting.file("queue/deferred/3/3ABC01", MESSAGE, 0o700);
  planting.link("queue/defer/3/3ABC01", "../../../outside/log");
  planting.file("queue/deferred/4/4ABC01", MESSAGE, 0o700);
  planting.link("queue/incoming/4ABC01", "../../outside/message");
  planting.file("queue/flush/plain_example", "1ABC01\n1ABC02\n2ABC01\n3ABC01\n");
}

/** Links where hashed directories are looked for, at each of two levels. */
function plantHashed(planting: Planting, folder: string): void {
  planting.file("outside/log/a/hashed_example", "ABC999\n");
  planting.link("queue/flush/h", `${folder}/outside/log`);
  planting.file("queue/maildrop/second_example", "ABC999\n");
  planting.link("queue/flush/s/e", "../../maildrop");
  planting.file("outside/message/A/1ABC01", MESSAGE, 0o700);
  planting.link("queue/deferred/1", "../../outside/message");
  planting.file("queue/deferred/2/A/2ABC01", MESSAGE, 0o700);
  planting.file("outside/defer/A/2ABC01", "secret");
  planting.link("queue/defer/2", "../../outside/defer");
  planting.file("queue/deferred/3/A/3ABC01", MESSAGE, 0o700);
  planting.file("outside/incoming/x", "");
  planting.link("queue/incoming/3", "../../outside/incoming");
  planting.file("queue/flush/p/l/plain_example", "1ABC01\n2ABC01\n3ABC01\n");
}

const FLAT = {
  main: {},
  plant: plantFlat,
  unreadable: ["1ABC01", "1ABC02", "2ABC01"],
  rows: [
    ...["out.example", "up.example", "new.example", "in.example"].flatMap((site) => [
      { words: add(site), answer: FAILED },
      { words: send(site), answer: FAILED },
    ]),
    // The original's answer too, whatever came of it; the log says what.
    ...["1ABC01", "1ABC02", "2ABC01", "3ABC01", "4ABC01"].map((id) => ({
      words: sendFile(id),
      answer: OK,
    })),
    { words: ["purge"], answer: OK },
    { words: send("plain.example"), answer: OK },
  ],
  // Links are moved as a message would be, and lie in incoming then; what they lead to is untouched.
  changes: [
    "- queue/deferred/1/1ABC01",
    "- queue/deferred/1/1ABC02",
    "- queue/deferred/3/3ABC01",
    "- queue/deferred/4/4ABC01",
    "- queue/flush/REBUILT",
    "~ queue/flush/plain_example",
    "+ queue/incoming/1ABC01",
    "+ queue/incoming/1ABC02",
    "~ queue/incoming/2ABC01",
    "+ queue/incoming/3ABC01",
    // The message took the place of the link.
    "~ queue/incoming/4ABC01",
  ],
};

const HASHED = {
  main: { hash_queue_names: "deferred, defer, incoming, flush", hash_queue_depth: "2" },
  plant: plantHashed,
  unreadable: ["1ABC01"],
  rows: [
    ...["hashed.example", "second.example"].flatMap((site) => [
      { words: add(site), answer: FAILED },
      { words: send(site), answer: FAILED },
    ]),
    ...["1ABC01", "3ABC01"].map((id) => ({ words: sendFile(id), answer: OK })),
    { words: ["purge"], answer: OK },
    { words: send("plain.example"), answer: OK },
  ],
  changes: [
    "- queue/deferred/2/A/2ABC01",
    // It is made due, and stays, since incoming/3 is a link.
    "~ queue/deferred/3/A/3ABC01",
    "- queue/flush/R/E/REBUILT",
    "~ queue/flush/p/l/plain_example",
    "+ queue/incoming/2",
    "+ queue/incoming/2/A",
    "+ queue/incoming/2/A/2ABC01",
  ],
};

const WORLDS: readonly World[] = [true, false].flatMap((isJailed) => {
  const jail = isJailed ? "jailed" : "not jailed";
  return [
    { name: `a flat record, ${jail}`, isJailed, ...FLAT },
    { name: `a hashed record and queue, ${jail}`, isJailed, ...HASHED },
  ];
});

describe("links", () => {
  for (const { name, isJailed, main, plant, unreadable, rows, changes } of WORLDS) {
    const entry = { service: "flush", command: "fastflush/flush", wakeup: "0", args: [] } as const;
    const body = async (instance: PostfixInstance): Promise<void> => {
      const planting = new Planting(instance);
      plant(planting, instance.folder);
      planting.makeOld(`queue/${hashedPath("flush", REBUILT, hashingOf(main))}`);
      const ask = (words: readonly string[]): Promise<Answer> =>
        flushRequest(instance.flushSocket(), ["request", ...words]);
      // A process is started by it, which takes its place among master's files.
      expect(await ask(sendFile("FFFFFF"))).toEqual(OK);
      const before = readTree(instance.folder);
      const preview = ["fastflush_preview", "version", "1", "sites", "plain.example"];
      const { items } = await askReport(instance.flushSocket(), ["request", ...preview]);
      const unread = items.filter(({ outcome }) => outcome === "unreadable");
      expect(unread.map(({ queue_id = "" }) => queue_id)).toEqual([...unreadable]);
      const wrong: unknown[] = [];
      for (const { words, answer } of rows) {
        const given = await ask(words);
        wrong.push(...(Bun.deepEquals(given, answer) ? [] : [{ words, given }]));
      }
      expect(wrong).toEqual([]);
      const made = treeChanges(before, readTree(instance.folder));
      expect(made.filter((change) => change !== "~ maillog")).toEqual([...changes]);
    };
    const world = { entries: [{ ...entry, chroot: isJailed }], main };
    test(name, () => withPlainInstance(world, body), TEST_LIMIT_MS);
  }
});
