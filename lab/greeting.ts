/**
 * What a flush service of the machine's Postfix says before it reads anything: nothing before Postfix 3.6.
 *
 * Goes by what postconf(1) says; our service goes by something else, so that each can find the other wrong.
 */
import { isPostfixBefore } from "./postfix_version.ts";

/** Empty: clients write at once. */
export const GREETING = isPostfixBefore(3, 6) ? "" : "protocol\0queue_flush_protocol\0\0";

/**
 * Where nobody greets, nothing tells that a client was accepted: it is taken for so when there is a process, and so long
 * after.
 */
export const ACCEPT_MS = 300;
