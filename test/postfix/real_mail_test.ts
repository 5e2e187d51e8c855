/**
 * Real mail through a real Postfix: deferred, recorded, and delivered by a flush; that and no other.
 *
 * When a flush is asked for, all destinations are up: whatever is moved by mistake does arrive.
 */
import { describe, expect, test } from "bun:test";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import {
  allUp,
  arrived,
  deferMail,
  deferredBySite,
  type IdsBySite,
  letterTo,
  recorded,
  waitUntilGone,
} from "./real_mail.ts";
import { SERVICES, TEST_LIMIT_MS, withInstance } from "./services.ts";

const SITES = ["one.example", "two.example", "three.example"] as const;
const [ONE, TWO, THREE] = SITES;

/** Enough that a batch of them is more than one delivery agent's turn. */
const LETTERS_EACH = 5;

/** A list that has the first two sites, the second as a subdomain of what is listed. */
const FIXED_LIST = "one.example, !odd.two.example, two.example";

/** Which destinations have a record, and how main.cf says so. */
const POLICIES = [
  { policy: "static:all", domains: "static:all", eligible: SITES },
  { policy: "a fixed list", domains: FIXED_LIST, eligible: [ONE, TWO] },
] as const;

/** Ways of asking for a site's mail; each returns what the asker was told. */
const ASKING = [
  {
    how: "SMTP ETRN",
    ask: async (instance: PostfixInstance, site: string) => (await instance.etrn(site)).text,
    said: "Queuing started",
    refused: "<three.example>: service unavailable",
  },
  {
    how: "sendmail -qRsite",
    ask: async (instance: PostfixInstance, site: string) =>
      (await instance.command("sendmail", `-qR${site}`)).stderr,
    said: "",
    refused: expect.stringContaining('Flush service is not configured for destination "three.'),
  },
  {
    how: "postqueue -s site",
    ask: async (instance: PostfixInstance, site: string) =>
      (await instance.command("postqueue", "-s", site)).stderr,
    said: "",
    refused: expect.stringContaining('Flush service is not configured for destination "three.'),
  },
];

