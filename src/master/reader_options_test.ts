import { describe, expect, test } from "bun:test";
import { MemoryLog } from "../memory/log.ts";
import { stringToBytes } from "../names/byte_string.ts";
import { RequestReader } from "../wire/request_reader.ts";
import { readerOptions } from "./reader_options.ts";

/** What the log has of a wake-up that arrived as a list. */
function logged(verbosity: number): string[] {
  const log = new MemoryLog(verbosity);
  const reader = new RequestReader(readerOptions("flush socket", log), { isTrusted: true });
  reader.push(stringToBytes("request\0W\0"));
  return log.texts("info");
}

describe("the strings of a request", () => {
  test("are logged with -v", () => {
    expect(logged(1)).toEqual([
      "flush socket: wanted attribute: request",
      "input attribute name: request",
      "input attribute value: W",
    ]);
  });

  test("are not logged without", () => {
    expect(logged(0)).toEqual([]);
  });
});
