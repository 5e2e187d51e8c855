/**
 * Stand-alone mode (-S): one client on standard input and output, then the end.
 *
 * For tests and for trying things by hand. As in the original only the wait for the first bytes has
 * a limit. Pipes serve as well as a socket. Whoever can start this program may ask anything of it.
 */
import { type Log, verbosely } from "../effects/log.ts";
import type { StandardStream } from "../effects/standard_stream.ts";
import { GREETING } from "../wire/greeting.ts";
import { encodeStatus } from "../wire/reply.ts";
import type { Exchange, FlushRequest, RequestHandler, Status } from "../wire/request.ts";
import { type Reading, RequestReader } from "../wire/request_reader.ts";
import { readerOptions } from "./reader_options.ts";
import type { ServerSettings } from "./server.ts";

/** How log lines name the peer in this mode. */
const PEER_NAME = "unknown_stream";

const MS_PER_SECOND = 1000;
/** "For as long as it takes", within what a timer of the kernel can hold: 24 days. */
const FOREVER_MS = 2 ** 31 - 1;

/** What this mode goes by of what a child of master(8) does. */
export type StandaloneSettings = Pick<ServerSettings, "ipcTimeoutSeconds" | "isGreeting">;

/** Serves the client; resolves when its request is done. */
export async function serveStandalone(
  stream: StandardStream,
  handler: RequestHandler,
  log: Log,
  { ipcTimeoutSeconds, isGreeting }: StandaloneSettings,
): Promise<void> {
  if (isGreeting) {
    verbosely(log)?.info("send attr protocol = queue_flush_protocol");
    if (!stream.write(GREETING)) {
      return;
    }
  }
  const reading = readRequest(stream, log, ipcTimeoutSeconds * MS_PER_SECOND);
  for (const warning of reading.warnings) {
    log.warning(warning);
  }
  if (reading.kind === "request") {
    await handled(stream, handler, log, reading.request);
  } else if (reading.answer !== null) {
    answer(stream, log, reading.answer);
  }
}

function readRequest(
  stream: StandardStream,
  log: Log,
  firstTimeoutMs: number,
): Exclude<Reading, { readonly kind: "more" }> {
  const reader = new RequestReader(readerOptions(PEER_NAME, log), { isTrusted: true });
  let timeoutMs = firstTimeoutMs;
  for (;;) {
    const bytes = stream.read(timeoutMs);
    timeoutMs = FOREVER_MS;
    const reading =
      bytes === null ? reader.timedOut() : bytes.length === 0 ? reader.end() : reader.push(bytes);
    if (reading.kind !== "more") {
      return reading;
    }
  }
}

function handled(
  stream: StandardStream,
  handler: RequestHandler,
  log: Log,
  request: FlushRequest,
): Promise<void> {
  return new Promise((finish) => {
    handler.handle(request, new StandaloneExchange(stream, log, finish));
  });
}

/** Each piece is written before the call returns: the client is never behind. */
class StandaloneExchange implements Exchange {
  readonly peer = null;
  readonly finish: () => void;
  readonly #stream: StandardStream;
  readonly #log: Log;
  #isGone = false;

  constructor(stream: StandardStream, log: Log, finish: () => void) {
    this.#stream = stream;
    this.#log = log;
    this.finish = finish;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  answer(status: Status): void {
    answer(this.#stream, this.#log, status);
  }

  report(bytes: Uint8Array): null {
    this.#isGone = this.#isGone || !this.#stream.write(bytes);
    return null;
  }
}

function answer(stream: StandardStream, log: Log, status: Status): void {
  verbosely(log)?.info(`send attr status = ${status}`);
  stream.write(encodeStatus(status));
}
