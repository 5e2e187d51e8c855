/**
 * What a peer sends to the socket: the whole service reads it, over a queue in memory. Requests of the original and of our
 * own, wake-ups, and whatever else.
 *
 * Promised: an answer that is none, a status or a report; a connection that is closed in the end; the same whatever the
 * pieces; no message lost, none released that no log names; no file but logs and released messages changed; nothing for
 * strangers but what the original has.
 */
import type { DaemonProcess } from "../../../src/effects/daemon_process.ts";
import { serve } from "../../../src/master/server.ts";
import { MemoryLog } from "../../../src/memory/log.ts";
import { MemoryPeers } from "../../../src/memory/peers.ts";
import { bytesToString, stringToBytes } from "../../../src/names/byte_string.ts";
import { parseQueueId } from "../../../src/names/names.ts";
import { CanonicalDomains } from "../../../src/record/canonical_domain.ts";
import { LogfileNamer } from "../../../src/record/logfile_name.ts";
import { GREETING } from "../../../src/wire/greeting.ts";
import { ReportReader } from "../../../src/wire/report.ts";
import { defer, to } from "../../support/deferred_mail.ts";
import { FlushRig } from "../../support/flush_rig.ts";
import { pick, type Random } from "../../support/random.ts";
import { inPieces } from "../mutate.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const WORDS = ["add", "send_site", "send_file", "rfrsh", "purge", "frob"];
const OWN_WORDS = ["sites", "preview", "send", "verify", "compact", "rebuild"];
const SITES = [
  "one.example",
  "ONE.example",
  "b\xc3\xbccher.example",
  "@example",
  "[1.2.3.4]",
  "x",
  "",
];
const IDS = ["ABC1", "ABC2", "4jYCDY3XvNzLDg6L", "DEF9", "../ABC1"];
const [ROOT, OWNER, STRANGER] = [0, 102, 65_534];

/** Longer than a report over this queue takes; and than a client may be silent. */
const WORK_MS = 60;
const IPC_TIMEOUT_SECONDS = 2;
/** A wake-up is told from a request by its first bytes: they come in one piece. */
const FIRST_BYTES = 3;

const SECRET = "private/secret";

/** It is in no log: nobody releases it who does not know it. */
const UNNAMED = "ABC3";

function stage() {
  const log = new MemoryLog();
  const namer = new LogfileNamer({ idna2003: false, log });
  const canonical = new CanonicalDomains(false);
  const rig = new FlushRig({
    logfileName: (site) => namer.nameOf(site),
    canonicalDomain: (domain) => canonical.of(domain),
    refreshSeconds: 0,
  });
  defer(rig.disk, "ABC1", to("u@one.example"));
  defer(rig.disk, "ABC2", to("u@two.example", "v@one.example"));
  defer(rig.disk, UNNAMED, to("u@three.example"));
  rig.disk.makeDirectories("private");
  rig.disk.writeFile(SECRET, "secret");
  rig.putLog("one_example", "ABC1\nABC2\nDEF9\n");
  const peers = new MemoryPeers();
  const process = { id: 1, armWatchdog: () => {} } as unknown as DaemonProcess;
  const channel = { send: () => {}, onEnd: () => {} };
  const { clock } = rig;
  void serve(
    { clock, log, peers, process, channel, handler: rig.service, outdated: null },
    {
      ...{ serviceName: "flush", generation: 1, maxUse: 100, clientsMax: 100, maxIdleSeconds: 100 },
      ...{ ipcTimeoutSeconds: IPC_TIMEOUT_SECONDS, daemonTimeoutSeconds: 100, startedInMs: 10 },
      ...{ ownerUid: OWNER, isGreeting: true, leftOver: [] },
    },
  );
  return { rig, peers };
}

interface Outcome {
  readonly received: string;
  readonly files: unknown;
}

