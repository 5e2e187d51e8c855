/**
 * `fastflush top` in a pseudo-terminal, with a private Postfix and real deferred mail: what the screen shows, what keys do,
 * what is sent from there, and that the terminal is what it was, however the program ends.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { ScreenEmulator } from "../support/screen_emulator.ts";
import { fastflush, PROGRAM } from "./fastflush_command.ts";
import { arrived, deferMail, letterTo } from "./real_mail.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const ONE = "one.example";
const TWO = "two.example";
const LONG = "mail.department-of-something.three.example";

const ENTER = "\r";
const ESCAPE = "\x1b";
const CTRL_C = "\x03";
const CTRL_Z = "\x1a";
const DOWN = "\x1b[B";
/** Of a colour, or of anything else that text can look like. */
const LOOKS = /\x1b\[(?!0m)[\d;]*m/;

/** What it says by itself of a program that a signal has ended, or nothing. */
const OF_THE_SHELL = /^(?:Terminated|Hangup)?$/;

let instance: PostfixInstance;

beforeAll(async () => {
  instance = await PostfixInstance.create({ name: "fastflush-top", sites: [ONE, TWO, LONG] });
  await instance.start();
  await deferMail(instance, [ONE], 3);
  await deferMail(instance, [TWO], 2);
  await deferMail(instance, [LONG], 1);
}, TEST_LIMIT_MS);

afterAll(async () => {
  await instance.remove();
});

type Options = ConstructorParameters<typeof ScreenEmulator>[1];

/** With top at a terminal, as soon as it shows something. */
async function withTop(
  options: Options,
  words: readonly string[],
  body: (screen: ScreenEmulator) => Promise<void>,
): Promise<void> {
  const cache = join(instance.folder, "cache");
  const where = ["-c", instance.config_folder, "--cache-dir", cache];
  const screen = new ScreenEmulator(
    [PROGRAM, ...where, "top", "--interval", "1s", ...words],
    options,
  );
  try {
    await screen.waitFor("Enter open");
    await body(screen);
  } finally {
    await screen.close();
  }
}

function topTest(name: string, options: Options, body: (screen: ScreenEmulator) => Promise<void>) {
  test(name, () => withTop(options, [], body), TEST_LIMIT_MS);
}

/** What is left of it behind its end: nothing, and the terminal is what it was. */
async function expectRestored(screen: ScreenEmulator, status: number): Promise<void> {
  expect(await screen.ended()).toBe(status);
  expect(screen.isAlternate).toBe(false);
  const [before, after] = screen.settings();
  expect(after).toBe(before);
  // Nothing of what was drawn has been written over what was there.
  expect(screen.lines().filter((line) => !OF_THE_SHELL.test(line))).toEqual([
    `settings ${before}`,
    `status ${status}`,
    `settings ${after}`,
  ]);
  expect(screen.written.lastIndexOf("\x1b[?25h")).toBeGreaterThan(
    screen.written.lastIndexOf("\x1b[?25l"),
  );
}

/** A row of the list: its columns up to the destination. */
function rows(screen: ScreenEmulator): string[] {
  return screen
    .lines()
    .slice(4, -3)
    .filter((line) => line !== "")
    .map((line) => line.trim().split(/ +/).slice(0, -1).join(" "));
}

/** Names of destinations, in their order. */
function names(screen: ScreenEmulator): string[] {
  return rows(screen).flatMap((row) => / (\S+\.\S*example) /.exec(row)?.[1] ?? []);
}

describe("fastflush top", () => {
  topTest("shows, sorts, filters and opens destinations", {}, async (screen) => {
    expect(screen.isAlternate).toBe(true);
    expect(screen.lines()[1]).toStartWith("6 deferred messages, ");
    expect(screen.lines()[2]).toBe("3 destinations, sorted by messages");
    expect(names(screen)).toEqual([ONE, TWO, "mail.depa…e.example"]);
    expect(screen.text()).toContain(`${ONE}: 3 of 3 recipients: 4.4.1 connect: Connection refused`);

    screen.type("<<");
    await screen.waitFor("sorted by destination");
    expect(names(screen)).toEqual(["mail.depa…e.example", ONE, TWO]);
    screen.type("r");
    await screen.waitFor("sorted by destination, reversed");
    expect(names(screen)).toEqual([TWO, ONE, "mail.depa…e.example"]);
    screen.type("/wo.ex");
    await screen.waitFor("Filter: wo.ex_");
    expect(names(screen)).toEqual([TWO]);
    screen.type(ENTER);
    await screen.waitFor("Enter open");

    screen.type(ENTER);
    await screen.waitFor("two.example: 2 messages, sorted by age");
    const shown = (await fastflush(instance, "show", TWO, "--json")).stdout;
    const ids = [...shown.matchAll(/"item":"message","queue_id":"(\w+)"/g)].map(
      ([, id = ""]) => id,
    );
    expect(ids).toHaveLength(2);
    for (const id of ids) {
      expect(screen.text()).toMatch(new RegExp(`^[ >]${id} .* user@two\\.example 4\\.4\\.1 `, "m"));
    }
    screen.type(ESCAPE);
    await screen.waitFor('1 of 3 destinations with "wo.ex", sorted by destination, reversed');
    screen.type("b");
    await screen.waitFor("1 of 3 parent domains");
    screen.type("q");
    await expectRestored(screen, 0);
  });

  topTest("is readable on a small screen, and follows a resize", {}, async (screen) => {
    screen.resize(40, 10);
    await screen.waitFor(/^>\s+3 +\d+ \w+ one\.example /m, "40 columns");
    expect(screen.lines().filter((line) => line.length > 40)).toEqual([]);
    expect(screen.lines().at(-1)).toStartWith("Enter open  / filter");
    screen.resize(10, 3);
    await screen.waitFor(() => screen.lines()[0] === " DESTINAT…", "10 columns");
    screen.resize(160, 30);
    await screen.waitFor(` ${LONG} `);
    screen.type(CTRL_C);
    await expectRestored(screen, 0);
  });

  topTest("without colours writes none", { env: { NO_COLOR: "1" } }, async (screen) => {
    screen.type(DOWN);
    await screen.waitFor(/^> +2 .* two\.example /m);
    expect(screen.written).not.toMatch(LOOKS);
    screen.type("q");
    await expectRestored(screen, 0);
  });

  topTest("in a locale without UTF-8 draws in ASCII", { env: { LANG: "C" } }, async (screen) => {
    expect(screen.written).toMatch(LOOKS);
    expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/);
    expect(screen.text()).toContain("mail.depa~e.example");
    screen.type("q");
    await expectRestored(screen, 0);
  });

  for (const [signal, status] of [
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const) {
    topTest(`ended by ${signal} gives the terminal back`, {}, async (screen) => {
      process.kill(screen.programId, signal);
      await expectRestored(screen, status);
    });
  }

  topTest(
    "stops with the terminal given back, and draws anew when it goes on",
    {},
    async (screen) => {
      for (const stop of [
        () => screen.type(CTRL_Z),
        () => process.kill(screen.programId, "SIGTSTP"),
      ]) {
        stop();
        await screen.waitFor(() => stateOf(screen.programId) === "T", "it to be stopped");
        await screen.waitFor(() => !screen.isAlternate, "the usual screen");
        process.kill(screen.programId, "SIGCONT");
        await screen.waitFor("Enter open");
        expect(screen.isAlternate).toBe(true);
      }
      screen.type("q");
      await expectRestored(screen, 0);
    },
  );

  test("is refused at a terminal that is dumb, and prints one screen there", async () => {
    const words = [PROGRAM, "-c", instance.config_folder, "--cache-dir", instance.folder];
    const env = { TERM: "dumb" };
    const refused = new ScreenEmulator([...words, "top"], { env });
    const once = new ScreenEmulator([...words, "top", "--once"], { env });
    try {
      expect(await refused.ended()).toBe(64);
      expect(refused.text()).toContain("There is no terminal to draw on");
      expect(await once.ended()).toBe(0);
      expect(once.text()).toContain("3 destinations, sorted by messages");
    } finally {
      await refused.close();
      await once.close();
    }
  });

  // The last one, as it changes what is deferred.
  topTest("sends what is selected, once that is agreed to", {}, async (screen) => {
    await instance.destinations.get(TWO)?.up();
    screen.type(DOWN);
    await screen.waitFor(/^> +2 .* two\.example /m);
    screen.type("S");
    await screen.waitFor("Release 2 messages for delivery now? [y/N]");
    expect(screen.isAlternate).toBe(false);
    expect(screen.text()).toContain("A flush would release 2 messages for delivery.");
    screen.type(`n${ENTER}`);
    await screen.waitFor("Nothing was released.\nPress Enter to go back:");
    screen.type(ENTER);
    await screen.waitFor(/^> +2 .* two\.example /m);

    screen.type("W");
    await screen.waitFor(() => screen.text().split("now? [y/N]").length > 2, "the second question");
    screen.type(`y${ENTER}`);
    await screen.waitFor("Of 2 recipients: 2 delivered, 0 deferred again.");
    expect(arrived(instance, TWO)).toHaveLength(2);
    screen.type(ENTER);
    await screen.waitFor("4 deferred messages, ");
    await screen.waitFor(/\. In 0, out [\d.]*[1-9]/, "what went to count");

    await instance.waitUntilDeferred(await instance.sendMail([letterTo(ONE)]));
    await screen.waitFor("5 deferred messages, ");
    await screen.waitFor(/\. In [\d.]*[1-9]/, "what came to count");
    screen.type(CTRL_C);
    expect(await screen.ended()).toBe(0);
    const [before, after] = screen.settings();
    expect(after).toBe(before);
  });
});

/** Of a process: `T` is stopped. */
function stateOf(id: number): string {
  return readFileSync(`/proc/${id}/stat`, "utf8").split(") ")[1]?.charAt(0) ?? "";
}
