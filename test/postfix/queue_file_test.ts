/**
 * Queue files and defer files of a real Postfix, read by us: what postcat(1) and postqueue(1) say, and the
 * domains that the original flush service recorded.
 *
 * One instance defers messages of many shapes: some recipients are delivered (nothing listens for a domain that
 * is not among the sites: it is discarded), a Milter edits, addresses are rewritten when they are tried.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TCPSocketListener } from "bun";
import { freePort } from "../../lab/loopback.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { MemoryLog } from "../../src/memory/log.ts";
import { hashedPath } from "../../src/names/hashed_path.ts";
import { parseQueueId, type QueueId, siteName } from "../../src/names/names.ts";
import { type MessageReading, readMessage } from "../../src/queue/message_sites.ts";
import { readQueueFile } from "../../src/queue/queue_file.ts";
import { LogfileNamer } from "../../src/record/logfile_name.ts";
import { createFiles } from "../../src/sys/files.ts";
import { ADDED_RECIPIENTS, NEW_SENDER, REMOVED_RECIPIENT, startMilter } from "../support/milter.ts";
import { buildQueueFile } from "../support/queue_files.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const SITES = ["one.example", "two.example", "d.test", "added.example", "bücher.example"];
const FROM = "sender@origin.example";
const HASHING = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };

/** Nothing listens for it: mail to it is delivered, that is, discarded. */
const DELIVERED = "away@delivered.example";

const MANY = Array.from({ length: 1_000 }, (_, index) => {
  return `user${index}@${["one.example", "two.example", "delivered.example"][index % 3]}`;
});

const UTF8 = "UTF-8";
/** Tried at an address that stands in no recipient's record. */
const REDIRECTED = "redirected by header_checks";

/** Messages by SMTP: recipients, as the client names them, and subject. */
const BY_SMTP = {
  "one recipient": { to: ["user@one.example"] },
  "no sender": { to: ["user@one.example"], from: "" },
  "several domains, some delivered": { to: ["a@one.example", DELIVERED, "b@two.example"] },
  "a thousand recipients": { to: MANY },
  "an alias for two": { to: ["list@one.example"] },
  "quotes and spaces": { to: ['"a b"@one.example', '"a@b"@two.example', '"q\\"r"@one.example'] },
  "upper case": { to: ["User@ONE.Example"] },
  "no domain": { to: ["user", "other@one.example"] },
  "routed by its local part": { to: ["x%d.test@mx.test", "d.test!y@mx.test"] },
  "a copy by header_checks": { to: ["user@one.example"], subject: "copy" },
  [REDIRECTED]: { to: ["a@one.example", "b@two.example"], subject: "redirect" },
  "edited by a Milter": { to: ["user@one.example", REMOVED_RECIPIENT], subject: "edit" },
  "edited in all parts": { to: ["user@two.example", REMOVED_RECIPIENT], subject: "edit all" },
  "a long address": { to: [`${"l".repeat(64)}@${"d".repeat(60)}.${"e".repeat(60)}.one.example`] },
} as const satisfies Record<string, { to: readonly string[]; from?: string; subject?: string }>;

/** Messages by sendmail(1): its arguments, and the text as printf(1) wants it; the sender tells which it is. */
const BY_SENDMAIL = {
  "recipients from headers": {
    from: "headers@origin.example",
    args: "-t",
    text: "'To: a@one.example, b@two.example\\nCc: c@delivered.example\\n\\nHello.\\n'",
  },
  "recipients from headers, edited": {
    from: "edited@origin.example",
    args: "-t",
    text: `'To: a@one.example, ${REMOVED_RECIPIENT}\\nSubject: edit all\\n\\nHello.\\n'`,
  },
  "a body of 1 MB": {
    from: "large@origin.example",
    args: "a@one.example b@two.example",
    text: "'Subject: large\\n\\n'; yes Line after line after line. | head -c 1000000",
  },
} as const;

const NAMES = [...Object.keys(BY_SMTP), ...Object.keys(BY_SENDMAIL), UTF8];

let instance: PostfixInstance | undefined;
let milter: TCPSocketListener<unknown> | undefined;
let home = "";
/** By the message's name above. */
const ids = new Map<string, QueueId>();

