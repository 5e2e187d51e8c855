/**
 * A destination for mail that can be down or up.
 *
 * It has a loopback address and a port of its own. Down: nothing listens, deliveries are refused at once.
 * Up: Postfix's own smtp-sink(1) takes all mail and keeps it in files, one a message, readable here; or refuses it,
 * or leaves the client waiting.
 * Postfix tries a destination that it found dead again only when told to (an unthrottle: a flush).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { freePort, isListening, randomLoopbackAddress } from "./loopback.ts";
import { waitFor } from "./wait.ts";

/** smtp-sink's backlog: more than Postfix's connections to one destination (20). */
const BACKLOG = 100;

/** smtp-sink's options for what it does with mail that comes. */
const MANNERS = {
  takes: [],
  /** 450 to each recipient. */
  defers: ["-r", "RCPT"],
  /** 500 to each recipient. */
  bounces: ["-f", "RCPT"],
  /** Longer than any test takes to say anything to DATA. */
  hangs: ["-w", "600"],
} as const;

/** What a destination that is up does with mail. */
type Manner = keyof typeof MANNERS;

/** A message as it arrived. */
export interface ReceivedMessage {
  /** Under which the instance had it. */
  readonly queue_id: string;
  readonly recipients: readonly string[];
  readonly subject: string;
}

/** A domain, where its mail goes, and where the mail is kept that arrives there. */
export interface DestinationPlan {
  readonly site: string;
  readonly address: string;
  readonly port: number;
  /** smtp-sink's executable. */
  readonly sink: string;
  /** The user that smtp-sink runs as, since it must not be root. */
  readonly user: string;
  /** Of that user; files whose names start with the site are this destination's. */
  readonly folder: string;
}

/** Draws an address and a port. */
export async function drawAddress(): Promise<{ address: string; port: number }> {
  const address = randomLoopbackAddress();
  return { address, port: await freePort(address) };
}

/** Takes smtp-sink's file apart; nothing while the header is not yet complete. */
function parseDump(text: string): ReceivedMessage[] {
  const [header = "", ...body] = text.split(/\r?\n\r?\n/);
  const queue_id = /\(Postfix\) with ESMTP id (\w+)/.exec(header)?.[1];
  if (queue_id === undefined || body.length === 0) {
    return [];
  }
  return [
    {
      queue_id,
      recipients: [...header.matchAll(/^X-Rcpt-Args: <([^>]*)>/gm)].map((match) => match[1] ?? ""),
      subject: /^Subject: (.*)$/m.exec(header)?.[1] ?? "",
    },
  ];
}

/** One destination, down at first. */
export class Destination {
  #sink: Subprocess | undefined;

  constructor(readonly plan: DestinationPlan) {}

  get site(): string {
    return this.plan.site;
  }

  /** As transport_maps wants it. */
  get transport(): string {
    return `smtp:[${this.plan.address}]:${this.plan.port}`;
  }

  /** Starts to listen; returns once connections are accepted. */
  async up(manner: Manner = "takes"): Promise<void> {
    const { sink, user, folder, site, address, port } = this.plan;
    const dump = join(folder, `${site}/m.`);
    const where = `inet:${address}:${port}`;
    const options = ["-4", "-u", user, ...MANNERS[manner], "-d", dump];
    const child = Bun.spawn([sink, ...options, where, String(BACKLOG)], {
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C" },
      stdio: ["ignore", "ignore", "ignore"],
      detached: true, // A session of its own: it may outlive us, and Ctrl-C is not for it.
    });
    child.unref();
    this.#sink = child;
    await waitFor(`smtp-sink for ${site} at ${address}:${port}`, () => {
      if (child.exitCode !== null) {
        throw new Error(`start smtp-sink for ${site} at ${where}: exit status ${child.exitCode}`);
      }
      return isListening(address, port);
    });
  }

  /** Stops listening; connections that are open are cut. */
  async down(): Promise<void> {
    this.#sink?.kill("SIGKILL");
    await this.#sink?.exited;
    this.#sink = undefined;
  }

  /**
   * What has arrived so far, in no order. A message that has left the instance's queue is here: smtp-sink
   * confirms it when its file is closed.
   */
  received(): ReceivedMessage[] {
    const { folder, site } = this.plan;
    return readdirSync(folder)
      .filter((name) => name === site)
      .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
      .flatMap((path) => parseDump(readFileSync(path, "latin1")));
  }
}
