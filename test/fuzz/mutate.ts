/**
 * Byte strings changed at random, as bad disks, bad peers and bad people change them.
 */
import { oneIn, pick, type Random } from "../support/random.ts";

/** Larger inputs find little that smaller ones don't, and take longer. */
const INPUT_BYTES_MAX = 64 * 1024;

const MUTATIONS_MAX = 6;

/** Numbers at which something turns over. */
const NUMBERS = ["-1", "0", "1", "255", "256", "65535", "65536", "2147483647", "2147483648"];
const LARGE_NUMBERS = [
  "4294967295",
  "4294967296",
  "9007199254740993",
  "99999999999999999999",
  "1e9",
];

const BYTES = [
  "\0",
  "\n",
  "\r",
  " ",
  "\t",
  "/",
  ".",
  "..",
  "\x7f",
  "\x80",
  "\xff",
  "\xc3\xa9",
  "\xe2\x80",
];

type Mutation = (text: string, random: Random, tokens: readonly string[]) => string;

const MUTATIONS: readonly Mutation[] = [
  // A bit turned over.
  (text, random) => {
    const at = random(text.length);
    const code = text.charCodeAt(at) ^ (1 << random(8));
    return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
  },
  // A piece put in, or put in the place of another.
  (text, random, tokens) => {
    const at = random(text.length + 1);
    const behind = oneIn(random, 2) ? at : at + random(16);
    const pieces = pick(random, [tokens, tokens, NUMBERS, LARGE_NUMBERS, BYTES]);
    return text.slice(0, at) + pick(random, pieces) + text.slice(behind);
  },
  // The end lost.
  (text, random) => text.slice(0, random(text.length + 1)),
  // A piece lost.
  (text, random) => {
    const at = random(text.length + 1);
    return text.slice(0, at) + text.slice(at + random(64));
  },
  // A piece twice, or many times.
  (text, random) => {
    const at = random(text.length);
    const piece = text.slice(at, at + 1 + random(64));
    const times = oneIn(random, 4) ? 1 + random(2000) : 1 + random(3);
    return text.slice(0, at) + piece.repeat(times) + text.slice(at);
  },
  // A piece somewhere else.
  (text, random) => {
    const at = random(text.length);
    const piece = text.slice(at, at + 1 + random(64));
    const rest = text.slice(0, at) + text.slice(at + piece.length);
    const to = random(rest.length + 1);
    return rest.slice(0, to) + piece + rest.slice(to);
  },
  // Bytes of any kind.
  (text, random) => {
    const at = random(text.length + 1);
    return text.slice(0, at) + randomBytes(random, 1 + random(8)) + text.slice(at);
  },
];

/** Some mutations, at least one. */
export function mutate(text: string, random: Random, tokens: readonly string[]): string {
  let mutated = text;
  for (let times = 1 + random(MUTATIONS_MAX); times > 0; times--) {
    mutated = pick(random, MUTATIONS)(mutated === "" ? " " : mutated, random, tokens);
  }
  return mutated.slice(0, INPUT_BYTES_MAX);
}

/** Any bytes. */
export function randomBytes(random: Random, count: number): string {
  return String.fromCharCode(...Array.from({ length: count }, () => random(256)));
}

/** A text in pieces, none of them empty: a byte each, or of random lengths. */
export function inPieces(text: string, random: Random): string[] {
  const bytesMax = pick(random, [1, 2, 7, 100, 5000]);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const count = 1 + random(bytesMax);
    pieces.push(text.slice(at, at + count));
    at += count;
  }
  return pieces;
}
