/**
 * A process in memory: its descriptors, the faults it meets, its end.
 */
import type { Descriptor } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { type FaultHook, type FaultPoint, ProcessKilled } from "./faults.ts";
import type { Locks } from "./locks.ts";
import type { OpenFile } from "./open_file.ts";

/** 0 to 2 are taken in every process. */
const DESCRIPTOR_MIN = 3;

/** What a fault has to know of a call beyond its name. */
export interface CallDetails {
  /** What was written, and not confirmed, is not there any more. */
  readonly forget?: () => void;
  /** Whether it is about to make a file. */
  readonly makesFile?: () => boolean;
}

export class MemoryProcess {
  /** Asked before every call; null: nothing goes wrong. */
  fault: FaultHook | null = null;
  readonly #locks: Locks;
  readonly #openFiles = new Map<number, OpenFile>();
  /** Those with a call that has not ended. */
  readonly #inBackground = new Set<Descriptor>();
  #isKilled = false;

  constructor(locks: Locks) {
    this.#locks = locks;
  }

  /** How many descriptors are open: 0 after a job that closes what it opens. */
  get openCount(): number {
    return this.#openFiles.size;
  }

  /** SIGKILL: descriptors and locks go, what was written stays. */
  kill(): void {
    this.#isKilled = true;
    for (const file of this.#openFiles.values()) {
      this.#locks.unlock(file);
    }
    this.#openFiles.clear();
    this.#inBackground.clear();
  }

  /** Makes a call, or lets it go wrong; `act` is told how many bytes it may move at most. */
  protected call<Result>(
    operation: FaultPoint["operation"],
    path: string,
    act: (countMax: number) => Result,
    { forget = () => undefined, makesFile = () => false }: CallDetails = {},
  ): Result {
    if (this.#isKilled) {
      throw new ProcessKilled(operation);
    }
    const fault = this.fault?.({ operation, path, ...(makesFile() && { makesFile: true }) });
    if (fault?.crash === "before") {
      this.kill();
      throw new ProcessKilled(operation);
    }
    if (fault?.error) {
      if (fault.forgets === true) {
        forget();
      }
      throw fault.error;
    }
    const result = act(fault?.takeBytes ?? Number.POSITIVE_INFINITY);
    if (fault?.crash === "after") {
      this.kill();
      throw new ProcessKilled(operation);
    }
    return result;
  }

  /** A call on an open file. Throws EBADF; and Error, as a bug, while a call in the background has not ended. */
  protected callOn<Result>(
    descriptor: Descriptor,
    operation: FaultPoint["operation"],
    act: (file: OpenFile, countMax: number) => Result,
  ): Result {
    if (this.#inBackground.has(descriptor)) {
      throw new Error(`${operation}: descriptor ${descriptor} is in use in the background`);
    }
    const file = this.#openFiles.get(descriptor);
    const run = (countMax: number): Result => {
      if (file === undefined) {
        throw new OsError("EBADF", operation);
      }
      return act(file, countMax);
    };
    return this.call(operation, file?.path ?? "", run, { forget: () => file?.forget() });
  }

  /** The same in the background: is made when `later` calls what it is given. */
  protected callOnLater(
    descriptor: Descriptor,
    operation: FaultPoint["operation"],
    later: (make: () => void) => void,
    act: (file: OpenFile) => void,
  ): Promise<void> {
    this.#inBackground.add(descriptor);
    return new Promise((ended, failed) => {
      later(() => {
        this.#inBackground.delete(descriptor);
        try {
          this.callOn(descriptor, operation, act);
          ended();
        } catch (caught) {
          failed(caught);
        }
      });
    });
  }

  /** The lowest free descriptor, as open(2) gives it: one used after its close meets another file. */
  protected register(file: OpenFile): Descriptor {
    let descriptor = DESCRIPTOR_MIN;
    while (this.#openFiles.has(descriptor)) {
      descriptor++;
    }
    this.#openFiles.set(descriptor, file);
    return descriptor as Descriptor;
  }

  /** close(2): frees the descriptor even where it fails. */
  protected release(descriptor: Descriptor, operation: "close" | "closeWritten"): void {
    try {
      this.callOn(descriptor, operation, () => undefined);
    } catch (caught) {
      const isOnlyRead = operation === "close" && this.#openFiles.has(descriptor);
      if (!isOnlyRead || !(caught instanceof OsError)) {
        throw caught;
      }
    } finally {
      const file = this.#openFiles.get(descriptor);
      if (file !== undefined) {
        this.#locks.unlock(file);
        this.#openFiles.delete(descriptor);
      }
    }
  }
}
