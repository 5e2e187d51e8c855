/**
 * Programs in memory: effects/programs.ts for tests that say what each is to answer.
 */
import { OsError } from "../effects/os_error.ts";
import type { ProgramOutcome, ProgramRun, Programs } from "../effects/programs.ts";

/** What a program does: the outcome, or parts of it that differ from success without output. */
type Act = (args: readonly string[], how: ProgramRun) => Partial<ProgramOutcome>;

export class MemoryPrograms implements Programs {
  /** The command lines that were run, words joined by blanks. */
  readonly lines: string[] = [];
  readonly #acts = new Map<string, Act>();

  /** Installs a program. */
  add(name: string, act: Act): void {
    this.#acts.set(name, act);
  }

  async run(words: readonly string[], how: ProgramRun): Promise<ProgramOutcome> {
    const [name = "", ...args] = words;
    const act = this.#acts.get(name);
    if (act === undefined) {
      throw new OsError("ENOENT", "start");
    }
    this.lines.push(words.join(" "));
    return { status: 0, isLate: false, out: "", err: "", ...act(args, how) };
  }
}
