import { describe, expect, test } from "bun:test";
import { MemoryLog } from "../memory/log.ts";
import { verbosely } from "./log.ts";

describe("what only -v is to log", () => {
  for (const { verbosity, wanted } of [
    { verbosity: 0, wanted: [] },
    { verbosity: 1, wanted: ["told"] },
    { verbosity: 2, wanted: ["told"] },
  ]) {
    test(`verbosity ${verbosity}`, () => {
      const log = new MemoryLog(verbosity);
      let made = 0;
      const text = (): string => {
        made++;
        return "told";
      };
      verbosely(log)?.info(text());
      expect(log.texts("info")).toEqual(wanted);
      expect(made).toBe(wanted.length);
    });
  }
});
