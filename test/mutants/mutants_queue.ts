/** Faults in how messages are released, found, and read for a rebuild. */
import { type Expected, type Mutant, standalone } from "./mutant.ts";

const NEVER_REBUILDS = "the original rebuilds nothing";

const IN_REBUILDS = (test: string): readonly [Expected] => [
  { file: "src/flush/rebuild_test.ts", test },
];

export const QUEUE_MUTANTS: readonly Mutant[] = [
  {
    name: "a message alone is not marked",
    file: "src/queue/release.ts",
    text: "tools.files.changeMode(opened.file, opened.status.mode | MODE_UNTHROTTLE);",
    instead: "",
    red: standalone("61: a message in deferred"),
  },
  {
    name: "a message is marked for others to read, not for its group",
    file: "src/queue/release.ts",
    text: "const MODE_UNTHROTTLE = 0o040;",
    instead: "const MODE_UNTHROTTLE = 0o004;",
    red: standalone("61: a message in deferred"),
  },
  {
    name: "the mark takes the message's mode away",
    file: "src/queue/release.ts",
    text: "opened.status.mode | MODE_UNTHROTTLE",
    instead: "MODE_UNTHROTTLE",
    red: standalone("61: a message in deferred"),
  },
  {
    name: "a message that is not complete is marked",
    file: "src/queue/release.ts",
    text: "(opened.status.mode & MODE_READY) !== MODE_READY",
    instead: "(opened.status.mode & MODE_READY) === 0",
    red: standalone("62: a message that is not complete"),
  },
  {
    name: "the time stamps of the released message stay",
    file: "src/queue/release.ts",
    text: "tools.files.setTimes(path, now)",
    instead: "tools.files.isThere(path)",
    red: standalone("53: two messages, one of them twice"),
  },
  {
    name: "a message is due a minute from now",
    file: "src/queue/release.ts",
    text: "const now = wallSeconds(tools.clock);",
    instead: "const now = wallSeconds(tools.clock) + 60;",
    red: standalone("53: two messages, one of them twice"),
  },
  {
    name: "messages are moved to active",
    file: "src/queue/release.ts",
    text: "moveMessage(tools, deferred, incoming);",
    instead: 'moveMessage(tools, deferred, incoming.replace("incoming", "active"));',
    red: standalone("53: two messages, one of them twice"),
  },
  {
    name: "incoming is looked at before deferred",
    file: "src/queue/release.ts",
    text: '["deferred", "incoming"] as const',
    instead: '["incoming", "deferred"] as const',
    red: standalone("a message in both deferred and incoming"),
  },
  {
    name: "a message with two hard links is taken",
    file: "src/queue/open_queue_file.ts",
    text: "open.linkCount !== 1",
    instead: "open.linkCount < 1",
    red: standalone("63: a message with two hard links"),
  },
  {
    name: "directories of the queue are open to all",
    file: "src/queue/move_message.ts",
    text: "const DIRECTORY_MODE = 0o700;",
    instead: "const DIRECTORY_MODE = 0o755;",
    red: standalone("66: incoming and deferred hashed, depth 2"),
  },
  {
    name: "no directory is made for a message",
    file: "src/queue/move_message.ts",
    text: "    makeParents(tools, String(to));",
    instead: "",
    red: standalone("66: incoming and deferred hashed, depth 2"),
  },
  {
    name: "the entry of a message in active is dropped",
    file: "src/queue/find_message.ts",
    text: '["deferred", "incoming", "active", "hold"]',
    instead: '["deferred", "incoming", "hold"]',
    red: standalone("58: a message in active"),
  },
  {
    name: "the entry of a message in hold is dropped",
    file: "src/queue/find_message.ts",
    text: '["deferred", "incoming", "active", "hold"]',
    instead: '["deferred", "incoming", "active"]',
    red: standalone("rfrsh: a message in hold"),
  },
  {
    name: "new directories keep the group of those above",
    file: "src/queue/move_message.ts",
    text: "tools.files.statusOf(directory).gid !== tools.groupId",
    instead: "tools.groupId < 0",
    red: [
      {
        file: "src/flush/send_site_test.ts",
        test: "a hashed directory is given this process's group",
      },
    ],
    unseen: "groups of files are not compared",
  },
  {
    name: "a message that can't be read for now is left out for good",
    file: "src/flush/rebuild.ts",
    text: '    this.#hasFailed ||= found.kind === "unreadable" && found.mayPass;\n',
    instead: "",
    red: IN_REBUILDS("a queue file that can't be read for now is read by the next wake-up"),
    unseen: NEVER_REBUILDS,
  },
  {
    name: "where a message was tried, and can't be read for now, is left out for good",
    file: "src/flush/message_logfiles.ts",
    text: "let isComplete = reading.mayPass !== true;",
    instead: "let isComplete = true;",
    red: IN_REBUILDS("a defer file that can't be read for now is read by the next wake-up"),
    unseen: NEVER_REBUILDS,
  },
  {
    name: "one message that can never be read keeps the record from being complete",
    file: "src/queue/read_file.ts",
    text: "return PASSING.has(caught.code) ? {",
    instead: "return PASSING.size > 0 ? {",
    red: IN_REBUILDS("a queue file that can't be read at any time keeps no record"),
    unseen: NEVER_REBUILDS,
  },
];
