/**
 * The rooms of src/ and what each may import: the arrows of ARCHITECTURE.md as data, each room with its reason.
 *
 * A room is a folder. Files of one room may import each other; tests may import anything.
 */

/** What a room may import besides itself. */
export interface Room {
  readonly imports: readonly string[];
  readonly why: string;
}

export const ROOMS: Readonly<Record<string, Room>> = {
  effects: { imports: [], why: "interfaces only: whoever implements or uses them comes to them" },
  names: {
    imports: ["effects"],
    why: "trusted names, and where they lie, are the ground that all stand on; listing them is an effect",
  },
  wire: { imports: ["names"], why: "a pure codec: bytes in, messages out, no file and no socket" },
  config: { imports: ["effects", "names"], why: "reads text files as an effect, else pure" },
  eligibility: {
    imports: ["config", "effects", "names"],
    why: "reads tables as an effect, else pure; their files have the line syntax of main.cf",
  },
  record: { imports: ["effects", "names"], why: "the logfiles, on files and locks as effects" },
  queue: { imports: ["effects", "names"], why: "the mail queue, on files as effects" },
  logging: { imports: ["effects", "names"], why: "log lines, sent through effects" },
  flush: {
    imports: ["record", "queue", "eligibility", "wire", "effects", "names"],
    why: "the service's requests; it knows no socket, no master(8) and no system call",
  },
  master: {
    imports: ["wire", "effects", "names"],
    why: "what a child of master(8) owes it, for any handler of requests and not only flush",
  },
  client: {
    imports: ["wire", "effects", "names"],
    why: "speaks to the service from outside; it knows no command line, and nothing of the service's inside",
  },
  index: {
    imports: ["queue", "record", "effects", "names"],
    why: "deferred mail by destination: reads the queue, keeps what it found; knows no command and no service",
  },
  following: {
    imports: ["queue", "effects", "names"],
    why: "what becomes of released messages, by the queue and the mail log; prints nothing",
  },
  state: {
    imports: ["effects", "names"],
    why: "a folder in which commands keep what the next ones must know; it knows no command",
  },
  holding: {
    imports: ["following", "queue", "state", "effects", "names"],
    why: "mail put on hold, released and deleted through postsuper(1), and what is on hold for a time; prints nothing",
  },
  installation: {
    imports: ["eligibility", "wire", "effects", "names"],
    why: "our entry in master.cf, put in and taken out through postconf(1); prints nothing; splits lists as the service does, and asks its program",
  },
  watching: {
    imports: ["installation", "index", "state", "effects", "names"],
    why: "whether a destination is back, by Postfix's route, and who waits for that; prints nothing, releases nothing; asks postconf(1)",
  },
  doctor: {
    imports: [
      "installation",
      "client",
      "following",
      "eligibility",
      "config",
      "queue",
      "wire",
      "effects",
      "names",
    ],
    why: "what is wrong with a set-up, as findings; prints nothing, changes nothing; reads lists, times and queue files as the service does",
  },
  cli: {
    imports: [
      "client",
      "index",
      "following",
      "holding",
      "installation",
      "doctor",
      "watching",
      "config",
      "wire",
      "effects",
      "names",
    ],
    why: "the operator's commands: words and tables about what the other rooms find; it does nothing itself; times are main.cf's",
  },
  sys: {
    imports: ["effects", "names"],
    why: "the real effects, which know nothing of their users",
  },
  memory: { imports: ["effects", "names"], why: "the effects' twins, interchangeable with sys" },
};

/** Files directly in src/: they build the real parts and hand over, so that they may import every room. */
export const PROGRAMS: readonly string[] = [
  "flush.ts",
  "start_fastflush.ts",
  "fastflush.ts",
  "read_deferred.ts",
];

/** The one room that touches the machine. */
export const MACHINE_ROOM = "sys";

/** Third-party packages in the programs, and the one room that may import each. */
export const PACKAGES: Readonly<Record<string, Room>> = {
  tr46: { imports: ["record"], why: "IDNA tables; its answers are the original's (site names)" },
  commander: {
    imports: ["cli"],
    why: "reads command lines and prints help: in the operator's command alone, never in the service",
  },
  chalk: { imports: ["cli"], why: "colours, where the terminal has them" },
  "cli-table3": { imports: ["cli"], why: "tables, as wide as their text is on a terminal" },
  "string-width": { imports: ["cli"], why: "how wide text is, as cli-table3 itself reckons" },
  "cli-progress": { imports: ["cli"], why: "progress bars" },
  "prom-client": {
    imports: ["cli"],
    why: "metrics as text for Prometheus: escapes labels, checks names",
  },
  tldts: {
    imports: ["index"],
    why: "the public suffix list: which part of a domain was registered",
  },
};

/** Global objects through which the machine is reached: for the machine room. */
export const MACHINE_GLOBALS: readonly string[] = ["Bun", "process", "globalThis"];

/** What a program may do with them itself: learn how it was started, and end. */
export const PROGRAM_USES: readonly string[] = [
  "process.argv",
  "process.argv0",
  "process.env",
  "process.exit",
  "process.on",
  "Bun.sleepSync",
];

/** The service talks to no network, in any room: the original's manual page promises it. */
export const NETWORK_GLOBALS: readonly string[] = [
  "fetch",
  "WebSocket",
  "EventSource",
  "XMLHttpRequest",
];
export const NETWORK_MEMBERS: readonly string[] = [
  "Bun.dns",
  "Bun.fetch",
  "Bun.redis",
  "Bun.serve",
  "Bun.sql",
  "Bun.udpSocket",
];
