/**
 * Gathers what runs for an instance, and the programs that should.
 */

import { bytesToString } from "../names/byte_string.ts";
import { encodeRequest } from "../wire/encode_request.ts";
import { isOpenToOthers } from "./check_programs.ts";
import { NOTHING } from "./gather_service.ts";
import type { Looking } from "./looking.ts";
import type { Machine } from "./machine.ts";
import type { Configuration, Place, ProgramFacts, RunningFacts, Trial } from "./set_up.ts";

const ROOT_UID = 0;
const TRIAL_MS = 10_000;
/** What a service says first: the beginning of its greeting. */
const GREETING = "protocol\0";
/** As master(8) starts it: nothing of this process's environment. */
const TRIAL_PATH = "PATH=/usr/bin:/bin:/usr/sbin:/sbin";
/** So much of what a failing program says is shown. */
const SHOWN_MAX = 200;

/** What runs; null: this user can't see it. */
export function gatherRunning(
  { processes }: Machine,
  looking: Looking,
  { values }: Configuration,
): RunningFacts | null {
  const path = `${values.queue_directory}/pid/master.pid`;
  const none = { master: null, queueManager: null, flush: [] };
  if (looking.place(path).status === null) {
    return isNoted(looking, path) ? null : none;
  }
  const text = looking.text(path);
  if (text === null) {
    return isNoted(looking, path) ? null : none;
  }
  const master = processes.find(Number(text.trim()));
  if (master === null || master.name !== "master") {
    return none;
  }
  if (master.file === null) {
    looking.note(`what process ${master.pid}, master(8), runs`, "Permission denied", true);
  }
  const children = processes.childrenOf(master.pid);
  const managers = children.filter(({ name }) => name === "qmgr" || name === "oqmgr");
  const queueManager =
    managers.toSorted((one, other) => other.startedMs - one.startedMs)[0] ?? null;
  return { master, queueManager, flush: children.filter(({ name }) => name === "flush") };
}

function isNoted({ unseen }: Looking, path: string): boolean {
  return unseen.some(({ what }) => what === path);
}

/** The programs of the flush service; `mustTry`: that ours starts is not known yet. */
export async function gatherPrograms(
  machine: Machine,
  looking: Looking,
  { directory, values }: Configuration,
  mustTry: boolean,
): Promise<ProgramFacts> {
  const folder = looking.place(`${values.daemon_directory}/fastflush`);
  const ours = looking.place(`${folder.path}/flush`);
  const stamp = /mail_version=([0-9][0-9A-Za-z.-]*)/.exec(
    looking.text(`${values.daemon_directory}/master`) ?? "",
  );
  return {
    ours,
    folder,
    original: looking.place(`${values.daemon_directory}/flush`, true),
    trial: mustTry ? await tryProgram(machine, directory, ours, folder) : { kind: "untried" },
    masterVersion: stamp?.[1] ?? null,
  };
}

/** Starts the program in stand-alone mode. Not where somebody else than root could have put it there. */
async function tryProgram(
  { programs, userId }: Machine,
  directory: string,
  ours: Place,
  folder: Place,
): Promise<Trial> {
  const isSafe = ours.status?.kind === "file" && !isOpenToOthers(ours) && !isOpenToOthers(folder);
  if (userId !== ROOT_UID || !isSafe) {
    return { kind: "untried" };
  }
  const words = ["env", "-i", TRIAL_PATH, `MAIL_CONFIG=${directory}`, ours.path, "-S"];
  const input = bytesToString(encodeRequest(NOTHING));
  const { status, out, err } = await programs.run(words, { input, limitMs: TRIAL_MS });
  if (out.startsWith(GREETING)) {
    return { kind: "greets" };
  }
  const says = (err.trim() || out.trim()).split("\n", 1)[0]?.slice(0, SHOWN_MAX) ?? "";
  const ended = status === null ? "a signal ended it" : `it ended with status ${status}`;
  return { kind: "fails", how: says === "" ? ended : `${ended}: ${says}` };
}
