/**
 * What the tables must hold: every row of POSTFIX-FLUSH-SPEC section 11, every line of its section 8.2, every
 * request with every reply that it has.
 */
import { describe, expect, test } from "bun:test";
import { GREETING } from "../../lab/greeting.ts";
import { type ContractCase, replyOf } from "./contract_case.ts";
import { ROWS, rowsRun, titleOf } from "./rows.ts";
import { LIFE_ROWS } from "./rows_life.ts";

/** Rows of section 11. */
const LAST_ROW = 94;

test("every row of section 11 has a case", () => {
  const covered = new Set([...ROWS, ...LIFE_ROWS].flatMap(({ rows = [] }) => rows));
  const all = Array.from({ length: LAST_ROW }, (_, index) => index + 1);
  expect(all.filter((row) => !covered.has(row))).toEqual([]);
  expect([...covered].filter((row) => !all.includes(row))).toEqual([]);
});

test("every case is run, and has a title of its own", () => {
  const run = new Set([...rowsRun("stand-alone"), ...rowsRun("under master")]);
  expect(run.size).toBe(ROWS.length);
  for (const rows of [ROWS, LIFE_ROWS]) {
    expect(new Set(rows.map(titleOf)).size).toBe(rows.length);
  }
});

/** Lines of section 8.2 that a case provokes, as patterns of what stands behind the tag. */
const LINES: readonly RegExp[] = [
  /^warning: end-of-input while reading request from PEER: /,
  /^warning: timeout while waiting for data from PEER$/,
  /^warning: unexpected attribute \S+ from PEER \(expecting: request\)$/,
  /^warning: unexpected attribute \S+ from PEER \(expecting: site\)$/,
  /^warning: unexpected attribute \S+ from PEER \(expecting: queue_id\)$/,
  /^warning: unexpected attribute \S+ from PEER \(expecting: \(list terminator\)\)$/,
  /^warning: missing attribute request in input from PEER$/,
  /^warning: missing attribute site in input from PEER$/,
  /^warning: missing attribute queue_id in input from PEER$/,
  /^warning: unexpected end-of-input from PEER while reading input attribute name$/,
  /^warning: unexpected end-of-input from PEER while reading input attribute value$/,
  /^warning: premature end-of-input on PEER while reading input attribute name$/,
  /^warning: premature end-of-input on PEER while reading input attribute value$/,
  /^warning: timeout on PEER while reading input attribute name$/,
  /^warning: timeout on PEER while reading input attribute value$/,
  /^warning: midna_domain_to_ascii_create: Problem translating domain "\S*" to ASCII form: malformed UTF-8$/,
  /^warning: midna_domain_to_ascii_create: .* to ASCII form: malformed ASCII label\(s\)$/,
  /^warning: midna_domain_to_ascii_create: .* to ASCII form: UIDNA_ERROR_[A-Z_,]+$/,
  /^warning: write fast flush logfile one_example: /,
  /^warning: bad queue id ".*\.\.\." in fast flush logfile one_example$/,
  /^warning: flush_one_file: update \S+ time stamps: /,
  /^warning: flush_one_file: open \S+: cannot open file: /,
  /^warning: flush_one_file: open \S+: file has 2 hard links$/,
  /^warning: flush_one_file: open \S+: file is a symbolic link$/,
  /^warning: deferred\/\S+: rename from deferred to incoming: /,
  /^warning: flush_send_path: read fast flush logfile one_example: /,
  /^warning: flush_refresh_service: stat flush\/one_example: /,
  /^warning: remove logfile flush\/one_example: /,
  /^warning: unable to look up public\/qmgr: /,
  /^warning: public\/qmgr is not a socket or a fifo$/,
  /^error: open file \S+: /,
  /^warning: non-existent:\S+ is unavailable\. /,
  /^warning: fast_flush_domains: \S+: table lookup problem$/,
  /^error: unsupported dictionary type: zork$/,
  /^warning: fast_flush_domains: comment at end of line is not supported: /,
  /^warning: static:all: non-UTF-8 key ".*": /,
  /^fatal: fast_flush_domains: no pattern after '!'$/,
  /^fatal: flush_add_path: open fast flush logfile one_example: /,
  /^fatal: flush_send_path: open fast flush logfile one_example: /,
  /^fatal: scan_dir_push: open directory flush\/x: /,
  /^fatal: watchdog timeout$/,
  /^fatal: too many errors - program terminated$/,
  /^fatal: open lock file pid\/unix\.flush: /,
  /^send attr \w+ = /,
  /^PEER: wanted attribute: request$/,
  /^input attribute name: \(end\)$/,
  /^input attribute name: \w+$/,
  /^input attribute value: \S+$/,
  /^flush_add_service: site \S+ queue_id \S+$/,
  /^flush_send_service: site \S+$/,
  /^match_hostname: fast_flush_domains: \S+ ~\? /,
  /^match_list_match: \S+: no match$/,
  /^site \S+ to path \S+$/,
  /^flush_send_path: logfile \S+: update queue file \S+ time stamps$/,
  /^flush_send_path: requesting delivery for logfile \S+$/,
  /^flush_send_file_service: requesting delivery for queue_id \S+$/,
  /^flush_refresh_service: unlink flush\/\S+, empty and unchanged for \d+ days$/,
  /^flush_refresh_service: skip logfile \S+ - empty log$/,
  /^flush_refresh_service: flush logfile \S+$/,
  /^flush_refresh_service: skip logfile \S+, unread for <\d+ hours\(s\) $/,
  /^connection established$/,
  /^connection closed$/,
  /^master_notify: status [01]$/,
  /^process generation: \S+ \(\d+\)$/,
  /^idle timeout -- exiting$/,
  /^master disconnect -- exiting$/,
  /^daemon started/,
];

