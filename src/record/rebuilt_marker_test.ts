/** The mark of a rebuild, where one process takes it away while another one ends its rebuild. */
import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { markRebuilding, markRebuilt, unmarkRebuilt } from "./rebuilt_marker.ts";

function stage() {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  disk.makeDirectories("flush");
  const hashing = { hashedQueues: new Set<string>(), depth: 1 };
  const ours = { files: new MemoryFiles(disk), clock, hashing };
  return { disk, ours, theirs: { ...ours, files: new MemoryFiles(disk) } };
}

describe("unmarkRebuilt", () => {
  for (const [when, moment] of [
    ["just before", 1],
    ["between its two calls", 2],
  ] as const) {
    test(`leaves no mark of a rebuild that ends ${when}`, () => {
      const { disk, ours, theirs } = stage();
      markRebuilding(theirs);
      let removals = 0;
      ours.files.fault = ({ operation }) => {
        if (operation === "remove" && ++removals === moment) {
          expect(markRebuilt(theirs)).toBe(moment === 1);
        }
        return null;
      };
      expect(unmarkRebuilt(ours)).toBeTrue();
      expect(removals).toBe(2);
      expect(disk.filesBelow("flush")).toEqual({});
    });
  }
});
