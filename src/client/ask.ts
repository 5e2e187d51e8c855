/**
 * Asks the flush service, as its client, and reads the report (docs/PROTOCOL.md).
 *
 * Guarantees: one connection, one request, exactly one answer; items are told in their order, as they come, and
 * before the answer. Whatever the other end does is an answer and never an exception. Waits for the greeting no
 * longer than GREETING_MS; for the report as long as it takes, as a rebuild reads the whole queue.
 */
import type { Clock } from "../effects/clock.ts";
import { OsError } from "../effects/os_error.ts";
import type { OutgoingConnection, UnixSockets } from "../effects/unix_sockets.ts";
import { bytesToString } from "../names/byte_string.ts";
import { encodeRequest } from "../wire/encode_request.ts";
import { GREETING } from "../wire/greeting.ts";
import { type ReportPart, ReportReader } from "../wire/report.ts";
import { type FlushRequest, NOTHING, type ReportRequest } from "../wire/request.ts";

/** What came of a request. */
export type Answer =
  /** The report has come to its end. */
  | {
      readonly kind: "done";
      readonly status: number;
      readonly totals: ReadonlyMap<string, string>;
    }
  /** There is no connection: nobody listens there, or this user is not let in. */
  | { readonly kind: "unreachable"; readonly error: OsError }
  /** Greeted, asked, and closed without a word: the service has no such request, or not for this user. */
  | { readonly kind: "unknown" }
  /** What listens there greets as no flush service does. */
  | { readonly kind: "stranger" }
  /** Whatever was asked for may have been done in part. */
  | { readonly kind: "incomplete"; readonly why: string }
  /** Not a word came, and nothing was asked. */
  | { readonly kind: "mute"; readonly why: string };

/** What can be asked: a request of our own, or the one to release a message, whose reply is a report without items. */
export type AskedRequest = ReportRequest | Extract<FlushRequest, { name: "send_file" }>;

/** An item of a report. */
export type ReportItem = Extract<ReportPart, { kind: "item" }>;

/** Where to ask, and by what means. */
export interface FlushSocket {
  readonly sockets: UnixSockets;
  readonly clock: Clock;
  /** A byte string. */
  readonly path: string;
}

/** master(8) may have to start the service first. One that can't start leaves its clients waiting. */
export const GREETING_MS = 20_000;

/**
 * Services don't greet before Postfix 3.6. After so long without a greeting something is asked that changes nothing and
 * that the original doesn't know: it hangs up at that, and ours answers. Then, or when a greeting comes, the service is
 * asked anew.
 */
export const PROBE_MS = 500;

/** How the answer to that begins: "status". */
const PROBE_ANSWER = "s".charCodeAt(0);

/** What has been learned of a service, from one request to the next. */
export interface ServiceHabits {
  /** It takes requests without having greeted. "original": and knows no report. */
  silent: "original" | "ours" | null;
}

/** The backlog is full: too many clients connect at once. Tried again so often, so long. */
const RETRY_MS = 100;
const RETRIES_MAX = 100;

const GREETING_TEXT = bytesToString(GREETING);

/** Asks; `onItem` is told each item. */
export async function ask(
  socket: FlushSocket,
  request: AskedRequest,
  onItem: (item: ReportItem) => void,
  habits: ServiceHabits = { silent: null },
): Promise<Answer> {
  let asking = new Asking(socket.clock, request, onItem, { habits, mayProbe: true });
  for (let tries = 0; ; tries++) {
    try {
      await socket.sockets.connect(socket.path, (connection) => asking.begin(connection));
      const answer = await asking.answer;
      if (answer !== null) {
        return answer;
      }
      asking = new Asking(socket.clock, request, onItem, { habits, mayProbe: false });
      continue;
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      if (caught.code !== "EAGAIN" || tries === RETRIES_MAX) {
        return { kind: "unreachable", error: caught };
      }
    }
    await new Promise<void>((resolve) => {
      socket.clock.after(RETRY_MS, resolve);
    });
  }
}

class Asking {
  readonly #answered = Promise.withResolvers<Answer | null>();
  /** Null: only the harmless request was sent, and now it is known how to ask. */
  readonly answer = this.#answered.promise;
  readonly #clock: Clock;
  readonly #request: AskedRequest;
  readonly #onItem: (item: ReportItem) => void;
  readonly #reader = new ReportReader();
  readonly #habits: ServiceHabits;
  readonly #mayProbe: boolean;
  /** What has come of the greeting; null: it is complete, or none came before the reply. */
  #greeting: string | null = "";
  /** The harmless request was sent in the place of the real one. */
  #isProbed = false;
  /** The request is sent. */
  #isAsked = false;
  /** Something of a report has come, or of the answer to the harmless request. */
  #isAnswered = false;

