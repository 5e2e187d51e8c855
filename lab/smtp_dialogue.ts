/**
 * An SMTP client (RFC 5321, ETRN: RFC 1985) that keeps the dialogue, line by line.
 *
 * Commands go out as given, one at a time. A server that hangs up or stays silent: SmtpError.
 */
import type { Socket } from "bun";

/** A server that needs longer is stuck: RFC 5321's minutes are for the open Internet. */
const REPLY_LIMIT_MS = 30 * 1000;

/** The dialogue broke off, or the server's answer was not the one needed. */
export class SmtpError extends Error {
  override readonly name = "SmtpError";
}

/** A reply: its code and its last line's text (without the code). */
export interface Reply {
  readonly code: number;
  readonly text: string;
}

/** A message to be sent: envelope and subject. Its text is of no interest. */
export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
}

/** One connection to an SMTP server, and all that was said on it. */
export class SmtpDialogue {
  /** All lines so far: `S: ` before the server's, `C: ` before ours. */
  readonly transcript: string[] = [];
  #unread = "";
  #closed = false;
  #wake: () => void = () => {};
  #socket: Socket | undefined;

  /** Connects, reads the greeting and says EHLO. */
  static async open(address: string, port: number): Promise<SmtpDialogue> {
    const dialogue = new SmtpDialogue();
    await dialogue.#connect(address, port);
    dialogue.#expect(await dialogue.#reply(), 220);
    dialogue.#expect(await dialogue.command("EHLO client.example"), 250);
    return dialogue;
  }

  async #connect(address: string, port: number): Promise<void> {
    const wake = (): void => this.#wake();
    this.#socket = await Bun.connect({
      hostname: address,
      port,
      socket: {
        data: (_, chunk) => {
          this.#unread += chunk.toString("latin1");
          wake();
        },
        close: () => {
          this.#closed = true;
          wake();
        },
      },
    });
  }

  /** Sends a line (or a message's lines, CRLF between); returns the reply to it. */
  async command(line: string): Promise<Reply> {
    this.transcript.push(...line.split("\r\n").map((part) => `C: ${part}`));
    this.#socket?.write(`${line}\r\n`);
    return await this.#reply();
  }

  /** Sends one message; returns the queue ID under which Postfix has taken it. */
  async send(letter: Letter): Promise<string> {
    this.#expect(await this.command(`MAIL FROM:<${letter.from}>`), 250);
    for (const recipient of letter.to) {
      this.#expect(await this.command(`RCPT TO:<${recipient}>`), 250);
    }
    this.#expect(await this.command("DATA"), 354);
    const head = `From: <${letter.from}>\r\nTo: <${letter.to.join(">, <")}>`;
    const end = await this.command(`${head}\r\nSubject: ${letter.subject}\r\n\r\nHello.\r\n.`);
    this.#expect(end, 250);
    const queue_id = /queued as (\w+)/.exec(end.text)?.[1];
    if (queue_id === undefined) {
      throw new SmtpError(`send a message: no queue ID in "${end.text}"`);
    }
    return queue_id;
  }

  /** Says QUIT and hangs up. */
  async close(): Promise<void> {
    await this.command("QUIT");
    this.#socket?.end();
  }

  #expect(reply: Reply, code: number): void {
    if (reply.code !== code) {
      throw new SmtpError(`speak SMTP: wanted ${code}\n${this.transcript.join("\n")}`);
    }
  }

  async #reply(): Promise<Reply> {
    for (;;) {
      const line = await this.#line();
      this.transcript.push(`S: ${line}`);
      // The last line of a reply has no hyphen behind its code (RFC 5321, 4.2.1).
      const match = /^(\d{3})(?: (.*))?$/.exec(line);
      if (match !== null) {
        return { code: Number(match[1]), text: match[2] ?? "" };
      }
    }
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#unread.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#unread.slice(0, end);
        this.#unread = this.#unread.slice(end + 2);
        return line;
      }
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    if (this.#closed) {
      throw new SmtpError(`speak SMTP: the server hung up\n${this.transcript.join("\n")}`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      const words = this.transcript.join("\n");
      reject(new SmtpError(`speak SMTP: no answer in ${REPLY_LIMIT_MS / 1000} s\n${words}`));
    }, REPLY_LIMIT_MS);
    this.#wake = resolve;
    await promise.finally(() => clearTimeout(timer));
  }
}
