/**
 * The demonstration's story: five destinations are down, mail waits and is recorded; one comes up, is
 * asked for by ETRN, and gets its mail; the others' goes on waiting. Another comes up, and the operator sends its mail.
 *
 * Every step checks that what it says is so; if not, it throws a StepError. A step can be spoilt on
 * demand, to show that its check is one. Nothing is started, stopped or removed here but destinations.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Destination } from "../lab/destination.ts";
import { logfileOf } from "../lab/mail_queue.ts";
import type { PostfixInstance } from "../lab/postfix_instance.ts";
import { rootOf, threadRights } from "../lab/processes.ts";
import { Operator } from "./operator.ts";
import type { Screen } from "./screen.ts";

/** The destinations' domains. */
export const SITES: readonly string[] = [
  "alpha.example",
  "bravo.example",
  "charlie.example",
  "delta.example",
  "echo.example",
];

/** The one that comes up. */
const CHOSEN = "charlie.example";

/** The one that comes up later, and does not ask. */
const LATER = "echo.example";

/** A few dozen messages in all. */
const MESSAGES_EACH = 7;

/** Valid for ETRN, never eligible: an address literal has no logfile name. */
const NOT_ELIGIBLE = "[127.0.0.1]";

/** The steps that can be spoilt. */
export const BREAKS = ["record", "etrn", "delivery", "send"] as const;

export type Break = (typeof BREAKS)[number];

/** A step did not do what it says. */
class StepError extends Error {
  override readonly name = "StepError";
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) {
    throw new StepError(otherwise);
  }
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return Bun.deepEquals([...left].sort(), [...right].sort());
}

/** The story, told once. */
export class Story {
  /** Queue IDs by site, as they were sent. */
  readonly #sent = new Map<string, readonly string[]>();
  readonly #chosen: Destination;
  readonly #later: Destination;
  readonly #operator: Operator;

  /** `instance` runs and has SITES for destinations. */
  constructor(
    private readonly instance: PostfixInstance,
    private readonly screen: Screen,
    private readonly spoilt: Break | undefined,
  ) {
    this.#chosen = destinationOf(instance, CHOSEN);
    this.#later = destinationOf(instance, LATER);
    this.#operator = new Operator(instance, screen);
  }

  /** All steps, in order; returns what came of it, a sentence a line. */
  async tell(): Promise<string[]> {
    await this.#sendMail();
    await this.#checkRecord();
    await this.#comeUp();
    const mark = this.instance.log.mark();
    const asked_ms = this.screen.elapsed_ms();
    await this.#speakEtrn();
    await this.#awaitDelivery(mark);
    const took_ms = Math.round(this.screen.elapsed_ms() - asked_ms);
    await this.#checkOthers();
    await this.#sendLater();
    const others = SITES.length - 2;
    return [
      `${SITES.length * MESSAGES_EACH} messages for ${SITES.length} destinations that were down were deferred, and recorded once each.`,
      `${CHOSEN} came up and said ETRN: its ${MESSAGES_EACH} messages arrived within ${took_ms} ms.`,
      `${LATER} came up and said nothing: the operator sent its ${MESSAGES_EACH} messages, and saw them delivered.`,
      `${others * MESSAGES_EACH} messages for the ${others} others wait, recorded as before.`,
    ];
  }

