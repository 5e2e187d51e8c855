/**
 * A lookup table that only Postfix can read, by way of a proxymap(8).
 *
 * Nothing is remembered: each lookup asks, so that a change is seen as soon as Postfix sees it; who asks for the same
 * name at the same time gets the same answer. What Postfix has to say of the table goes to the log from there.
 */
import type { LookupResult, LookupTable } from "./lookup_table.ts";
import type { ProxymapClient } from "./proxymap_client.ts";
import { encodeLookup, encodeOpen, PROXYMAP_STATUS, triesParents } from "./proxymap_protocol.ts";

/** What a table is, and who is asked. */
export interface PostfixTableOptions {
  readonly title: string;
  /** What the proxymap(8) calls it. */
  readonly name: string;
  readonly client: ProxymapClient;
  /** The proxymap(8) is of Postfix 3.11 or later. */
  readonly isLateProxymap: boolean;
  /** Says which keys are not in any table, and warns of them. */
  readonly isBadKey: (key: string) => boolean;
  /** Makes of it a table that can't be opened, for this reason. Throws Fatal where that is the end. */
  readonly failed: (reason: string) => LookupTable;
}

export class PostfixTable implements LookupTable {
  readonly #options: PostfixTableOptions;
  readonly #underWay = new Map<string, Promise<LookupResult>>();
  #triesParents = false;
  #openedFlags: string | null = null;
  #opening: Promise<boolean> | null = null;
  /** Instead of this one, which must not be read. */
  #failed: LookupTable | null = null;

  constructor(options: PostfixTableOptions) {
    this.#options = options;
  }

  get title(): string {
    return this.#options.title;
  }

  /** Known once it has been looked up in. */
  get triesParents(): boolean {
    return this.#triesParents;
  }

  /** Has it opened. False: nobody answered. May reject with Fatal where the proxymap(8) must not read it. */
  open(): Promise<boolean> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<boolean> {
    const { name, client, isLateProxymap, failed } = this.#options;
    const reply = await client.ask(encodeOpen(name, isLateProxymap));
    if (reply === null) {
      this.#opening = null;
      return false;
    }
    if (reply.get("status") === PROXYMAP_STATUS.denied) {
      this.#failed = failed(`proxymap service is not configured for table "${name}"`);
    }
    this.#triesParents = triesParents(reply);
    this.#openedFlags = isLateProxymap ? (reply.get("flags") ?? "") : null;
    return true;
  }

  lookup(key: string): LookupResult | Promise<LookupResult> {
    if (this.#options.isBadKey(key)) {
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
    if (this.#failed !== null) {
      return this.#failed.lookup(key);
    }
    const { name, client } = this.#options;
    const reply = await client.ask(encodeLookup(name, key, this.#openedFlags));
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
