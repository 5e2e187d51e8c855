/** The commands over a service in memory: what they ask, what they print, how they end. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { CommandRig, end, item } from "../../test/support/command_rig.ts";
import { wallSeconds } from "../effects/clock.ts";
import { Fatal } from "../effects/fatal.ts";
import { OsError } from "../effects/os_error.ts";
import { EXIT } from "./exit_status.ts";

/** In the order of the help, and of the page. */
const COMMANDS = (
  "list histogram show top preview send watch metrics hold release delete sites verify compact rebuild status doctor " +
  "install uninstall completion"
).split(" ");

const PAGE = join(import.meta.dir, "..", "..", "docs", "COMMAND.md");

/** Each command as a script would start it. */
const LINES: ReadonlyArray<readonly string[]> = [
  ["sites"],
  ["preview", "a.example"],
  ["send", "--yes", "a.example"],
  ["verify"],
  ["compact"],
  ["rebuild"],
];

describe("help", () => {
  for (const command of COMMANDS) {
    test(`${command} --help has examples, and asks nobody`, async () => {
      const rig = new CommandRig();
      expect(await rig.run(command, "--help")).toBe(0);
      expect(rig.terminal.outText).toStartWith(`Usage: fastflush ${command} [options]`);
      expect(rig.terminal.outText).toContain(`\nExamples:\n  fastflush ${command}`);
      expect(rig.terminal.errText).toBe("");
      expect(rig.requests).toEqual([]);
    });
  }

  test("--help names all commands, a group after the other, and the exit statuses", async () => {
    const rig = new CommandRig();
    expect(await rig.run("--help")).toBe(0);
    const lines = rig.terminal.outText.split("\n");
    const names = lines.flatMap(
      (line) => / {2}([a-z]+) (?:\[options\]|<shell>)/.exec(line)?.slice(1) ?? [],
    );
    expect(names).toEqual(COMMANDS);
    expect(rig.terminal.outText).toContain("Exit status:\n  0   done");
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });
});

describe("docs/COMMAND.md", () => {
  test("has each command in its first table, and a section of it, in the order of the help", async () => {
    const page = await Bun.file(PAGE).text();
    const named = (pattern: RegExp): string[] =>
      page.match(pattern)?.map((line) => /[a-z]+/.exec(line)?.[0] ?? "") ?? [];
    expect(named(/^\| `[a-z]+(?: [^`]*)?` \| [^`]*(?=\|)/gm)).toEqual(COMMANDS);
    const isCommand = (name: string): boolean => COMMANDS.some((each) => each === name);
    expect(named(/^## [a-z]+$/gm).filter(isCommand)).toEqual(COMMANDS);
  });

  test("has each exit status", async () => {
    const page = await Bun.file(PAGE).text();
    const numbers = page.match(/(?<=^\| )[0-9]+(?= \| )/gm)?.map(Number);
    expect(numbers).toEqual(Object.values(EXIT));
  });
});

