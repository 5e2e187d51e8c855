/**
 * The whole terminal for real: effects/screen.ts, over the runtime's raw mode and Node's own reading of keys.
 *
 * The alternate screen is drawn on, so that what the terminal showed is there again afterwards. Signals that end the
 * process give the terminal back first and then end it as they would have; every exit does, and what was said of a defect
 * is shown behind it. Input is read by the runtime while the screen is open, and by nobody before and after.
 */
import type * as Readline from "node:readline";
import type { Key, Screen, ScreenEvents, ScreenSize } from "../effects/screen.ts";

/** Alternate screen, no cursor, and what is too long for a line does not go on in the next one. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
const LEAVE = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

/** Of a terminal that does not say. */
const USUAL_SIZE: ScreenSize = { columns: 80, rows: 24 };

/** They end the process; raw mode makes a key of Ctrl-C, but others may send it. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

const STOP_KEY = "ctrl-z";

const UNPRINTABLE = /\p{C}/u;

/** What a screen is made of. */
interface ScreenParts {
  readonly events: ScreenEvents;
  /** Null: not known. */
  size(): ScreenSize | null;
  write(text: string): void;
  /** Is told once when it is left. */
  onLeft(): void;
}

/** A key as Node tells it. */
interface KeyPress {
  readonly sequence?: string;
  readonly name?: string;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

/** Takes the terminal of standard input and output. */
export function openScreen(parts: ScreenParts): Screen {
  return new RealScreen(parts);
}

class RealScreen implements Screen {
  readonly #parts: ScreenParts;
  /** Ends the listening to an event, for each that is listened to. */
  readonly #endings: (() => void)[] = [];
  #isTaken = false;
  #isLeft = false;

  constructor(parts: ScreenParts) {
    this.#parts = parts;
    this.#listenToInput();
    this.#listenToProcess();
    this.#take();
  }

  size(): ScreenSize {
    return this.#parts.size() ?? USUAL_SIZE;
  }

  draw(text: string): void {
    if (this.#isTaken) {
      this.#parts.write(text);
    }
  }

  leave(): void {
    if (this.#isLeft) {
      return;
    }
    this.#isLeft = true;
    for (const end of this.#endings) {
      end();
    }
    process.stdin.pause();
    this.#giveBack();
    this.#parts.onLeft();
  }

  #listenToInput(): void {
    const { events } = this.#parts;
    const input = process.stdin;
    loadReadline().emitKeypressEvents(input);
    const onKey = (text: string | null | undefined, press: KeyPress): void => {
      const key = keyOf(text ?? "", press);
      if (key.name === STOP_KEY) {
        process.kill(process.pid, "SIGTSTP");
      } else {
        events.onKey(key);
      }
    };
    const onGone = (): void => events.onGone();
    input.on("keypress", onKey).on("end", onGone).on("error", onGone);
    this.#endings.push(() => {
      input.off("keypress", onKey).off("end", onGone).off("error", onGone);
    });
  }

  #listenToProcess(): void {
    const listen = (event: NodeJS.Signals | "exit", act: () => void): void => {
      process.on(event, act);
      this.#endings.push(() => process.off(event, act));
    };
    for (const signal of ENDING) {
      listen(signal, () => {
        this.leave();
        // Nobody listens any more: it does what it does by itself, and whoever waits for this process sees that.
        process.kill(process.pid, signal);
      });
    }
    listen("SIGWINCH", () => this.#parts.events.onRedraw());
    listen("SIGTSTP", () => {
      this.#giveBack();
      process.kill(process.pid, "SIGSTOP");
    });
    listen("SIGCONT", () => {
      this.#take();
      this.#parts.events.onRedraw();
    });
    listen("exit", () => this.leave());
  }

  /** Also where it is taken already: another process may have changed it while this one was stopped. */
  #take(): void {
    process.stdin.setRawMode(true);
    process.stdin.resume();
    this.#isTaken = true;
    this.#parts.write(ENTER);
  }

  #giveBack(): void {
    if (this.#isTaken) {
      this.#isTaken = false;
      this.#parts.write(LEAVE);
      process.stdin.setRawMode(false);
    }
  }
}

function keyOf(text: string, { name = "", sequence = "", ctrl, meta }: KeyPress): Key {
  if (ctrl) {
    return { name: `ctrl-${name}`, text: "" };
  }
  if (text !== "" && !meta && !UNPRINTABLE.test(text)) {
    return { name: text, text };
  }
  const isEscape = sequence === "\x1b";
  return { name: meta && !isEscape ? `alt-${name}` : name || sequence, text: "" };
}

/** Loaded when it is first needed: most commands hear no keys. */
function loadReadline(): typeof Readline {
  return require("node:readline") as typeof Readline;
}
