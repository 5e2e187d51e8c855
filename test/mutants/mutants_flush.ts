/** Faults in what the requests do. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type Mutant, standalone } from "./mutant.ts";

export const FLUSH_MUTANTS: readonly Mutant[] = [
  {
    name: "OK is answered before the entry is written",
    file: "src/flush/add.ts",
    text: "    batch.exchanges.push(exchange);",
    instead: "    batch.exchanges.push(exchange);\n    exchange.answer(STATUS.ok);",
    red: standalone("78: add to a log that is locked by flock"),
  },
  {
    name: "an entry that two clients add in one turn is written twice",
    file: "src/flush/add.ts",
    text: "return ids.length === 1 ? ids : [...new Set(ids)];",
    instead: "return ids;",
    red: [{ file: "src/flush/add_test.ts", test: "an entry that the log holds is not written" }],
    unseen: "in the differential suite no two clients add at once",
  },
  {
    name: "OK is answered though the entry could not be written",
    file: "src/flush/add.ts",
    text: "      return STATUS.fail;",
    instead: "      return STATUS.ok;",
    red: standalone("76: add to a log that can't grow"),
  },
  {
    name: "what could not be written is no warning",
    file: "src/flush/add.ts",
    text: "this.#tools.log.warning(`${step}",
    instead: "this.#tools.log.info(`${step}",
    red: standalone("76: add to a log that can't grow"),
  },
  {
    name: "send_site is answered before the work",
    file: "src/flush/send_site.ts",
    text: "  const counts = await sendAndWarn(",
    // A session takes the first answer for the answer.
    instead: "  exchange.answer(STATUS.ok);\n  const counts = await sendAndWarn(",
    red: standalone("it is answered after the work"),
  },
  {
    name: "refresh is answered after the work",
    file: "src/flush/rare_requests.ts",
    text: "exchange.answer(STATUS.ok);\n        this.#refresh(request.name, exchange);",
    instead:
      'this.#lent.jobs.request(\n          request.name,\n          request.name === "purge" ? this.#purgeNow : this.#refreshNow,\n          () => {\n            exchange.answer(STATUS.ok);\n            exchange.finish();\n          },\n        );',
    red: standalone("48: rfrsh is answered before the work"),
  },
  {
    name: 'an ineligible site is "bad"',
    file: "src/flush/recorded_logfile.ts",
    text: 'case "no-match":\n      return STATUS.deny;',
    instead: 'case "no-match":\n      return STATUS.bad;',
    red: standalone("60: an ineligible site"),
  },
  {
    name: "a queue ID that is none is taken",
    file: "src/flush/flush_service.ts",
    text: "const id = parseQueueId(queueId);\n    if (id === null) {\n      refuse(exchange, STATUS.bad);\n      return;\n    }",
    instead: "const id = parseQueueId(queueId) ?? (queueId as never);",
    red: standalone('5: add of "AB-C", 4 bytes'),
  },
  {
    name: "send_file of an unknown message fails",
    file: "src/flush/send_file.ts",
    text: "exchange.answer(STATUS.ok);",
    instead: "exchange.answer(STATUS.fail);",
    red: standalone("64: an unknown message"),
  },
  {
    name: "send_file does not wake the queue manager",
    file: "src/flush/send_file.ts",
    text: '    tools.queueManager.wake("I");',
    instead: "",
    red: standalone("61: a message in deferred"),
  },
  {
    name: "a site is not unthrottled first",
    file: "src/flush/send_logfile.ts",
    text: '        this.#tools.queueManager.wake("F");',
    instead: "",
    red: standalone("55: an empty log"),
  },
  {
    name: "the letters of the wake-up are swapped",
    file: "src/flush/send_site.ts",
    text: 'tools.queueManager, "FI")',
    instead: 'tools.queueManager, "IF" as never)',
    red: standalone("53: in which order"),
  },
  {
    name: "the wake-up at the end is missing",
    file: "src/flush/wake_ups.ts",
    text: "if (this.#next !== null || this.#isLogSent) {",
    instead: "if (this.#lastMs < 0) {",
    red: standalone("53: in which order"),
  },
  {
    name: "refresh unthrottles",
    file: "src/flush/refresh.ts",
    text: "unthrottleFirst: false",
    instead: "unthrottleFirst: true",
    red: standalone("rfrsh: messages are moved, nobody is unthrottled"),
  },
  {
    name: "refresh goes by mtime",
    file: "src/flush/refresh.ts",
    text: "seconds(status.atimeNs)",
    instead: "seconds(status.mtimeNs)",
    red: standalone("68: rfrsh: read long ago, written just now"),
  },
  {
    name: "refresh sends what is just as old as the limit",
    file: "src/flush/refresh.ts",
    text: "seconds(status.atimeNs) > unreadSecondsMax",
    instead: "seconds(status.atimeNs) >= unreadSecondsMax",
    red: standalone("71: purge: a log of this second"),
  },
  {
    name: "purge does as refresh does",
    file: "src/flush/rare_requests.ts",
    text: "unreadSecondsMax: 0,",
    instead: "unreadSecondsMax: tools.refreshSeconds,",
    red: standalone("71: purge: a log of the last second"),
  },
  {
    name: "empty logs are removed a second early",
    file: "src/flush/refresh.ts",
    text: "modifiedSeconds + tools.purgeSeconds < wallSeconds",
    instead: "modifiedSeconds + tools.purgeSeconds <= wallSeconds",
    red: standalone("70: purge_time = 1s: empty for 1 s"),
  },
  {
    name: "empty logs are removed by atime",
    file: "src/flush/refresh.ts",
    text: "isOld(seconds(status.mtimeNs))",
    instead: "isOld(seconds(status.atimeNs))",
    red: standalone("69: rfrsh: empty, read lately, written long ago"),
  },
  {
    name: "the entry of a message that is gone stays",
    file: "src/flush/logfile_pass.ts",
    text: 'outcome === "released" || outcome === "gone"',
    instead: 'outcome === "released"',
    red: standalone("53: two messages, one of them twice"),
  },
  {
    name: "a message is gone because its queue is not there",
    file: "src/queue/find_message.ts",
    text: "WAITING_QUEUES.every((queue) => mayBeThere(tools.files, queue))",
    instead: "true",
    unseen: "the original drops the entry of each message that it does not find",
    red: [
      {
        file: "src/flush/compact_logfile_test.ts",
        test: "takes no message for gone while deferred itself is not there",
      },
      {
        file: "src/flush/report_verify_test.ts",
        test: "no entry is outdated while hold itself is not there: compact leaves it as well",
      },
    ],
  },
  {
    name: "a message is gone after one look",
    file: "src/flush/logfile_pass.ts",
    text: 'isGone(this.#tools, id) ? "gone" : "kept"',
    instead: '"gone"',
    red: [
      {
        file: "src/flush/send_site_test.ts",
        test: "a message that turns up between the two looks keeps its entry",
      },
    ],
    unseen: "a message would have to come back within ten milliseconds",
  },
  {
    name: "a bad entry is shown with a character more",
    file: "src/flush/logfile_pass.ts",
    text: "const SHOWN_LENGTH_MAX = 30;",
    instead: "const SHOWN_LENGTH_MAX = 31;",
    red: standalone("56: a line that is too long for a queue ID"),
  },
  {
    name: "an add during a send is lost",
    file: "src/flush/logfiles_in_use.ts",
    text: ": this.log.append(newOnes);",
    instead: ": newOnes.length;",
    red: [
      {
        file: "src/flush/send_site_test.ts",
        test: "adds are served while the site's log is sent, and stay in it",
      },
    ],
    unseen: "the original has no add within a send: a process of it has one client",
  },
  {
    name: "walks don't take turns between processes",
    file: "src/flush/background_jobs.ts",
    text: "while (!files.tryLock(directory)) {",
    instead: "while (false) {",
    red: [{ file: "src/flush/refresh_test.ts", test: "one job at a time over all processes" }],
    unseen: "the original's walks take no turns",
  },
  {
    name: "a log is removed without a second look",
    file: "src/flush/refresh.ts",
    text: "if (log.sizeBytes === 0 && isOld(log.modifiedSeconds)) {",
    instead: "if (log.sizeBytes >= 0) {",
    red: [
      {
        file: "src/flush/refresh_test.ts",
        test: "a log that is written to before it is locked is not removed",
      },
    ],
    unseen: "it takes an add within microseconds",
  },
  {
    name: "each message of a long send is a wake-up",
    file: "src/flush/wake_ups.ts",
    text: "this.#lastMs + INTERVAL_MS",
    instead: "this.#lastMs + 0 * INTERVAL_MS",
    red: [
      {
        file: "src/flush/refresh_test.ts",
        test: "a thousand logs are one wake-up a second at most",
      },
    ],
    unseen: "a queue manager that is woken too often does the same, only more often",
  },
  {
    name: "the queue manager hears only at the end of what a long refresh releases",
    file: "src/flush/wake_ups.ts",
    text: "this.#lastMs + INTERVAL_MS",
    instead: "this.#lastMs + 1000 * INTERVAL_MS",
    red: [
      { file: "src/flush/wake_ups_test.ts", test: "each second, where there are many logs" },
      { file: "src/flush/wake_ups_test.ts", test: "in a second, where the pace holds up" },
    ],
    unseen: "it is the same in the end",
  },
];