for (const service of SERVICES) {
  describe.skipIf(service.missing)(`real mail, ${service.name}`, () => {
    const options = { sites: SITES };
    const fixed = { sites: SITES, main: { fast_flush_domains: FIXED_LIST } };

    test(
      "record - equals the deferred queue, for every destination with static:all",
      () =>
        withInstance(service, options, async (instance) => {
          const sent = await deferMail(instance, SITES, LETTERS_EACH);
          expect(await deferredBySite(instance)).toEqual(sent);
          for (const site of SITES) {
            expect(recorded(instance, site)).toEqual([...(sent[site] ?? [])]);
          }
          expect(instance.record().size).toBe(SITES.length);
        }),
      TEST_LIMIT_MS,
    );

    test(
      "record - has only the sites of a fixed list, and their subdomains",
      () =>
        withInstance(
          service,
          { ...fixed, sites: [...SITES, "mail.two.example"] },
          async (instance) => {
            const sent = await deferMail(instance, [...SITES, "mail.two.example"], 2);
            expect([...instance.record().keys()].sort()).toEqual([
              "mail_two_example",
              "one_example",
              "two_example",
            ]);
            for (const site of [ONE, TWO, "mail.two.example"]) {
              expect(recorded(instance, site)).toEqual([...(sent[site] ?? [])]);
            }
          },
        ),
      TEST_LIMIT_MS,
    );

    test(
      "record - of a message with three recipients at a site",
      () =>
        withInstance(service, options, async (instance) => {
          const to = ["a", "b", "c"].map((user) => `${user}@${ONE}`);
          const [queue_id = ""] = await instance.sendMail([{ ...letterTo(ONE), to }]);
          await instance.waitUntilDeferred([queue_id]);
          const lines = Array.from({ length: service.lines_for_three_recipients }, () => queue_id);
          expect(instance.record().get("one_example")).toEqual(lines);
        }),
      TEST_LIMIT_MS,
    );

    for (const { how, ask, said, refused } of ASKING) {
      for (const { policy, domains, eligible } of POLICIES) {
        const lab = { sites: SITES, main: { fast_flush_domains: domains } };
        test(
          `${how} - delivers the site's mail and no other (${policy})`,
          () =>
            withInstance(service, lab, async (instance) => {
              const sent = await deferMail(instance, SITES, LETTERS_EACH);
              await allUp(instance);
              expect(await ask(instance, ONE)).toBe(said);
              await waitUntilGone(instance, sent[ONE] ?? []);
              expect(arrived(instance, ONE)).toEqual([...(sent[ONE] ?? [])]);
              expect(recorded(instance, ONE)).toEqual([]);
              await expectUntouched(instance, sent, [TWO, THREE], eligible);
            }),
          TEST_LIMIT_MS,
        );
      }

      test(
        `${how} - refuses a site that is not eligible, and delivers nothing`,
        () =>
          withInstance(service, fixed, async (instance) => {
            const sent = await deferMail(instance, SITES, 1);
            await allUp(instance);
            expect(await ask(instance, THREE)).toEqual(refused);
            await expectUntouched(instance, sent, SITES, [ONE, TWO]);
          }),
        TEST_LIMIT_MS,
      );
    }

    test(
      "statuses - ETRN 250 and 459, postqueue and sendmail 0 and 69",
      () =>
        withInstance(service, fixed, async (instance) => {
          const status = async (name: string, ...args: string[]) =>
            (await instance.command(name, ...args)).status;
          // Nothing is recorded for the eligible site: that is no reason to refuse.
          expect((await instance.etrn(ONE)).code).toBe(250);
          expect((await instance.etrn("mail.two.example")).code).toBe(250);
          expect((await instance.etrn(THREE)).code).toBe(459);
          expect((await instance.etrn("odd.two.example")).code).toBe(459);
          expect(await status("postqueue", "-s", ONE)).toBe(0);
          expect(await status("postqueue", "-s", THREE)).toBe(69);
          expect(await status("sendmail", `-qR${ONE}`)).toBe(0);
          expect(await status("sendmail", `-qR${THREE}`)).toBe(69);
          expect(await status("postqueue", "-i", "ABC123")).toBe(0);
          // Eligible is the text, but what has no logfile name is refused by the service itself.
          instance.setMain({ fast_flush_domains: "static:all" });
          await instance.reload();
          expect((await instance.etrn("[127.0.0.1]")).code).toBe(459);
          expect(await status("postqueue", "-s", "[127.0.0.1]")).toBe(69);
        }),
      TEST_LIMIT_MS,
    );

    for (const command of ["postqueue", "sendmail"] as const) {
      test(
        `${command} - delivers exactly the one message that it is given`,
        () =>
          withInstance(service, options, async (instance) => {
            const sent = await deferMail(instance, SITES, LETTERS_EACH);
            await allUp(instance);
            const [chosen = "", ...others] = sent[ONE] ?? [];
            const args = command === "postqueue" ? ["-i", chosen] : [`-qI${chosen}`];
            expect((await instance.command(command, ...args)).status).toBe(0);
            await waitUntilGone(instance, [chosen]);
            expect(arrived(instance, ONE)).toEqual([chosen]);
            await expectUntouched(instance, sent, [TWO, THREE], SITES);
            expect((await deferredBySite(instance))[ONE]).toEqual(others);
          }),
        TEST_LIMIT_MS,
      );
    }

    test(
      "a message for two sites - goes to the one that is asked for, and stays recorded for the other",
      () =>
        withInstance(service, options, async (instance) => {
          const [shared = ""] = await instance.sendMail([letterTo(ONE, TWO)]);
          await instance.waitUntilDeferred([shared]);
          await instance.destinations.get(ONE)?.up();
          expect((await instance.etrn(ONE)).code).toBe(250);
          await instance.waitFor("the message to arrive", () => arrived(instance, ONE).length > 0);
          await instance.waitUntilDeferred([shared]);
          expect(await deferredBySite(instance)).toEqual({ [TWO]: [shared] });
          expect(recorded(instance, TWO)).toEqual([shared]);
          expect(recorded(instance, ONE)).toEqual([]);
        }),
      TEST_LIMIT_MS,
    );

    test(
      "a destination that is still down - keeps its mail, which is recorded again",
      () =>
        withInstance(service, options, async (instance) => {
          const sent = await deferMail(instance, [ONE], LETTERS_EACH);
          const mark = instance.log.mark();
          expect((await instance.etrn(ONE)).code).toBe(250);
          await instance.waitFor("a second refusal of each message", () => {
            const lines = instance.log.linesSince(mark).map((line) => line.text);
            return sent[ONE]?.every((queue_id) =>
              lines.some((text) => text.startsWith(queue_id) && text.includes("status=deferred")),
            );
          });
          await instance.waitUntilDeferred(sent[ONE] ?? []);
          expect(recorded(instance, ONE)).toEqual([...(sent[ONE] ?? [])]);
        }),
      TEST_LIMIT_MS,
    );
  });
}

/** Nothing of these sites was delivered, tried again, or dropped from the record. */
async function expectUntouched(
  instance: PostfixInstance,
  sent: IdsBySite,
  sites: readonly string[],
  eligible: readonly string[],
): Promise<void> {
  const deferred = await deferredBySite(instance);
  const lines = instance.log.linesSince(0).map((line) => line.text);
  for (const site of sites) {
    const queue_ids = [...(sent[site] ?? [])];
    expect(deferred[site]).toEqual(queue_ids);
    expect(arrived(instance, site)).toEqual([]);
    expect(recorded(instance, site)).toEqual(eligible.includes(site) ? queue_ids : []);
    for (const queue_id of queue_ids) {
      // The queue manager says so whenever it takes a message up.
      const tries = lines.filter((text) => text.startsWith(`${queue_id}: from=<`));
      expect(tries).toHaveLength(1);
    }
  }
}
