/** The kinds of findings: as documented, and each of them tried. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { KINDS } from "./kinds.ts";

const ROOT = join(import.meta.dir, "..", "..");

test("the page has every kind of finding, and no others", async () => {
  const page = await Bun.file(join(ROOT, "docs", "COMMAND.md")).text();
  const rows = page
    .split("\n")
    .filter((line) => /^\| `[a-z-]+` \| (?:error|warning|advice) \| /.test(line));
  const kinds = Object.entries(KINDS).map(
    ([id, { severity, when }]) => `| \`${id}\` | ${severity} | ${when} |`,
  );
  expect(rows).toEqual(kinds);
});

test("every kind of finding is made, found, mended and not found any more with a private Postfix", async () => {
  const names = ["doctor_faults.ts", "doctor_running_test.ts", "doctor_disk_test.ts"];
  const texts = await Promise.all(
    names.map((name) => Bun.file(join(ROOT, "test", "postfix", name)).text()),
  );
  const tried = Object.keys(KINDS).filter((id) =>
    texts.some((text) => text.includes(`id: "${id}"`)),
  );
  expect(tried).toEqual(Object.keys(KINDS));
});
