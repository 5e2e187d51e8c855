/** Faults in what becomes of a write that a file system objects to at a close alone, and of closes that mean nothing. */
import type { Mutant } from "./mutant.ts";

const IN_ADDS = "src/flush/add_test.ts";
const IN_LOGS_IN_USE = "src/flush/logfiles_in_use_test.ts";
const IN_LOGFILES = "src/record/locked_logfile_test.ts";
const IN_FOLDERS = "src/state/private_folder_test.ts";
const IN_UNLINKED_FILES = "src/names/unlinked_files_test.ts";
const IN_CONFORMANCE = "test/conformance/faults_conformance_test.ts";

const LOCAL_DISK = "no disk of the comparison fails at a close";

/** The table. */
export const CLOSE_MUTANTS: readonly Mutant[] = [
  {
    name: "an add is answered with OK whatever the close says",
    file: "src/record/locked_logfile.ts",
    text: "closeWritten(this.#files, this.#file);",
    instead: "this.#files.close(this.#file);",
    red: [{ file: IN_ADDS, test: "where the file system objects to the write at the close alone" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "an add that had nothing to write fails with its close",
    file: "src/record/locked_logfile.ts",
    text: "if (this.#sizeBytes === this.#confirmedBytes) {",
    instead: "if (this.#sizeBytes < this.#confirmedBytes) {",
    red: [{ file: IN_ADDS, test: "where nothing was to be written the close says nothing" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "an add to a log that is being sent is answered before it is certain to be there",
    file: "src/flush/logfiles_in_use.ts",
    text: "      this.log.confirm();\n",
    instead: "",
    red: [{ file: IN_LOGS_IN_USE, test: "an add to a log that is being sent is answered once" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "a line is written over before its copy at the end is certain to be there",
    file: "src/record/locked_logfile.ts",
    text: "    this.#writeAtEnd(bytes);\n    this.confirm();",
    instead: "    this.#writeAtEnd(bytes);",
    red: [{ file: IN_LOGFILES, test: "a pass confirms each copy before it cuts" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "a log is cut before its copies within it are certain to be there",
    file: "src/record/locked_logfile.ts",
    text: "    this.#writeAll(bytes, position);\n    this.confirm();",
    instead: "    this.#writeAll(bytes, position);",
    red: [{ file: IN_LOGFILES, test: "a pass confirms each copy before it cuts" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "what could not be confirmed leaves a gap behind it",
    file: "src/record/locked_logfile.ts",
    text: "      this.#sizeBytes = this.#confirmedBytes;\n      this.#isEnded = null;\n      this.truncate(this.#confirmedBytes);\n",
    instead: "",
    red: [{ file: IN_LOGFILES, test: "what can't be confirmed is taken back" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "a file of a command's takes its name though it may not be on disk",
    file: "src/state/private_folder.ts",
    text: "files.closeWritten(file);",
    instead: "files.close(file);",
    red: [{ file: IN_FOLDERS, test: "stay as they were where the disk is full" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "nobody hears what a close has to say of a write",
    file: "src/sys/files.ts",
    text: '    check(libc.close(file), errno[0], "close");',
    instead: "    libc.close(file);",
    red: [{ file: IN_CONFORMANCE, test: "and so do real ones" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "nobody asks the file system whether what was written is there",
    file: "src/sys/files.ts",
    text: '    check(libc.close(second), errno[0], "close");',
    instead: "    libc.close(second);",
    red: [{ file: IN_CONFORMANCE, test: "and so do real ones" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "the close of what was only read ends the process",
    file: "src/sys/files.ts",
    text: 'if (libc.close(file) < 0 && errnoName(errno[0]) === "EBADF") {',
    instead: "if (libc.close(file) < 0) {",
    red: [{ file: IN_CONFORMANCE, test: "and so do real ones" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "what was confirmed is taken back with what was not",
    file: "src/record/locked_logfile.ts",
    text: "      this.#confirmedBytes = this.#sizeBytes;\n",
    instead: "",
    red: [{ file: IN_LOGFILES, test: "what was confirmed stays where a later append" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "a pass begins behind a line whose end may not be there",
    file: "src/record/locked_logfile.ts",
    text: "      this.#writeAtEnd(NEWLINE_BYTES);\n      this.confirm();",
    instead: "      this.#writeAtEnd(NEWLINE_BYTES);",
    red: [{ file: IN_LOGFILES, test: "no pass begins behind a line" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "a send fails with the close of the log that it has cut",
    file: "src/record/locked_logfile.ts",
    text: "    this.#confirmedBytes = sizeBytes;\n    this.#isEnded = null;",
    instead: "    this.#isEnded = null;",
    red: [{ file: IN_LOGFILES, test: "the close of a log that was cut alone" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "what could not be confirmed counts as held by the next add",
    file: "src/flush/logfiles_in_use.ts",
    text: '    const newOnes = ids.filter((id) => !this.holds(id));\n    const written = this.log.isVanished ? "vanished" : this.log.append(newOnes);\n',
    instead:
      '    const newOnes = ids.filter((id) => !this.holds(id));\n    const written = this.log.isVanished ? "vanished" : this.log.append(newOnes);\n    for (const id of written === "vanished" ? [] : ids) {\n      this.keeps(id);\n    }\n',
    red: [{ file: IN_LOGS_IN_USE, test: "an add to a log that is being sent is answered once" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "the look for links on the way keeps to itself what a close says",
    file: "src/names/unlinked_files.ts",
    text: "    this.#files.closeWritten(file);",
    instead: "    this.#files.close(file);",
    red: [{ file: IN_UNLINKED_FILES, test: "what is said of a write" }],
    unseen: LOCAL_DISK,
  },
  {
    name: "the look for links on the way asks nobody whether what was written is there",
    file: "src/names/unlinked_files.ts",
    text: "    this.#files.confirmWritten(file);\n",
    instead: "",
    red: [{ file: IN_UNLINKED_FILES, test: "what is said of a write" }],
    unseen: LOCAL_DISK,
  },
];
