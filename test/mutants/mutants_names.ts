/** Faults in what names are, and where they lie. */
import { type Expected, type Mutant, standalone } from "./mutant.ts";
import { redIn } from "./operator_fault.ts";

export const NAME_MUTANTS: readonly Mutant[] = [
  {
    name: "a queue ID may have 256 characters",
    file: "src/names/names.ts",
    text: "{1,255}",
    instead: "{1,256}",
    red: standalone('5: add of "AAAAAAAA", 256 bytes'),
  },
  {
    name: "a queue ID may have 254 characters at most",
    file: "src/names/names.ts",
    text: "{1,255}",
    instead: "{1,254}",
    red: standalone("6: add of the longest queue ID"),
  },
  {
    name: "one level of directories, whatever hash_queue_depth says",
    file: "src/names/hashed_path.ts",
    text: "level < rules.depth",
    instead: "level < 1",
    red: standalone("66: incoming and deferred hashed, depth 2"),
  },
  {
    name: "a defer file is looked for where the last one was, but for the first level of directories",
    file: "src/names/hashed_path.ts",
    text: "for (let at = 0; at < depth; at++) {",
    instead: "for (let at = 0; at < 1; at++) {",
    red: redIn("src/names/hashed_path_test.ts")(
      "two names are where hashedDirectory says that they are, defer, depth 2",
    ),
    unseen: "the original does not read deferred mail by directory",
  },
  {
    name: "a flat defer directory is opened anew for each message",
    file: "src/names/hashed_path.ts",
    text: "  if (!hashedQueues.has(queue)) {\n    return true;\n  }\n",
    instead: "",
    red: redIn("src/names/hashed_path_test.ts")(
      "two names are where hashedDirectory says that they are, flat, depth 1",
    ),
    unseen: "the original does not read deferred mail by directory",
  },
  {
    name: "hash directories in lower case",
    file: "src/names/hashed_path.ts",
    text: ".toString(16).toUpperCase()",
    instead: ".toString(16)",
    red: standalone("67: 4jYCDY75plzLDg6L lies in deferred/F"),
  },
  {
    name: "long queue IDs are hashed by five digits",
    file: "src/names/hashed_path.ts",
    text: "const MICROSECOND_DIGITS = 4;",
    instead: "const MICROSECOND_DIGITS = 5;",
    red: standalone("67: 4jYCDY3XvNzLDg6L lies in deferred/7"),
  },
  {
    name: "hyphens stay in the names of logfiles",
    file: "src/record/logfile_name.ts",
    text: "/[^a-z0-9]/g",
    instead: "/[^a-z0-9-]/g",
    red: standalone('29: the logfile of "bÃ¼cher.example"'),
  },
  {
    name: "IDNA is not applied",
    file: "src/record/domain_to_ascii.ts",
    text: "return byTables(text, isTransitional);",
    instead: 'return { kind: "ascii", name: lower };',
    red: standalone('29: the logfile of "bÃ¼cher.example"'),
  },
  {
    name: "IDNA goes by the rules of 2003",
    file: "src/record/logfile_name.ts",
    text: "this.#isTransitional = options.idna2003;",
    instead: "this.#isTransitional = !options.idna2003;",
    red: standalone("enable_idna2003_compatibility"),
  },
  {
    name: "an address literal has a logfile",
    file: "src/record/logfile_name.ts",
    text: 'name.split(".").every((label) => isLabels.test(label))',
    instead: "true",
    red: standalone("26: an address literal that is listed"),
  },
  {
    name: "an address has a logfile",
    file: "src/record/logfile_name.ts",
    text: "/[^0-9.]/.test(name) &&",
    instead: "",
    red: standalone('27: no logfile: "1.2.3.4"'),
  },
  {
    name: "a site of one letter has a logfile",
    file: "src/flush/recorded_logfile.ts",
    text: "const LOGFILE_NAME_LENGTH_MIN = 2;",
    instead: "const LOGFILE_NAME_LENGTH_MIN = 1;",
    red: standalone("a site of one letter: add"),
  },
  {
    name: "a link in the place of a hashed directory is followed",
    file: "src/names/unlinked_files.ts",
    text: 'kind === "link"',
    instead: 'kind === "fifo"',
    red: links("open - refused"),
    unseen: "the original follows it",
  },
  {
    name: "a link in the place of a hashed directory is followed for ever",
    file: "src/names/unlinked_files.ts",
    text: "nowMs >= this.#trustedUntilMs",
    instead: "this.#trustedUntilMs === 0",
    red: links("looked at again"),
    unseen: "the original follows it",
  },
  {
    name: "a directory is trusted for coming behind one that was looked at",
    file: "src/names/unlinked_files.ts",
    text: "if (directory === this.#lastTrusted) {",
    instead: 'if (this.#lastTrusted !== "") {',
    red: links("one that was looked at says nothing of the next one"),
    unseen: "the original follows it",
  },
  {
    name: "a directory that was missing is trusted",
    file: "src/names/unlinked_files.ts",
    text: "        return false;",
    instead: "        return true;",
    red: links("a directory that was missing is looked at as soon as it is there"),
    unseen: "the original follows it",
  },
  {
    name: "a path in two parts is followed wherever it leads",
    file: "src/names/unlinked_files.ts",
    text: "    return path.directory;",
    instead: '    return "";',
    red: links("setTimes in parts - refused"),
    unseen: "the original follows it",
  },
  {
    name: "only the last directory on the way is looked at",
    file: "src/names/unlinked_files.ts",
    text: "for (let slash = first;",
    instead: "for (let slash = Math.max(first, directory.lastIndexOf('/'));",
    red: links("open - refused"),
    unseen: "the original follows it",
  },
  {
    name: "a message is moved to where a link leads",
    file: "src/names/unlinked_files.ts",
    text: 'this.#checked(to, "rename")',
    instead: "to",
    red: links("rename there - refused"),
    unseen: "the original follows it",
  },
];

/** Red in the tests of links on the way. */
function links(test: string): readonly [Expected] {
  return [{ file: "src/names/unlinked_files_test.ts", test }];
}
