/**
 * For tests: queue files and defer files as Postfix writes them, byte by byte, from a description.
 *
 * test/postfix/queue_file_test.ts shows that postcat(1) reads the queue files. All texts are byte strings.
 */

/** Who a message goes to, and what became of that. */
export interface PlannedRecipient {
  readonly address: string;
  /** Unless set, "waiting". "canceled": a Milter has taken it back. */
  readonly state?: keyof typeof RECIPIENT_TYPE;
  /**
   * Unless set, in the envelope. "extracted": from the headers of the message (`sendmail -t`). "added": behind
   * the end, reached by pointers, as a Milter adds recipients.
   */
  readonly place?: "envelope" | "extracted" | "added";
}

/** What is to be in a queue file. */
export interface QueueFilePlan {
  readonly recipients: readonly PlannedRecipient[];
  readonly sender?: string;
  readonly arrivalSeconds?: number;
  /** Records of the content, each a line. */
  readonly content?: readonly string[];
}

/** A queue file. */
interface BuiltQueueFile {
  readonly text: string;
  /** Where the recipients' records stand, in the order of the plan. */
  readonly offsets: readonly number[];
}

const RECIPIENT_TYPE = { waiting: "R", done: "D", canceled: "/" };
const NUMBER_DIGITS = 15;
/** The record of sizes has this length, whatever the sizes are. */
const SIZES_BYTES = 97;

/** One record: type, length, data. */
export function record(type: string, data: string): string {
  let length = "";
  let rest = data.length;
  for (; rest > 0x7f; rest >>>= 7) {
    length += String.fromCharCode((rest & 0x7f) | 0x80);
  }
  return type + length + String.fromCharCode(rest) + data;
}

/** A record that says where to go on; 0: right behind it. */
export function pointer(target: number): string {
  return record("p", String(target).padStart(NUMBER_DIGITS));
}

/** The record of sizes, with which a queue file begins. */
export function sizes(messageBytes: number, contentStart: number, recipientCount: number): string {
  const numbers = [messageBytes, contentStart, recipientCount, 0, messageBytes, 0];
  return record("C", numbers.map((number) => String(number).padStart(NUMBER_DIGITS)).join(" "));
}

/** A queue file, complete. */
export function buildQueueFile(plan: QueueFilePlan): BuiltQueueFile {
  return new Builder(plan).build();
}

class Builder {
  readonly #plan: QueueFilePlan;
  readonly #offsets: number[];
  #text = " ".repeat(SIZES_BYTES);

  constructor(plan: QueueFilePlan) {
    this.#plan = plan;
    this.#offsets = plan.recipients.map(() => -1);
  }

  build(): BuiltQueueFile {
    const { sender = "sender@origin.example", arrivalSeconds = 1_700_000_000 } = this.#plan;
    this.#text += record("T", `${arrivalSeconds} 123456`) + record("A", "rewrite_context=local");
    this.#text += record("S", sender);
    this.#addRecipients("envelope");
    const envelopeEnd = this.#text.length;
    this.#text += pointer(0) + record("M", "");
    const contentStart = this.#text.length;
    for (const line of this.#plan.content ?? ["Subject: hello", "", "Hello."]) {
      this.#text += record("N", line);
    }
    this.#text += pointer(0);
    const contentBytes = this.#text.length - contentStart;
    this.#text += record("X", "");
    this.#addRecipients("extracted");
    this.#text += pointer(0) + record("E", "");
    this.#addBehindEnd(envelopeEnd);
    this.#put(0, sizes(contentBytes, contentStart, this.#plan.recipients.length));
    return { text: this.#text, offsets: this.#offsets };
  }

  #addRecipients(place: "envelope" | "extracted"): void {
    for (const [index, recipient] of this.#plan.recipients.entries()) {
      if ((recipient.place ?? "envelope") === place) {
        this.#text += record("A", `dsn_orig_rcpt=rfc822;${recipient.address}`);
        this.#addRecipient(recipient, index);
      }
    }
  }

  /** Each one is led to by the pointer before it, the first by that of the envelope; the last leads back. */
  #addBehindEnd(envelopeEnd: number): void {
    const back = envelopeEnd + pointer(0).length;
    let last = envelopeEnd;
    for (const [index, recipient] of this.#plan.recipients.entries()) {
      if (recipient.place === "added") {
        this.#put(last, pointer(this.#text.length));
        this.#addRecipient(recipient, index);
        last = this.#text.length;
        this.#text += pointer(back);
      }
    }
  }

  #addRecipient({ address, state = "waiting" }: PlannedRecipient, index: number): void {
    this.#text += record("O", address);
    this.#offsets[index] = this.#text.length;
    this.#text += record(RECIPIENT_TYPE[state], address);
  }

  #put(position: number, bytes: string): void {
    this.#text = this.#text.slice(0, position) + bytes + this.#text.slice(position + bytes.length);
  }
}

/** What defer(8) says of a recipient. */
export interface PlannedDeferral {
  readonly recipient: string;
  readonly offset: number;
  readonly status?: string;
  readonly reason?: string;
}

/** A defer file, complete. */
export function buildDeferFile(deferrals: readonly PlannedDeferral[]): string {
  return deferrals
    .map(({ recipient, offset, status = "4.4.1", reason = "Connection refused" }) =>
      [
        "",
        `<${recipient}>: ${reason}`,
        `recipient=${recipient}`,
        `offset=${offset}`,
        `dsn_orig_rcpt=rfc822;${recipient}`,
        `status=${status}`,
        "action=delayed",
        `reason=${reason}`,
        "\n",
      ].join("\n"),
    )
    .join("");
}
