/**
 * The command line that master(8) makes of an entry in master.cf, and its GENERATION.
 *
 * Promised: options, or Fatal.
 */
import { Fatal } from "../../../src/effects/fatal.ts";
import { parseGeneration, parseOptions } from "../../../src/master/options.ts";
import { pick, type Random } from "../../support/random.ts";
import { mustHold, type Target } from "../target.ts";

/** As master(8) gives them, and others. */
const USUAL = [
  "-z",
  "-u",
  "-c",
  "-E",
  "-v",
  "-zu",
  "-o\0a=b",
  "-oa=b",
  "-n\0flush",
  "-s\x001",
  "-t\0unix",
];
const UNUSUAL = ["-S", "--", "-q", "-t\0x", "-s\x00x", "-i\0a", "x", "", "-"];

function drawWords(random: Random): string {
  const count = random(6);
  const usual = Array.from({ length: count }, () => pick(random, USUAL));
  const more = random(3) === 0 ? [pick(random, UNUSUAL)] : [];
  return ["20", "fastflush/flush", "-z", "-t", "unix", ...usual, ...more].join("\0");
}

function orFatal(parse: () => void): "read" | "fatal" {
  try {
    parse();
    return "read";
  } catch (caught) {
    if (caught instanceof Fatal) {
      return "fatal";
    }
    throw caught;
  }
}

export const OPTIONS: Target = {
  name: "options",
  draw: drawWords,
  tokens: [...USUAL, ...UNUSUAL, "\0"],
  read: (input) => {
    const [generation = "", command = "", ...words] = input.split("\0");
    const ofGeneration = orFatal(() => {
      mustHold("a generation", parseGeneration(generation) < 2 ** 32);
    });
    const ofOptions = orFatal(() => {
      const { socketCount, serviceName } = parseOptions(command, words);
      mustHold("a count of sockets", socketCount >= 1);
      mustHold(
        "a service's name",
        [...words, command].some((word) => word.includes(serviceName)),
      );
    });
    return `generation ${ofGeneration}, options ${ofOptions}`;
  },
};
