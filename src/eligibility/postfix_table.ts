/**
 * A lookup table that only Postfix can read, by way of a proxymap(8).
 *
 * Nothing is remembered: each lookup asks, so that a change is seen as soon as Postfix sees it; who asks for the same
 * name at the same time gets the same answer. What Postfix has to say of the table goes to the log from there.
 */
import { Fatal } from "../effects/fatal.ts";
import type { LookupResult, LookupTable } from "./lookup_table.ts";
import type { ProxymapClient } from "./proxymap_client.ts";
import { encodeLookup, encodeOpen, PROXYMAP_STATUS, triesParents } from "./proxymap_protocol.ts";

export class PostfixTable implements LookupTable {
  readonly title: string;
  readonly #name: string;
  readonly #client: ProxymapClient;
  readonly #isBadKey: (key: string) => boolean;
  readonly #underWay = new Map<string, Promise<LookupResult>>();
  #triesParents = false;
  #opening: Promise<boolean> | null = null;

  /** `name` is what the proxymap(8) calls it; `isBadKey` says which keys are not in any table, and warns of them. */
  constructor(
    title: string,
    name: string,
    client: ProxymapClient,
    isBadKey: (key: string) => boolean,
  ) {
    this.title = title;
    this.#name = name;
    this.#client = client;
    this.#isBadKey = isBadKey;
  }

  /** Known once it has been looked up in. */
  get triesParents(): boolean {
    return this.#triesParents;
  }

  /** Has it opened. False: nobody answered. Rejects with Fatal where the proxymap(8) must not read it. */
  open(): Promise<boolean> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<boolean> {
    const reply = await this.#client.ask(encodeOpen(this.#name));
    if (reply === null) {
      this.#opening = null;
      return false;
    }
    if (reply.get("status") === PROXYMAP_STATUS.denied) {
      throw new Fatal(`proxymap service is not configured for table "${this.#name}"`);
    }
    this.#triesParents = triesParents(reply);
    return true;
  }

  lookup(key: string): LookupResult | Promise<LookupResult> {
    if (this.#isBadKey(key)) {
      return "not-found";
    }
    const same = this.#underWay.get(key);
    if (same !== undefined) {
      return same;
    }
    const answer = this.#ask(key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }

  async #ask(key: string): Promise<LookupResult> {
    if (!(await this.open())) {
      return "error";
    }
    const reply = await this.#client.ask(encodeLookup(this.#name, key));
    switch (reply?.get("status")) {
      case PROXYMAP_STATUS.ok:
        return "found";
      case PROXYMAP_STATUS.noKey:
        return "not-found";
      default:
        return "error";
    }
  }
}
