/** Which version a program says that it is of, and what is older than what. */
import { expect, test } from "bun:test";
import {
  isBefore,
  isGreetingExpected,
  isLateProxymap,
  OLDEST_POSTFIX,
  versionIn,
} from "./postfix_version.ts";

test.each([
  ["\x7fELF\0mail_version=3.5.25\0more", "3.5.25"],
  ["mail_version=3.12-20260821\0", "3.12-20260821"],
  ["MAIL_DEBUG\x003.11.7\0MAIL_CONFIG\0", "3.11.7"],
  ["\x003.12-20260821-nonprod\0", "3.12-20260821-nonprod"],
  ["\x001.0.0\0mail_version=3.10.13\0", "3.10.13"],
  ["3.6\x003.11.7 x\x00127.0.0.1\0", null],
  ["mail_version\0$mail_version\0mail_version=\0", null],
  ["", null],
])("%j is of %p", (program, expected) => {
  expect(versionIn(program)).toBe(expected);
});

test.each([
  ["3.4.29", true],
  ["2.11.3", true],
  ["3.5.0", false],
  ["3.10.1", false],
  ["4.0", false],
  ["unknown", false],
])("%s is before the oldest Postfix: %p", (version, expected) => {
  expect(isBefore(version, OLDEST_POSTFIX)).toBe(expected);
});

test.each([
  ["3.5.25", false],
  ["3.6.0", true],
  ["3.6-20210101", true],
  ["3.10.1", true],
  ["4.0.0", true],
  [null, true],
])("clients of %p wait for a greeting: %p", (version, expected) => {
  expect(isGreetingExpected(version)).toBe(expected);
});

test.each([
  ["3.5.25", false],
  ["3.10.13", false],
  ["3.11.0", true],
  ["3.11.7", true],
  ["3.12-20260821", true],
  [null, true],
])("proxymap(8) of %p is asked as that of 3.11: %p", (version, expected) => {
  expect(isLateProxymap(version)).toBe(expected);
});
