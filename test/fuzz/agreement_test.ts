/**
 * Mutated tables and queue files, read by us and by the original's own tools: postmap(1) and postcat(1). (Mutated requests
 * are compared in test/contract/random_test.ts, mutated main.cf in src/config/postconf_agreement_test.ts.)
 *
 * Again with the seed that a title names, or another one, and longer:
 * FUZZ_SEED=N FUZZ_DRAWS=N bun test ./test/fuzz/agreement_test.ts
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Descriptor } from "../../src/effects/files.ts";
import { openTexthashTable } from "../../src/eligibility/texthash_table.ts";
import { MemoryLog } from "../../src/memory/log.ts";
import { MemoryTextFiles } from "../../src/memory/text_files.ts";
import { readEnvelope } from "../../src/queue/queue_file.ts";
import { oneIn, pick, type Random, randomFrom } from "../support/random.ts";
import { mutate } from "./mutate.ts";
import { QUEUE_FILES } from "./targets/queue_files.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_000);
const DRAWS = Number(process.env["FUZZ_DRAWS"] ?? 100);

const [POSTMAP, POSTCAT] = ["/usr/sbin/postmap", "/usr/sbin/postcat"];
const isOriginalHere = existsSync(POSTMAP) && existsSync(POSTCAT);

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fastflush-agreement-"));
  const mainCf = "compatibility_level = 3.6\nsmtputf8_enable = no\n";
  writeFileSync(join(folder, "main.cf"), mainCf);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs one of the original's tools; texts are byte strings. */
function run(command: readonly string[], input: string) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], {
    stdin: Buffer.from(input, "latin1"),
    env: { LANG: "C", MAIL_CONFIG: folder },
  });
  return { status: exitCode, output: stdout.toString("latin1"), errors: stderr.toString("latin1") };
}

const KEYS = ["one.example", ".two.example", "a b", '"q"', "x:", "\xc3\xa9", "#c", "ONE"];
const TABLE_PIECES = [...KEYS, " ", "\t", "\n", "\n ", "\n#", "\\", '"', "\r", "\0", "\v"];

function drawTable(random: Random): string {
  const lines = Array.from({ length: 1 + random(6) }, () => {
    const key = pick(random, KEYS);
    return `${key.includes(" ") ? `"${key}"` : key}${pick(random, [" ", "\t", "  "])}v${random(9)}\n`;
  });
  return lines.join("");
}

/** What each of the keys is found to be, those that are not left out. */
function findInOurs(table: string): string[] {
  const path = join(folder, "table");
  const textFiles = new MemoryTextFiles({ [path]: table });
  const opened = openTexthashTable(path, { textFiles, log: new MemoryLog(), utf8: false });
  return KEYS.flatMap((key) => {
    const value = "find" in opened ? opened.find(key) : null;
    return value === null ? [] : [`${key}\t${value}`];
  });
}

/** Null: a key comes twice, which postmap(1) takes more lightly than a daemon does. */
function findInOriginal(table: string): string[] | null {
  const path = join(folder, "table");
  writeFileSync(path, Buffer.from(table, "latin1"));
  // Of one that was changed just now postmap(1) waits to see whether that goes on.
  utimesSync(path, 1, 1);
  const { output, errors } = run(
    [POSTMAP, "-f", "-q", "-", `texthash:${path}`],
    `${KEYS.join("\n")}\n`,
  );
  return errors.includes("duplicate") ? null : output.split("\n").filter((line) => line !== "");
}

/** As `TYPE: ADDRESS`, in the order of the file; null: it can't be read. */
function recipientsByOurs(text: string): string[] | null {
  const bytes = Buffer.from(text, "latin1");
  const read = (_: Descriptor, into: Uint8Array, position: number): number =>
    position < bytes.length ? bytes.copy(into, 0, position) : 0;
  const reading = readEnvelope({ read }, 3 as Descriptor, bytes.length);
  return reading.kind === "read"
    ? reading.recipients.map(
        ({ address, isDone }) => `${isDone ? "done_recipient" : "recipient"}: ${address}`,
      )
    : null;
}

function recipientsByOriginal(text: string): string[] | null {
  const path = join(folder, "message");
  writeFileSync(path, Buffer.from(text, "latin1"), { mode: 0o700 });
  const { status, output, errors } = run([POSTCAT, "-e", path], "");
  return status === 0 && errors === ""
    ? output.split("\n").filter((line) => /^(?:done_)?recipient: /.test(line))
    : null;
}

describe.skipIf(!isOriginalHere)(`agreement with the original (seed ${SEED})`, () => {
  test("postmap finds in a texthash: table what we find", () => {
    let found = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const random = randomFrom(SEED + draw);
      const drawn = drawTable(random);
      const table = oneIn(random, 4) ? drawn : mutate(drawn, random, TABLE_PIECES);
      const want = findInOriginal(table);
      if (want !== null) {
        expect({ table, found: findInOurs(table) }).toEqual({ table, found: want });
        found += want.length;
      }
    }
    expect(found).toBeGreaterThan(DRAWS / 4);
  });

  test("postcat finds the recipients in a queue file that we find", () => {
    let compared = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const random = randomFrom(SEED + draw);
      const drawn = QUEUE_FILES.draw(random);
      const text = oneIn(random, 4) ? drawn : mutate(drawn, random, QUEUE_FILES.tokens);
      const ours = recipientsByOurs(text);
      const original = ours === null ? null : recipientsByOriginal(text);
      // Where one of them complains there is nothing to compare: ours then takes the message for unreadable.
      if (original !== null) {
        expect({ text, recipients: ours }).toEqual({ text, recipients: original });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(DRAWS / 10);
  });
});
