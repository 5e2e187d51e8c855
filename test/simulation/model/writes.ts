/**
 * Changes of a file as the system calls that make them, so that a death between any two, and inside a
 * write at any byte, can be tried.
 */
import type { Design } from "./design.ts";

/** One system call. */
export type Call =
  | { readonly at: number; readonly bytes: string }
  | { readonly truncateTo: number };

/** A text after all calls. */
export function afterAll(text: string, calls: readonly Call[]): string {
  return calls.reduce(afterCall, text);
}

/** Every text that a death before the last call's end can leave behind, each once. */
export function afterDeath(text: string, calls: readonly Call[]): string[] {
  const left = new Set<string>();
  let before = text;
  for (const call of calls) {
    left.add(before);
    if ("bytes" in call) {
      for (let count = 1; count < call.bytes.length; count++) {
        left.add(afterCall(before, { at: call.at, bytes: call.bytes.slice(0, count) }));
      }
    }
    before = afterCall(before, call);
  }
  left.add(before);
  return [...left];
}

function afterCall(text: string, call: Call): string {
  if ("truncateTo" in call) {
    return text.slice(0, call.truncateTo);
  }
  // A gap is zeros.
  const before = text.slice(0, call.at).padEnd(call.at, "\0");
  return before + call.bytes + text.slice(call.at + call.bytes.length);
}

/** Appends whole lines. */
export function appending(text: string, lines: readonly string[], design: Design): Call[] {
  if (lines.length === 0) {
    return [];
  }
  const isEnded = text === "" || text.endsWith("\n") || !design.endFragment;
  const added = `${isEnded ? "" : "\n"}${lines.join("\n")}\n`;
  return atEnd(text.length, added, design);
}

function atEnd(end: number, added: string, design: Design): Call[] {
  return design.newlineFirst
    ? [
        { at: end + added.length - 1, bytes: "\n" },
        { at: end, bytes: added },
      ]
    : [{ at: end, bytes: added }];
}

/** Replaces [start, end) by some of its own lines; what is behind it stays. */
export function cutting(
  text: string,
  start: number,
  end: number,
  stay: readonly string[],
  design: Design,
): Call[] {
  const kept = stay.map((line) => `${line}\n`).join("") + text.slice(end);
  if (text.slice(start) === kept) {
    return [];
  }
  if (kept === "") {
    return [{ truncateTo: start }];
  }
  const copy: Call = { at: start, bytes: kept };
  const truncate: Call = { truncateTo: start + kept.length };
  switch (design.cut) {
    case "copy, then truncate":
      // All that stays is written behind the end first, so that nothing is ever copied over itself.
      return [...atEnd(text.length, kept, design), copy, truncate];
    case "truncate, then append":
      return [{ truncateTo: start }, copy];
    case "shift":
    case "rename":
      return [copy, truncate];
  }
}
