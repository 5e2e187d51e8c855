/**
 * What is written to systemd's journal from now on, by journalctl(1).
 *
 * Asked anew each time, from the cursor on that it named at the end of the last answer, so that no line is told
 * twice and none is missed; for lines of the mail system only, which are a few. At most once a second, as each
 * question starts a program. An answer that fails, or comes too late, is asked for again.
 */
import type { Clock } from "../effects/clock.ts";
import { OsError } from "../effects/os_error.ts";
import type { Programs } from "../effects/programs.ts";
import type { MailLog } from "./mail_log.ts";

const PAUSE_MS = 1000;
const ANSWER_LIMIT_MS = 10_000;
/** LOG_MAIL of syslog(3). */
const MAIL_FACILITY = "SYSLOG_FACILITY=2";
const COMMAND = ["journalctl", "--quiet", "--no-pager", "--output=short-iso", "--show-cursor"];
const CURSOR_SYNTAX = /^-- cursor: (\S{1,1024})$/;

export class Journal implements MailLog {
  readonly name = "the journal";
  readonly isShared = false;
  readonly #programs: Programs;
  readonly #clock: Clock;
  #cursor: string;
  #askedMs: number;

  private constructor(programs: Programs, clock: Clock, cursor: string) {
    this.#programs = programs;
    this.#clock = clock;
    this.#cursor = cursor;
    this.#askedMs = clock.monotonicMs();
  }

  /** From now on; null: there is no journal here, it is empty, or this user may not read it. */
  static async open(programs: Programs, clock: Clock): Promise<Journal | null> {
    const out = await answer(programs, ["--lines=1"]);
    const cursor = out === null ? null : cursorOf(out);
    return cursor === null ? null : new Journal(programs, clock, cursor);
  }

  async read(onLine: (line: string) => void): Promise<void> {
    if (this.#clock.monotonicMs() - this.#askedMs < PAUSE_MS) {
      return;
    }
    this.#askedMs = this.#clock.monotonicMs();
    const out = await answer(this.#programs, [`--after-cursor=${this.#cursor}`, MAIL_FACILITY]);
    if (out === null) {
      return;
    }
    // None where nothing has been written: the old one is still right.
    this.#cursor = cursorOf(out) ?? this.#cursor;
    for (const line of out.split("\n")) {
      onLine(line);
    }
  }

  close(): void {}
}

async function answer(programs: Programs, words: readonly string[]): Promise<string | null> {
  try {
    const { status, out } = await programs.run([...COMMAND, ...words], {
      limitMs: ANSWER_LIMIT_MS,
    });
    return status === 0 ? out : null;
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    return null;
  }
}

/** The last line alone: what is logged can't stand there, since each entry's further lines are indented. */
function cursorOf(out: string): string | null {
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  return CURSOR_SYNTAX.exec(last)?.[1] ?? null;
}
