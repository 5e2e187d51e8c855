/**
 * What the messages of the benchmark's sends look like: short letters with three recipients, and their defer files.
 */
import { buildDeferFile, buildQueueFile } from "../test/support/queue_files.ts";
import type { MessageContent } from "./message_files.ts";

/** The site, with the name that the load generator gives to the first of its sites. */
export const SITE_PREFIX = "customer";
export const SITE = `${SITE_PREFIX}00000.bench.example`;

/** A text of 1 KB: with it a queue file is as large as most, a page. */
const TEXT_LINES: readonly string[] = Array(16).fill("x".repeat(64));

/** The two files of a message with three recipients, of whom the last is for the site. */
function contentOf(address: string, tried: string): MessageContent {
  const others = ["one@other.example", "two@another.example"];
  const { text, offsets } = buildQueueFile({
    recipients: [...others, address].map((each) => ({ address: each })),
    content: ["Subject: hello", "", ...TEXT_LINES],
  });
  const deferrals = [...others, tried].map((recipient, index) => {
    return { recipient, offset: offsets[index] ?? 0 };
  });
  return { queue_file: text, defer_file: buildDeferFile(deferrals) };
}

/** The queue file says that the message is for the site. */
export function namedInQueueFile(): MessageContent {
  return contentOf(`user@${SITE}`, `user@${SITE}`);
}

/** Only the defer file does, so that it must be read too. */
export function namedInDeferFile(): MessageContent {
  return contentOf(`user%${SITE}@relay.example`, `user@${SITE}`);
}
