/**
 * Threads for real: effects/threads.ts over Web Workers, which in Bun are threads of the operating system.
 */
import { parentPort } from "node:worker_threads";
import type { ThreadPort, Threads } from "../effects/threads.ts";

/** Threads that run `program`, the address of a module that is part of this program. */
export function createThreads(program: URL): Threads {
  return {
    processorCount: navigator.hardwareConcurrency,
    start: (onValue, onDeath) => {
      const worker = new Worker(program.href);
      worker.onmessage = ({ data }) => onValue(data);
      worker.onerror = ({ message }) => onDeath(new Error(`a thread has died: ${message}`));
      return {
        send: (value, handedOver = []) => worker.postMessage(value, transferable(handedOver)),
        end: () => worker.terminate(),
      };
    },
    turn: () =>
      new Promise((turned) => {
        setImmediate(turned);
      }),
  };
}

/** In such a thread: calls `serve` with each value that the main thread sends. */
export function serveThread(serve: (value: unknown, port: ThreadPort) => void): void {
  const main = parentPort;
  if (main === null) {
    throw new Error("not a thread, but a program of its own");
  }
  const port: ThreadPort = {
    send: (value, handedOver = []) => main.postMessage(value, transferable(handedOver)),
  };
  main.on("message", (value: unknown) => serve(value, port));
}

function transferable(buffers: readonly ArrayBufferLike[]): ArrayBuffer[] {
  return buffers.filter((buffer) => buffer instanceof ArrayBuffer);
}
