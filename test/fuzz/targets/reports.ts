/**
 * What a service, or whoever listens in its place, says to the client: greeting, status, report items.
 *
 * Promised: an answer of a known kind; the same whatever the pieces; no more told than was sent.
 */
import { type Answer, ask } from "../../../src/client/ask.ts";
import { MemoryClock } from "../../../src/memory/clock.ts";
import { bytesToString, stringToBytes } from "../../../src/names/byte_string.ts";
import { GREETING } from "../../../src/wire/greeting.ts";
import { decodeReply } from "../../../src/wire/reply.ts";
import { encodeEnd, encodeItem } from "../../../src/wire/report.ts";
import { pick, type Random } from "../../support/random.ts";
import { inPieces } from "../mutate.ts";
import { speakerAt } from "../speaker.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const PATH = "/flush";
const NAMES = ["queue_id", "logfile", "outcome", "size", "done"];

interface Told {
  readonly answer: Answer;
  readonly items: unknown[];
}

/** A service that says these pieces as soon as it is connected to, and hangs up. */
async function askOne(pieces: readonly string[]): Promise<Told> {
  const sockets = speakerAt(PATH, pieces);
  const items: unknown[] = [];
  const socket = { sockets, clock: new MemoryClock(), path: PATH };
  const answer = await ask(socket, { name: "sites" }, (item) => items.push(item));
  return { answer, items };
}

function drawReport(random: Random): string {
  const items = Array.from({ length: random(5) }, () => {
    const pairs = NAMES.slice(0, random(NAMES.length + 1)).map((name) => {
      const value = pick<string | number>(random, ["ABC1", "", 7, "a\0b", "x".repeat(random(300))]);
      return [name, value] as const;
    });
    return bytesToString(encodeItem(pick(random, ["message", "site", "progress"]), pairs));
  });
  const end = bytesToString(encodeEnd(pick(random, [0, 3, 4, -1]), [["messages", random(9)]]));
  return bytesToString(GREETING) + items.join("") + end;
}

export const REPORTS: Target = {
  name: "reports",
  draw: drawReport,
  tokens: [...NAMES, "item", "status", "\0", "\0\0", bytesToString(GREETING), "x".repeat(20_000)],
  read: async (input, random) => {
    const told = await askOne([input]);
    mustBeSame("in one piece and in many", told, await askOne(inPieces(input, random)));
    const bytes = told.items.reduce<number>((sum, item) => sum + Bun.inspect(item).length, 0);
    mustHold("no more is told than was sent", bytes <= 200 + 20 * input.length);
    return `${told.answer.kind}, ${decodeReply(stringToBytes(input)).kind}`;
  },
};
