/**
 * docs/ETRN.md, step by step, as it stands there, on a private instance with our service: each command succeeds, and says
 * what the page says, but for what differs from machine to machine.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { run } from "../../lab/run.ts";
import { PROGRAM } from "./fastflush_command.ts";

const PAGE = join(import.meta.dir, "..", "..", "docs", "ETRN.md");
const SITE = "customer.example";

/** So the server comes up: before this is typed. */
const SERVER_IS_UP_FROM = "250 Queuing started";

/** From Postfix 3.10 on. */
const RELOADED = /^postfix\/postlog: refreshing the Postfix mail system\n/gm;

const TEST_LIMIT_MS = 60 * 1000;

/** A command of the page, and what it says there. */
interface Step {
  readonly command: string;
  readonly output: string;
}

/** The steps in the page's blocks of code, in order. */
function stepsOf(page: string): Step[] {
  const blocks = [...page.matchAll(/^```\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^[#$] /m)
      .filter((text) => text !== "")
      .map((text) => {
        const end = text.indexOf("\n");
        return { command: text.slice(0, end), output: text.slice(end + 1) };
      }),
  );
}

/** What differs from one run to another: numbers with their units, blanks, the start of a line in the log. */
function shapeOf(text: string): string {
  return text
    .replaceAll(/^\w{3} +\d+ [\d:]+ \S+ (?=postfix)/gm, "")
    .replaceAll(/(?<![\w.])\d+([.]\d+)? (B|KiB|s|min|h|d)(?!\w)/g, "N")
    .replaceAll(/\b(uid|pid|seconds)=[\d.]+/g, "$1=N")
    .replaceAll(/\[\d+\]/g, "[N]")
    .replaceAll(/ +/g, " ");
}

test("all code of the guide stands in blocks that are run", () => {
  const fences = readFileSync(PAGE, "utf8").match(/^ *(?:```|~~~).*$/gm) ?? [];
  expect(fences.filter((fence) => fence !== "```")).toEqual([]);
});

test(
  "each step of the guide to ETRN does what it says",
  async () => {
    const steps = stepsOf(readFileSync(PAGE, "utf8"));
    expect(steps.length).toBeGreaterThan(20);
    const main = { fast_flush_domains: "", myhostname: "backup.example" };
    const flush = { command: "fastflush/flush", chroot: true, args: [] } as const;
    const instance = await PostfixInstance.create({ sites: [SITE], main, flush });
    try {
      await instance.start();
      const env = {
        MAIL_CONFIG: instance.config_folder,
        PATH: `${dirname(PROGRAM)}:${process.env["PATH"]}`,
      };
      let isUp = false;
      for (const { command, output } of steps) {
        if (!isUp && output.startsWith(SERVER_IS_UP_FROM)) {
          isUp = true;
          await instance.destinations.get(SITE)?.up();
        }
        const there = command
          .replaceAll('"backup.example"', `"127.0.0.1:${instance.smtp_port}"`)
          .replaceAll("192.0.2.25/", "127.0.0.1/");
        const outcome = await run(["sh", "-c", there], { env });
        const said = outcome.stdout + outcome.stderr.replaceAll(RELOADED, "");
        expect({ command, said: shapeOf(said), status: outcome.status }).toEqual({
          command,
          said: shapeOf(output),
          status: 0,
        });
      }
    } finally {
      await instance.remove();
    }
  },
  TEST_LIMIT_MS,
);
