/** Faults in how requests are read and answered. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type Mutant, standalone, underMaster } from "./mutant.ts";

export const WIRE_MUTANTS: readonly Mutant[] = [
  {
    name: "a request may be twice as long",
    file: "src/wire/request_reader.ts",
    text: "export const REQUEST_BYTES_MAX = 8192;",
    instead: "export const REQUEST_BYTES_MAX = 16384;",
    red: standalone("a request of 9,000 bytes"),
  },
  {
    name: 'the status "fail" is sent with a sign',
    file: "src/wire/reply.ts",
    text: "${status >>> 0}",
    instead: "${status}",
    red: standalone("76: add to a log that can't grow"),
  },
  {
    name: "two bytes at first are taken for a list",
    file: "src/wire/request_reader.ts",
    text: "const TRIGGER_BYTES_MAX = 2;",
    instead: "const TRIGGER_BYTES_MAX = 1;",
    red: standalone('43: a wake-up: ["W\\u0000"]'),
  },
  {
    name: "master's wake-up is unknown",
    file: "src/wire/request_kinds.ts",
    text: 'wireNames: ["rfrsh", "W"],',
    instead: 'wireNames: ["rfrsh"],',
    red: standalone("43: a wake-up"),
  },
  {
    name: "a list that is cut off is not answered",
    file: "src/wire/request_reader.ts",
    text: 'const answer = cause === "end" ? STATUS.bad : null;',
    instead: "const answer = null;",
    red: standalone("37: a list without terminator, cut"),
  },
  {
    name: "a list that times out is answered",
    file: "src/wire/request_reader.ts",
    text: 'const answer = cause === "end" ? STATUS.bad : null;',
    instead: "const answer = STATUS.bad;",
    red: underMaster("51: silence within a string"),
  },
  {
    name: "a request with something behind it is refused",
    file: "src/wire/request_reader.ts",
    text: 'return this.#complete(kind, name === "" ? NO_WARNINGS : [this.#unexpected(name)]);',
    instead:
      'return name === ""\n        ? this.#complete(kind, NO_WARNINGS)\n        : rejected(STATUS.bad, [this.#unexpected(name)]);',
    red: standalone("35: an extra attribute at the end"),
  },
  {
    name: "an unknown request is answered",
    file: "src/wire/request_reader.ts",
    text: "if (kind === undefined) {\n      return rejected(null, NO_WARNINGS);",
    instead: "if (kind === undefined) {\n      return rejected(STATUS.bad, NO_WARNINGS);",
    red: standalone('40: an unknown request: "frob"'),
  },
  {
    name: "attributes are taken in any order",
    file: "src/wire/request_reader.ts",
    text: "if (name !== wanted) {",
    instead: "if (name !== wanted && kind === null) {",
    red: standalone("32: attributes in the wrong order"),
  },
  {
    name: "what is as long as the guess is taken for it",
    file: "src/wire/string_reader.ts",
    text: "if (this.#bytes[start + index] !== text.charCodeAt(index)) {",
    instead: "if (this.#bytes[start + index] === 0) {",
    red: [{ file: "src/wire/string_reader_test.ts", test: "a guess changes nothing" }],
    unseen: "the differential suite has no wrong attribute that is as long as the right one",
  },
  {
    name: "a log line says that input was unexpected, not premature",
    file: "src/wire/request_reader.ts",
    text: '"premature end-of-input"',
    instead: '"unexpected end-of-input"',
    red: standalone("38: cut before a value"),
  },
];
