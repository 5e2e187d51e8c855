/**
 * What proxymap(8) is asked, and what it answers: the two requests of its manual page that a reader needs.
 *
 * Attributes are `name NUL value NUL`, and one NUL more ends a list, as on the flush service's own socket. Pure. A
 * list that is too long, or is none, is null from then on.
 */

/** What it says first. */
export const PROXYMAP_GREETING = "proxymap_protocol";

/** As a Postfix daemon looks up: with the file locked, and as UTF-8 where smtputf8_enable says so. Seen on the wire. */
const LOOKUP_FLAGS = 0x80040;

/** In a reply to `open`: names are looked up with their parents, and not as a whole. Seen on the wire. */
const FIXED_STRINGS_FLAG = 0x10;

/** Completion statuses; any other one is an error. */
export const PROXYMAP_STATUS = { ok: "0", noKey: "1", denied: "4" } as const;

/** A value may be long, and is not kept; far above what a table of domains holds. */
const REPLY_LENGTH_MAX = 1024 * 1024;

/** Asks for a table to be opened; `isLateProxymap`: of Postfix 3.11 or later, which calls its flags otherwise. */
export function encodeOpen(table: string, isLateProxymap: boolean): string {
  const name = isLateProxymap ? "instance_flags" : "flags";
  return `request\0open\0table\0${table}\0${name}\0${LOOKUP_FLAGS}\0\0`;
}

/** Asks for a key's value; `openedFlags` are those that 3.11 or later said when it opened the table, null before it. */
export function encodeLookup(table: string, key: string, openedFlags: string | null): string {
  const flags =
    openedFlags === null
      ? `flags\0${LOOKUP_FLAGS}`
      : `instance_flags\0${LOOKUP_FLAGS}\0flags\0${openedFlags}`;
  return `request\0lookup\0table\0${table}\0${flags}\0key\0${key}\0\0`;
}

/** What `open` says of a table. */
export function triesParents(reply: Attributes): boolean {
  return (Number(reply.get("flags")) & FIXED_STRINGS_FLAG) !== 0;
}

/** An attribute list, by name. */
export type Attributes = ReadonlyMap<string, string>;

/** Attribute lists out of what comes, in pieces of any size. */
export class AttributeReader {
  #text = "";

  /** Takes in what has come (a byte string); the list that it completes, or "more", or null for what is none. */
  push(text: string): Attributes | "more" | null {
    this.#text += text;
    const attributes = new Map<string, string>();
    let start = 0;
    for (let name = this.#stringAt(start); name !== null; name = this.#stringAt(start)) {
      start += name.length + 1;
      if (name === "") {
        this.#text = this.#text.slice(start);
        return attributes;
      }
      const value = this.#stringAt(start);
      if (value === null) {
        break;
      }
      attributes.set(name, value);
      start += value.length + 1;
    }
    return this.#text.length > REPLY_LENGTH_MAX ? null : "more";
  }

  /** Without its NUL; null: that has not come yet. */
  #stringAt(start: number): string | null {
    const end = this.#text.indexOf("\0", start);
    return end < 0 ? null : this.#text.slice(start, end);
  }
}
