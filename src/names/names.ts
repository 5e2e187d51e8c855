/**
 * The three names of the trust contract, as types.
 *
 * A SiteName comes from outside and is never part of a path. A QueueId and a LogfileName may become
 * part of a path: they are made by the functions of this room and of record/ that check them, and by
 * nothing else, so that path traversal is a type error.
 */
declare const siteNameBrand: unique symbol;
declare const queueIdBrand: unique symbol;
declare const logfileNameBrand: unique symbol;

/** A destination as a client wrote it: any bytes. */
export type SiteName = string & { readonly [siteNameBrand]: never };

/** 1 to 255 characters, each a letter, a digit or `_`. */
export type QueueId = string & { readonly [queueIdBrand]: never };

/** A name within the record that passes the queue ID syntax. */
export type LogfileName = string & { readonly [logfileNameBrand]: never };

/** At most 255 characters: NAME_MAX of common file systems. */
const NAME_SYNTAX = /^[A-Za-z0-9_]{1,255}$/;

/** Marks text from a client as a site name; every text is one. */
export function siteName(text: string): SiteName {
  return text as SiteName;
}

/** A queue ID if the text has the syntax of one, else null. */
export function parseQueueId(text: string): QueueId | null {
  return NAME_SYNTAX.test(text) ? (text as QueueId) : null;
}

/** A logfile name if the text has the syntax of one (that of a queue ID), else null. */
export function parseLogfileName(text: string): LogfileName | null {
  return NAME_SYNTAX.test(text) ? (text as LogfileName) : null;
}
