/** Reasons as a running Postfix 3.7 wrote them, for hosts of other names; and some from other servers and times. */
import { describe, expect, test } from "bun:test";
import { briefReason, relayOf } from "./reason_text.ts";

const MX = "mx.example[192.0.2.1]";

/** Status and reason as in a defer file; brief; relay. */
const ROWS: ReadonlyArray<readonly [status: string, reason: string, brief: string, relay: string]> =
  [
    // No connection.
    [
      "4.4.1",
      `connect to ${MX}:25: Connection refused`,
      "4.4.1 connect: Connection refused",
      "mx.example",
    ],
    [
      "4.4.1",
      "connect to MX.Example[2001:db8::1]:25: Network is unreachable",
      "4.4.1 connect: Network is unreachable",
      "mx.example",
    ],
    [
      "4.4.1",
      `delivery temporarily suspended: connect to ${MX}:25: Connection timed out`,
      "4.4.1 connect: Connection timed out",
      "mx.example",
    ],
    [
      "4.4.1",
      "connect to relay.example[/run/lmtp.sock]: No such file or directory",
      "4.4.1 connect: No such file or directory",
      "/run/lmtp.sock",
    ],
    // No such name.
    [
      "4.4.4",
      "Host or domain name not found. Name service error for name=nosuch.invalid type=A: Host not found",
      "4.4.4 lookup: Host not found",
      "",
    ],
    [
      "4.4.3",
      "Host or domain name not found. Name service error for name=one.example type=MX: Host not found, try again",
      "4.4.3 lookup: Host not found, try again",
      "",
    ],
    [
      "4.4.3",
      "unable to look up host mx.example: Temporary failure in name resolution",
      "4.4.3 lookup: Temporary failure in name resolution",
      "",
    ],
    // The connection ended, or nothing came.
    [
      "4.4.2",
      `lost connection with ${MX} while receiving the initial server greeting`,
      "4.4.2 lost connection while receiving the initial server greeting",
      "mx.example",
    ],
    [
      "4.4.2",
      `lost connection with ${MX} while sending RCPT TO`,
      "4.4.2 lost connection while sending RCPT TO",
      "mx.example",
    ],
    [
      "4.4.2",
      `conversation with ${MX} timed out while performing the EHLO handshake`,
      "4.4.2 timed out while performing the EHLO handshake",
      "mx.example",
    ],
    [
      "4.4.2",
      `conversation with ${MX} timed out while sending end of data -- message may be sent more than once`,
      "4.4.2 timed out while sending end of data -- message may be sent more than once",
      "mx.example",
    ],
    // The server says no.
    [
      "4.3.2",
      `host ${MX} refused to talk to me: 421 4.3.2 mx7.example Service not available, closing transmission channel, try again at 12:30:45`,
      "421 4.3.2 * Service not available, closing transmission channel, try again at",
      "mx.example",
    ],
    [
      "4.0.0",
      `host ${MX} refused to talk to me: 450 too busy 203.0.113.9`,
      "450 too busy",
      "mx.example",
    ],
    [
      "4.7.1",
      `host ${MX} refused to talk to me: 450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.77]`,
      "450 4.7.1 Client host rejected: cannot find your hostname",
      "mx.example",
    ],
    [
      "4.3.0",
      `host ${MX} said: 451 4.3.0 <sender@origin.example>: Temporary lookup failure (in reply to MAIL FROM command)`,
      "451 4.3.0 * Temporary lookup failure",
      "mx.example",
    ],
    [
      "4.2.0",
      `host ${MX} said: 450 4.2.0 <user@one.example>: Recipient address rejected: Greylisted, see http://postgrey.example/help/one.example.html (in reply to RCPT TO command)`,
      "450 4.2.0 * Recipient address rejected: Greylisted, see postgrey.example",
      "mx.example",
    ],
    [
      "4.7.1",
      `host ${MX} said: 450 4.7.1 Greylisted for 285 seconds (in reply to RCPT TO command)`,
      "450 4.7.1 Greylisted for * seconds",
      "mx.example",
    ],
    [
      "4.7.28",
      `host ${MX} said: 421-4.7.28 [192.0.2.77      15] Our system has detected an unusual rate of 421-4.7.28 mail. To protect our 421 4.7.28 users, it is rate limited. a1-20020a05600c0ac100b003f7e4d7f1 - gsmtp (in reply to RCPT TO command)`,
      "421 4.7.28 * Our system has detected an unusual rate of mail. To protect our users, it is rate limited. * - gsmtp",
      "mx.example",
    ],
    [
      "4.2.2",
      `host ${MX} said: 452 4.2.2 The email account that you tried to reach is over quota 7si1234567wrq.123 (in reply to RCPT TO command)`,
      "452 4.2.2 The email account that you tried to reach is over quota",
      "mx.example",
    ],
    [
      "4.7.0",
      `host ${MX} said: 421 4.7.0 [TSS04] Messages from 192.0.2.77 temporarily deferred (in reply to MAIL FROM command)`,
      "421 4.7.0 [TSS04] Messages from * temporarily deferred",
      "mx.example",
    ],
    [
      "4.7.1",
      `host ${MX} said: 554 5.7.1 Service unavailable; Client host [192.0.2.77] blocked using zen.list.example; https://list.example/ip/192.0.2.77 (in reply to RCPT TO command)`,
      "554 5.7.1 Service unavailable; Client host * blocked using zen.list.example; list.example",
      "mx.example",
    ],
    [
      "4.3.5",
      `host ${MX} said: 451 4.3.5 Server configuration problem (in reply to end of DATA command)`,
      "451 4.3.5 Server configuration problem",
      "mx.example",
    ],
    [
      "4.1.1",
      `host ${MX} said: 550 5.1.1 <user@one.example>... User unknown (in reply to RCPT TO command)`,
      "550 5.1.1 * User unknown",
      "mx.example",
    ],
    [
      "4.7.4",
      `TLS is required, but was not offered by host ${MX}`,
      "4.7.4 TLS is required, but was not offered",
      "mx.example",
    ],
    ["4.3.0", "mail transport unavailable", "4.3.0 mail transport unavailable", ""],
    ["4.3.2", "deferred transport", "4.3.2 deferred transport", ""],
    ["4.3.5", "mail system configuration error", "4.3.5 mail system configuration error", ""],
    // Half of it, or nothing, is known.
    ["4.3.0", "", "4.3.0", ""],
    ["", "mail transport unavailable", "mail transport unavailable", ""],
    ["", "", "", ""],
    // What looks like a sentence of Postfix's but is a server's.
    [
      "4.0.0",
      `host ${MX} said: 451 connect to db.example[192.0.2.9]:3306: refused (in reply to DATA command)`,
      "451 connect to * refused",
      "mx.example",
    ],
  ];

