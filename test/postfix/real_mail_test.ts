/**
 * Real mail through a real Postfix: deferred, recorded, and delivered by a flush; that and no other.
 *
 * When a flush is asked for, all destinations are up: whatever is moved by mistake does arrive.
 */
import { expect } from "bun:test";
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
import { describeServices } from "./services.ts";

const ONE = "one.example";
const TWO = "two.example";
const THREE = "three.example";
const SITES = [ONE, TWO, THREE];

/** A subdomain of a site that is listed. */
const SUBDOMAIN = "mail.two.example";

/** Enough that a batch of them is more than one delivery agent's turn. */
const LETTERS_EACH = 5;

/** Every destination has a record. */
const ALL = { sites: SITES, main: { fast_flush_domains: "static:all" } };

/** Two have one, and the second's subdomains but for one. */
const LISTED = {
  sites: [...SITES, SUBDOMAIN],
  main: { fast_flush_domains: "one.example, !odd.two.example, two.example" },
};

/** Which destinations have a record, and how main.cf says so. */
const POLICIES = [
  { policy: "static:all", options: ALL, eligible: SITES },
  { policy: "a fixed list", options: LISTED, eligible: [ONE, TWO] },
];

const NOT_CONFIGURED = expect.stringContaining(
  'Flush service is not configured for destination "three.example"',
);

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
    refused: NOT_CONFIGURED,
  },
  {
    how: "postqueue -s site",
    ask: async (instance: PostfixInstance, site: string) =>
      (await instance.command("postqueue", "-s", site)).stderr,
    said: "",
    refused: NOT_CONFIGURED,
  },
];

/** Ways of asking for one message. */
const ASKING_FOR_ONE = [
  {
    how: "postqueue -i",
    ask: (instance: PostfixInstance, queue_id: string) =>
      instance.command("postqueue", "-i", queue_id),
  },
  {
    how: "sendmail -qI",
    ask: (instance: PostfixInstance, queue_id: string) =>
      instance.command("sendmail", `-qI${queue_id}`),
  },
];

