import { describe, expect, test } from "bun:test";
import { Fatal } from "../effects/fatal.ts";
import { parseGeneration, parseOptions } from "./options.ts";

const STOCK = ["-z", "-t", "unix", "-u"];

describe("parseOptions", () => {
  test("reads what master gives for the stock entry", () => {
    expect(parseOptions("fastflush/flush", STOCK)).toEqual({
      chroot: false,
      releaseAll: false,
      unprivileged: true,
      fromTerminal: false,
      overrides: [],
      serviceName: "flush",
      socketCount: 1,
      standalone: false,
      verbosity: 0,
      logToStderr: false,
      leftOver: [],
    });
  });

  test("reads clustered options, values with and without a blank, and keeps their order", () => {
    const args = [
      "-zut",
      "unix",
      "-oa=b",
      "-o",
      "c=d e",
      "-i",
      "3s",
      "-m5",
      "-nfsvc",
      "-vvV",
      "-c",
    ];
    const options = parseOptions("flush", args);
    expect(options.overrides).toEqual(["a=b", "c=d e", "max_idle=3s", "max_use=5"]);
    expect(options.serviceName).toBe("fsvc");
    expect(options.verbosity).toBe(2);
    expect(options.logToStderr).toBeTrue();
    expect(options.chroot).toBeTrue();
    expect(options.releaseAll).toBeFalse();
    expect(parseOptions("flush", ["-zEt", "unix"]).releaseAll).toBeTrue();
  });

  test("leaves what comes behind the first argument that is no option", () => {
    expect(parseOptions("flush", [...STOCK, "foo", "-v"]).leftOver).toEqual(["foo", "-v"]);
    expect(parseOptions("flush", [...STOCK, "--", "-v"]).leftOver).toEqual(["-v"]);
  });

  test("numbers are read as atoi(3) reads them", () => {
    expect(parseOptions("flush", [...STOCK, "-s", "2x"]).socketCount).toBe(2);
  });

  test("stand-alone mode needs neither -z nor -t", () => {
    expect(parseOptions("flush", ["-S"]).standalone).toBeTrue();
  });

  // Spec 7.1 and row 82 of its section 11.
  const fatals: ReadonlyArray<readonly [args: string, text: string]> = [
    ["-t unix -u", "service flush requires a process limit of 0"],
    ["-z -u", "no transport type specified"],
    ["-z -t foo", "unsupported transport type: foo"],
    ["-z -t unix -q", "invalid option: q"],
    ["-z -t unix -o", "invalid option: o"],
    ["-z -t unix -r 0", "invalid retirement time: 0"],
    ["-z -t unix -s 0", "invalid socket_count: 0"],
  ];
  for (const [args, text] of fatals) {
    test(`${args} is fatal`, () => {
      expect(() => parseOptions("flush", args.split(" "))).toThrow(new Fatal(text));
    });
  }

  test("the transport's case does not matter", () => {
    expect(parseOptions("flush", ["-z", "-t", "UNIX"]).leftOver).toEqual([]);
  });
});

describe("parseGeneration", () => {
  test("is octal, and 0 where master says nothing", () => {
    expect(parseGeneration("17")).toBe(15);
    expect(parseGeneration("7".repeat(400))).toBeLessThan(2 ** 32);
    expect(parseGeneration(undefined)).toBe(0);
    expect(() => parseGeneration("9x")).toThrow(new Fatal("bad generation: 9x"));
    expect(() => parseGeneration("")).toThrow(new Fatal("bad generation: "));
  });
});
