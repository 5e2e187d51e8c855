/** Faults in watching: when a destination is taken for back, what is tried and when, who watches, and what is said of it. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_PACE = redIn("src/watching/retry_pace_test.ts");
const IN_RESOLVE = redIn("src/watching/resolve_address_test.ts");
const IN_NEXTHOP = redIn("src/watching/nexthop_test.ts");
const IN_TRANSPORT = redIn("src/watching/transport_test.ts");
const IN_ADDRESSES = redIn("src/watching/host_addresses_test.ts");
const IN_GREETING = redIn("src/watching/greeting_test.ts");
const IN_ROUTE = redIn("src/watching/try_route_test.ts");
const IN_TRIAL = redIn("src/watching/trial_message_test.ts");
const IN_STATE = redIn("src/watching/state_folder_test.ts");
const IN_NETWORK = redIn("src/sys/network_test.ts");
const IN_BACKGROUND = redIn("src/sys/background_programs_test.ts");
const IN_WATCH = redIn("src/cli/watch/watch_test.ts");
const IN_PROBE = redIn("src/cli/watch/watch_probe_test.ts");
const IN_REFUSALS = redIn("src/cli/watch/watch_refusals_test.ts");
const IN_WATCHERS = redIn("src/cli/watch/watchers_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "waits grow above the ceiling",
    file: "src/watching/retry_pace.ts",
    text: "Math.min(grown, ceilingMs)",
    instead: "grown",
    red: IN_PACE("behind 9 tries with chance 0: 600 s"),
  },
  {
    name: "chance makes waits longer",
    file: "src/watching/retry_pace.ts",
    text: "(1 - CHANCE_SHARE * chance)",
    instead: "(1 + CHANCE_SHARE * chance)",
    red: IN_PACE("behind 9 tries with chance 0.5: 540 s"),
  },
  {
    name: "an answer ends at the first two NULs",
    file: "src/watching/resolve_address.ts",
    text: 'words.findIndex((word, index) => index % 2 === 0 && word === "")',
    instead: 'words.indexOf("")',
    red: IN_RESOLVE("understands a table that fails, and no nexthop"),
  },
  {
    name: "a route is believed though a table failed",
    file: "src/watching/resolve_address.ts",
    text: "(flags & FLAG_FAILED) === 0",
    instead: "flags !== FLAG_FAILED",
    red: IN_RESOLVE("understands a table that fails"),
  },
  {
    name: "exchangers are looked up of a host in brackets",
    file: "src/watching/nexthop.ts",
    text: "asksForExchangers && bracketed === undefined",
    instead: "asksForExchangers",
    red: IN_NEXTHOP('smtp of "[mx.example.com]"'),
  },
  {
    name: "what the transport's entry sets is not heard",
    file: "src/watching/transport.ts",
    text: "overrides?.get(full) ?? main[full]",
    instead: "main[full]",
    red: IN_TRANSPORT("with what its entry sets over main.cf"),
  },
  {
    name: "the DNS is asked where main.cf forbids it",
    file: "src/watching/transport.ts",
    text: 'values.disable_dns_lookups === "yes" || values.dns_support_level === "disabled"',
    instead: 'values.disable_dns_lookups === "yes"',
    red: IN_TRANSPORT("without the DNS by its support level"),
  },
  {
    name: "exchangers are tried from the last to the first",
    file: "src/watching/host_addresses.ts",
    text: "one.preference - other.preference",
    instead: "other.preference - one.preference",
    red: IN_ADDRESSES("exchangers by preference, as they came"),
  },
  {
    name: "a backup server takes itself for the destination",
    file: "src/watching/host_addresses.ts",
    text: "if (addresses.some(({ address }) => own.has(address))) {",
    instead: "if (own.has(exchangers[0]?.host ?? '')) {",
    red: IN_ADDRESSES("what comes before this machine"),
  },
  {
    name: "at any port this machine is itself",
    file: "src/watching/host_addresses.ts",
    text: "port === SMTP_PORT ?",
    instead: "port > 0 ?",
    red: IN_ADDRESSES("all at another port, where another server listens on this machine"),
  },
  {
    name: "a server that is too busy is ready",
    file: "src/watching/greeting.ts",
    text: 'isReady: code === "220"',
    instead: "isReady: true",
    red: IN_GREETING('"421 too busy\\r\\n"'),
  },
  {
    name: "the first line of a greeting counts",
    file: "src/watching/greeting.ts",
    text: "/^(?:\\d{3}-[^\\n]*\\n)*(\\d{3})(?:[ \\r][^\\n]*)?\\n/",
    instead: "/^(\\d{3})[^\\n]*\\n/",
    red: IN_GREETING('"220-mx\\r\\n421 too busy\\r\\n"'),
  },
  {
    name: "the first place that does not greet is the last",
    file: "src/watching/try_route.ts",
    text: '    last = await tryPlace(tools, destination.transport, place);\n    if (last.kind === "ready") {',
    instead:
      '    last = await tryPlace(tools, destination.transport, place);\n    if (last.kind !== "never") {',
    red: IN_ROUTE("tries several destinations in their order"),
  },
  {
    name: "a jailed client's socket is looked for outside",
    file: "src/watching/try_route.ts",
    text: "return isJailed ? `${queueDirectory}${path}` : path;",
    instead: "return path;",
    red: IN_ROUTE("connects to a UNIX socket: jailed:unix:/run/mailbox"),
  },
  {
    name: "one message is tried again and again",
    file: "src/watching/trial_message.ts",
    text: "[tries.get(queueId) ?? 0, ",
    instead: "[0, ",
    red: IN_TRIAL("one that was not tried, whatever else"),
  },
  {
    name: "two watch the same",
    file: "src/watching/state_folder.ts",
    text: "if (!isGone && record.queueDirectory === queueDirectory && same !== undefined) {",
    instead: "if (!isGone && record.queueDirectory !== queueDirectory && same !== undefined) {",
    red: IN_STATE("refuses a second watcher of a destination of the same queue"),
  },
  {
    name: "one that was killed lives for ever",
    file: "src/watching/state_folder.ts",
    text: 'isGone: !this.#folder.isLocked(fileName(id, "lock")) }',
    instead: "isGone: false }",
    red: IN_STATE("shows one that was killed as gone, once, and lets another take its place"),
  },
  {
    name: "all logs are kept",
    file: "src/watching/state_folder.ts",
    text: ".slice(0, -(LOGS_KEPT - 1))",
    instead: ".slice(0, 0)",
    red: IN_STATE("keeps the last fifty logs"),
  },
  {
    name: "who watches for long loses its log",
    file: "src/watching/state_folder.ts",
    text: 'kinds.has("log") && !kinds.has("json")',
    instead: 'kinds.has("log")',
    red: IN_STATE("keeps the log of whoever still watches, however old"),
  },
  {
    name: "one that can't be written down leaves its number taken",
    file: "src/watching/state_folder.ts",
    text: "        this.remove(number, lock);\n",
    instead: "",
    red: IN_STATE("leaves nothing of one that can't be written down"),
  },
  {
    name: "a name that is not in the DNS is a failure",
    file: "src/sys/network.ts",
    text: 'new Set(["ENOTFOUND", "ENODATA"])',
    instead: 'new Set(["ENODATA"])',
    red: IN_NETWORK("there is nothing of gone.example"),
  },
  {
    name: "the background has the terminal's session",
    file: "src/sys/background_programs.ts",
    text: "detached: true",
    instead: "detached: false",
    red: IN_BACKGROUND("run in a session of their own"),
  },
  {
    name: "a log is written over",
    file: "src/sys/background_programs.ts",
    text: "constants.O_CREAT | constants.O_EXCL | constants.O_APPEND",
    instead: "constants.O_CREAT | constants.O_APPEND",
    red: IN_BACKGROUND("don't write into a file that is there"),
  },
  {
    name: "mail is released before its destination is back",
    file: "src/cli/watch/site_watch.ts",
    text: 'if (made.kind === "ready" && (await this.#release())) {',
    instead: "if (await this.#release()) {",
    red: IN_WATCH(
      "waits until the destination greets, then releases its mail, and tells what came of it",
    ),
  },
  {
    name: "a release that failed is done",
    file: "src/cli/watch/site_watch.ts",
    text: "      if (sent.sum.failure !== null) {",
    instead: "      if (sent.sum.failure !== sent.sum.failure) {",
    red: IN_WATCH("goes on where Postfix does not run, or the release fails"),
  },
  {
    name: "--for is not heard",
    file: "src/cli/watch/run_watch.ts",
    text: "forMs === null ? null : tools.clock.monotonicMs() + forMs",
    instead: "forMs === null ? null : tools.clock.monotonicMs() + 2 * forMs",
    red: IN_WATCH("gives up after --for, with a try at its end: status 2, and nothing is released"),
  },
  {
    name: "who gives up has done it",
    file: "src/cli/watch/run_watch.ts",
    text: "return EXIT.stillDown;",
    instead: "return EXIT.done;",
    red: IN_WATCH("gives up after --for, with a try at its end: status 2, and nothing is released"),
  },
  {
    name: "Ctrl-C waits for the end of a try",
    file: "src/cli/watch/site_watch.ts",
    text: "order.isProbe ? await work : await stop.orStopped(work)",
    instead: "await work",
    red: IN_WATCH("Ctrl-C ends a try whose server says nothing"),
  },
  {
    name: "Ctrl-C waits for the next try",
    file: "src/cli/watch/stop_signal.ts",
    text: "for (const wake of [...this.#wakes]) {\n      wake();",
    instead: "for (const _ of [...this.#wakes]) {",
    red: IN_WATCH("Ctrl-C ends it at once: nothing is released"),
  },
  {
    name: "mail that is being delivered is none to wait for",
    file: "src/cli/watch/queue_look.ts",
    text: "return count === 0 ?",
    instead: "return count >= 0 ?",
    red: IN_WATCH("ends where no mail is deferred any more, and waits while it is being delivered"),
  },
  {
    name: "others are released after one has bounced",
    file: "src/cli/watch/trial.ts",
    text: 'return { kind: "refused", why: `${queueId} has bounced',
    instead: 'return { kind: "ready", why: `${queueId} has bounced',
    red: IN_PROBE("ends where the message bounces: the others stay"),
  },
  {
    name: "a message that has left the queue is delivered",
    file: "src/cli/watch/trial.ts",
    text: "? notYet(`${queueId} has left the queue, and no log line says how`)",
    instead: '? { kind: "ready", why: queueId, outcomes }',
    red: IN_PROBE("does not take a message for delivered that no log tells of"),
  },
  {
    name: "--probe is begun without a mail log",
    file: "src/cli/watch/watch.ts",
    text: "if (!follower.hasLog) {",
    instead: "if (follower.hasLog && !follower.hasLog) {",
    red: IN_PROBE("needs a mail log"),
  },
  {
    name: "what nobody can connect to is waited for",
    file: "src/cli/watch/watch.ts",
    text: 'if (destination?.kind === "never") {',
    instead: 'if (destination?.kind === "not yet") {',
    red: IN_REFUSALS("where nobody can connect, but with --probe"),
  },
  {
    name: "--stop ends others with it",
    file: "src/cli/watch/stop_watchers.ts",
    text: "if (!isWhole) {",
    instead: "if (isWhole && !isWhole) {",
    red: IN_WATCHERS("does nothing where others are watched with it"),
  },
  {
    name: "--stop does not wait for the end",
    file: "src/cli/watch/stop_watchers.ts",
    text: "!isGone && record.id === watcher.record.id && record.pid === watcher.record.pid",
    instead: "!isGone && record.id === watcher.record.id && record.pid !== watcher.record.pid",
    red: IN_WATCHERS("says that it may not, and that it takes too long"),
  },
  {
    name: "the background asks nobody, and is not told --yes",
    file: "src/cli/watch/start_background.ts",
    text: '...["--yes", "--watcher", String(id)]',
    instead: '...["--watcher", String(id)]',
    red: IN_WATCHERS("starts this program again, and says how to find it"),
  },
];

/** Every fault of these. */
export const WATCH_MUTANTS = operatorMutants(FAULTS);
