/**
 * Who is measured: the original and ours, each with the max_use values that matter, as entries of one
 * master.cf.
 */
import type { FlushEntry } from "../lab/instance_files.ts";
import { MAX_USE } from "../src/installation/install.ts";
import type { HashingRules } from "../src/names/hashed_path.ts";

/** A large max_use: no process ends during a benchmark, whose most adds are a million and those before. */
const LARGE_MAX_USE = 10_000_000;

/** One flush service that takes part. */
export interface Contestant {
  /** As the report names it. */
  readonly title: string;
  readonly side: "original" | "ours";
  /** Name of its entry in master.cf, and of its socket. */
  readonly service: string;
  /** Unset: Postfix's default, 100. */
  readonly max_use?: number;
  /** Unset: Postfix's default, in which the record is flat. */
  readonly hashing?: "record over two levels";
  /** Of ours: -E, release every message that a log names. */
  readonly releases_all?: boolean;
}

/** The entry that Postfix comes with. */
export const ORIGINAL_STOCK: Contestant = {
  title: "original, max_use 100 (stock)",
  side: "original",
  service: "original-stock",
};

export const ORIGINAL_LARGE: Contestant = {
  title: "original, max_use 10000000",
  side: "original",
  service: "original-large",
  max_use: LARGE_MAX_USE,
};

/** The entry that an installation of ours should have. */
export const OURS_RECOMMENDED: Contestant = {
  title: `ours, max_use ${MAX_USE} (recommended)`,
  side: "ours",
  service: "ours-recommended",
  max_use: MAX_USE,
};

export const OURS_STOCK: Contestant = {
  title: "ours, max_use 100",
  side: "ours",
  service: "ours-stock",
};

export const OURS_LARGE: Contestant = {
  title: "ours, max_use 10000000",
  side: "ours",
  service: "ours-large",
  max_use: LARGE_MAX_USE,
};

/** Does what the original does: reads no message. */
export const OURS_NOT_EXACT: Contestant = {
  title: `ours, max_use ${MAX_USE}, -E`,
  side: "ours",
  service: "ours-not-exact",
  max_use: MAX_USE,
  releases_all: true,
};

export const ORIGINAL_HASHED: Contestant = {
  title: "original, max_use 10000000, hashed",
  side: "original",
  service: "original-hashed",
  max_use: LARGE_MAX_USE,
  hashing: "record over two levels",
};

export const OURS_HASHED: Contestant = {
  title: "ours, max_use 10000000, hashed",
  side: "ours",
  service: "ours-hashed",
  max_use: LARGE_MAX_USE,
  hashing: "record over two levels",
};

/** Those whose adds are measured, in the order of their turns: the sides alternate. */
export const CONTESTANTS: readonly Contestant[] = [
  ORIGINAL_STOCK,
  OURS_RECOMMENDED,
  ORIGINAL_LARGE,
  OURS_LARGE,
  OURS_STOCK,
];

/** All that are in master.cf. */
const ENTRANTS: readonly Contestant[] = [
  ...CONTESTANTS,
  OURS_NOT_EXACT,
  ORIGINAL_HASHED,
  OURS_HASHED,
];

/** How the queue's directories are hashed for a contestant. */
export function hashingOf({ hashing }: Contestant): HashingRules {
  return hashing === undefined
    ? { hashedQueues: new Set(["deferred", "defer"]), depth: 1 }
    : { hashedQueues: new Set(["deferred", "defer", "flush"]), depth: 2 };
}

/**
 * The lines in master.cf; with `control` the original runs in ours' place too. Master wakes none of them: a
 * wake-up would meet a measurement.
 */
export function masterEntries(control: boolean): FlushEntry[] {
  return ENTRANTS.map((contestant) => ({
    service: contestant.service,
    command: commandOf(contestant, control),
    chroot: true, // As Debian ships it.
    args: argumentsOf(contestant, control),
    wake_up: "0",
  }));
}

/** Which program plays a contestant. */
export function commandOf({ side }: Contestant, control: boolean): FlushEntry["command"] {
  return side === "original" || control ? "flush" : "fastflush/flush";
}

function argumentsOf(contestant: Contestant, control: boolean): string[] {
  const { max_use, hashing, releases_all = false } = contestant;
  const { hashedQueues, depth } = hashingOf(contestant);
  const values = [
    ...(max_use === undefined ? [] : [`max_use=${max_use}`]),
    ...(hashing === undefined
      ? []
      : [`hash_queue_names=${[...hashedQueues].join(",")}`, `hash_queue_depth=${depth}`]),
  ];
  const exactness = releases_all && !control ? ["-E"] : [];
  return [...exactness, ...values.flatMap((value) => ["-o", value])];
}
