/**
 * The client of a case, on a connected socket: does its steps, takes in what comes, and notes what was asked
 * for. Knows nothing of which program answers.
 */
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { GREETING } from "../../lab/greeting.ts";
import type { Step } from "./contract_case.ts";
import { close, type Descriptor, endWriting, lock, receive, send, unreadBytes } from "./kernel.ts";
import { readQuietly } from "./queue_tree.ts";
import { until } from "./until.ts";

export class Client {
  readonly #queue: string;
  readonly #socket: Descriptor;
  readonly #makeRoom: () => void;
  readonly #notes: string[] = [];
  #lock: Descriptor | null = null;
  #bytes = "";
  #hasEnded = false;
  #hasClosed = false;

  /** `queue` is where the paths of locks and notes begin. */
  constructor(socket: Descriptor, queue: string, makeRoom: () => void) {
    this.#socket = socket;
    this.#queue = queue;
    this.#makeRoom = makeRoom;
  }

  /** All that has come so far. */
  get bytes(): string {
    return this.#bytes;
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Whether the service has closed the connection. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Takes in what has come. */
  look(): void {
    while (!this.#hasEnded && !this.#hasClosed) {
      const text = receive(this.#socket);
      if (text === null) {
        return;
      }
      this.#bytes += text;
      this.#hasEnded = text === "";
    }
  }

  /** Does the steps that need no wait, up to the first that does; returns what is left. */
  begin(steps: readonly Step[]): readonly Step[] {
    for (const [index, step] of steps.entries()) {
      if (typeof step === "string") {
        send(this.#socket, step);
      } else if (!this.#doAtOnce(step)) {
        return steps.slice(index);
      }
    }
    return [];
  }

  /** Does the steps, one after the other. */
  async finish(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (typeof step === "string") {
        send(this.#socket, step);
      } else if (!this.#doAtOnce(step)) {
        await this.#wait(step);
      }
    }
  }

  /** Waits until the service has closed the connection. */
  async ended(): Promise<void> {
    await until("the service to close", () => this.#hasEnded || this.#hasClosed, this.#explain);
  }

  /** Closes what is open. */
  remove(): void {
    this.#unlock();
    if (!this.#hasClosed) {
      close(this.#socket);
    }
  }

  #doAtOnce(step: Exclude<Step, string>): boolean {
    switch (step.do) {
      case "end":
        endWriting(this.#socket);
        return true;
      case "close":
        close(this.#socket);
        this.#hasClosed = true;
        return true;
      case "lock":
        this.#lock = openSync(join(this.#queue, step.path), constants.O_RDWR);
        lock(this.#lock, step.kind);
        return true;
      case "unlock":
        this.#unlock();
        return true;
      default:
        return false;
    }
  }

  async #wait(step: Exclude<Step, string>): Promise<void> {
    switch (step.do) {
      case "read":
        await until("the service to read", () => unreadBytes(this.#socket) === 0, this.#explain);
        break;
      case "reply":
        await until("a reply", () => this.#hasReply || this.#hasEnded, this.#explain);
        break;
      case "pause":
        await Bun.sleep(step.ms);
        break;
      case "note":
        this.look();
        this.#notes.push(this.#note(step.what));
        break;
      case "make room":
        this.#makeRoom();
        break;
      default:
        throw new Error(`no such step: ${JSON.stringify(step)}`);
    }
  }

  get #hasReply(): boolean {
    return this.#bytes.length > GREETING.length;
  }

  #note(what: string): string {
    return what === "reply"
      ? this.#hasReply
        ? "replied"
        : "silent"
      : readQuietly(join(this.#queue, what));
  }

  #unlock(): void {
    if (this.#lock !== null) {
      closeSync(this.#lock);
      this.#lock = null;
    }
  }

  readonly #explain = (): string => `the client got ${JSON.stringify(this.#bytes)}`;
}
