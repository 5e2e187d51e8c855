/**
 * Measures what exactness costs: send_site over many messages whose files are read before they are released.
 *
 * The messages are real ones, with a text of some kilobytes and a defer file. Two kinds: those that the queue file
 * says are for the site, and those of which only the defer file does, which is read then as well. In turns, over
 * the same files: the original, ours without exactness, and ours. What must hold after each turn: see sends.ts.
 */
import { buildDeferFile, buildQueueFile } from "../test/support/queue_files.ts";
import type { Arena } from "./arena.ts";
import {
  type Contestant,
  ORIGINAL_STOCK,
  OURS_NOT_EXACT,
  OURS_RECOMMENDED,
} from "./contestants.ts";
import { type MessageContent, MessageFiles } from "./message_files.ts";
import { playSends, type SendPlan, type SendTimes } from "./sends.ts";

/** What was measured, for each kind of messages. */
export type ExactnessTimes = ReadonlyMap<string, SendTimes>;

const SITE = "exact.bench.example";

const SIDES: readonly Contestant[] = [ORIGINAL_STOCK, OURS_NOT_EXACT, OURS_RECOMMENDED];

/** A text like that of a short letter: 4 KB. */
const TEXT_LINES: readonly string[] = Array(64).fill("x".repeat(64));

/** By title: the address in the queue file of the recipient who is for the site, and the one that was tried. */
const KINDS: ReadonlyArray<readonly [string, string, string]> = [
  ["the queue file names the site", `user@${SITE}`, `user@${SITE}`],
  ["only the defer file does", `user%${SITE}@relay.example`, `user@${SITE}`],
];

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

/** Runs the whole measurement. */
export async function measureExactness(
  arena: Arena,
  plan: SendPlan,
  tell: (line: string) => void,
): Promise<ExactnessTimes> {
  const all = new Map<string, SendTimes>();
  for (const [kind, address, tried] of KINDS) {
    tell(`exactness: ${kind}`);
    const files = new MessageFiles(arena, SITE, plan.messages, contentOf(address, tried));
    all.set(kind, await playSends(arena, files, SIDES, plan, tell));
  }
  return all;
}