describe("wrong usage: status 64, what is wrong and what is possible, and nobody is asked", () => {
  const rows: ReadonlyArray<readonly [words: readonly string[], said: string]> = [
    [[], "Usage: fastflush"],
    [["frob"], "unknown command 'frob'\nCommands are list, histogram, show,"],
    [["frob\x1b[31m"], "unknown command 'frob?[31m'"],
    [["sites", "extra"], "too many arguments"],
    [["sites", "--frob"], "unknown option '--frob'\nSee fastflush sites --help."],
    [["preview"], "No mail is selected. Name sites (example.com, @example.com), or give"],
    [["send", "--yes"], "No mail is selected."],
    [["send", "--yes", "a.example", "--all"], "Mail is selected in more than one way."],
    [["preview", "--match", "*", "--id", "A1"], "Mail is selected in more than one way."],
    [["send", "--yes", "--match", "a["], '"a[" is no pattern of sites. Patterns are as in'],
    [["send", "--yes", "--match", ""], '"" is no pattern of sites.'],
    [["send", "--yes", "--id", "A1,../\x1bB"], '"../?B" is no queue ID.'],
    [["send", "--yes", "--id", ","], "No queue ID is given behind --id."],
    [
      ["send", "--yes", "--all", "--wait-limit", "10"],
      '"10" is no time. A time is a number and its unit',
    ],
    [["send", "--yes", " , "], "No site is named."],
    [["send", "--yes", "a.example", "user@b.example"], '"user@b.example" is no site. Sites are'],
    [["send", "--yes", "a\x1b@b"], '"a?@b" is no site.'],
    [["verify", "@"], '"@" is no site.'],
    [["send", "--yes", "*.example"], '"*.example" is a pattern: give it with --match. Nothing was'],
    [["preview", "a.example,m?\x1b"], '"m??" is a pattern: give it with --match.'],
    [["compact", "*.example"], '"*.example" is a pattern, and not a site. Sites are domains,'],
    [
      ["send", "--yes", "a.example", "--reason", "x".repeat(1001)],
      "has 1,001 bytes; at most 1,000",
    ],
    [["send", "a.example"], "Nothing was released: there is no terminal to ask at. Give --yes"],
    [["sites", "-c", "/etc/postfix"], "unknown option '-c'"],
    [["list", "user@a.example"], '"user@a.example" is no pattern of sites. Those are domains,'],
    [["list", "a\x1b"], '"a?" is no pattern of sites.'],
    ...["list", "histogram", "show"].map(
      (name) => [[name, "--match", "*x\x1b"], '"*x?" is given without --match here:'] as const,
    ),
    [["list", " , "], "No site is named. Without a pattern, all deferred mail is meant."],
    [["list", "--older", "30"], '"30" is no time. A time is a number and its unit: s, m (minutes)'],
    [["list", "--older", "1y"], '"1y" is no time.'],
    [["list", "--reason", "(a\x1b"], '"(a?" is no regular expression.'],
    [["list", "--by", "sender"], "Allowed choices are site, parent, relay."],
    [["list", "--sort", "colour"], "Allowed choices are messages, size, oldest, next,"],
    [["list", "--limit", "0"], '"0" is no limit. A limit is a number from 1 on.'],
    [["histogram", "--limit", "many"], '"many" is no limit.'],
    [["histogram", "--by", ""], "Allowed choices are site, parent, relay."],
    [["histogram", "--older", ""], '"" is no time.'],
    [["show"], "missing required argument 'pattern'"],
    [["show", "@*.example"], '"@*.example" is no pattern of sites.'],
    [["show", "--limit", "-1", "a.example"], '"-1" is no limit.'],
  ];
  for (const [words, said] of rows) {
    test(JSON.stringify(words).slice(0, 60), async () => {
      const rig = new CommandRig();
      expect(await rig.run(...words)).toBe(64);
      expect(rig.terminal.errText).toContain(said);
      expect(rig.terminal.errText).not.toContain("\x1b");
      expect(rig.terminal.outText).toBe("");
      expect(rig.requests).toEqual([]);
    });
  }
});

describe("where there is no report", () => {
  const rows: ReadonlyArray<
    readonly [what: string, arrange: (rig: CommandRig) => void, status: number, said: string]
  > = [
    ["nobody listens", (rig) => rig.refuse("ECONNREFUSED"), 69, "No flush service listens at"],
    ["no socket", (rig) => rig.refuse("ENOENT"), 69, "(No such file or directory)"],
    ["not let in", (rig) => rig.refuse("EACCES"), 77, "only root and the mail owner (postfix)"],
    [
      "not known to this user",
      (rig) => {
        rig.forbidAsking();
      },
      77,
      "Not permitted:",
    ],
    ["half a report", (rig) => rig.replies.push("item\0message\0"), 75, "the report broke off"],
    ["another version", (rig) => rig.replies.push(end(3)), 69, "it is of another version"],
  ];
  for (const [what, arrange, status, said] of rows) {
    for (const words of LINES) {
      test(`${what}: ${words.join(" ")}`, async () => {
        const rig = new CommandRig();
        arrange(rig);
        expect(await rig.run(...words)).toBe(status);
        expect(rig.terminal.errText).toContain(said);
        expect(rig.terminal.outText).toBe("");
      });
    }
  }

  for (const words of LINES.filter(([name]) => name !== "preview" && name !== "send")) {
    test(`the original: ${words.join(" ")}`, async () => {
      const rig = new CommandRig();
      expect(await rig.run(...words)).toBe(69);
      expect(rig.terminal.errText).toContain(
        "The original flush service answers at /queue/public/flush",
      );
    });
  }

  test("the operating system says no where nobody reckons with it", async () => {
    const rig = new CommandRig();
    rig.programs.add("postconf", () => {
      throw new OsError("ENOMEM", "start");
    });
    expect(await rig.run("doctor")).toBe(1);
    expect(rig.terminal.errText).toBe("Not complete: start: Cannot allocate memory.\n");
    expect(rig.terminal.outText).toBe("");
  });

  test("no configuration", async () => {
    const rig = new CommandRig();
    rig.failConfiguration(new Fatal("open /x/main.cf: No such file or directory"));
    expect(await rig.run("sites")).toBe(78);
    expect(rig.terminal.errText).toBe(
      "The Postfix configuration can't be used: open /x/main.cf: No such file or directory.\n" +
        "That of another directory is used with: fastflush -c DIRECTORY COMMAND\n",
    );
  });
});

test("what could not be printed is no success", async () => {
  for (const [report, status] of [
    [end(0, ["logs", 0]), 1],
    ["item\0", 75],
  ] as const) {
    const rig = new CommandRig();
    rig.terminal.outFault = "No space left on device";
    rig.replies.push(report);
    expect(await rig.run("sites")).toBe(status);
    expect(rig.terminal.errText).toContain(
      "Not complete: standard output could not be written: No space left on device.\n",
    );
  }
});

