/** What watchers write down is read back; anything else is none of it. */
import { describe, expect, test } from "bun:test";
import { decodeRecord, encodeRecord, type WatcherRecord } from "./watcher_record.ts";

const RECORD: WatcherRecord = {
  id: 3,
  pid: 4711,
  startedMs: 1_767_225_600_000,
  configDirectory: "/etc/postfix",
  queueDirectory: "/var/spool/postfix",
  isProbe: false,
  log: "",
  sites: [
    {
      site: "example.com",
      state: "waiting",
      tries: 2,
      lastTryMs: 1_767_225_601_000,
      lastResult: 'said "\xc3\xa4" and \xff',
      nextTryMs: null,
    },
  ],
};

describe("a watcher's record", () => {
  test("is read back as it was, in one line", () => {
    const text = encodeRecord(RECORD);
    expect(text.indexOf("\n")).toBe(text.length - 1);
    expect(decodeRecord(text)).toEqual(RECORD);
  });

  for (const text of [
    "",
    "{",
    "null",
    "[]",
    "3",
    "\xff",
    encodeRecord(RECORD).slice(0, -10),
    encodeRecord({ ...RECORD, pid: "4711" as unknown as number }),
    encodeRecord({ ...RECORD, sites: {} as unknown as WatcherRecord["sites"] }),
    encodeRecord({ ...RECORD, sites: [null] as unknown as WatcherRecord["sites"] }),
    encodeRecord({
      ...RECORD,
      sites: [{ ...RECORD.sites[0], tries: null }] as unknown as WatcherRecord["sites"],
    }),
  ]) {
    test(`is not ${JSON.stringify(text.slice(0, 60))} of ${text.length} bytes`, () => {
      expect(decodeRecord(text)).toBeNull();
    });
  }
});
