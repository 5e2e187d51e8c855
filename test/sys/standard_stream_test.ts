/**
 * Standard output in stand-alone mode, as a process of its own sees it: a pipe that is full, in either mode.
 */
import { dlopen, FFIType } from "bun:ffi";
import { expect, test } from "bun:test";
import { join } from "node:path";

const int = FFIType.i32;
const libc = dlopen("libc.so.6", {
  pipe2: { args: [FFIType.ptr, int], returns: int },
  read: { args: [int, FFIType.ptr, FFIType.u64], returns: int },
  close: { args: [int], returns: int },
}).symbols;

const O_NONBLOCK = 0x800;

/** Many times what a pipe holds. */
const BYTES = 1_000_000;

const MODULE = join(import.meta.dir, "..", "..", "src", "sys", "standard_stream.ts");
const F_SETFL = 4;

/**
 * Writes numbers in one call; its exit status says what the call said. The mode is set in the process, since Bun
 * makes what a process is started with blocking.
 */
const writer = (flags: number): string => `
  import { dlopen } from "bun:ffi";
  import { createStandardStream } from ${JSON.stringify(MODULE)};
  const { symbols } = dlopen("libc.so.6", { fcntl: { args: ["int", "int", "int"], returns: "int" } });
  symbols.fcntl(1, ${F_SETFL}, ${flags});
  const bytes = new Uint8Array(${BYTES}).map((_, index) => index % 251);
  process.exit(createStandardStream().write(bytes) ? 7 : 8);
`;

/** Starts the writer on a new pipe; hands over the end to read from. */
function startWriter(flags: number) {
  const ends = new Int32Array(2);
  // Our end never makes us wait for a writer that is stuck.
  expect(libc.pipe2(ends, O_NONBLOCK)).toBe(0);
  const [output = -1, input = -1] = ends;
  const child = Bun.spawn([process.execPath, "-e", writer(flags)], {
    stdio: ["ignore", input, "inherit"],
  });
  libc.close(input);
  return { child, output };
}

for (const [mode, flags] of [
  ["blocking", 0],
  ["non-blocking", O_NONBLOCK],
] as const) {
  test(`a long write to a ${mode} pipe is written to the end`, async () => {
    const { child, output } = startWriter(flags);
    const bytes = new Uint8Array(10_000);
    let total = 0;
    let wrong = 0;
    for (let reads = 0; total < BYTES; reads++) {
      const count = libc.read(output, bytes, bytes.length);
      if (count === 0) {
        break;
      }
      for (let index = 0; index < count; index++) {
        wrong += bytes[index] === total++ % 251 ? 0 : 1;
      }
      // The writer is to meet a full pipe.
      await Bun.sleep(count < 0 || reads % 20 === 0 ? 1 : 0);
    }
    expect([total, wrong]).toEqual([BYTES, 0]);
    expect(await child.exited).toBe(7);
    libc.close(output);
  });
}

test("a write to a pipe that nobody reads any more says so", async () => {
  const { child, output } = startWriter(0);
  libc.close(output);
  expect(await child.exited).toBe(8);
});
