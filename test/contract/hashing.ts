/** How a case's configuration hashes queue directories. */
import type { HashingRules } from "../../src/names/hashed_path.ts";
import type { ContractCase } from "./contract_case.ts";

/** hash_queue_names and hash_queue_depth, where they are plain words. */
export function hashingOf(config: ContractCase["config"] = {}): HashingRules {
  const { hash_queue_names: names = "deferred, defer", hash_queue_depth: depth = "1" } = config;
  return {
    hashedQueues: new Set(names.toLowerCase().split(/[\s,]+/)),
    depth: Number(depth),
  };
}
