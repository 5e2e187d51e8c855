import { describe, expect, test } from "bun:test";
import { PathBuffer } from "./path_buffer.ts";

describe("PathBuffer", () => {
  test("puts a zero behind the bytes of the path, also of a shorter one after a longer", () => {
    const buffer = new PathBuffer();
    buffer.encode("incoming/A/4jYCDY3XvNzLDg6L", "open");
    const bytes = buffer.encode("caf\xe9", "open");
    expect([...bytes.subarray(0, 5)]).toEqual([0x63, 0x61, 0x66, 0xe9, 0]);
  });

  test("takes as long a path as Linux does, zero included", () => {
    const buffer = new PathBuffer();
    const bytes = buffer.encode("x".repeat(4095), "open");
    expect([bytes[4094], bytes[4095]]).toEqual([0x78, 0]);
    expect(() => buffer.encode("x".repeat(4096), "open")).toThrow("open: File name too long");
  });

  test("refuses what is no path", () => {
    for (const text of ["log\0", "\u0100", "\ud83d\ude00"]) {
      expect(() => new PathBuffer().encode(text, "stat")).toThrow("stat: Invalid argument");
    }
  });
});
