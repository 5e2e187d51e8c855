/** The whole terminal for real, in processes of their own: keys, and that it is given back. */
import { describe, expect, test } from "bun:test";
import { constants } from "node:os";
import { join } from "node:path";
import { waitFor } from "../../lab/wait.ts";

const MODULE = join(import.meta.dir, "terminal.ts");

const TAKEN = "\x1b[?1049h";
const GIVEN_BACK = "\x1b[?25h\x1b[?1049l";

/** Opens a screen, and says `ready`; `events` are the members of its listener. */
function scriptOf(events: string, more: string): string {
  return (
    `const terminal = require(${JSON.stringify(MODULE)}).createTerminal();` +
    `const screen = terminal.openScreen({ onKey() {}, onRedraw() {}, onGone() {}, ${events} });` +
    `screen.draw("ready\\r\\n"); ${more}`
  );
}

/** Runs it at a terminal, types something when it is ready, and returns all that was written, which has this end. */
async function atTerminal(
  script: string,
  end: string,
  typed = "",
): Promise<{ shown: string; status: number }> {
  let shown = "";
  const child = Bun.spawn([process.execPath, "-e", script], {
    env: { ...process.env, TERM: "xterm" },
    terminal: {
      data: (terminal, bytes) => {
        const wasReady = shown.includes("ready");
        shown += Buffer.from(bytes).toString();
        if (!wasReady && shown.includes("ready")) {
          terminal.write(typed);
        }
      },
    },
  });
  const status = await child.exited;
  await waitFor("all to be shown", () => shown.endsWith(end), { explain: () => shown });
  child.terminal?.close();
  return { shown, status };
}

describe("a screen", () => {
  const keys: ReadonlyArray<readonly [typed: string, name: string, text: string]> = [
    ["a", "a", "a"],
    ["S", "S", "S"],
    [" ", " ", " "],
    ["é", "é", "é"],
    ["\r", "return", ""],
    ["\x1b[A", "up", ""],
    ["\x1bOB", "down", ""],
    ["\x1b[6~", "pagedown", ""],
    ["\x7f", "backspace", ""],
    ["\x03", "ctrl-c", ""],
    ["\x1b", "escape", ""],
    ["\x1bx", "alt-x", ""],
  ];
  for (const [typed, name, text] of keys) {
    test(`tells a key: ${JSON.stringify(typed)}`, async () => {
      const onKey = "onKey(key) { screen.leave(); terminal.out(JSON.stringify(key)); }";
      const end = `${GIVEN_BACK}${JSON.stringify({ name, text })}`;
      const { shown, status } = await atTerminal(scriptOf(onKey, ""), end, typed);
      expect(status).toBe(0);
      expect(shown).toStartWith(TAKEN);
    });
  }

  test("keeps what is said beside it until it is left, each text once", async () => {
    const said = 'terminal.err("aside\\n"); terminal.err("aside\\n"); screen.draw("drawn");';
    const script = scriptOf("", `${said} screen.leave(); terminal.err("end");`);
    const end = `drawn\x1b[0m\x1b[?7h${GIVEN_BACK}aside\r\nend`;
    expect((await atTerminal(script, end)).status).toBe(0);
  });

  for (const [what, more, status, end] of [
    ["a process that exits", "process.exit(3);", 3, ""],
    [
      "an exception, which is told of behind it",
      'process.on("uncaughtException", () => { terminal.err("a defect"); process.exit(70); });' +
        'setTimeout(() => { throw new Error("x"); }, 1);',
      70,
      "a defect",
    ],
    ["who leaves it twice", "screen.leave(); screen.leave(); process.exit(0);", 0, ""],
  ] as const) {
    test(`is given back by ${what}`, async () => {
      const ended = await atTerminal(scriptOf("", more), GIVEN_BACK + end);
      expect(ended.status).toBe(status);
      expect(ended.shown.split(GIVEN_BACK)).toHaveLength(2);
    });
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
    test(`is given back by ${signal}, which ends the process`, async () => {
      const kill = `setInterval(() => {}, 1000); process.kill(process.pid, "${signal}");`;
      const { status } = await atTerminal(scriptOf("", kill), GIVEN_BACK);
      expect(status).toBe(128 + constants.signals[signal]);
    });
  }

  test("draws nothing any more when it is left", async () => {
    const late = 'screen.leave(); screen.draw("late"); terminal.err("end");';
    expect((await atTerminal(scriptOf("", late), `${GIVEN_BACK}end`)).status).toBe(0);
  });
});
