/**
 * `postsuper -d ALL` while mail comes in, is deferred and flushed: it removes the logs with the messages, behind the
 * service's back. Afterwards record and queue agree: what came in later, or was in delivery, is recorded.
 */
import { expect, test } from "bun:test";
import { SmtpError } from "../../lab/smtp_dialogue.ts";
import { quietMoment } from "../postfix/quiet_moment.ts";
import { letterTo } from "../postfix/real_mail.ts";
import { recordDifferences } from "../postfix/record_differences.ts";
import { expectNoDeath, expectVerified, sendSite, withInstance } from "./faulty_instance.ts";
import { FAULT_LIMIT_MS, scaled, tellFigures } from "./scale.ts";

const SITES = ["one.example", "two.example", "three.example"];
const DELETIONS = scaled(3, 60);
const LETTERS_EACH = 20;
const HUNG_UP = "the server hung up";
const REST_LIMIT_MS = 60 * 1000;

/** For two sites each. */
function someLetters(): ReturnType<typeof letterTo>[] {
  return Array.from({ length: LETTERS_EACH }, (_, n) =>
    letterTo(SITES[n % SITES.length] ?? "", SITES[(n + 1) % SITES.length] ?? ""),
  );
}

/**
 * cleanup(8) dies of a deletion between its making a queue file and naming it ("mail_queue_enter: ... giving up"), and
 * smtpd(8) then hangs up: such a letter's client still has it.
 */
function unlessHungUp(cause: unknown): void {
  if (!(cause instanceof SmtpError && cause.message.includes(HUNG_UP))) {
    throw cause;
  }
}

test(
  `postsuper -d ALL again and again under load - record and queue agree afterwards`,
  () =>
    withInstance({ sites: SITES }, async (instance) => {
      for (let count = 0; count < DELETIONS; count++) {
        const mail = instance.sendMail(someLetters()).catch(unlessHungUp);
        const flushes = Promise.all(SITES.map((site) => sendSite(instance, site)));
        expect((await instance.command("postsuper", "-d", "ALL")).status).toBe(0);
        await Promise.all([mail, flushes]);
      }
      // The last deletion may have come last of all.
      await instance.sendMail(someLetters());
      const { messages, record } = await quietMoment(instance, REST_LIMIT_MS);
      expect(messages.length).toBeGreaterThan(0);
      expect(recordDifferences(record, messages)).toEqual([]);
      await expectVerified(instance);
      expectNoDeath(instance);
      const left = messages.length;
      tellFigures("postsuper -d ALL", {
        times: DELETIONS,
        sent: (DELETIONS + 1) * LETTERS_EACH,
        left,
      });
    }),
  FAULT_LIMIT_MS,
);
