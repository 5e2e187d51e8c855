/**
 * The demonstration that `npm start` runs: Postfix with fastflush as its flush service, on real mail.
 *
 *     bun demo/demo.ts [--keep]
 *
 * Makes a private Postfix instance in a folder of its own under /var/tmp, shows the main job on it
 * (story.ts), and stops and removes everything, also after Ctrl-C. With --keep: leaves it running, and
 * prints how to use it and how to end it. Needs root, an installed Postfix and a built dist/flush.
 *
 * Environment: DEMO_SMTP_PORT=n is where SMTP is spoken on 127.0.0.1 (else a free port);
 * DEMO_BREAK=record|etrn|delivery|send spoils that step, so that it fails; NO_COLOR.
 *
 * Exit status: 0 each step did what it says; 1 one did not; 2 can't be run here (one sentence on standard
 * error); 128 and the signal's number after a signal.
 */
import { constants } from "node:os";
import { LabError } from "../lab/machine.ts";
import { PostfixInstance } from "../lab/postfix_instance.ts";
import { howToUse } from "./how_to_use.ts";
import { Screen } from "./screen.ts";
import { BREAKS, type Break, SITES, Story } from "./story.ts";

const EXIT = { done: 0, step_failed: 1, not_here: 2, signal: 128 } as const;

/** Ends the demonstration early; what it made is removed first. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const LAST_PORT = 65_535;

interface Wishes {
  readonly keep: boolean;
  readonly smtp_port: number | undefined;
  readonly spoilt: Break | undefined;
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || text === "") {
    return undefined;
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > LAST_PORT) {
    throw new LabError(`DEMO_SMTP_PORT must be a port number (1 to ${LAST_PORT}): "${text}".`);
  }
  return port;
}

function parseBreak(text: string | undefined): Break | undefined {
  const found = BREAKS.find((each) => each === text);
  if (found === undefined && text !== undefined && text !== "") {
    throw new LabError(`DEMO_BREAK must be one of ${BREAKS.join(", ")}: "${text}".`);
  }
  return found;
}

function parseWishes(args: readonly string[], env: NodeJS.ProcessEnv): Wishes {
  const unknown = args.find((arg) => arg !== "--keep");
  if (unknown !== undefined) {
    throw new LabError(`The only argument is --keep: "${unknown}" is not known.`);
  }
  return {
    keep: args.includes("--keep"),
    smtp_port: parsePort(env["DEMO_SMTP_PORT"]),
    spoilt: parseBreak(env["DEMO_BREAK"]),
  };
}

async function makeInstance({ smtp_port }: Wishes): Promise<PostfixInstance> {
  return await PostfixInstance.create({
    name: "fastflush-demo",
    flush: { command: "fastflush/flush", chroot: true },
    sites: SITES,
    ...(smtp_port === undefined ? {} : { smtp_port }),
  });
}

/** One run: at most one instance, and an end that comes once. */
class Demo {
  #instance: Promise<PostfixInstance> | undefined;
  #ending = false;

  constructor(
    private readonly screen: Screen,
    private readonly wishes: Wishes,
  ) {}

  /** Returns the exit status; undefined if a signal came meanwhile and the end is under way. */
  async run(): Promise<number | undefined> {
    this.#instance = makeInstance(this.wishes);
    const instance = await this.#instance;
    try {
      const summary = await this.#show(instance);
      return this.#ending ? undefined : await this.#finish(instance, summary);
    } catch (error) {
      return this.#ending ? undefined : await this.#fail(instance, error);
    }
  }

  /** Ends early; returns the exit status. Undefined if that is already under way. */
  async interrupt(signal: (typeof SIGNALS)[number]): Promise<number | undefined> {
    if (this.#ending) {
      return undefined;
    }
    this.#ending = true;
    this.screen.failed(`${signal}: the demonstration ends early`);
    const instance = await this.#instance?.catch(() => undefined);
    if (instance !== undefined) {
      await this.#remove(instance);
    }
    return EXIT.signal + constants.signals[signal];
  }

  async #show(instance: PostfixInstance): Promise<string[]> {
    this.screen.title("fastflush: a site asks for its deferred mail, and gets it");
    this.screen.step("A private Postfix starts, with fastflush as its flush service");
    this.screen.lines([`folder ${instance.folder}`, `SMTP   127.0.0.1:${instance.smtp_port}`]);
    await instance.start();
    this.screen.done(`master(8) runs, process ${instance.masterPid()}`);
    return await new Story(instance, this.screen, this.wishes.spoilt).tell();
  }

  async #finish(instance: PostfixInstance, summary: readonly string[]): Promise<number> {
    const seconds = (this.screen.elapsed_ms() / 1000).toFixed(1);
    if (this.wishes.keep) {
      this.#ending = true;
      await instance.guardian.release();
      this.screen.step("Left running. As root:");
      this.screen.lines(howToUse(instance, SITES[0] ?? ""));
    } else {
      await this.#remove(instance);
    }
    this.screen.title(`Summary: every step did what it says, in ${seconds} s`);
    this.screen.lines(summary);
    return EXIT.done;
  }

  async #fail(instance: PostfixInstance, error: unknown): Promise<number> {
    this.screen.failed(error instanceof Error ? error.message : String(error));
    await this.#remove(instance);
    return EXIT.step_failed;
  }

  async #remove(instance: PostfixInstance): Promise<void> {
    this.#ending = true;
    await instance.remove();
    this.screen.step(`Everything is stopped, ${instance.folder} is removed`);
  }
}

async function main(): Promise<void> {
  const screen = new Screen({
    write: (text) => process.stdout.write(text),
    coloured: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "",
    now_ms: () => performance.now(),
  });
  const demo = new Demo(screen, parseWishes(process.argv.slice(2), process.env));
  const exit = (status: number | undefined): void => {
    if (status !== undefined) {
      process.exit(status);
    }
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => demo.interrupt(signal).then(exit));
  }
  exit(await demo.run());
}

// Whatever ends this early, before the last step has been checked, is no success.
process.exitCode = EXIT.step_failed;
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(EXIT.not_here);
});
