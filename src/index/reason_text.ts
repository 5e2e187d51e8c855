/**
 * What defer(8) wrote down as the reason of a deferral, in fewer words: so that a thousand deferrals with one cause
 * read alike, and name the host that deferred them. Pure.
 *
 * The reasons are Postfix's own sentences around what a stranger's server has said; reason_text_test.ts lists those
 * that a running Postfix was seen to write. What is no known sentence is kept in its own words. Both sides are byte
 * strings; neither result is printable yet.
 */

/** Of a reason; what stands behind says no more. */
const READ_MAX = 1000;
const BRIEF_MAX = 120;

/** In place of a word that differs from message to message. */
const VARYING = "*";
const CUT = "...";

const SUSPENDED = /^delivery temporarily suspended: /;

/** `mx.example[192.0.2.1]:25`; a UNIX-domain socket's path stands where an address would. */
const HOST = String.raw`(?<host>[^\s\[\]]{1,255})\[(?<address>[^\]]{1,255})\](?::\d{1,5})?`;

/** Postfix's sentences in which a host is named. `rest`: what has happened. */
const SENTENCES: ReadonlyArray<readonly [sentence: RegExp, before: string]> = [
  [new RegExp(`^connect to ${HOST}: (?<rest>.*)$`), "connect: "],
  [new RegExp(`^host ${HOST} said: (?<rest>.*?)(?: \\(in reply to [A-Za-z ]{1,40}\\))?$`), ""],
  [new RegExp(`^host ${HOST} refused to talk to me: (?<rest>.*)$`), ""],
  [new RegExp(`^lost connection with ${HOST} (?<rest>.*)$`), "lost connection "],
  [new RegExp(`^conversation with ${HOST} (?<rest>.*)$`), ""],
  [new RegExp(`^(?<rest>TLS is required, but was not offered) by host ${HOST}$`), ""],
];

/** The same without an address, since there was none to be found. */
const LOOKUPS: readonly RegExp[] = [
  /^Host or domain name not found\. Name service error for name=\S+ type=\w+: (?<rest>.*)$/,
  /^unable to look up host \S+: (?<rest>.*)$/,
];

const REPLY_CODE = /^[245]\d\d$/;
const STATUS = /^[245]\.\d{1,3}\.\d{1,3}$/;
/** In a reply of several lines, each begins with its code. */
const NEXT_LINE_CODE = /^([245]\d\d)-(.*)$/;

/** Behind these words stands the name of a list or a page: the same for all, and what an operator looks for. */
const NAMING = /^(?:using|see|visit|in|via|list|blocklist|blacklist)$/i;
const URL = /^https?:\/\/(?<where>[^/\s:?#]{1,255})/i;
/** A number of a provider's own, by which its help pages are sorted: `TSS04`, `S3150`, `OU-002`, `IPv6`. */
const SHORT_CODE = /^[A-Za-z]{1,5}[-#]?\d{1,4}$/;
const HOST_NAME = /^(?:[A-Za-z0-9_-]{1,63}\.){1,20}[A-Za-z][A-Za-z0-9-]{0,61}$/;
/** What may stand around a word and is no part of it. */
const WORD = /^(?<before>[^A-Za-z0-9\x80-\xff]*)(?<core>.*?)(?<after>[^A-Za-z0-9\x80-\xff]*)$/;

/**
 * What this deferral has in common with others of the same cause: `4.4.1 connect: Connection refused`,
 * `450 4.2.0 Recipient address rejected: Greylisted`. At most 120 bytes; empty where nothing is known.
 */
export function briefReason(status: string, reason: string): string {
  const { before, rest } = sentenceOf(reason);
  const text = before + (before === "connect: " ? rest : commonWords(rest));
  const isReply = REPLY_CODE.test(text.slice(0, 3)) && !/^\w/.test(text.slice(3));
  const parts = isReply ? [text] : [status, text];
  return cut(parts.filter((part) => part !== "").join(" "));
}

/** The host that has deferred this, in lower case; a socket's path; empty where none is named. */
export function relayOf(reason: string): string {
  const text = readable(reason);
  for (const [sentence] of SENTENCES) {
    const { host = "", address = "" } = sentence.exec(text)?.groups ?? {};
    if (host !== "") {
      return address.startsWith("/") ? address : host.toLowerCase();
    }
  }
  return "";
}

function sentenceOf(reason: string): { readonly before: string; readonly rest: string } {
  const text = readable(reason);
  for (const [sentence, before] of SENTENCES) {
    const rest = sentence.exec(text)?.groups?.["rest"];
    if (rest !== undefined) {
      return { before, rest };
    }
  }
  for (const lookup of LOOKUPS) {
    const rest = lookup.exec(text)?.groups?.["rest"];
    if (rest !== undefined) {
      return { before: "lookup: ", rest };
    }
  }
  return { before: "", rest: text };
}

/** One line, with single blanks. */
function readable(reason: string): string {
  const text = reason.slice(0, READ_MAX).replace(/[\x00-\x20\x7f]+/g, " ");
  return text.trim().replace(SUSPENDED, "");
}

/** The words of a server, without those that differ from message to message. */
function commonWords(text: string): string {
  const words: string[] = [];
  let last = "";
  for (const word of withoutRepeatedCodes(text.split(" "))) {
    const common = words.length < 2 && isCode(word) ? word : commonWord(word, last);
    if (common !== VARYING || (words.length > 0 && words.at(-1) !== VARYING)) {
      words.push(common);
    }
    last = word;
  }
  const end = words.findLastIndex((word) => word !== VARYING && word !== "-");
  return words
    .slice(0, end + 1)
    .join(" ")
    .replace(/[\s,;:-]+$/, "");
}

/** Of a reply of several lines, only the first keeps its codes. */
function withoutRepeatedCodes(words: readonly string[]): string[] {
  const separate = words.flatMap((word) => {
    const [, code = "", rest = ""] = NEXT_LINE_CODE.exec(word) ?? [];
    return code === "" ? [word] : [code, rest].filter((part) => part !== "");
  });
  const codes = separate.slice(0, 2).filter(isCode);
  return separate.filter((word, index) => index < codes.length || !codes.includes(word));
}

function isCode(word: string): boolean {
  return REPLY_CODE.test(word) || STATUS.test(word);
}

function commonWord(word: string, last: string): string {
  const url = URL.exec(word)?.groups?.["where"];
  if (url !== undefined) {
    return url.toLowerCase();
  }
  const { before = "", core = "", after = "" } = WORD.exec(word)?.groups ?? {};
  const isKept = core === "" || (HOST_NAME.test(core) ? NAMING.test(last) : !doesVary(core));
  return isKept ? before + core + after : VARYING;
}

/** Addresses, numbers, times and identifiers do; words don't. */
function doesVary(core: string): boolean {
  return core.includes("@") || (/\d/.test(core) && !SHORT_CODE.test(core));
}

/** Between two words, if there are any: never within a character. */
function cut(text: string): string {
  if (text.length <= BRIEF_MAX) {
    return text;
  }
  const head = text.slice(0, BRIEF_MAX - CUT.length);
  const end = head.lastIndexOf(" ");
  return (end > 0 ? head.slice(0, end) : head.replace(/[\xc0-\xff]?[\x80-\xbf]*$/, "")) + CUT;
}
