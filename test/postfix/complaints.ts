/** What an operator would look at in a log: warnings and worse, of whichever daemon. */
import type { LogLine } from "../../lab/maillog.ts";

/** Each with its daemon, in order. What differs from one time to the next is `N`: numbers and queue IDs. */
export function complaints(lines: readonly LogLine[]): string[] {
  return lines
    .filter(({ text }) => /\b(warning|error|fatal|panic): /.test(text))
    .map(({ tag, text }) => `${tag}: ${text.replace(/\b\w*[0-9]\w*\b/g, "N")}`);
}
