/**
 * What the service says before it reads anything: the name of its protocol, as an attribute list.
 *
 * Postfix 3.6 and later send it, byte by byte the same; their clients refuse any other list. Older ones, for which
 * postfix_version.ts tells, would take it for a reply.
 */
import { stringToBytes } from "../names/byte_string.ts";

/** The announcement: 31 bytes, to be written at once and never changed. */
export const GREETING: Uint8Array = stringToBytes("protocol\0queue_flush_protocol\0\0");
