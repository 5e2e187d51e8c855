/**
 * A plain client of our own requests (docs/PROTOCOL.md): asks one, and reads the report.
 *
 * Written from the page alone, apart from the service's code, so that each can find the other wrong. Failures
 * are answers, not errors: a report without an end is one.
 */
import { type Answer, FlushConnection } from "./flush_request.ts";
import { GREETING } from "./greeting.ts";

/** A report may need the whole queue to be read. */
const TIME_LIMIT_MS = 120 * 1000;

/** One item: `item` has its kind, the others are as in the page. */
type ReportItem = Readonly<Record<string, string>>;

/** What came of a request. */
export interface Report {
  readonly items: readonly ReportItem[];
  /** `status` as a number, and the totals; null: the service closed, or broke off, without an end. */
  readonly end: { readonly status: number; readonly totals: ReportItem } | null;
}

/** Sends the request `words` (name, value, name, value, …) to the socket at `path`. */
export async function askReport(path: string, words: readonly string[]): Promise<Report> {
  const connection = await FlushConnection.open(path, TIME_LIMIT_MS);
  connection.write(`${words.join("\0")}\0\0`);
  return parseReport(replyOf(await connection.answer));
}

function replyOf(answer: Answer): string {
  switch (answer.kind) {
    case "status":
      return `status\0${answer.status >>> 0}\0\0`;
    case "closed":
      return answer.bytes.startsWith(GREETING) ? answer.bytes.slice(GREETING.length) : "";
    default:
      return "";
  }
}

function parseReport(reply: string): Report {
  const lists: (readonly [string, string])[][] = [[]];
  const strings = reply.split("\0");
  // What follows the last NUL is not a string.
  for (let index = 0; index < strings.length - 1; ) {
    const name = strings[index] ?? "";
    if (name === "") {
      lists.push([]);
      index++;
    } else {
      lists.at(-1)?.push([name, strings[index + 1] ?? ""]);
      index += 2;
    }
  }
  const broken = lists.pop() ?? [];
  const items = lists.map((list): ReportItem => Object.fromEntries(list));
  const { status, ...totals } = items.at(-1) ?? {};
  return broken.length > 0 || status === undefined
    ? { items, end: null }
    : { items: items.slice(0, -1), end: { status: Number(status) | 0, totals } };
}
