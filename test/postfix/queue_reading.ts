/**
 * A full reading of a queue, by Postfix's own programs: which messages there are, and in which logs of the record
 * each must be and may be. The yardstick for the record: it shares no code with what reads the queue in src/.
 *
 * To be asked when nothing moves in the queue: the programs look one after the other.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { logfileOf } from "../../lab/mail_queue.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";

/**
 * Mail to `user%site@RELAYING` is mail for the site: the queue manager tries and records it there. Whether it has
 * been tried, the defer file tells.
 */
export const RELAYING = "relaying.test";

/** A message and the logs that concern it. */
export interface ReadMessage {
  readonly queue_id: string;
  readonly queue_name: string;
  /** By its undelivered recipients. */
  readonly must_be_in: ReadonlySet<string>;
  /** By all its recipients, those included that are done with. */
  readonly may_be_in: ReadonlySet<string>;
}

/** Paths given to one postcat(1): far below what a command line may hold. */
const FILES_AT_ONCE = 500;

const ENVELOPE = /^\*\*\* ENVELOPE RECORDS (\S+) \*\*\*$/;
const RECIPIENT = /^(original_recipient|recipient|done_recipient): (.*)$/;

/** The recipients that a queue file names. */
interface Recipients {
  readonly undelivered: string[];
  readonly all: string[];
}

/** Reads the queue: all that postqueue(1) lists, in whichever queue. */
export async function readQueue(instance: PostfixInstance): Promise<ReadMessage[]> {
  const files = await readQueueFiles(instance);
  return (await instance.queue()).map(({ queue_id, queue_name, recipients }) => {
    const file = files.get(queue_id) ?? { undelivered: [], all: [] };
    // Those of the queue file, and those under which they were tried, which the defer file names.
    const undelivered = [...file.undelivered, ...recipients.map(({ address }) => address)];
    return {
      queue_id,
      queue_name,
      must_be_in: logfilesOf(undelivered.filter((address) => !address.endsWith(`@${RELAYING}`))),
      may_be_in: logfilesOf([...undelivered, ...file.all, ...file.all.map(tried)]),
    };
  });
}

/** The address at which a recipient is tried. */
function tried(address: string): string {
  const [, user = "", site = ""] = new RegExp(`^(.*)%(.*)@${RELAYING}$`).exec(address) ?? [];
  return site === "" ? address : `${user}@${site}`;
}

function logfilesOf(addresses: readonly string[]): ReadonlySet<string> {
  return new Set(
    addresses.map((address) => logfileOf(address.slice(address.lastIndexOf("@") + 1))),
  );
}

async function readQueueFiles(instance: PostfixInstance): Promise<Map<string, Recipients>> {
  const paths = ["deferred", "incoming", "active", "hold"]
    .map((queue) => join(instance.queue_folder, queue))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const recipients = new Map<string, Recipients>();
  for (let start = 0; start < paths.length; start += FILES_AT_ONCE) {
    const batch = paths.slice(start, start + FILES_AT_ONCE);
    const { status, stdout, stderr } = await instance.command("postcat", "-e", ...batch);
    if (status !== 0) {
      throw new Error(`postcat -e: exit status ${status}: ${stderr}`);
    }
    parseEnvelopes(stdout, recipients);
  }
  return recipients;
}

function parseEnvelopes(output: string, recipients: Map<string, Recipients>): void {
  let current: Recipients = { undelivered: [], all: [] };
  for (const line of output.split("\n")) {
    const path = ENVELOPE.exec(line)?.[1];
    if (path !== undefined) {
      current = { undelivered: [], all: [] };
      recipients.set(path.slice(path.lastIndexOf("/") + 1), current);
    }
    const [, kind, address = ""] = RECIPIENT.exec(line) ?? [];
    if (kind !== undefined && address !== "") {
      current.all.push(address);
    }
    if (kind === "recipient" && address !== "") {
      current.undelivered.push(address);
    }
  }
}
