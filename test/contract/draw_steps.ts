/** How a random request is sent: as it is, changed, cut, in parts. */
import { oneIn, pick, type Random } from "../support/random.ts";
import type { Step } from "./contract_case.ts";

const END: Step = { do: "end" };
const READ: Step = { do: "read" };

const BYTES = [
  "\0",
  "\0\0",
  "a",
  "\xff",
  " ",
  "request\0",
  "site\0",
  "foo\0bar\0",
  "x".repeat(300),
];

/** Longer than ours takes a request. */
const TOO_LONG = "y".repeat(9000);

/** Steps that send `bytes`, or something like it; what is not whole is cut off, since nobody would answer. */
export function drawSteps(random: Random, bytes: string): readonly Step[] {
  const isChanged = oneIn(random, 4);
  const sent = isChanged ? drawChanged(random, bytes) : bytes;
  const isCut = isChanged || oneIn(random, 2);
  return [...drawParts(random, sent), ...(isCut ? [END] : [])];
}

function drawChanged(random: Random, bytes: string): string {
  let changed = bytes;
  for (let times = 1 + random(3); times > 0; times--) {
    changed = drawChange(random, changed);
  }
  return changed;
}

function drawChange(random: Random, bytes: string): string {
  const at = random(bytes.length + 1);
  const [before, behind] = [bytes.slice(0, at), bytes.slice(at)];
  switch (random(7)) {
    case 0:
      return before;
    case 1:
      return before + behind.slice(1);
    case 2:
      return before + pick(random, BYTES) + behind;
    case 3:
      return bytes + pick(random, BYTES);
    case 4:
      return before + String.fromCharCode(random(256)) + behind.slice(1);
    case 5:
      return before + bytes.slice(0, random(bytes.length + 1)) + behind;
    default:
      return oneIn(random, 4) ? before + TOO_LONG + behind : bytes;
  }
}

/** The bytes in up to four parts, of which each is read before the next comes. */
function drawParts(random: Random, bytes: string): Step[] {
  const count = oneIn(random, 3) ? 1 + random(3) : 0;
  const cuts = Array.from({ length: count }, () => random(oneIn(random, 4) ? 4 : bytes.length + 1));
  const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  const parts = places
    .slice(1)
    .map((place, index) => bytes.slice(places[index], place))
    .filter((part) => part !== "");
  return parts.flatMap((part, index) => (index === 0 ? [part] : [READ, part]));
}