test("-c before the command's name says where the configuration is", async () => {
  const rig = new CommandRig();
  const none = end(0, ["logs", 0], ["entries", 0], ["bytes", 0]);
  rig.replies.push(none, none);
  expect(await rig.run("-c", "/etc/other", "sites")).toBe(0);
  expect(await rig.run("sites")).toBe(0);
  expect(rig.directories).toEqual(["/etc/other", null]);
  expect(rig.terminal.outText).toStartWith("Nothing is recorded");
});

test("--cache-dir and --fresh are about the index", async () => {
  const rig = new CommandRig();
  expect(await rig.run("list")).toBe(0);
  expect(await rig.run("--cache-dir", "/x", "--fresh", "list")).toBe(0);
  expect(rig.openings).toEqual([
    { cacheDirectory: null, isFresh: false },
    { cacheDirectory: "/x", isFresh: true },
  ]);
});

describe("sites", () => {
  test("shows the longest log first, and strangers' names without what a terminal acts on", async () => {
    const rig = new CommandRig();
    const now = wallSeconds(rig.clock);
    const log = (logfile: string, entries: number, names: string, sent: number | "") =>
      item(
        "site",
        ...Object.entries({ logfile, entries, bytes: entries * 11, added: now - 60, sent, names }),
      );
    rig.replies.push(
      log("a_example", 2, "a.example,a\x1b.example", "") +
        log("b_example", 3000, "b.example", now - 7200) +
        log("c_example", 1, "", "") +
        end(0, ["logs", 3], ["entries", 3003], ["bytes", 33033]),
    );
    expect(await rig.run("sites")).toBe(0);
    expect(rig.terminal.outText).toBe(
      [
        "ENTRIES  LOG SIZE  LAST ADDED  LAST FLUSHED  SITES",
        "  3,000  32.2 KiB   1 min ago       2 h ago  b.example",
        "      2      22 B   1 min ago             -  a.example, a?.example",
        "      1      11 B   1 min ago             -  (log c_example)",
        "3,003 entries in 3 logs, 32.3 KiB.",
        "",
      ].join("\n"),
    );
  });

  test("says that something could not be read", async () => {
    const rig = new CommandRig();
    rig.replies.push(end(-1, ["logs", 0], ["entries", 0], ["bytes", 0]));
    expect(await rig.run("sites")).toBe(1);
    expect(rig.terminal.errText).toStartWith("Not complete:");
  });
});

describe("preview", () => {
  test("shows each message and what a flush would do", async () => {
    const rig = new CommandRig();
    const arrived = wallSeconds(rig.clock) - 7200;
    const message = (queue_id: string, outcome: string, more: Readonly<Record<string, string>>) =>
      item("message", ...Object.entries({ queue_id, ...more, outcome }));
    const read = { queue: "deferred", size: "2048", arrived: String(arrived) };
    rig.replies.push(
      message("A1", "release", {
        ...read,
        sender: "s\x1b]0;x\x07@s.example",
        recipients: "one@a.example,two@a.example",
        recipients_count: "2",
        others: "b.example,c\x9b.example",
      }) +
        message("A2", "skip", { ...read, sender: "", recipients_count: "0", others: "d.example" }) +
        message("A3", "gone", {}) +
        end(0, ["release", 1], ["skip", 1], ["keep", 0], ["gone", 1], ["unreadable", 0]),
    );
    expect(await rig.run("preview", "a.example,A.example")).toBe(0);
    expect(rig.requests).toEqual(["request fastflush_preview version 1 sites a.example,A.example"]);
    expect(rig.terminal.outText).toBe(
      [
        "QUEUE ID     SIZE  AGE  SENDER             RECIPIENTS THERE          A FLUSH WOULD",
        "A1        2.0 KiB  2 h  s?]0;x?@s.example  one@a.example and 1 more  release it",
        "A2        2.0 KiB  2 h  <>                 -                         leave it: no mail for these sites",
        "A flush would release 1 message for delivery.",
        "It would also try 2 other destinations of these messages: b.example, c?.example.",
        "1 message not found: no longer in the queue.",
        "",
      ].join("\n"),
    );
  });

  test("shows a thousand messages, and says how many more there are", async () => {
    const rig = new CommandRig();
    const messages = Array.from({ length: 1234 }, (_, index) =>
      item("message", ["queue_id", `A${index}`], ["outcome", "release"]),
    );
    rig.replies.push(messages.join("") + end(0, ["release", 1234], ["unreadable", 0]));
    expect(await rig.run("preview", "a.example")).toBe(0);
    expect(rig.terminal.outText.split("\n")).toHaveLength(1 + 1000 + 2 + 1);
    expect(rig.terminal.outText).toContain(
      "234 more messages not shown: --json prints them all.\n",
    );
  });
});
