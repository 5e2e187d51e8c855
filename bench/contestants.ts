/**
 * Who is measured: the original and ours, each with the max_use values that matter, as entries of one
 * master.cf.
 */
import type { FlushEntry } from "../lab/instance_files.ts";

/** A large max_use: no process ends during a benchmark. */
const LARGE_MAX_USE = 1_000_000;

/** What the installer writes into ours' entry. */
const RECOMMENDED_MAX_USE = 10_000;

/** One flush service that takes part. */
export interface Contestant {
  /** As the report names it. */
  readonly title: string;
  readonly side: "original" | "ours";
  /** Name of its entry in master.cf, and of its socket. */
  readonly service: string;
  /** Unset: Postfix's default, 100. */
  readonly max_use?: number;
}

/** The entry that Postfix comes with. */
export const ORIGINAL_STOCK: Contestant = {
  title: "original, max_use 100 (stock)",
  side: "original",
  service: "original-stock",
};

export const ORIGINAL_LARGE: Contestant = {
  title: "original, max_use 1000000",
  side: "original",
  service: "original-large",
  max_use: LARGE_MAX_USE,
};

/** The entry that an installation of ours should have. */
export const OURS_RECOMMENDED: Contestant = {
  title: "ours, max_use 10000 (recommended)",
  side: "ours",
  service: "ours-recommended",
  max_use: RECOMMENDED_MAX_USE,
};

export const OURS_STOCK: Contestant = {
  title: "ours, max_use 100",
  side: "ours",
  service: "ours-stock",
};

export const OURS_LARGE: Contestant = {
  title: "ours, max_use 1000000",
  side: "ours",
  service: "ours-large",
  max_use: LARGE_MAX_USE,
};

/** In the order of their turns: the sides alternate. */
export const CONTESTANTS: readonly Contestant[] = [
  ORIGINAL_STOCK,
  OURS_RECOMMENDED,
  ORIGINAL_LARGE,
  OURS_LARGE,
  OURS_STOCK,
];

/** The line in master.cf; with `control` the original runs in ours' place too. */
export function masterEntry(contestant: Contestant, control: boolean): FlushEntry {
  const { side, service, max_use } = contestant;
  return {
    service,
    command: side === "original" || control ? "flush" : "fastflush/flush",
    chroot: true, // As Debian ships it.
    args: max_use === undefined ? [] : ["-o", `max_use=${max_use}`],
  };
}
