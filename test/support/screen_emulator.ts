/**
 * A terminal for programs that draw on it: a pseudo-terminal, and what a screen would show of what is written there, by
 * xterm.js without a window.
 *
 * The program is started by a shell that says what the terminal's settings are before and after it, and how it ended.
 */
import { readFileSync } from "node:fs";
import { Terminal } from "@xterm/headless";
import { waitFor } from "../../lab/wait.ts";

/** A line: a checksum of the terminal's settings, so that it is short. */
const SETTINGS = 'echo "settings $(stty -g | cksum)"';

/** Says what the settings are, runs what it is given, says its status, and the settings once more. */
const SHELL = ["sh", "-c", `${SETTINGS}; "$@"; echo "status $?"; ${SETTINGS}`, "sh"];

/** How the program is started. */
interface EmulatorOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** By no shell: nothing but what the program shows is on the screen. */
  readonly isAlone?: boolean;
}

export class ScreenEmulator {
  readonly #terminal: Terminal;
  readonly #child: Bun.Subprocess;
  /** All that was written to the terminal. */
  written = "";

  constructor(
    words: readonly string[],
    { columns = 80, rows = 24, env = {}, isAlone = false }: EmulatorOptions,
  ) {
    this.#terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#child = Bun.spawn([...(isAlone ? [] : SHELL), ...words], {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TERM: "xterm", LANG: "C.UTF-8", ...env },
      terminal: {
        cols: columns,
        rows,
        data: (_, bytes) => {
          this.written += Buffer.from(bytes).toString();
          this.#terminal.write(bytes);
        },
      },
    });
  }

  /** xterm.js's own, to look at colours. */
  get terminal(): Terminal {
    return this.#terminal;
  }

  /** The process of the program; the shell's only child. */
  get programId(): number {
    const { pid } = this.#child;
    const [id = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return Number(id);
  }

  /** The alternate screen is shown. */
  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  /** Each line of what is shown, without the blanks at its end. */
  lines(): string[] {
    const { buffer, rows, cols } = this.#terminal;
    const { active } = buffer;
    const lineOf = (row: number): string =>
      active
        .getLine(active.baseY + row)
        ?.translateToString(true, 0, cols)
        .trimEnd() ?? "";
    return Array.from({ length: rows }, (_, row) => lineOf(row));
  }

  /** All of it. */
  text(): string {
    return this.lines().join("\n");
  }

  type(text: string): void {
    this.#child.terminal?.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#child.terminal?.resize(columns, rows);
  }

  /** Waits until a text is shown, or something else holds; the message of what is thrown shows the screen. */
  async waitFor(wanted: string | RegExp | (() => boolean), what = String(wanted)): Promise<void> {
    const holds =
      typeof wanted === "function"
        ? wanted
        : () =>
            typeof wanted === "string" ? this.text().includes(wanted) : wanted.test(this.text());
    await waitFor(what, () => holds(), { explain: () => this.text() });
  }

  /** Waits for the end of the program; returns its status, as the shell has it. */
  async ended(): Promise<number> {
    const end = /status (\d+)\r\nsettings .*\r\n/;
    await this.waitFor(() => end.test(this.written), "the program's end");
    // It is shown a moment after it was written.
    await new Promise<void>((resolve) => this.#terminal.write("", resolve));
    return Number(end.exec(this.written)?.[1]);
  }

  /** Checksums of the terminal's settings before and after the program. */
  settings(): string[] {
    return [...this.written.matchAll(/^settings (.*)\r$/gm)].map(([, settings = ""]) => settings);
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    if (this.#child.exitCode === null) {
      const id = this.programId;
      if (id > 0) {
        process.kill(id, "SIGKILL");
      }
      this.#child.kill("SIGKILL");
      await this.#child.exited;
    }
    this.#child.terminal?.close();
    this.#terminal.dispose();
  }
}