async function converse(pieces: readonly string[], uid: number, ends: boolean): Promise<Outcome> {
  const isNamed = pieces.join("").includes(UNNAMED);
  const { rig, peers } = stage();
  const peer = peers.connect({ pid: 1, uid, gid: 1 });
  for (const piece of pieces) {
    peer.send(piece);
  }
  if (ends) {
    peer.end();
  }
  await rig.pass(WORK_MS);
  if (!peer.isClosed) {
    await rig.pass(IPC_TIMEOUT_SECONDS * 1000);
  }
  mustHold("the connection is closed", peer.isClosed);
  mustHold("no file stays open", rig.files.openCount === 0);
  const files = rig.disk.filesBelow();
  checkFiles(files);
  mustHold("a message that nobody names stays", isNamed || `deferred/A/${UNNAMED}` in files);
  return { received: peer.received, files };
}

function checkFiles(files: Readonly<Record<string, string>>): void {
  mustHold("other files are as they were", files[SECRET] === "secret");
  for (const id of ["ABC1", "ABC2", UNNAMED]) {
    const places = [`deferred/A/${id}`, `incoming/${id}`].filter((path) => path in files);
    mustHold(`${id} is in one queue`, places.length === 1);
  }
  for (const [path, text] of Object.entries(files)) {
    if (path.startsWith("flush/")) {
      mustHold(`a log's name: ${path}`, parseQueueId(path.slice("flush/".length)) !== null);
      mustHold(`${path} ends its last line`, text === "" || text.endsWith("\n"));
    }
  }
}

/** In a word. */
function kindOfReply(received: string, uid: number): string {
  const greeting = bytesToString(GREETING);
  mustHold("the greeting comes first", received.startsWith(greeting));
  const reply = received.slice(greeting.length);
  if (reply === "") {
    return "nothing";
  }
  const status = /^status\0(\d+)\0\0$/.exec(reply)?.[1];
  if (status !== undefined) {
    return `status ${status}`;
  }
  const parts = new ReportReader().push(stringToBytes(reply));
  mustHold("a report is well-formed", parts.at(-1)?.kind === "end");
  mustHold("no stranger is told", uid !== STRANGER);
  return "report";
}

function drawRequest(random: Random): string {
  if (random(8) === 0) {
    return pick(random, ["W\0", "W", "\0", "WW\0", "W\0W\0"]);
  }
  const site = pick(random, SITES);
  const id = pick(random, IDS);
  const [own, word] = [pick(random, OWN_WORDS), pick(random, WORDS)];
  const bodies: Readonly<Record<string, string>> = {
    add: `site\0${site}\0queue_id\0${id}\0`,
    send_site: `site\0${site}\0`,
    send_file: `queue_id\0${id}\0`,
  };
  const tail = random(4) === 0 ? pick(random, SITES) : "";
  return random(2) === 0
    ? `request\0${word}\0${bodies[word] ?? ""}\0${tail}`
    : `request\0fastflush_${own}\0version\x001\0sites\0${site}, ${pick(random, SITES)}\0reason\0x\0\0`;
}

export const REQUESTS: Target = {
  name: "requests",
  draw: drawRequest,
  tokens: [
    ...["request", "site", "queue_id", "sites", "reason", "version", "protocol", "status"],
    ...WORDS,
    ...OWN_WORDS.map((word) => `fastflush_${word}`),
    ...SITES,
    ...IDS,
    ...["\0", "\0\0", "W\0", "x".repeat(9000)],
  ],
  read: async (input, random) => {
    const uid = pick(random, [ROOT, OWNER, STRANGER]);
    const ends = random(2) === 0;
    const whole = await converse([input], uid, ends);
    const pieces = [input.slice(0, FIRST_BYTES), ...inPieces(input.slice(FIRST_BYTES), random)];
    mustBeSame("in one piece and in many", whole, await converse(pieces, uid, ends));
    return kindOfReply(whole.received, uid);
  },
};
