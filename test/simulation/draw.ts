/**
 * Draws a history from a seed.
 *
 * Each history has some kinds of faults only, so that some go far and others meet much at once.
 */
import { siteName } from "../../src/names/names.ts";
import type { FlushRequest } from "../../src/wire/request.ts";
import { oneIn, pick, type Random, randomFrom } from "../support/random.ts";
import type { Manner } from "./client.ts";
import {
  type Deed,
  type History,
  LOGS,
  MESSAGES,
  ORIGINAL_COUNT,
  OUR_COUNT,
  type Settings,
  SITES,
  type Step,
} from "./step.ts";
import type { Trouble } from "./trouble.ts";

/** Most things happen between two calls that are not far apart. */
const CALLS_BETWEEN_MAX = 8;

/** A write is an entry or a few. */
const TORN_BYTES_MAX = 24;

/** Requests are up to some 60 bytes long. */
const CUT_BYTES_MAX = 70;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Draw<Drawn> = (random: Random) => Drawn;

/** Gives the faults of closes a generator of their own; by this one, the seeds that are kept have none of them. */
const CLOSES_SALT = 35;

/** Steps to one close that fails, in histories that have such. */
const STEPS_PER_FAILING_CLOSE = 40;

/** What is done, and how often in comparison. */
type Weighted<Drawn> = readonly (readonly [weight: number, draw: Draw<Drawn>])[];

/** A history of so many steps. */
export function drawHistory(seed: number, length: number): History {
  const random = randomFrom(seed);
  const settings = drawSettings(random);
  const deeds = [...DEEDS, ...FAULTS.filter(() => oneIn(random, 2))];
  const steps = Array.from({ length }, (): Step => {
    const afterCalls = oneIn(random, 3) ? 0 : random(CALLS_BETWEEN_MAX);
    return { afterCalls, ...drawOne(random, deeds) };
  });
  return { seed, settings, steps: withFailingCloses(seed, steps) };
}

/**
 * With closes that fail between the steps, in every second history: drawn apart, so that the others are what they were for
 * the same seeds, some of which are kept.
 */
function withFailingCloses(seed: number, steps: readonly Step[]): Step[] {
  const random = randomFrom(seed ^ CLOSES_SALT);
  const hasSome = oneIn(random, 2);
  return steps.flatMap((step) => {
    const isNext = hasSome && oneIn(random, STEPS_PER_FAILING_CLOSE);
    return isNext ? [{ afterCalls: 0, ...drawFailingClose(random) }, step] : [step];
  });
}

const drawFailingClose = troubled((random) => ({
  kind: "failing close",
  of: pick(random, ["write", "write", "any"]),
  code: pick(random, ["EIO", "ENOSPC", "EDQUOT"]),
  forgets: !oneIn(random, 3),
}));

function drawSettings(random: Random): Settings {
  return {
    // Slices last 2 ms: never over, over now and then, over at each look.
    clockCostMs: pick(random, [0, 0, 0.3, 2.5]),
    // A refresh sends nearly every log, or none.
    refreshSeconds: pick(random, [0, 12 * 3600]),
    // Each walk removes what has been empty for a second, or nothing.
    purgeSeconds: pick(random, [0, 7 * 24 * 3600]),
    maxUse: pick(random, [3, 10, 1000]),
    isHashed: !oneIn(random, 3),
  };
}

function drawOne<Drawn>(random: Random, choices: Weighted<Drawn>): Drawn {
  let left = random(choices.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, draw] of choices) {
    left -= weight;
    if (left < 0) {
      return draw(random);
    }
  }
  throw new RangeError("the weights' sum is larger than the weights");
}

const ours: Draw<number> = (random) => random(OUR_COUNT);
const original: Draw<number> = (random) => random(ORIGINAL_COUNT);

/** One request in a manner that is mostly prompt. */
function asking(drawRequest: Draw<FlushRequest>): Draw<Deed> {
  return (random) => ({
    do: "ask",
    process: ours(random),
    request: drawRequest(random),
    manner: oneIn(random, 8)
      ? { is: "in pieces", cut: random(CUT_BYTES_MAX), ms: random(5) }
      : { is: "prompt" },
  });
}

const drawAdd: Draw<FlushRequest> = (random) => ({
  name: "add",
  site: siteName(pick(random, SITES)),
  queueId: pick(random, MESSAGES),
});

const drawSites: Draw<string> = (random) =>
  pick(random, [SITES[0], SITES[1], SITES.join(","), "", "@example"]);

const drawReport: Draw<FlushRequest> = (random) =>
  pick<Draw<FlushRequest>>(random, [
    () => ({ name: "sites" }),
    () => ({ name: "preview", sites: drawSites(random) }),
    () => ({ name: "send", sites: drawSites(random), reason: "" }),
    () => ({ name: "verify", sites: drawSites(random) }),
    () => ({ name: "compact", sites: drawSites(random) }),
    () => ({ name: "rebuild" }),
  ])(random);

