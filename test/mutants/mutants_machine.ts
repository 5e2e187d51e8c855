/** Faults in what the command does to the machine: the index in a file, quick looks, files of root's, programs and signals. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_INDEX_STORE = redIn("src/sys/index_store_test.ts");
const IN_CACHE_FOLDER = redIn("src/sys/cache_folder_test.ts");
const IN_FILES_CONFORMANCE = redIn("test/conformance/files_conformance_test.ts");
const IN_HOST = redIn("src/sys/host_test.ts");
const IN_PROGRAMS = redIn("src/sys/programs_test.ts");
const IN_PROCESSES = redIn("src/sys/processes_test.ts");
const IN_INTERRUPTS = redIn("src/sys/interrupts_test.ts");
const IN_THREADS = redIn("src/sys/threads_test.ts");
const IN_DEFECTS = redIn("test/sys/defects_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "a part with a wrong seal is believed",
    file: "src/sys/index_store.ts",
    text: "if (row === null || sealOfBytes(row.content) !== this.#sealOf(batch, part)) {",
    instead: 'if (row === null || this.#sealOf(batch, part) === "?") {',
    red: IN_INDEX_STORE("bytes that have changed, seed 1"),
  },
  {
    name: "what others have written meanwhile is not noticed",
    file: "src/sys/index_store.ts",
    text: "return before === this.#othersVersion;",
    instead: "return before !== null;",
    red: IN_INDEX_STORE("somebody writes before the reading begins"),
  },
  {
    name: "a directory with a wrong seal is believed",
    file: "src/sys/index_store.ts",
    text: "if (row.seal !== sealOf(row, this.#selectBatches.all(row.path))) {",
    instead: 'if (row.seal === "none") {',
    red: IN_INDEX_STORE("bytes that have changed, seed 2"),
  },
  {
    name: "an index of any meaning is taken",
    file: "src/sys/index_store.ts",
    text: "if (about[0]?.meaning !== meaning) {",
    instead: "if (about[0] === undefined) {",
    red: IN_INDEX_STORE("what means something else is of no use, and can be removed"),
  },
  {
    name: "an index of another build is trusted",
    file: "src/sys/index_store.ts",
    text: "`${FORMAT} ${builtAs()} ${meaning}`",
    instead: "`${FORMAT} ${meaning}`",
    red: IN_INDEX_STORE("what another build of the program has kept is of no use"),
  },
  {
    name: "the index may be read by others",
    file: "src/sys/index_store.ts",
    text: "const FILE_MODE = 0o600;",
    instead: "const FILE_MODE = 0o644;",
    red: IN_INDEX_STORE("nobody else may read it, also in a folder that others may look into"),
  },
  {
    name: "an index that is opened once more loses its locks",
    file: "src/sys/index_store.ts",
    text: "ACCESS_FLAG.write | create | exclusive | closeOnExec",
    instead: "ACCESS_FLAG.write | create | closeOnExec",
    red: IN_INDEX_STORE("what one process has open stays locked when it opens it once more"),
  },
  {
    name: "a folder that others may write to is taken",
    file: "src/sys/cache_folder.ts",
    text: "if (doubt !== null) {",
    instead: "if (doubt?.isForeign === true) {",
    red: IN_CACHE_FOLDER("where it is open to others"),
  },
  {
    name: "another user's folder is taken",
    file: "src/sys/cache_folder.ts",
    text: "[libc.geteuid()]",
    instead: "[libc.geteuid(), statusOf(folder).uid]",
    red: IN_CACHE_FOLDER("as another user's"),
  },
  {
    name: "a link is taken for the folder",
    file: "src/sys/cache_folder.ts",
    text: "return STATUSES.ofPath(path, false);",
    instead: "return STATUSES.ofPath(path, true);",
    red: IN_CACHE_FOLDER("as a link"),
  },
  {
    name: "a removed index leaves its write-ahead log",
    file: "src/sys/index_store.ts",
    text: '["", "-wal", "-shm"]',
    instead: '["", "-shm"]',
    red: IN_INDEX_STORE("nothing is left of what is removed while another command has it open"),
  },
  {
    name: "what was not ended is kept",
    file: "src/sys/index_store.ts",
    text: 'this.#database.run("ROLLBACK");',
    instead: 'this.#database.run("COMMIT");',
    red: IN_INDEX_STORE("what was not ended was not written"),
  },
  {
    name: "two queues share a file",
    file: "src/sys/index_store.ts",
    text: '.replace(/[^A-Za-z0-9._-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);',
    instead: '.replace(/[^A-Za-z0-9._-]/g, "_");',
    red: IN_INDEX_STORE("each queue directory has a file of its own"),
  },
  {
    name: "the ctime is the mtime once more",
    file: "src/sys/quick_looks.ts",
    text: "into[at + STAMP.ctimeSeconds] = words[24] ?? 0;",
    instead: "into[at + STAMP.ctimeSeconds] = words[28] ?? 0;",
    red: IN_FILES_CONFORMANCE("a stamp says what a status says, however one comes to it"),
  },
  {
    name: "the ctime's nanoseconds are the mtime's",
    file: "src/sys/quick_looks.ts",
    text: "into[at + STAMP.ctimeNs] = words[26] ?? 0;",
    instead: "into[at + STAMP.ctimeNs] = words[30] ?? 0;",
    red: IN_FILES_CONFORMANCE("a stamp says what a status says, however one comes to it"),
  },
  {
    name: "what has left and come back is passed over",
    file: "src/sys/quick_looks.ts",
    text: "      stamps[at + STAMP.ctimeSeconds] === words[24] &&\n      stamps[at + STAMP.ctimeSeconds + 1] === words[25] &&\n      stamps[at + STAMP.ctimeNs] === words[26] &&\n",
    instead: "",
    red: IN_FILES_CONFORMANCE("names that are as they were are passed over"),
  },
  {
    name: "a name is passed over that goes on behind the one that is expected",
    file: "src/sys/directory_reader.ts",
    text: "return buffer[at] === 0;",
    instead: "return true;",
    red: IN_FILES_CONFORMANCE("none of which another name is the beginning"),
  },
  {
    name: "a look follows links",
    file: "src/sys/quick_looks.ts",
    text: "encoded, AT_SYMLINK_NOFOLLOW,",
    instead: "encoded, 0,",
    red: IN_FILES_CONFORMANCE("a stamp tells kinds of files apart, and does not follow links"),
  },
  {
    name: "reading a message follows a link",
    file: "src/sys/quick_looks.ts",
    text: "const OPEN_ALWAYS = OPEN_FLAG.noFollow | OPEN_FLAG.nonBlocking",
    instead: "const OPEN_ALWAYS = OPEN_FLAG.nonBlocking",
    red: IN_FILES_CONFORMANCE("names come a few at a time, each once; a link is not opened"),
  },
  {
    name: "reading a message changes its atime",
    file: "src/sys/quick_looks.ts",
    text: "const OPEN_FILE = OPEN_ALWAYS | OPEN_FLAG.keepAtime;",
    instead: "const OPEN_FILE = OPEN_ALWAYS;",
    red: IN_FILES_CONFORMANCE("looking and reading leave atime alone"),
  },
  {
    name: "a file that is written is not whole at each moment",
    file: "src/sys/host.ts",
    text: "    fs.renameSync(fresh, bytes(path));\n  } catch",
    instead: "    fs.copyFileSync(fresh, bytes(path));\n    fs.rmSync(fresh);\n  } catch",
    red: IN_HOST("a file is replaced whole: who has opened the old one reads that to its end"),
  },
  {
    name: "what could not be written stays about",
    file: "src/sys/host.ts",
    text: "    if (lock !== null) {\n      fs.rmSync(fresh, { force: true });\n",
    instead: "    if (lock !== null) {\n",
    red: IN_HOST("a copy that fails leaves the old file"),
  },
  {
    name: "what another process is writing is taken away",
    file: "src/sys/host.ts",
    text: "  if (!isOurs || fs",
    instead: "  if (fs",
    red: IN_HOST(
      "a file that another process is writing is left alone, and what a killed one has left is replaced",
    ),
  },
  {
    name: "a fresh file can be read by all before it has its owner",
    file: "src/sys/host.ts",
    text: 'fs.openSync(fresh, "wx", FRESH_MODE);',
    instead: 'fs.openSync(fresh, "wx", 0o666);',
    red: IN_HOST("nobody else may read a file before it has its owner"),
  },
  {
    name: "files that begin alike are the same",
    file: "src/sys/host.ts",
    text: "|| !first.equals(second)) {",
    instead: "|| first.length !== second.length) {",
    red: IN_HOST("a copy has the content, and its own mode"),
  },
  {
    name: "SIGHUP ends what must not stop half way",
    file: "src/sys/host.ts",
    text: '"SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]',
    instead: '"SIGINT", "SIGTERM", "SIGQUIT"]',
    red: IN_HOST("SIGHUP is put off while something must not stop half way"),
  },
  {
    name: "a program that hangs is waited for",
    file: "src/sys/programs.ts",
    text: "        timeout: limitMs,\n",
    instead: "        timeout: limitMs * 1000,\n",
    red: IN_PROGRAMS("is ended when it takes too long"),
  },
  {
    name: "a process that has ended is alive",
    file: "src/sys/processes.ts",
    text: "stat.fields[STATE_FIELD] === ZOMBIE) {",
    instead: 'stat.fields[STATE_FIELD] === "") {',
    red: IN_PROCESSES("one that has ended, and whose parent has not taken notice, is none"),
  },
  {
    name: "a process does not know that its program was removed",
    file: "src/sys/processes.ts",
    text: "isDeleted: status.linkCount === 0",
    instead: "isDeleted: status.linkCount < 0",
    red: IN_PROCESSES("a process whose file was removed says so"),
  },
  {
    name: "Ctrl-C is heard when nobody listens any more",
    file: "src/sys/interrupts.ts",
    text: "        process.off(signal, run);",
    instead: "        process.off(signal, () => run());",
    red: IN_INTERRUPTS("each that listens is told, until it is cancelled"),
  },
  {
    name: "a real thread is not ended",
    file: "src/sys/threads.ts",
    text: "end: () => worker.terminate(),",
    instead: "end: () => {},",
    red: IN_THREADS("one that is ended before it runs says nothing"),
  },
  {
    name: "a real thread's death is not told",
    file: "src/sys/threads.ts",
    text: "onDeath(new Error(`a thread has died: ${message}`));",
    instead: "void message;",
    red: IN_THREADS("one that dies of an exception is told of"),
  },
  {
    name: "a real thread gets a copy of a buffer",
    file: "src/sys/threads.ts",
    text: "worker.postMessage(value, transferable(handedOver)),",
    instead: "worker.postMessage(value, transferable(handedOver).slice(1)),",
    red: IN_THREADS("a buffer is handed over, and not copied"),
  },
  {
    name: "a command that comes to nothing ends with status 0",
    file: "src/fastflush.ts",
    text: 'process.on("beforeExit", () => die(new Error("nothing is left to wait for")));\n',
    instead: "",
    red: IN_DEFECTS("it waits for nothing"),
  },
  {
    name: "a defect ends with another status",
    file: "src/fastflush.ts",
    text: "process.exit(EXIT.defect);",
    instead: "process.exit(EXIT.found);",
    red: IN_DEFECTS("something of it throws later"),
  },
];

export const MACHINE_MUTANTS = operatorMutants(FAULTS);