describe("a reason, in brief, and the relay that it names", () => {
  for (const [status, reason, brief, relay] of ROWS) {
    test(`${status} ${reason}`, () => {
      expect(briefReason(status, reason)).toBe(brief);
      expect(relayOf(reason)).toBe(relay);
    });
  }
});

describe("briefReason", () => {
  test("is the same for deferrals that differ in hosts, addresses, IDs and numbers alone", () => {
    const said = (n: number): string =>
      `host mx${n}.example[192.0.2.${n}] said: 451 4.7.1 <u${n}@d${n}.example>: try again in ${n} ` +
      `seconds, mx${n}.example, 4QABC${n}DEFxyz (in reply to RCPT TO command)`;
    const briefs = new Set([1, 22, 199].map((n) => briefReason("4.7.1", said(n))));
    expect([...briefs]).toEqual(["451 4.7.1 * try again in * seconds"]);
  });

  test("keeps reasons apart that differ in words", () => {
    expect(briefReason("4.4.1", `connect to ${MX}:25: Connection refused`)).not.toBe(
      briefReason("4.4.1", `connect to ${MX}:25: Connection timed out`),
    );
  });

  test("has at most 120 bytes, cut between words, and never within a character", () => {
    const words = briefReason("4.0.0", "word ".repeat(100));
    expect(words).toMatch(/^4\.0\.0( word)+\.\.\.$/);
    expect(words.length).toBeLessThanOrEqual(120);
    const one = briefReason("", "\xc3\xbc".repeat(300));
    expect(one).toMatch(/^(\xc3\xbc)+\.\.\.$/);
    expect(one.length).toBeLessThanOrEqual(120);
  });

  test("takes a reason of any length and shape in no time", () => {
    for (const piece of [
      "a.",
      "[",
      "host ",
      "1-",
      "connect to a[",
      "(in reply to ",
      "<@>",
      " ",
      "\x00",
    ]) {
      expect(briefReason("4.0.0", piece.repeat(200_000)).length).toBeLessThanOrEqual(120);
      expect(relayOf(piece.repeat(200_000)).length).toBeLessThanOrEqual(255);
    }
  });
});
