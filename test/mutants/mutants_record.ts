/** Faults in how the record is written, read and cut. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type Mutant, standalone } from "./mutant.ts";

export const RECORD_MUTANTS: readonly Mutant[] = [
  {
    name: "the lock is not taken",
    file: "src/record/locked_logfile.ts",
    text: "const locked = tryLock(tools.files, file);",
    instead: "const locked = true;",
    red: standalone("78: add to a log that is locked by flock"),
  },
  {
    name: "the lock is given back before the work",
    file: "src/record/locked_logfile.ts",
    text: "return new LockedLogfile(tools, name, path, file, status);",
    instead:
      "tools.files.unlock(file);\n      return new LockedLogfile(tools, name, path, file, status);",
    red: [
      { file: "src/flush/send_site_test.ts", test: "a second process's add waits for the send" },
    ],
    unseen: "the original would have to add within the milliseconds of our send",
  },
  {
    name: "the size of a log is taken before its lock",
    file: "src/record/locked_logfile.ts",
    text: "const locked = tryLock(tools.files, file);\n      const status = tools.files.status(file);",
    instead:
      "const status = tools.files.status(file);\n      const locked = tryLock(tools.files, file);",
    red: [
      {
        file: "src/record/locked_logfile_test.ts",
        test: "what others write until it is locked stays, and is read",
      },
    ],
    unseen: "the original would have to add within microseconds",
  },
  {
    name: "an entry is written over the first one",
    file: "src/record/locked_logfile.ts",
    text: "this.#writeAll(bytes, start);",
    instead: "this.#writeAll(bytes, 0);",
    red: standalone("4: add of a further entry"),
  },
  {
    name: "an entry that is held is written again",
    file: "src/record/locked_logfile.ts",
    text: "return this.append(newEntries(log, ids));",
    instead: "return this.append(ids);",
    red: standalone("4: add of an entry that is there"),
  },
  {
    name: "a fragment is not ended",
    file: "src/record/locked_logfile.ts",
    text: "this.#writeAtEnd(entryLines(ids, !this.#endsInNewline()));",
    instead: "this.#writeAtEnd(entryLines(ids, false));",
    red: standalone("add behind a line without newline"),
  },
  {
    name: "a fragment is not taken back",
    file: "src/record/locked_logfile.ts",
    text: "this.#files.truncate(this.#file, this.#sizeBytes);",
    instead: "",
    red: standalone("76: add to a log that can grow by three bytes"),
  },
  {
    name: "an add touches atime by reading",
    file: "src/record/locked_logfile.ts",
    text: "create, keepAtime: true });",
    instead: "create });",
    red: standalone("4: add of an entry that is there"),
  },
  {
    name: "a log is not touched when it was sent",
    file: "src/record/locked_logfile.ts",
    text: "unlessRefused(() => this.#files.setTimes(this.#path, wallSeconds(this.#tools.clock)));",
    instead: "wallSeconds(this.#tools.clock);",
    red: standalone("55: an empty log"),
  },
  {
    name: "entries that stay are taken out",
    file: "src/flush/logfile_pass.ts",
    text: "|| this.#inUse.holds(id)) {",
    instead: '|| outcome !== "failed") {',
    red: standalone("58: a message in active"),
  },
  {
    name: "what stays is cut off with the rest",
    file: "src/record/log_pass.ts",
    text: "this.#file.truncate(this.#kept);",
    instead: "this.#file.truncate(0);",
    red: standalone("58: messages in hold and active"),
  },
  {
    name: "lines are cut without moving those behind them",
    file: "src/record/log_pass.ts",
    text: "    while (this.#read < this.#file.sizeBytes) {\n      this.#moveDown();\n    }",
    instead: "",
    red: standalone("58: messages in hold and active"),
  },
  {
    name: "a line counts beyond its NUL",
    file: "src/record/log_lines.ts",
    text: "return nul === -1 ? text : text.slice(0, nul);",
    instead: "return nul === 0 ? text.slice(0, nul) : text;",
    red: standalone("56: a line that is too long for a queue ID"),
  },
  {
    name: "a block of a large log begins amid a line",
    file: "src/record/log_pass.ts",
    text: "this.#read += length;",
    instead: "this.#read += Math.max(1, length - 1);",
    red: standalone("a log of more than a megabyte"),
  },
  {
    name: "a log of a one-letter name is passed over",
    file: "src/record/list_logfiles.ts",
    text: ", noDirectory: parseLogfileName }",
    instead: " }",
    red: standalone("74: rfrsh: the log of a one-letter site, due"),
  },
  {
    name: "directories of the record are open to all",
    file: "src/record/locked_logfile.ts",
    text: "const DIRECTORY_MODE = 0o700;",
    instead: "const DIRECTORY_MODE = 0o755;",
    red: standalone("75: the record hashed, depth 2: add example.com"),
  },
  {
    name: "a log that is removed meanwhile is written to",
    file: "src/record/locked_logfile.ts",
    text: "!locked || status.linkCount === 0",
    instead: "!locked",
    red: [
      {
        file: "src/record/locked_logfile_test.ts",
        test: "a log that was removed before it could be locked",
      },
    ],
    unseen: "it takes a removal within microseconds",
  },
  {
    name: "an add does not see that its log was removed",
    file: "src/record/locked_logfile.ts",
    text: "return this.#files.status(this.#file).linkCount === 0;",
    instead: "return false;",
    red: [
      {
        file: "src/flush/send_site_test.ts",
        test: "an add during a send is not lost when somebody removes the log",
      },
    ],
    unseen: "it takes a removal within a send",
  },
  {
    name: "a newline on the next page counts as one on this",
    file: "src/record/locked_logfile.ts",
    text: "Math.floor((start + last) / pageBytes)",
    instead: "Math.floor((start + last - 1) / pageBytes)",
    red: [
      {
        file: "src/record/locked_logfile_test.ts",
        test: "an append that a page's end cuts short leaves no line without its end",
      },
    ],
    unseen: "it takes a kill between two pages of one write",
  },
  {
    name: "what was read of a log in part is taken for all of it",
    file: "src/record/locked_logfile.ts",
    text: "count === bytes.length ? bytes[count - 1] === NEWLINE : null",
    instead: "bytes[count - 1] === NEWLINE",
    red: [
      {
        file: "src/record/locked_logfile_test.ts",
        test: "a last line without its end is ended, though no more was read",
      },
    ],
    unseen: "no disk of the comparison gives less than a file has",
  },
];
