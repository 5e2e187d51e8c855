/** When a process that has read files should make room for one that reads them anew. */
import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryFileWatch } from "../memory/file_watch.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { outdated, watched } from "./outdated.ts";

describe("files", () => {
  function start() {
    const clock = new MemoryClock();
    const fileWatch = new MemoryFileWatch();
    const state = { isOver: false };
    void outdated(clock, fileWatch).then(() => {
      state.isOver = true;
    });
    const advance = async (ms: number): Promise<boolean> => {
      clock.advance(ms);
      await Promise.resolve();
      return state.isOver;
    };
    return { fileWatch, advance };
  }

  test("that have changed are noticed within a second", async () => {
    const { fileWatch, advance } = start();
    expect(await advance(5000)).toBeFalse();
    fileWatch.isChanged = true;
    expect(await advance(1000)).toBeTrue();
  });

  test("that have not are old after 100 seconds", async () => {
    const { advance } = start();
    expect(await advance(99_999)).toBeFalse();
    expect(await advance(1)).toBeTrue();
  });

  test("are watched before they are read", () => {
    const fileWatch = new MemoryFileWatch();
    const textFiles = watched(new MemoryTextFiles({ "/a": "x" }), fileWatch);
    expect(textFiles.read("/a").text).toBe("x");
    expect(() => textFiles.read("/b")).toThrow("No such file");
    expect(fileWatch.paths).toEqual(["/a", "/b"]);
  });
});
