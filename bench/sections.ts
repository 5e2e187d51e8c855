/**
 * The table of the benchmark's sections, in the order in which they are run: what each measures, and how long that
 * takes at normal size on a quiet machine with two processors.
 */
import type { Section } from "./section.ts";
import { measureAdds } from "./sections/add.ts";
import { measureBusyAdds } from "./sections/busy.ts";
import { measureBytes } from "./sections/bytes.ts";
import { measureCalls } from "./sections/calls.ts";
import { measureChurn } from "./sections/churn.ts";
import { measureLatency } from "./sections/latency.ts";
import { measureMail } from "./sections/mail.ts";
import { measureMemory } from "./sections/memory.ts";
import { measureQueue } from "./sections/queue.ts";
import { measureRebuilds } from "./sections/rebuild.ts";
import { measureSends } from "./sections/send.ts";
import { measureStarts } from "./sections/start.ts";
import { measureWakeUps } from "./sections/wake.ts";
import { measurePurges, measureRefreshes } from "./sections/walks.ts";

/** All of them. */
export const SECTIONS: readonly Section[] = [
  { name: "add", what: "adds a second", minutes: 9, measure: measureAdds },
  {
    name: "latency",
    what: "adds one after the other, on one processor",
    minutes: 0.5,
    measure: measureLatency,
  },
  {
    name: "busy",
    what: "adds while many messages are being sent",
    minutes: 2.5,
    measure: measureBusyAdds,
  },
  { name: "send", what: "send_site of many messages", minutes: 10, measure: measureSends },
  {
    name: "purge",
    what: "purge of many outdated logs, and who waits for it",
    minutes: 1.5,
    measure: measurePurges,
  },
  {
    name: "refresh",
    what: "refresh of many outdated logs, and who waits for it",
    minutes: 1,
    measure: measureRefreshes,
  },
  { name: "bytes", what: "bytes in the log and written", minutes: 0.2, measure: measureBytes },
  { name: "memory", what: "memory against entries known", minutes: 1.5, measure: measureMemory },
  { name: "churn", what: "memory over a day of churn", minutes: 0.6, measure: measureChurn },
  {
    name: "start",
    what: "from no process to the first answer",
    minutes: 0.1,
    measure: measureStarts,
  },
  {
    name: "mail",
    what: "what recording every destination costs deliveries",
    minutes: 1,
    measure: measureMail,
  },
  { name: "calls", what: "system calls for each message", minutes: 0.5, measure: measureCalls },
  {
    name: "queue",
    what: "deferred mail by destination, as whole commands",
    minutes: 4,
    measure: measureQueue,
  },
  { name: "wake", what: "a wake-up over many logs", minutes: 0.7, measure: measureWakeUps },
  {
    name: "rebuild",
    what: "the rebuild of a record that is not there",
    minutes: 0.3,
    measure: measureRebuilds,
  },
];