  async #sendMail(): Promise<void> {
    this.screen.step(`${SITES.length} destinations are down; mail for them comes in by SMTP`);
    this.screen.table(
      ["destination", "its mail goes to", "state"],
      [...this.instance.destinations.values()].map(({ site, transport }) => [
        site,
        transport,
        "down",
      ]),
    );
    const to = Array.from({ length: MESSAGES_EACH }, () => SITES).flat();
    const queue_ids = await this.instance.sendMail(to.map(letterTo));
    for (const site of SITES) {
      this.#sent.set(
        site,
        queue_ids.filter((_, index) => to[index] === site),
      );
    }
    this.screen.done(`${queue_ids.length} messages sent`);
    await this.instance.waitUntilDeferred(queue_ids);
    this.screen.done(`${queue_ids.length} messages tried once and deferred`);
  }

  async #checkRecord(): Promise<void> {
    this.screen.step("The flush service has recorded each of them, by destination");
    if (this.spoilt === "record") {
      this.#loseAnEntry();
    }
    const deferred = await this.instance.deferredIds();
    const rows = SITES.map((site) => ({
      site,
      recorded: this.#recorded(site),
      deferred: this.#sentTo(site).filter((queue_id) => deferred.has(queue_id)),
    }));
    this.screen.table(
      ["destination", "logfile", "deferred", "recorded", "the first queue ID"],
      rows.map((row) => [
        row.site,
        `flush/${logfileOf(row.site)}`,
        row.deferred.length,
        row.recorded.length,
        row.recorded[0] ?? "",
      ]),
    );
    for (const row of rows) {
      const equal = sameMembers(row.recorded, row.deferred);
      check(equal, `the record of ${row.site} is not what is deferred for it`);
    }
    this.screen.done("the record is what is in the deferred queue, each message once");
    this.screen.lines(this.#processes());
  }

  async #comeUp(): Promise<void> {
    this.screen.step(`${CHOSEN} comes up`);
    if (this.spoilt === "delivery") {
      this.screen.lines(["spoilt on demand: it stays down"]);
      return;
    }
    await this.#chosen.up();
    this.screen.done(`it listens at ${this.#chosen.transport}`);
  }

  async #speakEtrn(): Promise<void> {
    const site = this.spoilt === "etrn" ? NOT_ELIGIBLE : CHOSEN;
    this.screen.step(`${CHOSEN} asks for its mail: ETRN over SMTP`);
    const dialogue = await this.instance.dialogue();
    const reply = await dialogue.command(`ETRN ${site}`);
    await dialogue.close();
    this.screen.dialogue(dialogue.transcript);
    check(reply.code === 250, `ETRN ${site} was answered with ${reply.code} ${reply.text}`);
    this.screen.done("the flush service has released its mail");
  }

  async #awaitDelivery(mark: number): Promise<void> {
    this.screen.step(`The mail for ${CHOSEN} arrives`);
    const sent = this.#sentTo(CHOSEN);
    const seen = new Set<string>();
    await this.instance.waitFor(`the mail for ${CHOSEN}`, async () => {
      const left = await this.instance.queue();
      for (const { queue_id, subject } of this.#chosen.received()) {
        if (!seen.has(queue_id)) {
          seen.add(queue_id);
          this.screen.done(`${queue_id} arrived: "${subject}"`);
        }
      }
      this.#checkNotRefused(sent, mark);
      return !left.some((message) => sent.includes(message.queue_id));
    });
    const arrived = this.#chosen.received().map((message) => message.queue_id);
    check(sameMembers(arrived, sent), `${arrived.length} of ${sent.length} messages arrived`);
    check(this.#recorded(CHOSEN).length === 0, `the record of ${CHOSEN} is not empty`);
    this.screen.done(`all ${sent.length} have arrived, nothing is left in the record of ${CHOSEN}`);
  }

  async #checkOthers(): Promise<void> {
    this.screen.step("The others' mail still waits");
    const deferred = await this.instance.deferredIds();
    const rows = [...this.instance.destinations.values()].map((each) => ({
      site: each.site,
      sent: this.#sentTo(each.site),
      arrived: each.received().map((message) => message.queue_id),
      waiting: this.#sentTo(each.site).filter((queue_id) => deferred.has(queue_id)),
      recorded: this.#recorded(each.site),
    }));
    const { stdout } = await this.#operator.types("list");
    for (const row of rows.filter(({ site }) => site !== CHOSEN)) {
      check(row.arrived.length === 0, `mail for ${row.site} has arrived`);
      check(sameMembers(row.waiting, row.sent), `mail for ${row.site} no longer waits`);
      check(sameMembers(row.recorded, row.sent), `mail for ${row.site} is no longer recorded`);
      check(stdout.includes(row.site), `fastflush list does not show the mail for ${row.site}`);
    }
    this.screen.done("nothing of theirs was delivered, tried, or lost from the record");
  }

  async #sendLater(): Promise<void> {
    this.screen.step(`${LATER} comes up, and the operator sends its mail`);
    if (this.spoilt === "send") {
      this.screen.lines(["spoilt on demand: it stays down"]);
    } else {
      await this.#later.up();
      this.screen.done(`it listens at ${this.#later.transport}`);
    }
    const { status } = await this.#operator.types("send", LATER, "--yes", "--wait");
    check(status === 0, `fastflush send ended with status ${status}`);
    const arrived = this.#later.received().map((message) => message.queue_id);
    check(sameMembers(arrived, this.#sentTo(LATER)), `${arrived.length} messages arrived`);
    check(this.#recorded(LATER).length === 0, `the record of ${LATER} is not empty`);
    this.screen.done("it did what it says");
    await this.#operator.types("list");
  }

  /** A refusal ends the wait: nothing would be delivered any more. */
  #checkNotRefused(queue_ids: readonly string[], mark: number): void {
    for (const { text } of this.instance.log.linesSince(mark)) {
      const ours = queue_ids.some((queue_id) => text.startsWith(`${queue_id}: to=`));
      check(!ours || !text.includes("status=deferred"), `not delivered: ${text}`);
    }
  }

  #sentTo(site: string): readonly string[] {
    return this.#sent.get(site) ?? [];
  }

  #recorded(site: string): readonly string[] {
    return this.instance.record().get(logfileOf(site)) ?? [];
  }

  #loseAnEntry(): void {
    const path = join(this.instance.queue_folder, "flush", logfileOf(CHOSEN));
    const [lost, ...rest] = readFileSync(path, "latin1").split("\n");
    writeFileSync(path, rest.join("\n"), "latin1");
    this.screen.lines([`spoilt on demand: ${lost} is taken out of the record of ${CHOSEN}`]);
  }

  /** Who keeps the record, and what it may do. */
  #processes(): string[] {
    const { owner, queue_folder } = this.instance;
    return this.instance
      .flushPids("fastflush/flush")
      .map((pid) => ({ pid, jailed: rootOf(pid) === queue_folder, threads: threadRights(pid) }))
      .filter(({ threads }) => threads.every(({ uids }) => uids.every((uid) => uid === owner.uid)))
      .map(
        ({ pid, jailed, threads }) =>
          `by process ${pid}: ${threads.length} thread(s), all as user ${owner.name}, ` +
          `${jailed ? "in the jail" : "not in a jail"}`,
      );
  }
}

function destinationOf(instance: PostfixInstance, site: string): Destination {
  const destination = instance.destinations.get(site);
  if (destination === undefined) {
    throw new Error(`tell the story: the instance has no destination ${site}`);
  }
  return destination;
}

function letterTo(site: string, index: number) {
  const subject = `message ${Math.floor(index / SITES.length) + 1} for ${site}`;
  return { from: "sender@origin.example", to: [`user@${site}`], subject };
}