beforeAll(async () => {
  home = process.cwd();
  const port = await freePort("127.0.0.1");
  milter = startMilter(port);
  const where = `inet:127.0.0.1:${port}`;
  instance = await PostfixInstance.create({
    name: "fastflush-test",
    // A subdomain of a site is no other's.
    sites: [...SITES, ".one.example"],
    main: {
      // Its mail is what the local part says.
      mydestination: "mx.test",
      virtual_alias_maps: "inline:{ { list@one.example = a@one.example, b@two.example } }",
      header_checks: "regexp:$config_directory/header_checks",
      smtpd_milters: where,
      non_smtpd_milters: where,
      smtpd_recipient_limit: "1000",
    },
  });
  // Postfix 3.5 has no rules within main.cf.
  writeFileSync(
    join(instance.config_folder, "header_checks"),
    "/^Subject: copy/ BCC copy@two.example\n/^Subject: redirect/ REDIRECT r@d.test\n",
  );
  await instance.start();
  await sendAll(instance);
  await instance.waitUntilDeferred([...ids.values()]);
  process.chdir(instance.queue_folder);
}, TEST_LIMIT_MS);

afterAll(async () => {
  process.chdir(home);
  await instance?.remove();
  milter?.stop(true);
});

async function sendAll(to: PostfixInstance): Promise<void> {
  for (const [name, letter] of Object.entries(BY_SMTP)) {
    const [id = ""] = await to.sendMail([{ from: FROM, subject: name, ...letter }]);
    remember(name, id);
  }
  for (const [name, { from, args, text }] of Object.entries(BY_SENDMAIL)) {
    await to.command("sh", "-c", `{ printf ${text}; } | sendmail -i -f ${from} ${args}`);
    const line = await to.waitFor(`a message from ${from}`, () =>
      to.log.linesSince(0).find((each) => each.text.endsWith(`: uid=0 from=<${from}>`)),
    );
    remember(name, line.text.slice(0, line.text.indexOf(":")));
  }
  const dialogue = await to.dialogue();
  await dialogue.command(`MAIL FROM:<${FROM}> SMTPUTF8 ENVID=x RET=HDRS`);
  await dialogue.command("RCPT TO:<grüße@bücher.example> NOTIFY=FAILURE ORCPT=rfc822;a@b");
  await dialogue.command("DATA");
  const { text } = await dialogue.command("Subject: x\r\n\r\nHello.\r\n.");
  await dialogue.close();
  remember(UTF8, text.slice(text.lastIndexOf(" ") + 1));
}

function remember(name: string, text: string): void {
  const id = parseQueueId(text);
  if (id === null) {
    throw new Error(`send "${name}": "${text}" is no queue ID`);
  }
  ids.set(name, id);
}

function running(): PostfixInstance {
  if (instance === undefined) {
    throw new Error("the instance was not made");
  }
  return instance;
}

function idOf(name: string): QueueId {
  const id = ids.get(name);
  if (id === undefined) {
    throw new Error(`no message "${name}" was sent`);
  }
  return id;
}

/** What is read of a deferred message; it must be readable. */
function read(name: string): Extract<MessageReading, { kind: "read" }> {
  const tools = { files: createFiles(), hashing: HASHING };
  const reading = readMessage(tools, "deferred", idOf(name));
  if (reading.kind !== "read") {
    throw new Error(`read "${name}": ${reading.kind === "absent" ? "absent" : reading.why}`);
  }
  return reading;
}

/** As postcat prints them: a byte string is UTF-8 for it. */
const shown = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** Recipients with offset and state, in the order of postcat's walk through the file. */
async function askPostcat(...args: readonly string[]) {
  const { stdout } = await running().command("postcat", "-oe", ...args);
  const lines = [...stdout.matchAll(/^ *(\d+) (done_recipient|recipient|sender): (.*)$/gm)];
  const [, , , sender = ""] = lines.find(([, , type]) => type === "sender") ?? [];
  const recipients = lines
    .filter(([, , type]) => type !== "sender")
    .map(([, offset, type, address = ""]) => ({
      address,
      offset: Number(offset),
      isDone: type === "done_recipient",
    }));
  return { sender, recipients };
}

function ourView(path: string) {
  const reading = readQueueFile(createFiles(), path);
  if (reading.kind !== "read") {
    throw new Error(`read ${path}: ${reading.kind === "absent" ? "absent" : reading.why}`);
  }
  const recipients = reading.recipients.map((each) => ({ ...each, address: shown(each.address) }));
  return { sender: reading.sender, recipients };
}