/** Lines of section 8.2 that no test can provoke, with the reason. */
const UNPROVOKED: ReadonlyArray<readonly [line: string, why: string]> = [
  ["cannot examine read buffer of P: ERR", "ioctl(2) does not fail on a socket"],
  [
    "flush_one_file: fchmod PATH: ERR",
    "whose utime(2) succeeds owns the file, and may change its mode",
  ],
  [
    "unix_trigger_event: read timeout",
    "it takes trigger_timeout and 100 seconds; ours does not wait for the queue manager to read",
  ],
  [
    "make_dirs: stat, chgrp PATH: ERR",
    "the mail owner may look at and change what it has just made",
  ],
  [
    "sane_rename: worked around spurious NFS error",
    "it takes an NFS server that answers twice, or two processes that move one message within microseconds",
  ],
  ["accept connection: ERR", "accept(2) only fails so where the kernel has no memory left"],
  ["flush_add_path, flush_send_path: lock, unlock: ERR", "flock(2) does not fail on a local file"],
  [
    "flush_send_path: truncate: ERR",
    "ftruncate(2) does not fail on a file that can be opened for writing",
  ],
  ["scan_dir_pop: close directory PATH: ERR", "closedir(3) does not fail"],
  ["select lock, select unlock: ERR", "flock(2) does not fail on a local file"],
  ["flush_send_path: skip queue file PATH as duplicate", "the filter of 3.7.11 never matches"],
  ["flush_refresh_service: PATH: No such file", "the log would have to go within microseconds"],
];

describe("every line of section 8.2", () => {
  const texts = [...ROWS, ...LIFE_ROWS].flatMap(({ want }) => want.log ?? []);

  test("is provoked by a case", () => {
    expect(LINES.filter((line) => !texts.some((text) => line.test(text)))).toEqual([]);
  });

  for (const [line, why] of UNPROVOKED) {
    test.skip(`${line} (skipped: ${why})`, () => {});
  }
});

/** Every reply that each request has. */
const REPLIES: Readonly<Record<string, readonly (number | null)[]>> = {
  add: [0, 3, 4, -1, null],
  send_site: [0, 3, 4, -1, null],
  send_file: [0, 3],
  rfrsh: [0],
  purge: [0],
  W: [0],
  "": [null],
};

/** What a case asks for: the request's name in an attribute list or alone. */
function requestOf({ send }: ContractCase): string {
  const bytes = send.filter((step) => typeof step === "string").join("");
  const name = /^request\0([^\0]*)\0/.exec(bytes)?.[1] ?? bytes.replaceAll("\0", "");
  return name in REPLIES ? name : "";
}

test("every request has a case with every reply that it has", () => {
  const met = new Set(
    ROWS.map(
      (row) =>
        `${requestOf(row)} ${row.want.reply ?? replyOf(row.want.status).slice(GREETING.length)}`,
    ),
  );
  const all = Object.entries(REPLIES).flatMap(([name, statuses]) =>
    statuses.map((status) => `${name} ${status === null ? "" : `status\0${status >>> 0}\0\0`}`),
  );
  expect(all.filter((pair) => !met.has(pair))).toEqual([]);
});
