/**
 * For tests: reads a stream in chunks, as a careless caller would, and tells the outcome and the trace.
 */
import { expect } from "bun:test";
import { stringToBytes } from "../../src/names/byte_string.ts";
import { type Reading, RequestReader } from "../../src/wire/request_reader.ts";

/** What happens behind the last chunk. */
export type Finish = "open" | "end" | "timeout";

/** Each chunk is spoilt as soon as it was handed over. Expects that at most one outcome is told. */
export function readChunks(
  chunks: readonly string[],
  finish: Finish,
  isTrusted = true,
): { reading: Reading; trace: string } {
  let trace = "";
  const options = {
    peerName: "flush socket",
    trace: (text: string) => {
      trace += `${text}\n`;
    },
  };
  const reader = new RequestReader(options, { isTrusted });
  const readings: Reading[] = [];
  for (const chunk of chunks) {
    const bytes = Uint8Array.from(stringToBytes(chunk));
    readings.push(reader.push(bytes));
    bytes.fill(0x58);
  }
  if (finish !== "open") {
    readings.push(finish === "end" ? reader.end() : reader.timedOut());
  }
  const outcomes = readings.filter((reading) => reading.kind !== "more");
  expect(outcomes.length).toBeLessThanOrEqual(1);
  return { reading: outcomes[0] ?? { kind: "more" }, trace };
}
