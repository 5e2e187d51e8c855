/**
 * Random and mutated streams: never an exception, the same outcome at any chunking, and never more taken
 * in than the limit allows. Run again with the seed that a failure prints: FUZZ_SEED=N bun test src/wire
 */
import { expect, test } from "bun:test";
import { pick, type Random, randomFrom } from "../../test/support/random.ts";
import { type Finish, readChunks } from "../../test/support/read_chunks.ts";
import { bytesToString } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import { encodeRequest } from "./encode_request.ts";
import type { FlushRequest } from "./request.ts";
import { REQUEST_BYTES_MAX } from "./request_reader.ts";

const STREAMS = 3000;
const FINISHES: readonly Finish[] = ["open", "end", "timeout"];
const PIECES = [
  ..."request add send_site send_file rfrsh purge W frob site queue_id protocol".split(" "),
  ..."fastflush_sites fastflush_send version 1 sites reason".split(" "),
  ...["\0", "\0", "\0", "\0\0", "", "a.b", "ABC123", "\xff", "\n", "x".repeat(3000)],
];

/** Any bytes but NUL. */
function randomText(random: Random): string {
  return String.fromCharCode(...Array.from({ length: random(40) }, () => 1 + random(255)));
}

function randomRequest(random: Random): FlushRequest {
  const site = siteName(randomText(random));
  const queueId = randomText(random);
  return pick<FlushRequest>(random, [
    { name: "add", site, queueId },
    { name: "send_site", site },
    { name: "send_file", queueId },
    { name: "refresh" },
    { name: "purge" },
    { name: "sites" },
    { name: "preview", sites: site },
    { name: "send", sites: site, reason: queueId },
    { name: "verify", sites: queueId },
    { name: "compact", sites: queueId },
    { name: "rebuild" },
  ]);
}

/** Cuts the end off, puts a piece in, or puts a piece in the place of some bytes. */
function mutate(random: Random, stream: string): string {
  const at = random(stream.length + 1);
  if (random(4) === 0) {
    return stream.slice(0, at);
  }
  const behind = random(3) === 0 ? at + random(12) : at;
  const piece = random(2) === 0 ? pick(random, PIECES) : String.fromCharCode(random(256));
  return stream.slice(0, at) + piece + stream.slice(behind);
}

function randomStream(random: Random): string {
  if (random(2) === 0) {
    return Array.from({ length: random(16) }, () => pick(random, PIECES)).join(
      pick(random, ["", "\0"]),
    );
  }
  let stream = bytesToString(encodeRequest(randomRequest(random)));
  for (let times = random(4); times > 0; times--) {
    stream = mutate(random, stream);
  }
  return stream;
}

/** Cuts a stream so that its first three bytes, which decide the form, stay together. */
function randomChunks(random: Random, stream: string, bytesMax: number): string[] {
  const chunks: string[] = [];
  let end = 0;
  while (end < stream.length) {
    const start = end;
    end += (start === 0 ? 3 : 1) + random(bytesMax);
    chunks.push(stream.slice(start, end));
  }
  return chunks;
}

const seed = Number(Bun.env["FUZZ_SEED"] ?? Date.now() % 2 ** 32);

test("any stream has one outcome, whatever its chunks", () => {
  const random = randomFrom(seed);
  const outcomes = new Map<string, number>();
  for (let count = 0; count < STREAMS; count++) {
    const stream = randomStream(random);
    const finish = pick(random, FINISHES);
    const context = `FUZZ_SEED=${seed}, stream ${count}: ${JSON.stringify(stream)}, ${finish}`;
    const whole = readChunks([stream], finish);
    for (const bytesMax of [1, 8, stream.length + 1]) {
      const chunks = randomChunks(random, stream, bytesMax);
      expect(readChunks(chunks, finish), `${context} in ${chunks.length} chunks`).toEqual(whole);
    }
    if (stream.length >= REQUEST_BYTES_MAX) {
      expect(readChunks([stream], "open").reading.kind, context).not.toBe("more");
    }
    outcomes.set(whole.reading.kind, (outcomes.get(whole.reading.kind) ?? 0) + 1);
  }
  // A generator that has gone stale would find nothing.
  for (const kind of ["more", "request", "rejected"]) {
    expect(outcomes.get(kind), `FUZZ_SEED=${seed}: ${kind}`).toBeGreaterThan(STREAMS / 50);
  }
});

test("any request is read as it was written", () => {
  const random = randomFrom(seed);
  for (let count = 0; count < STREAMS; count++) {
    const request = randomRequest(random);
    const stream = bytesToString(encodeRequest(request));
    const context = `FUZZ_SEED=${seed}, request ${count}: ${JSON.stringify(request)}`;
    const want = { kind: "request", request, warnings: [] } as const;
    expect(readChunks([stream], "open").reading, context).toEqual(want);
    expect(readChunks([...stream], "open").reading, context).toEqual(want);
  }
});