describe("a queue file", () => {
  for (const name of NAMES) {
    test(`${name} - is read as postcat reads it`, async () => {
      const ours = ourView(hashedPath("deferred", idOf(name), HASHING));
      expect(ours).toEqual(await askPostcat("-q", idOf(name)));
      expect(ours.recipients.length).toBeGreaterThan(0);
    });
  }

  test("arrival and size are those that postqueue shows", async () => {
    const { stdout } = await running().command("postqueue", "-j");
    const lines = stdout.split("\n").filter((line) => line !== "");
    const listed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const [name = ""] = NAMES;
    expect(new Set(listed.map((each) => each["queue_id"]))).toContain(idOf(name));
    for (const each of NAMES) {
      const { arrivalSeconds, sizeBytes } = read(each);
      const line = listed.find((message) => message["queue_id"] === idOf(each));
      expect(line).toMatchObject({ arrival_time: arrivalSeconds, message_size: sizeBytes });
    }
  });

  test("what the messages are meant to show is there", () => {
    const stateOf = (name: string) =>
      Object.fromEntries(
        ourView(hashedPath("deferred", idOf(name), HASHING)).recipients.map((each) => [
          each.address,
          each.isDone,
        ]),
      );
    expect(stateOf("several domains, some delivered")).toEqual({
      "a@one.example": false,
      [DELIVERED]: true,
      "b@two.example": false,
    });
    expect(Object.keys(stateOf("a thousand recipients"))).toHaveLength(1_000);
    expect(Object.keys(stateOf("edited by a Milter"))).toEqual([
      "user@one.example",
      ...ADDED_RECIPIENTS,
    ]);
    expect(read("edited in all parts").sender).toBe(NEW_SENDER);
    expect(read("no sender").sender).toBe("");
    expect(Object.keys(stateOf("no domain"))).toContain("user@relay.example");
    expect(stateOf("recipients from headers")).toEqual({
      "a@one.example": false,
      "b@two.example": false,
      "c@delivered.example": true,
    });
  });

  test("what the tests of other rooms build is read by postcat, too", async () => {
    const { text } = buildQueueFile({
      recipients: [
        { address: "a b@one.example" },
        { address: `${"l".repeat(64)}@${"d".repeat(190)}.example`, state: "done" },
        { address: "c@two.example", place: "extracted" },
        { address: "d@two.example", place: "extracted", state: "canceled" },
        { address: "e@two.example", place: "added" },
        { address: "f@two.example", place: "added", state: "done" },
      ],
      content: Array.from({ length: 2_000 }, () => "Line after line."),
    });
    const folder = mkdtempSync(join(running().folder, "built-"));
    const path = join(folder, "file");
    writeFileSync(path, Buffer.from(text, "latin1"), { mode: 0o700 });
    const ours = ourView(path);
    expect(ours.recipients).toHaveLength(5);
    expect(ours).toEqual(await askPostcat(path));
    rmSync(folder, { recursive: true });
  });
});

describe("the domains of a message", () => {
  for (const name of NAMES.filter((each) => each !== REDIRECTED)) {
    test(`${name} - are those under which the original recorded it`, () => {
      const namer = new LogfileNamer({ idna2003: false, log: new MemoryLog() });
      const { recipients, isSure } = read(name);
      const domains = recipients.flatMap((each) => each.recordedDomains);
      const logs = new Set(domains.map((domain) => namer.nameOf(siteName(domain)) ?? "none"));
      expect([...logs].sort() as string[]).toEqual(logsWith(idOf(name)));
      expect(isSure).toBe(true);
    });
  }

  test("an address that is tried elsewhere counts under both", () => {
    const both = { domains: ["mx.test", "d.test"], recordedDomains: ["d.test"], isTried: true };
    expect(read("routed by its local part").recipients).toEqual([
      { address: "x%d.test@mx.test", ...both },
      { address: "d.test!y@mx.test", ...both },
    ]);
  });

  test("a redirected message counts under the new domain too, but isn't sure", () => {
    expect(logsWith(idOf(REDIRECTED))).toEqual(["d_test"]);
    expect(read(REDIRECTED)).toMatchObject({
      recipients: [
        { address: "a@one.example", domains: ["one.example", "d.test"] },
        { address: "b@two.example", domains: ["two.example"] },
      ],
      isSure: false,
    });
  });

  test("a message on hold is read there, and is absent where it was", async () => {
    const id = idOf("one recipient");
    const before = read("one recipient");
    const { status } = await running().command("postsuper", "-h", id);
    expect(status).toBe(0);
    const tools = { files: createFiles(), hashing: HASHING };
    expect(readMessage(tools, "deferred", id)).toEqual({ kind: "absent" });
    expect(readMessage(tools, "hold", id)).toEqual(before);
  });
});

/** The logs that hold an ID, by name, ascending. */
function logsWith(id: QueueId): string[] {
  const logs = [...running().record()].filter(([, entries]) => entries.includes(id));
  return logs.map(([logfile]) => logfile).sort();
}
