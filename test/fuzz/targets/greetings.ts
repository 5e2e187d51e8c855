/**
 * What a mail server, or whatever else listens there, says to who connects.
 *
 * Promised: a greeting of one line, or why there is none; the same whatever the pieces; ready with 220 alone.
 */
import { MemoryClock } from "../../../src/memory/clock.ts";
import { type Greeting, readGreeting } from "../../../src/watching/greeting.ts";
import { pick, type Random } from "../../support/random.ts";
import { inPieces } from "../mutate.ts";
import { speakerAt } from "../speaker.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const PATH = "/mx";
const CODES = ["220", "220", "421", "554"];

async function greetedWith(pieces: readonly string[]): Promise<Greeting> {
  const sockets = speakerAt(PATH, pieces);
  return await readGreeting(new MemoryClock(), (open) => sockets.connect(PATH, open));
}

function drawGreeting(random: Random): string {
  const code = pick(random, CODES);
  const before = Array.from({ length: random(3) }, () => `${code}-${"x".repeat(random(9))}\r\n`);
  return `${before.join("")}${code} mx.example ESMTP\r\n`;
}

export const GREETINGS: Target = {
  name: "greetings",
  draw: drawGreeting,
  tokens: [...CODES, "220-", "220 ", "\r\n", "\n", "\0", "x".repeat(17_000)],
  read: async (input, random) => {
    const greeting = await greetedWith([input]);
    mustBeSame("in one piece and in many", greeting, await greetedWith(inPieces(input, random)));
    mustHold("one line", !greeting.text.includes("\n") && greeting.text.length <= 200);
    mustHold("ready with 220 alone", !greeting.isReady || /(?:^|\n)220[ \r\n]/.test(input));
    return greeting.isReady ? "ready" : "not ready";
  },
};
