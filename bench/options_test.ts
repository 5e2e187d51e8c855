import { describe, expect, test } from "bun:test";
import { parseOptions, UsageError } from "./options.ts";

describe("parseOptions", () => {
  test("measures everything at full size unless told otherwise", () => {
    const options = parseOptions([]);
    expect([...options.sections].join()).toBe("add,latency,send,exact,wake,rebuild,queue");
    expect(options.add).toMatchObject({ clients: 64, rounds: 5, warm_up_rounds: 1 });
    expect(options.latency).toMatchObject({ clients: 1, rounds: 5, warm_up_rounds: 1 });
    expect(options.send).toEqual({ messages: 100_000, rounds: 5, warm_up_rounds: 1 });
    expect(options.exact).toEqual(options.send);
    expect(options.wake).toEqual({ logs: 200_000, series: 50, rounds: 2 });
    expect(options.rebuild).toEqual({ messages: 100_000, sites: 1000, rounds: 2 });
    expect(options.queue).toEqual({ messages: 100_000, sites: 1000, rounds: 5 });
    expect([options.markdown, options.control]).toEqual([false, false]);
  });

  test("takes size, sections, rounds and format", () => {
    const args = ["--size", "small", "--only", "send,add", "--rounds", "3", "--markdown"];
    const options = parseOptions(args);
    expect([...options.sections]).toEqual(["add", "send"]);
    expect(options.send).toEqual({ messages: 200, rounds: 3, warm_up_rounds: 0 });
    expect(options.wake).toEqual({ logs: 300, series: 1, rounds: 3 });
    expect(options.markdown).toBe(true);
  });

  test("takes a number of messages for the views of a queue alone", () => {
    const options = parseOptions(["--messages", "1000000"]);
    expect([options.queue.messages, options.rebuild.messages]).toEqual([1_000_000, 100_000]);
  });

  test("has a size between", () => {
    const options = parseOptions(["--size", "medium"]);
    expect([options.exact.messages, options.wake.logs]).toEqual([10_000, 20_000]);
  });

  const wrong: ReadonlyArray<readonly [string[], string]> = [
    [["--size", "huge"], "--size huge: must be small, medium or normal"],
    [
      ["--only", "add,mul"],
      '--only add,mul: "mul" is none of add, latency, send, exact, wake, rebuild, queue',
    ],
    [["--rounds", "0"], "--rounds 0: must be a number from 1 to 9999"],
    [["--messages", "1e6"], "--messages 1e6: must be a number from 1 to 9999999"],
    [["--fast"], "--fast"],
    [["stray"], "stray"],
  ];
  for (const [args, message] of wrong) {
    test(`refuses ${args.join(" ")}`, () => {
      expect(() => parseOptions(args)).toThrow(UsageError);
      expect(() => parseOptions(args)).toThrow(message);
    });
  }
});
