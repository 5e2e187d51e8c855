/**
 * Text and numbers as they are shown. Pure.
 *
 * Senders, recipients and reasons are written by strangers: nothing of them but printable characters reaches a
 * terminal, neither as text nor in JSON.
 */
import { decodeUtf8, stringToBytes } from "../names/byte_string.ts";

/** Control, format, private and unassigned characters, lone surrogates, line and paragraph separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const ASCII = /^[\0-\x7f]*$/;
const NOT_ASCII = /[^\x20-\x7e]/g;
/** What JSON.stringify leaves as it is, and a terminal might act on. */
const UNPRINTABLE_IN_JSON = /[\x7f-\x9f]|[^\0-\x7f]/gu;

const KIBI = 1024;
const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

const AGE_UNITS: ReadonlyArray<readonly [seconds: number, name: string]> = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
];

/** A byte string as printable text; `?` stands for what isn't. */
export function printable(bytes: string): string {
  const text = decodeUtf8(bytes);
  return text === null ? bytes.replace(NOT_ASCII, "?") : printableText(text);
}

/** The same of ordinary text. */
export function printableText(text: string): string {
  return text.replace(UNPRINTABLE, "?");
}

/** A value in JSON, in one line; unprintable characters are escaped, so that none is lost. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(UNPRINTABLE_IN_JSON, (character) =>
    character.search(UNPRINTABLE) < 0 ? character : escapeUnits(character),
  );
}

function escapeUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** A byte string as ordinary text for JSON; U+FFFD stands for bytes that are no UTF-8. */
export function jsonText(bytes: string): string {
  if (ASCII.test(bytes)) {
    return bytes;
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(stringToBytes(bytes));
}

/** `12,345`. */
export function numberText(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 message`, `2,000 messages`. */
export function countText(value: number, singular: string, plural = `${singular}s`): string {
  return `${numberText(value)} ${value === 1 ? singular : plural}`;
}

/** `17 B`, `1.5 KiB`. */
export function sizeText(sizeBytes: number): string {
  let size = sizeBytes;
  let unit = 0;
  while (size >= KIBI && unit < SIZE_UNITS.length - 1) {
    size /= KIBI;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${SIZE_UNITS[unit]}`;
}

/** How long ago: `5 s`, `3 min`, `2 h`, `4 d`, rounded down. */
export function ageText(seconds: number): string {
  const age = Math.max(0, Math.floor(seconds));
  for (const [length, name] of AGE_UNITS) {
    if (age >= length) {
      return `${numberText(Math.floor(age / length))} ${name}`;
    }
  }
  return `${age} s`;
}