/** A copy that can be compared with any list. */
function idsOf(sent: IdsBySite, site: string): string[] {
  return [...(sent[site] ?? [])];
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
    const queue_ids = idsOf(sent, site);
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

describeServices("the record of real mail", (labTest, service) => {
  labTest("static:all - equals the deferred queue, every destination", ALL, async (instance) => {
    const sent = await deferMail(instance, SITES, LETTERS_EACH);
    expect(await deferredBySite(instance)).toEqual(sent);
    for (const site of SITES) {
      expect(recorded(instance, site)).toEqual(idsOf(sent, site));
    }
    expect(instance.record().size).toBe(SITES.length);
  });

  labTest("a fixed list - its sites and their subdomains, no other", LISTED, async (instance) => {
    const sent = await deferMail(instance, [...SITES, SUBDOMAIN], 2);
    expect([...instance.record().keys()].sort()).toEqual([
      "mail_two_example",
      "one_example",
      "two_example",
    ]);
    for (const site of [ONE, TWO, SUBDOMAIN]) {
      expect(recorded(instance, site)).toEqual(idsOf(sent, site));
    }
  });

  labTest("a message with three recipients at a site", ALL, async (instance) => {
    const to = ["a", "b", "c"].map((user) => `${user}@${ONE}`);
    const [queue_id = ""] = await instance.sendMail([{ ...letterTo(ONE), to }]);
    await instance.waitUntilDeferred([queue_id]);
    const lines = Array.from({ length: service.lines_for_three_recipients }, () => queue_id);
    expect(instance.record().get("one_example")).toEqual(lines);
  });

  labTest("a destination that is still down - is recorded again", ALL, async (instance) => {
    const sent = await deferMail(instance, [ONE], LETTERS_EACH);
    const mark = instance.log.mark();
    expect((await instance.etrn(ONE)).code).toBe(250);
    await instance.waitFor("a second refusal of each message", () => {
      const lines = instance.log.linesSince(mark).map((line) => line.text);
      return idsOf(sent, ONE).every((queue_id) =>
        lines.some((text) => text.startsWith(queue_id) && text.includes("status=deferred")),
      );
    });
    await instance.waitUntilDeferred(idsOf(sent, ONE));
    expect(recorded(instance, ONE)).toEqual(idsOf(sent, ONE));
  });
});

describeServices("a flush of real mail", (labTest) => {
  for (const { how, ask, said, refused } of ASKING) {
    for (const { policy, options, eligible } of POLICIES) {
      labTest(`${how} - the site's mail and no other (${policy})`, options, async (instance) => {
        const sent = await deferMail(instance, SITES, LETTERS_EACH);
        await allUp(instance);
        expect(await ask(instance, ONE)).toBe(said);
        await waitUntilGone(instance, idsOf(sent, ONE));
        expect(arrived(instance, ONE)).toEqual(idsOf(sent, ONE));
        expect(recorded(instance, ONE)).toEqual([]);
        await expectUntouched(instance, sent, [TWO, THREE], eligible);
      });
    }

    labTest(`${how} - not eligible: refused, nothing delivered`, LISTED, async (instance) => {
      const sent = await deferMail(instance, SITES, 1);
      await allUp(instance);
      expect(await ask(instance, THREE)).toEqual(refused);
      await expectUntouched(instance, sent, SITES, [ONE, TWO]);
    });
  }

  for (const { how, ask } of ASKING_FOR_ONE) {
    labTest(`${how} - exactly the one message`, ALL, async (instance) => {
      const sent = await deferMail(instance, SITES, LETTERS_EACH);
      await allUp(instance);
      const [chosen = "", ...others] = idsOf(sent, ONE);
      expect((await ask(instance, chosen)).status).toBe(0);
      await waitUntilGone(instance, [chosen]);
      expect(arrived(instance, ONE)).toEqual([chosen]);
      expect((await deferredBySite(instance))[ONE]).toEqual(others);
      await expectUntouched(instance, sent, [TWO, THREE], SITES);
    });
  }

  labTest("a message for two sites - stays recorded for the other", ALL, async (instance) => {
    const [shared = ""] = await instance.sendMail([letterTo(ONE, TWO)]);
    await instance.waitUntilDeferred([shared]);
    await instance.destinations.get(ONE)?.up();
    expect((await instance.etrn(ONE)).code).toBe(250);
    await instance.waitFor("the message to arrive", () => arrived(instance, ONE).length > 0);
    await instance.waitUntilDeferred([shared]);
    expect(await deferredBySite(instance)).toEqual({ [TWO]: [shared] });
    expect(recorded(instance, TWO)).toEqual([shared]);
    expect(recorded(instance, ONE)).toEqual([]);
  });
});

describeServices("what a flush's asker is told", (labTest) => {
  const status = async (instance: PostfixInstance, name: string, ...args: string[]) =>
    (await instance.command(name, ...args)).status;

  labTest("eligible - 250, exit 0, also where nothing is recorded", LISTED, async (instance) => {
    expect((await instance.etrn(ONE)).code).toBe(250);
    expect((await instance.etrn(SUBDOMAIN)).code).toBe(250);
    expect(await status(instance, "postqueue", "-s", ONE)).toBe(0);
    expect(await status(instance, "sendmail", `-qR${ONE}`)).toBe(0);
    expect(await status(instance, "postqueue", "-i", "ABC123")).toBe(0);
  });

  labTest("not eligible - 459, exit 69", LISTED, async (instance) => {
    expect((await instance.etrn(THREE)).code).toBe(459);
    expect((await instance.etrn("odd.two.example")).code).toBe(459);
    expect(await status(instance, "postqueue", "-s", THREE)).toBe(69);
    expect(await status(instance, "sendmail", `-qR${THREE}`)).toBe(69);
  });

  labTest("eligible, but without a logfile name - 459, exit 69", ALL, async (instance) => {
    // Here the client asks, and it is the service that refuses.
    expect((await instance.etrn("[127.0.0.1]")).code).toBe(459);
    expect(await status(instance, "postqueue", "-s", "[127.0.0.1]")).toBe(69);
    expect(await status(instance, "sendmail", "-qR[127.0.0.1]")).toBe(69);
  });
});