const drawAny: Draw<FlushRequest> = (random) =>
  drawOne(random, [
    [6, drawAdd],
    [2, (draw) => ({ name: "send_site", site: siteName(pick(draw, SITES)) })],
    [1, () => ({ name: "refresh" })],
    [2, drawReport],
  ]);

const drawOriginalAdd: Draw<Deed> = (random) => {
  const message = pick(random, MESSAGES);
  // The most deceptive fragment is an entry without its newline.
  const tornBytes = oneIn(random, 3) ? message.length : random(TORN_BYTES_MAX);
  const tornAt = oneIn(random, 6) ? tornBytes : null;
  return {
    do: "original add",
    process: original(random),
    log: pick(random, LOGS),
    message,
    tornAt,
  };
};

const drawMove: Draw<Deed> = (random) => ({
  do: "move",
  message: pick(random, MESSAGES),
  // Chooses evenly among one to six ways.
  choice: random(60),
});

const drawTime: Draw<Deed> = (random) => ({
  do: "time",
  ms: oneIn(random, 8) ? 1100 : random(30),
});

/** What a service lives among. */
const DEEDS: Weighted<Deed> = [
  [30, asking(drawAdd)],
  [8, asking((random) => ({ name: "send_site", site: siteName(pick(random, SITES)) }))],
  [2, asking((random) => ({ name: "send_file", queueId: pick(random, MESSAGES) }))],
  [5, asking((random) => ({ name: pick(random, ["refresh", "purge"] as const) }))],
  [3, asking(drawReport)],
  [30, drawMove],
  [15, drawTime],
  [12, drawOriginalAdd],
  [25, (random) => ({ do: "original goes on", process: original(random) })],
  [12, (random) => ({ do: "turn", process: ours(random) })],
  [3, (random) => ({ do: "original send", process: original(random), log: pick(random, LOGS) })],
  [2, (random) => ({ do: "original purge", process: original(random), log: pick(random, LOGS) })],
  [2, (random) => ({ do: "original hold", process: original(random), log: pick(random, LOGS) })],
  [3, (random) => ({ do: "remove log", log: pick(random, LOGS) })],
];

function troubled(draw: Draw<Trouble>): Draw<Deed> {
  return (random) => ({ do: "trouble", trouble: draw(random) });
}

function failing(code: Extract<Trouble, { kind: "error" }>["code"]): Draw<Deed> {
  return troubled((random) => ({ kind: "error", code, times: pick(random, [1, 1, 2, 5]) }));
}

function behaving(draw: Draw<Manner>): Draw<Deed> {
  return (random) => ({
    do: "ask",
    process: ours(random),
    request: drawAny(random),
    manner: draw(random),
  });
}

/** What it has to survive. */
const FAULTS: Weighted<Deed> = [
  [
    4,
    troubled((random) => ({ kind: "killed", when: "before", at: pick(random, ["write", "any"]) })),
  ],
  [
    4,
    troubled((random) => ({ kind: "killed", when: "after", at: pick(random, ["write", "any"]) })),
  ],
  [4, troubled((random) => ({ kind: "torn", takeBytes: random(TORN_BYTES_MAX) }))],
  [
    4,
    troubled((random) => ({
      kind: "short",
      takeBytes: random(TORN_BYTES_MAX),
      isFull: oneIn(random, 2),
    })),
  ],
  [3, (random) => ({ do: "kill", process: ours(random) })],
  [3, (random) => ({ do: "reload", process: ours(random) })],
  [4, failing("ENOSPC")],
  [4, failing("EIO")],
  [4, failing("EMFILE")],
  [4, failing("EACCES")],
  [4, failing("EXDEV")],
  [6, troubled(() => ({ kind: "ENOENT race" }))],
  [10, troubled(() => ({ kind: "EEXIST race" }))],
  [16, (random) => ({ do: "hold", log: pick(random, LOGS), ms: MINUTE_MS + random(MINUTE_MS) })],
  [10, (random) => ({ do: "time", ms: random(2 * MINUTE_MS) })],
  [2, (random) => ({ do: "jump", ms: random(10 * DAY_MS) })],
  [2, (random) => ({ do: "jump", ms: -random(10 * DAY_MS) })],
  [3, behaving((random) => ({ is: "stalls", cut: random(CUT_BYTES_MAX) }))],
  [
    4,
    behaving((random) => ({
      is: "stops reading",
      roomBytes: random(10),
      ms: oneIn(random, 2) ? null : random(5000),
    })),
  ],
  [
    4,
    behaving((random) =>
      oneIn(random, 4)
        ? { is: "gone before it is greeted" }
        : { is: "vanishes", cut: random(CUT_BYTES_MAX), ms: random(10) },
    ),
  ],
  [4, (random) => ({ do: "queue manager", isDown: !oneIn(random, 3) })],
  [4, (random) => ({ do: "log daemon", is: pick(random, ["there", "full", "gone"]) })],
];
