import { describe, expect, test } from "bun:test";
import { bytesToString } from "../names/byte_string.ts";
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

  test("puts a name behind its directory, whatever was put down before", () => {
    const buffer = new PathBuffer();
    for (const path of [
      { directory: "deferred/A/", name: "ABC123" },
      { directory: "deferred/A/", name: "ABC" },
      { directory: "incoming/", name: "ABC123" },
      "flush/example_com",
      { directory: "incoming/", name: "ABC123" },
      { directory: `${"long/".repeat(20)}`, name: "caf\xe9" },
      `${"other/".repeat(20)}name`,
      { directory: `${"long/".repeat(20)}`, name: "A" },
    ]) {
      const text = typeof path === "string" ? path : path.directory + path.name;
      const bytes = buffer.encode(path, "open");
      expect(bytesToString(bytes.subarray(0, bytes.indexOf(0)))).toBe(text);
    }
  });

  test("refuses what is no path", () => {
    for (const text of ["log\0", "\u0100", "\ud83d\ude00"]) {
      const buffer = new PathBuffer();
      for (const path of [
        text,
        text.padStart(100, "x"),
        { directory: "incoming/", name: text },
        { directory: text, name: "log" },
      ]) {
        expect(() => buffer.encode(path, "stat")).toThrow("stat: Invalid argument");
      }
    }
  });

  test("takes a name that just fits behind its directory", () => {
    const buffer = new PathBuffer();
    const directory = "incoming/";
    const name = "x".repeat(4095 - directory.length);
    expect(buffer.encode({ directory, name }, "open").indexOf(0)).toBe(4095);
    expect(() => buffer.encode({ directory, name: `${name}x` }, "open")).toThrow(
      "open: File name too long",
    );
  });
});
