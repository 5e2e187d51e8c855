/** Faults in what is asked of the kernel, and at the start. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { life, type Mutant, standalone, underMaster } from "./mutant.ts";

export const SYS_MUTANTS: readonly Mutant[] = [
  {
    name: "links are followed",
    file: "src/sys/files.ts",
    text: "OPEN_FLAG.noFollow | ",
    instead: "",
    red: standalone("add to a log that links to another one"),
  },
  {
    name: "a logfile is made for all to read",
    file: "src/sys/files.ts",
    text: "const CREATE_MODE = 0o600;",
    instead: "const CREATE_MODE = 0o644;",
    red: standalone("2: add makes a logfile"),
  },
  {
    name: "only atime is set",
    file: "src/sys/files.ts",
    text: "this.#times[0] = this.#times[2] = BigInt(seconds);",
    instead: "this.#times[0] = BigInt(seconds);",
    red: standalone("59: a message in incoming"),
  },
  {
    name: "the jail is not entered",
    file: "src/sys/daemon_process.ts",
    text: '    check(libc.chroot(cString(jail)), errno[0], "chroot");\n    check(libc.chdir(cString("/")), errno[0], "chdir");',
    instead: "",
    red: life("90: in the jail"),
  },
  {
    name: "privileges are not dropped",
    file: "src/sys/daemon_process.ts",
    text: '    check(libc.setuid(user.uid), errno[0], "setuid");',
    instead: "",
    red: standalone("2: add makes a logfile"),
  },
  {
    name: "the letters of a wake-up have no end",
    file: "src/sys/queue_manager.ts",
    text: "stringToBytes(`${letters}\\0`)",
    instead: "stringToBytes(letters)",
    red: standalone("55: an empty log"),
  },
  {
    name: "a queue manager that has no room is given up",
    file: "src/sys/queue_manager.ts",
    text: 'if (socket === "EAGAIN" && !isLast) {',
    instead: 'if (socket === "EAGAIN" && isLast) {',
    red: standalone("80: public/qmgr has no room"),
  },
  {
    name: "a FIFO is not written to",
    file: "src/sys/queue_manager.ts",
    text: "        wakeByFifo(this.#tools, this.#path, letters);",
    instead: "",
    red: standalone("80: public/qmgr is a FIFO"),
  },
  {
    name: "a missing queue manager is not told of",
    file: "src/sys/queue_manager.ts",
    text: "    tools.log.warning(`unable to look up ${path}: ${caught.text}`);",
    instead: "",
    red: standalone("80: public/qmgr is missing"),
  },
  {
    name: "a client that shuts down writing gets no reply",
    file: "src/sys/peers.ts",
    text: "allowHalfOpen: true",
    instead: "allowHalfOpen: false",
    red: underMaster("a client that only shuts down writing gets its reply"),
  },
  {
    name: "root is a mail owner as good as any",
    file: "src/flush.ts",
    text: "if (user.uid === 0) {",
    instead: "if (user.uid < 0) {",
    red: standalone('dies: {"mail_owner":"root"}'),
  },
  {
    name: "-u is not obeyed",
    file: "src/flush.ts",
    text: "options.unprivileged ? findMailOwner(parameters) : null",
    instead: "null",
    red: standalone("2: add makes a logfile"),
  },
];
