/** Random deferred messages, and what may happen to a queue of them. */
import type { IndexRig, PlannedMessage, PlannedWaiting } from "./index_rig.ts";
import { oneIn, pick, type Random } from "./random.ts";

const SITES = [
  "s1.example.com",
  "s2.example.com",
  "S1.Example.COM",
  "b\xc3\xbccher.example",
  "one.test",
];
const REASONS = [
  ["4.4.1", "connect to mx.s1.example.com[192.0.2.1]:25: Connection timed out"],
  ["4.4.1", "connect to mx.s2.example.com[192.0.2.2]:25: Connection refused"],
  [
    "4.7.1",
    "host mx.s1.example.com[192.0.2.1] said: 450 4.7.1 Greylisted (in reply to RCPT TO command)",
  ],
  ["", "mail transport unavailable"],
] as const;

function drawRecipient(random: Random, number: number): PlannedWaiting {
  const address = oneIn(random, 12) ? `local${number}` : `u${number}@${pick(random, SITES)}`;
  const count = pick(random, [0, 1, 1, 1, 1, 2]);
  const tries = Array.from({ length: count }, (_, index) => {
    const [status, reason] = pick(random, REASONS);
    const tried = index === 0 && oneIn(random, 2) ? address : `t${number}@${pick(random, SITES)}`;
    return { address: tried, status, reason };
  });
  return { address, isDone: oneIn(random, 5), tries };
}

/** A message that arrived within the last half hour. */
export function drawMessage(random: Random, id: string, nowSeconds: number): PlannedMessage {
  return {
    id,
    sender: oneIn(random, 5) ? "" : `s${random(3)}@origin.example`,
    arrivalSeconds: nowSeconds - random(2000),
    nextTrySeconds: nowSeconds + random(4000) - 1000,
    lines: Array.from({ length: random(4) }, (_, index) => "x".repeat(index * 10)),
    recipients: Array.from({ length: 1 + random(3) }, (_, number) => drawRecipient(random, number)),
  };
}

/** A queue ID, short or long. */
export function drawId(random: Random): string {
  const hex = (digits: number): string =>
    random(16 ** digits)
      .toString(16)
      .toUpperCase()
      .padStart(digits, "0");
  const digits = "0123456789BCDFGHJKLMNPQRSTVWXYbcdfghjklmnpqrstvwxy";
  const long = (count: number): string =>
    Array.from({ length: count }, () => pick(random, [...digits])).join("");
  return oneIn(random, 2) ? `${hex(5)}${hex(5)}` : `4${long(9)}z${long(4)}`;
}

/** One thing that may happen to a queue. Time may stand still meanwhile. */
export function happen(rig: IndexRig, random: Random): void {
  const nowSeconds = Math.floor(rig.clock.wallMs() / 1000);
  const ids = [...rig.plans.keys()];
  const id = ids.length === 0 ? null : pick(random, ids);
  const kind = id === null ? 0 : random(12);
  if (id === null || kind < 4) {
    rig.arrive(drawMessage(random, drawId(random), nowSeconds));
  } else if (kind < 7) {
    const plan = drawMessage(random, id, nowSeconds);
    rig.retry(plan);
  } else if (kind === 7) {
    rig.leave(id);
  } else if (kind === 8) {
    // Held, and at once or later released: with its old mtime.
    rig.files.rename(rig.path("deferred", id), `hold/${id}`);
    pauses(rig, random);
    rig.files.rename(`hold/${id}`, rig.path("deferred", id));
  } else if (kind === 9) {
    const other = drawId(random);
    const plan = { ...(rig.plans.get(id) ?? drawMessage(random, id, nowSeconds)), id: other };
    rig.files.rename(rig.path("defer", id), rig.path("defer", other));
    rig.files.rename(rig.path("deferred", id), rig.path("deferred", other));
    rig.plans.delete(id);
    rig.plans.set(other, plan);
  } else if (kind === 10) {
    rig.putUnreadable(drawId(random), pick(random, ["", "no message", "C\x05     "]));
  } else {
    rig.disk.writeFile(`deferred/${pick(random, ["x", ".hidden", "not-an-id", "y"])}`, "foreign");
  }
}

/** Time passes, or not. */
export function pauses(rig: IndexRig, random: Random): void {
  rig.clock.advance(pick(random, [0, 0, 1, 3, 5, 30, 2000]));
}
