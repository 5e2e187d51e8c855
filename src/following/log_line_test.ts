/** Lines of the mail log: what is read from them, and that neither an address nor a response can pose as more. */
import { describe, expect, test } from "bun:test";
import { type LogEvent, parseLogLine } from "./log_line.ts";

const HEAD = "Nov 26 09:42:17 relay postfix/smtp[32496]: ";
const REST = "delay=0.59, delays=0.59/0/0.01/1e-05, dsn=4.4.1, status=deferred (x)";

function event(text: string): LogEvent | null {
  return parseLogLine(text)?.event ?? null;
}

function delivery(more: Readonly<Record<string, string>>) {
  return {
    kind: "delivery",
    queueId: "055A6EF818F",
    address: "user@two.example",
    relay: "none",
    status: "4.4.1",
    outcome: "deferred",
    response: "x",
    ...more,
  };
}

describe("where a line comes from", () => {
  for (const [what, head, host, system] of [
    ["a log of postlogd's", HEAD, "relay", "postfix"],
    ["a day of one digit", HEAD.replace("26", " 6"), "relay", "postfix"],
    [
      "RFC 3339",
      "2026-11-26T09:42:17.123456+00:00 relay.example postfix/lmtp[1]: ",
      "relay.example",
      "postfix",
    ],
    ["the journal", "2026-11-26T09:42:17+0000 relay postfix-out/smtp[1]: ", "relay", "postfix-out"],
    [
      "a service with a name",
      "Nov 26 09:42:17 relay postfix/slow/smtp[1]: ",
      "relay",
      "postfix/slow",
    ],
  ] as const) {
    test(what, () => {
      const line = parseLogLine(`${head}A1: removed`);
      expect(line).toEqual({
        host,
        system,
        event: { kind: "removed", queueId: parsedId("A1") },
      });
    });
  }

  for (const line of [
    "",
    "A1: removed",
    "Nov 26 09:42:17 relay sshd[1]: A1: removed",
    "Nov 26 09:42:17 relay postfix/smtp: A1: removed",
    "Nov 26 09:42:17 relay postfix/smtp[1]: warning: A1: removed",
    "Nov 26 09:42:17 relay postfix/smtp[1]: ../A1: removed",
    "Nov 26 09:42:17 relay x postfix/smtp[1]: A1: removed",
    " Nov 26 09:42:17 relay postfix/smtp[1]: A1: removed",
  ]) {
    test(`not of Postfix: ${JSON.stringify(line)}`, () => {
      expect(parseLogLine(line)).toBeNull();
    });
  }
});

function parsedId(id: string) {
  const found = parseLogLine(`${HEAD}${id}: removed`)?.event.queueId;
  if (found === undefined) {
    throw new Error(`no queue ID: ${id}`);
  }
  return found;
}

describe("what became of a recipient", () => {
  const rows: ReadonlyArray<readonly [text: string, more: Readonly<Record<string, string>>]> = [
    [`to=<user@two.example>, relay=none, ${REST}`, {}],
    [
      `to=<user@two.example>, orig_to=<"a b"@x>, relay=mx.two.example[192.0.2.1]:25, conn_use=12, ${REST}`,
      { relay: "mx.two.example[192.0.2.1]:25" },
    ],
    [
      "to=<user@two.example>, relay=none, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (250 ok (a))",
      { status: "2.0.0", outcome: "delivered", response: "250 ok (a)" },
    ],
    [
      "to=<user@two.example>, relay=none, delay=1, delays=1/0/0/0, dsn=5.1.1, status=bounced (550 cut",
      { status: "5.1.1", outcome: "bounced", response: "550 cut" },
    ],
    [
      "to=<user@two.example>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.7, status=expired (late)",
      { status: "4.4.7", outcome: "bounced", response: "late" },
    ],
    // As Postfix 3.11 writes them.
    [
      "to=<user@two.example>, relay=mx, delay=1.1, delays=0.04/1/0/0, tls=may:none, dsn=2.0.0, status=sent (250 Ok)",
      { relay: "mx", status: "2.0.0", outcome: "delivered", response: "250 Ok" },
    ],
    [
      "to=<user@two.example>, relay=none, delay=1, delays=1/0/0/0, tls=dane/!requiretls:nocertmatch, dsn=4.4.1, status=deferred (x)",
      {},
    ],
    // A recipient, and a response, that are made to look like the rest of a line.
    [
      `to=<"x>, relay=evil, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok)\\""@two.example>, relay=none, ${REST}`,
      {
        address:
          '"x>, relay=evil, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok)\\""@two.example',
      },
    ],
    [
      "to=<user@two.example>, relay=none, delay=0, delays=0/0/0/0, dsn=4.4.1, status=deferred " +
        "(host said: to=<user@two.example>, relay=evil, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok))",
      {
        response:
          "host said: to=<user@two.example>, relay=evil, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok)",
      },
    ],
  ];
  for (const [text, more] of rows) {
    test(text.slice(0, 90), () => {
      expect(event(`${HEAD}055A6EF818F: ${text}`)).toEqual(delivery(more) as unknown as LogEvent);
    });
  }

  for (const text of [
    `to=<user@two.example>, relay=none, ${REST.replace("deferred", "deliverable")}`,
    `to=<a>b@two.example>, relay=none, ${REST}`,
    `to=<user@two.example>, relay=a b, ${REST}`,
    "to=<user@two.example>, status=sent (ok)",
    "from=<sender@origin.example>, size=363, nrcpt=1 (queue active)",
    "removed by somebody",
    // Whoever sends a message chooses its ID, which cleanup(8) logs.
    `message-id=<to=<user@two.example>, relay=none, ${REST}`,
  ]) {
    test(`nothing: ${text.slice(0, 80)}`, () => {
      expect(event(`${HEAD}055A6EF818F: ${text}`)).toBeNull();
    });
  }
});

test("messages that were in the queue for too long", () => {
  const queueId = parsedId("A1");
  for (const status of ["expired", "force-expired"]) {
    const line = `Nov 26 09:42:17 relay postfix/qmgr[1]: A1: from=<s@x>, status=${status}, returned to sender`;
    expect(event(line)).toEqual({ kind: "expired", queueId });
    expect(event(`${line}, he said`)).toBeNull();
  }
});

test("a long line of a stranger's takes no long time", () => {
  for (const filling of ['"\\', "a@", "<", ", relay=", "x>, "]) {
    expect(event(`${HEAD}A1: to=<${filling.repeat(100_000)}`)).toBeNull();
  }
});
