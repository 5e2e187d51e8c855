/**
 * Deferred messages that are retried all the time, by another process, while they are read: each is told as it was
 * before a retry or after it, never half of each.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type OpenDirectory, STAMP, STAMP_WORDS } from "../../src/effects/quick_looks.ts";
import { NoMessage } from "../../src/index/no_message.ts";
import { MessageReader } from "../../src/index/read_message.ts";
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import { parseQueueId, type QueueId } from "../../src/names/names.ts";
import { CanonicalDomains } from "../../src/record/canonical_domain.ts";
import { createFiles } from "../../src/sys/files.ts";
import { createQuickLooks } from "../../src/sys/quick_looks.ts";

/** Some dozens of them meet a retry. */
const READINGS = 60_000;
/** So many that each is retried at most once in two ticks of the file system's clock: it could hide what is quicker. */
const IDS = Array.from({ length: 40 }, (_, number) => `1A00${100 + number}`);
const PAUSE_MS = 1;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync("/var/tmp/fastflush-half-");
  for (const queue of ["deferred/1", "defer/1", "active"]) {
    mkdirSync(join(folder, queue), { recursive: true });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Retries all messages, one after the other, until it is ended; each retry gives both files another number. */
const RETRIES = `
  import { renameSync, writeFileSync } from "node:fs";
  const { buildDeferFile, buildQueueFile } = await import(${JSON.stringify(join(import.meta.dir, "..", "support", "queue_files.ts"))});
  const ids = ${JSON.stringify(IDS)};
  const folder = process.argv.at(-1);
  const active = folder + "/active/X";
  for (let round = 0; ; round++) {
    for (const id of ids) {
      const deferred = folder + "/deferred/1/" + id;
      if (round > 0) renameSync(deferred, active);
      const recipient = "u" + round + "@one.example";
      const { text, offsets } = buildQueueFile({ recipients: [{ address: recipient }], sender: "s" + round + "@x" });
      writeFileSync(active, text, { mode: 0o700, encoding: "latin1" });
      const deferral = { recipient, offset: offsets[0], reason: "reason " + round };
      writeFileSync(folder + "/defer/1/" + id, buildDeferFile([deferral]), { mode: 0o600 });
      renameSync(active, deferred);
      if (round > 0) Bun.sleepSync(${PAUSE_MS});
    }
    if (round === 0) console.log("begun");
  }
`;

test("a message is told as it was before a retry or after it", async () => {
  const writer = Bun.spawn([process.execPath, "-e", RETRIES, folder], { stdout: "pipe" });
  try {
    await writer.stdout.getReader().read();
    const hashing: HashingRules = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };
    const looks = createQuickLooks();
    const inFolder = {
      ...looks,
      openDirectory: (path: string): OpenDirectory => looks.openDirectory(join(folder, path)),
    };
    const tools = {
      files: createFiles(),
      looks: inFolder,
      hashing,
      domains: new CanonicalDomains(false),
    };
    const directory = inFolder.openDirectory("deferred/1");
    const reader = new MessageReader(tools, directory);
    const rounds = new Set<string>();
    const stamp = new Uint32Array(STAMP_WORDS);
    for (let count = 0; count < READINGS; count++) {
      const id = checked(IDS[count % IDS.length] ?? "");
      expect(hashedPath("deferred", id, hashing)).toBe(`deferred/1/${id}`);
      const reading = reader.read(id, stamp);
      // One that stays in motion may be told as it was found last; then it is not to be relied on.
      const isMessage = typeof reading !== "string" && !(reading instanceof NoMessage);
      if (isMessage && stamp[STAMP.ctimeNs] !== 0xffffffff) {
        const [recipient] = reading.recipients;
        const round = /\d+/.exec(reading.sender)?.[0] ?? "";
        rounds.add(round);
        expect(recipient?.address).toBe(`u${round}@one.example`);
        expect(recipient?.reason).toBe(`reason ${round}`);
      }
    }
    reader.close();
    directory.close();
    // Retries did come in between.
    expect(rounds.size).toBeGreaterThan(3);
  } finally {
    writer.kill("SIGKILL");
    await writer.exited;
  }
}, 60_000);

function checked(text: string): QueueId {
  const id = parseQueueId(text);
  if (id === null) {
    throw new Error(`${text} is no queue ID`);
  }
  return id;
}
