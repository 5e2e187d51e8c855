/**
 * `fastflush histogram --plain` beside qshape(1) over random queues: the same lines. Only where names have as many
 * recipients and letters, chance decides in qshape which comes first.
 */
import { expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { run, runOrThrow } from "../../lab/run.ts";
import { buildQueueFile, type PlannedRecipient } from "../support/queue_files.ts";
import { pick, type Random, randomFrom } from "../support/random.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const PROGRAM = join(import.meta.dir, "..", "..", "dist", "fastflush");

const SEEDS = [1, 2, 3];
const MESSAGES = 300;
const MINUTE = 60;
const PLACES = ["envelope", "extracted", "added"] as const;
const STATES = ["waiting", "waiting", "waiting", "done", "canceled"] as const;

/** From a letter to more than a line has room for, in letters of either case. */
function drawSites(random: Random): string[] {
  return Array.from({ length: 40 }, (_, index) => {
    const label = `${pick(random, ["s", "Site-", "x".repeat(30)])}${index}`;
    return `${label}.${pick(random, ["example", "Sub.example", "example.co.uk", "y".repeat(45)])}`;
  });
}

/** In any bucket, a minute or more from its ends: time goes on between the two programs. */
function drawAgeSeconds(random: Random): number {
  const end = 5 * MINUTE * 2 ** random(10);
  const start = end === 5 * MINUTE ? 0 : end / 2;
  return start + MINUTE + random(end - start - 2 * MINUTE);
}

function drawRecipient(random: Random, sites: readonly string[]): PlannedRecipient {
  // Some sites have many.
  const site = sites[Math.min(random(sites.length), random(sites.length))] ?? "";
  const address = `u${random(1000)}@${site}`;
  return { address, place: pick(random, PLACES), state: pick(random, STATES) };
}

/** Fills the deferred queue of an instance that does not run. */
function fill(instance: PostfixInstance, random: Random): void {
  const sites = drawSites(random);
  const now = Math.floor(Date.now() / 1000);
  for (let number = 0; number < MESSAGES; number++) {
    const recipients = Array.from({ length: 1 + random(6) }, () => drawRecipient(random, sites));
    const arrivalSeconds = now - drawAgeSeconds(random);
    const { text } = buildQueueFile({ recipients, arrivalSeconds });
    const id = (0xa0000 + random(16) * 0x1000 + number)
      .toString(16)
      .toUpperCase()
      .padStart(10, "B");
    const folder = join(instance.queue_folder, "deferred", id.slice(0, 1));
    mkdirSync(folder, { recursive: true });
    const path = join(folder, id);
    writeFileSync(path, Buffer.from(text, "latin1"));
    chownSync(path, instance.owner.uid, instance.owner.gid);
    chmodSync(path, 0o700);
  }
}

for (const seed of SEEDS) {
  test(
    `seed ${seed}: the lines of qshape`,
    async () => {
      const instance = await PostfixInstance.create({ name: "fastflush-test" });
      try {
        fill(instance, randomFrom(seed));
        const where = ["-c", instance.config_folder];
        const cache = ["--cache-dir", join(instance.folder, "cache")];
        const ours = await run([PROGRAM, ...where, ...cache, "histogram", "--plain"]);
        const theirs = await runOrThrow(["qshape", ...where, "deferred"]);
        expect(ours).toMatchObject({ status: 0, stderr: "" });
        expect(ours.stdout.split("\n").toSorted()).toEqual(theirs.stdout.split("\n").toSorted());
        expect(inOrder(ours.stdout)).toEqual(inOrder(theirs.stdout));
        expect(ours.stdout.split("\n").length).toBeGreaterThan(30);
      } finally {
        await instance.remove();
      }
    },
    TEST_LIMIT_MS,
  );
}

/** The numbers of all recipients, and how long names are that fit: what the lines are sorted by. */
function inOrder(output: string): (readonly [string, number])[] {
  return output.split("\n").map((line) => {
    const [name = "", all = ""] = line.trim().split(/ +/);
    return [all, name.startsWith("+") ? 0 : name.length] as const;
  });
}
