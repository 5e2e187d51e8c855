/** The question, and whoever presses Ctrl-C at it: in memory, and at a terminal. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { waitFor } from "../../lab/wait.ts";
import { CommandRig } from "../../test/support/command_rig.ts";
import { isAgreed } from "./consent.ts";

for (const [answer, isYes] of [
  ["y", true],
  [" YES ", true],
  ["yess", false],
  ["", false],
  [null, false],
] as const) {
  test(`answer ${JSON.stringify(answer)}: ${isYes}`, async () => {
    const rig = new CommandRig();
    rig.terminal.answers.push(...(answer === null ? [] : [answer]));
    expect(await isAgreed(rig, "Do it?")).toBe(isYes);
    expect(rig.terminal.errText).toBe("Do it? [y/N] ");
    expect(rig.interrupts.isListening).toBeFalse();
  });
}

test("Ctrl-C is a no, and ends the line", async () => {
  const rig = new CommandRig();
  rig.terminal.answers.push("y");
  rig.terminal.onWait = () => rig.interrupts.interrupt();
  expect(await isAgreed(rig, "Do it?")).toBeFalse();
  expect(rig.terminal.errText).toBe("Do it? [y/N] \n");
  expect(rig.interrupts.isListening).toBeFalse();
});

for (const [what, typed, said] of [
  ["Ctrl-C", "\x03", "false"],
  ["yes", "yes\r", "true"],
  ["Ctrl-D", "\x04", "false"],
] as const) {
  test(`at a terminal: ${what}`, async () => {
    const of = (file: string): string => `require(${JSON.stringify(join(import.meta.dir, file))})`;
    const script =
      `const tools = { terminal: ${of("../sys/terminal.ts")}.createTerminal(),` +
      `interrupts: ${of("../sys/interrupts.ts")}.createInterrupts(),` +
      `clock: ${of("../sys/clock.ts")}.createClock() };` +
      `${of("consent.ts")}.isAgreed(tools, "Do it?").then((is) => tools.terminal.out("agreed " + is + "."));`;
    let shown = "";
    const take = (bytes: Uint8Array): void => {
      shown += new TextDecoder().decode(bytes);
    };
    const child = Bun.spawn([process.execPath, "-e", script], {
      terminal: { cols: 80, rows: 25, data: (_, bytes) => take(bytes) },
    });
    await waitFor("the question", () => shown.includes("[y/N] "));
    child.terminal?.write(typed);
    await waitFor("the end", () => shown.endsWith("."));
    expect(await child.exited).toBe(0);
    child.terminal?.close();
    expect(shown).toEndWith(`agreed ${said}.`);
    expect(shown.includes("\nagreed")).toBe(what !== "Ctrl-D");
  });
}
