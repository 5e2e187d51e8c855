/** What holds for all commands: how they end where nothing can be printed, and the version. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { CommandRig, end, item } from "../../test/support/command_rig.ts";
import { EXIT } from "./exit_status.ts";

describe("standard output that takes nothing", () => {
  for (const [words, status] of [
    [["--help"], 1],
    [["list"], 1],
    [["list", "--json"], 1],
    [["sites"], 1],
    [["compact"], 1],
    [["preview", "a.example"], 1],
    [["send", "--yes", "a.example"], 1],
    [["no-such-command"], 64],
  ] as const) {
    test(`${words.join(" ")}: status ${status}`, async () => {
      const rig = new CommandRig();
      rig.replies.push(end(0, ["logs", "0"], ["released", "0"], ["release", "0"]));
      rig.terminal.outFault = "No space left on device";
      expect(await rig.run(...words)).toBe(status);
      const said = "Not complete: standard output could not be written: No space left on device.\n";
      expect(rig.terminal.errText).toEndWith(said);
    });
  }

  test("what went wrong besides keeps its status", async () => {
    const rig = new CommandRig();
    rig.replies.push(item("site", ["logfile", "a_example"]));
    rig.terminal.outFault = "No space left on device";
    expect(await rig.run("sites", "--json")).toBe(EXIT.tryAgain);
    expect(rig.terminal.errText).toEndWith(
      "\nNot complete: standard output could not be written: No space left on device.\n",
    );
  });
});

test.each(["--version", "-V"])("%s tells the version, in a line", async (option) => {
  const rig = new CommandRig();
  expect(await rig.run(option)).toBe(0);
  const { version } = await Bun.file(join(import.meta.dir, "..", "..", "package.json")).json();
  expect(rig.terminal.outText).toBe(`fastflush ${version}\n`);
  expect([rig.directories, rig.requests]).toEqual([[], []]);
});

describe("an option of the program behind a command's name", () => {
  for (const [words, said] of [
    [["sites", "-c", "/x"], "-c goes before the command's name: fastflush -c DIRECTORY COMMAND.\n"],
    [["list", "-c/etc/postfix"], "-c goes before the command's name"],
    [["list", "--config-dir=/etc/postfix"], "-c goes before the command's name"],
    [["list", "--fresh"], "--fresh goes before the command's name: fastflush --fresh COMMAND.\n"],
    [["list", "--cache-dir", "/x"], "fastflush --cache-dir DIRECTORY COMMAND.\n"],
    [["list", "--freshen"], "error: unknown option '--freshen'\nSee fastflush list --help."],
  ] as const) {
    test(words.join(" "), async () => {
      const rig = new CommandRig();
      expect(await rig.run(...words)).toBe(EXIT.usage);
      expect(rig.terminal.errText).toStartWith("error: unknown option '");
      expect(rig.terminal.errText).toContain(said);
    });
  }
});