  constructor(
    clock: Clock,
    request: AskedRequest,
    onItem: (item: ReportItem) => void,
    { habits, mayProbe }: { habits: ServiceHabits; mayProbe: boolean },
  ) {
    this.#clock = clock;
    this.#request = request;
    this.#onItem = onItem;
    this.#habits = habits;
    this.#mayProbe = mayProbe;
  }

  begin(connection: OutgoingConnection): {
    data(bytes: Uint8Array): void;
    closed(): void;
  } {
    const timer = this.#clock.after(GREETING_MS, () => {
      if (this.#greeting !== null) {
        const why = `no ${this.#isAsked ? "answer" : "greeting"} within ${GREETING_MS / 1000} seconds`;
        this.#end(connection, { kind: this.#isAsked ? "incomplete" : "mute", why });
      }
    });
    void this.answer.then(() => timer.cancel());
    const { silent } = this.#habits;
    if (silent === "ours" || (silent === "original" && this.#isForOriginals())) {
      this.#ask(connection);
    } else if (this.#mayProbe) {
      const probe = this.#clock.after(PROBE_MS, () => this.#probe(connection));
      void this.answer.then(() => probe.cancel());
    }
    return {
      data: (bytes) => this.#take(connection, bytes),
      closed: () => this.#answered.resolve(this.#broken()),
    };
  }

  #isForOriginals(): boolean {
    return this.#request.name === "send_file";
  }

  #probe(connection: OutgoingConnection): void {
    if (this.#greeting === "") {
      this.#isProbed = true;
      connection.write(encodeRequest(NOTHING));
    }
  }

  #ask(connection: OutgoingConnection): void {
    if (!this.#isAsked) {
      this.#isAsked = true;
      connection.write(encodeRequest(this.#request));
    }
  }

  #take(connection: OutgoingConnection, bytes: Uint8Array): void {
    let rest = bytes;
    if (this.#greeting === "" && this.#isProbed && bytes[0] === PROBE_ANSWER) {
      this.#isAnswered = true;
      this.#habits.silent = "ours";
      this.#end(connection, null);
      return;
    }
    if (this.#greeting === "" && this.#isAsked && bytes[0] !== GREETING[0]) {
      this.#greeting = null;
    }
    if (this.#greeting !== null) {
      const missing = GREETING_TEXT.length - this.#greeting.length;
      this.#greeting += bytesToString(bytes.subarray(0, missing));
      rest = bytes.subarray(missing);
      if (!GREETING_TEXT.startsWith(this.#greeting)) {
        this.#end(connection, { kind: "stranger" });
        return;
      }
      if (this.#greeting.length < GREETING_TEXT.length) {
        return;
      }
      this.#greeting = null;
      if (this.#isProbed) {
        this.#end(connection, null);
        return;
      }
      this.#ask(connection);
    }
    this.#isAnswered ||= rest.length > 0;
    for (const part of this.#reader.push(rest)) {
      this.#tell(connection, part);
    }
  }

  #tell(connection: OutgoingConnection, part: ReportPart): void {
    switch (part.kind) {
      case "item":
        this.#onItem(part);
        break;
      case "end":
        this.#end(connection, { kind: "done", status: part.status, totals: part.totals });
        break;
      case "malformed":
        this.#end(connection, { kind: "incomplete", why: `the report is malformed: ${part.why}` });
        break;
    }
  }

  #end(connection: OutgoingConnection, answer: Answer | null): void {
    this.#answered.resolve(answer);
    connection.abort();
  }

  /** What it means that the connection is gone before the end. */
  #broken(): Answer | null {
    if (this.#isProbed && this.#greeting === "" && !this.#isAnswered) {
      this.#habits.silent = "original";
      return this.#isForOriginals() ? null : { kind: "unknown" };
    }
    if (this.#greeting !== null && !this.#isAsked) {
      return { kind: "mute", why: "it hung up without a greeting" };
    }
    return this.#isAnswered
      ? { kind: "incomplete", why: "the report broke off before its end" }
      : { kind: "unknown" };
  }
}
