/**
 * Our service greets as the original in the directory above it would: by the version in that program's file; and by the
 * same it knows whether a proxymap(8) will greet it, how to ask it, and what comes of a table that it must not read.
 *
 * The program is a copy, laid out as in an installation and asked stand-alone (-S); the original is a file with a
 * version in it, and nothing of Postfix runs.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyProgram, PROGRAM } from "../../lab/instance_files.ts";
import { type Outcome, run, runOrThrow } from "../../lab/run.ts";

const GREETING = "protocol\0queue_flush_protocol\0\0";

const PROXYMAP_GREETING = "protocol\0proxymap_protocol\0\0";

/** Of a proxymap(8) that opens every table, and finds nothing in it. */
const PROXYMAP_REPLIES = {
  open: "status\x000\0flags\x0080\0\0",
  lookup: "status\x001\0value\0\0\0",
  denied: "status\x004\0flags\x000\0\0",
};

/** So it is with flush(8) of Debian's 3.11. */
const UNSAID = "that is not in its program";

/** How it is asked, and how from 3.11 on. */
const ASKED = ["open flags 524352", "lookup flags 524352", "lookup flags 524352"];
const ASKED_NOW = [
  "open instance_flags 524352",
  "lookup instance_flags 524352 flags 80",
  "lookup instance_flags 524352 flags 80",
];

/** Asks for a site that isn't recorded. */
const REQUEST = "request\\0send_site\\0site\\0a.example\\0\\0";
const DENIED = "status\x004\0\0";
const FAILED = "status\x004294967295\0\0";

let folder = "";
let original = "";
let ours = "";

beforeAll(() => {
  folder = mkdtempSync("/var/tmp/fastflush-greeting-");
  original = join(folder, "sbin", "flush");
  ours = join(folder, "sbin", "fastflush", "flush");
  mkdirSync(join(folder, "sbin", "fastflush"), { recursive: true });
  mkdirSync(join(folder, "queue", "flush"), { recursive: true });
  mkdirSync(join(folder, "queue", "private"));
  copyProgram(PROGRAM, ours);
  const queue = join(folder, "queue");
  writeFileSync(join(folder, "main.cf"), `queue_directory = ${queue}\nfast_flush_domains =\n`);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  ["of Postfix 3.5", "\x7fELF\0mail_version=3.5.25\0", ""],
  ["of Postfix 3.6", "\x7fELF\0mail_version=3.6.0\0", GREETING],
  ["of Postfix 3.12", "\x7fELF\0mail_version=3.12-20260821\0", GREETING],
  ["of no version", "#!/bin/sh\n", GREETING],
  ["not there", null, GREETING],
] as const)("the original is %s", async (_, program, greeting) => {
  rmSync(original, { force: true });
  if (program !== null) {
    writeFileSync(original, program);
  }
  const ask = `printf '${REQUEST}' | MAIL_CONFIG=${folder} ${ours} -S`;
  const { stdout } = await runOrThrow(["sh", "-c", ask]);
  expect(stdout).toBe(greeting + DENIED);
});

test.each([
  ["3.5.25", "", "", ASKED],
  ["3.6.0", GREETING, PROXYMAP_GREETING, ASKED],
  ["3.11.7", GREETING, PROXYMAP_GREETING, ASKED_NOW],
  [UNSAID, GREETING, PROXYMAP_GREETING, ASKED_NOW],
])("a proxymap(8) of Postfix %s is asked", async (version, greeting, proxymapGreeting, wanted) => {
  writeFileSync(original, version === UNSAID ? "\x7fELF\0" : `mail_version=${version}\0`);
  const asked: string[] = [];
  const { stdout } = await askWithProxymap(proxymapGreeting, (request, rest) => {
    const key = rest.indexOf("key");
    asked.push([request, ...rest.slice(0, key < 0 ? -2 : key)].join(" "));
    return request === "open" ? PROXYMAP_REPLIES.open : PROXYMAP_REPLIES.lookup;
  });
  expect(stdout).toBe(greeting + DENIED);
  expect(asked).toEqual(wanted);
});

test.each([
  ["3.10.13", { status: 1, stdout: "" }],
  ["3.11.7", { status: 0, stdout: GREETING + FAILED }],
])("a table that proxymap(8) of Postfix %s must not read", async (version, wanted) => {
  writeFileSync(original, `mail_version=${version}\0`);
  const { status, stdout } = await askWithProxymap(
    PROXYMAP_GREETING,
    () => PROXYMAP_REPLIES.denied,
  );
  expect({ status, stdout }).toEqual(wanted);
});

/** Asks ours, whose table a proxymap(8) has that answers to requests and what is in them behind the table's name. */
async function askWithProxymap(
  greeting: string,
  answer: (request: string, rest: readonly string[]) => string,
): Promise<Outcome> {
  const listener = Bun.listen({
    unix: join(folder, "queue", "private", "proxymap"),
    socket: {
      open: (socket) => void socket.write(greeting),
      data: (socket, bytes) => {
        const [, request = "", , , ...rest] = bytes.toString("latin1").split("\0");
        socket.write(answer(request, rest));
      },
    },
  });
  try {
    const settings = "-o fast_flush_domains=proxy:texthash:/t -o ipc_timeout=10s";
    const ask = `printf '${REQUEST}' | MAIL_CONFIG=${folder} ${ours} -S ${settings}`;
    return await run(["sh", "-c", ask]);
  } finally {
    listener.stop(true);
  }
}
