/**
 * From the original to ours and back, again and again, under load, as README says it is done; and back for good,
 * as if ours had never been there.
 *
 * An instance that is reloaded as often, but has the original all the time, shows what is right: clients that
 * it does not refuse, warnings that it gives. Run again with the seed that a title names, or another one:
 * LOAD_SEED=N bun test ...
 */
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { flushRequest } from "../../lab/flush_request.ts";
import type { FlushEntry } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { hashingOf } from "../contract/hashing.ts";
import { linesSince } from "../contract/small_master.ts";
import { randomFrom } from "../support/random.ts";
import { complaints } from "./complaints.ts";
import { type PlainWorld, withPlainInstance } from "./plain_instance.ts";
import { PlainMessages } from "./plain_messages.ts";
import { lostEntries, recordFindings } from "./record_findings.ts";
import { SeededLoad } from "./seeded_load.ts";

type Command = FlushEntry["command"];

const SEED = Number(process.env["LOAD_SEED"] ?? 1);

const ORIGINAL: Command = "flush";
const OURS: Command = "fastflush/flush";

/** `postfix stop` of 3.11 says so where master(8) takes more than a moment to end. */
const STILL_STOPPING = /^\S+: waiting for the Postfix mail system to terminate\n/gm;

/** Each is switched to under load, in this order; the original is there before. */
const SWITCHES: readonly Command[] = [OURS, ORIGINAL, OURS, OURS, ORIGINAL, OURS, ORIGINAL];

/** Two of them share a log. */
const SITES = ["one.example", "two.example", "a-b.example", "a.b.example"];

const CLIENTS = 8;

/** Between two switches: the new processes are at work by then. */
const ANSWERS_BETWEEN_SWITCHES = 400;

/** So many messages at least must have been released and have come back, or nothing was at risk. */
const DEFERRED_AGAIN_MIN = 200;

/** Two instances, one after the other. */
const TEST_LIMIT_MS = 120 * 1000;

const WORLD: PlainWorld = {
  entries: [{ service: "flush", command: ORIGINAL, chroot: true, wakeup: "1000?", args: [] }],
  main: { hash_queue_names: "deferred, flush", enable_long_queue_ids: "yes" },
};

const HASHING = hashingOf({ ...WORLD.main });

/** What is to be seen of an instance. */
interface Seen {
  /** Requests that were not answered with OK. */
  readonly refused: readonly string[];
  readonly lost: readonly string[];
  /** What is wrong with the record. */
  readonly findings: readonly string[];
  /** Warnings and worse: while it was switched, and of the original after that. */
  readonly complaints: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** What Postfix's own commands say in the end. */
  readonly commands: readonly string[];
  /** All there is in the queue directory but messages and logs. */
  readonly files: readonly string[];
}

/** Has the flush entry's command changed, and returns when nobody is left who was started before. */
async function switchTo(instance: PostfixInstance, command: Command): Promise<void> {
  const old = [...instance.flushPids(ORIGINAL), ...instance.flushPids(OURS)];
  const change = ["-F", `flush/unix/command=${command}`];
  expect(await instance.command("postconf", ...change)).toMatchObject({ status: 0, stderr: "" });
  expect(await instance.command("postfix", "reload")).toMatchObject({ status: 0 });
  await instance.waitFor("old processes to leave, and new ones to come", () => {
    const there = [...instance.flushPids(ORIGINAL), ...instance.flushPids(OURS)];
    return instance.flushPids(command).length > 0 && !there.some((pid) => old.includes(pid));
  });
}

async function switchUnderLoad(
  instance: PostfixInstance,
  load: SeededLoad,
  commands: readonly Command[],
): Promise<void> {
  let is_over = false;
  const clients = load.run({
    sockets: [instance.flushSocket()],
    sites: SITES,
    sent: SITES,
    purges: true,
    clients: CLIENTS,
    goesOn: () => !is_over,
  });
  const wait = (): Promise<unknown> => {
    const goal = load.answers + ANSWERS_BETWEEN_SWITCHES;
    return instance.waitFor("answers", () => load.answers >= goal);
  };
  try {
    await wait();
    for (const command of commands) {
      await switchTo(instance, command);
      await wait();
    }
  } finally {
    is_over = true;
    await clients;
  }
}

/** Has everything read that is in the record, and two things done that the original warns of. */
async function useOnceMore(instance: PostfixInstance, load: SeededLoad): Promise<void> {
  const ask = (...words: string[]) => flushRequest(instance.flushSocket(), words);
  for (const site of SITES) {
    expect(await ask("request", "send_site", "site", site)).toMatchObject({ status: 0 });
  }
  const id = load.messages.create(randomFrom(SEED));
  load.messages.linkTwice(id);
  expect(await ask("request", "send_file", "queue_id", id)).toMatchObject({ status: 0 });
  const address = ["site", "[10.0.0.1]", "queue_id", id];
  expect(await ask("request", "add", ...address)).toMatchObject({ status: 4 });
  load.messages.removeTwice(id);
}

/** Postfix's own commands on the running instance, and through a stop and a start. */
async function commandsSay(instance: PostfixInstance): Promise<string[]> {
  const said: string[] = [];
  for (const [name, ...args] of [
    ["postfix", "check"],
    ["postsuper"],
    ["postconf", "-Fh", "flush/unix/command"],
    ["postfix", "stop"],
    ["postfix", "check"],
    ["postfix", "start"],
  ] as const) {
    const { status, stdout, stderr } = await instance.command(name, ...args);
    const text = (stdout + stderr).replace(/\d+/g, "N").replace(STILL_STOPPING, "");
    said.push(`${[name, ...args].join(" ")}: status ${status}, ${JSON.stringify(text)}`);
  }
  return said;
}

function otherFiles({ queue_folder }: PostfixInstance): string[] {
  return (
    readdirSync(queue_folder, { recursive: true, withFileTypes: true })
      .map(({ parentPath, name }) => join(parentPath, name).slice(queue_folder.length + 1))
      .filter((path) => !/^(deferred|incoming|flush)\//.test(path))
      // Of each instance its own.
      .map((path) => path.replace(/:\d+$/, ":PORT"))
      .sort()
  );
}

/** What becomes of an instance that is switched to these commands, the last of which is the original's. */
function seenOf(commands: readonly Command[]): Promise<Seen> {
  return withPlainInstance(WORLD, async (instance) => {
    const load = new SeededLoad(SEED, new PlainMessages(instance, HASHING));
    await switchUnderLoad(instance, load, commands);
    const lost = lostEntries(instance, load, HASHING);
    const findings = recordFindings(instance, load.recorded, HASHING);
    const before = complaints(await linesSince(instance, 0));
    const mark = instance.log.mark();
    await useOnceMore(instance, load);
    const said = await commandsSay(instance);
    const after = complaints(await linesSince(instance, mark));
    expect(load.deferred_again).toBeGreaterThan(DEFERRED_AGAIN_MIN);
    return {
      refused: load.failed,
      lost,
      findings,
      complaints: { before, after: [...new Set(after)].sort() },
      commands: said,
      files: otherFiles(instance),
    };
  });
}

test(
  `back and forth under load - none refused, none lost, and nothing is left of it (LOAD_SEED=${SEED})`,
  async () => {
    const original = await seenOf(SWITCHES.map(() => ORIGINAL));
    const switched = await seenOf(SWITCHES);
    expect(switched).toEqual(original);
    const { refused, lost, findings, complaints: warnings } = switched;
    expect({ refused, lost, findings, before: warnings.before }).toEqual({
      refused: [],
      lost: [],
      findings: [],
      before: [],
    });
  },
  TEST_LIMIT_MS,
);
