/** The tables of mutants, as one. */
import type { Mutant } from "./mutant.ts";
import { CONFIG_MUTANTS } from "./mutants_config.ts";
import { EXACT_MUTANTS } from "./mutants_exact.ts";
import { FLUSH_MUTANTS } from "./mutants_flush.ts";
import { MASTER_MUTANTS } from "./mutants_master.ts";
import { NAME_MUTANTS } from "./mutants_names.ts";
import { PASS_MUTANTS } from "./mutants_pass.ts";
import { QUEUE_MUTANTS } from "./mutants_queue.ts";
import { RECORD_MUTANTS } from "./mutants_record.ts";
import { REPORT_MUTANTS } from "./mutants_reports.ts";
import { SYS_MUTANTS } from "./mutants_sys.ts";
import { UPKEEP_MUTANTS } from "./mutants_upkeep.ts";
import { WIRE_MUTANTS } from "./mutants_wire.ts";

/** Every mutant. */
export const MUTANTS: readonly Mutant[] = [
  ...WIRE_MUTANTS,
  ...CONFIG_MUTANTS,
  ...NAME_MUTANTS,
  ...RECORD_MUTANTS,
  ...QUEUE_MUTANTS,
  ...FLUSH_MUTANTS,
  ...EXACT_MUTANTS,
  ...PASS_MUTANTS,
  ...UPKEEP_MUTANTS,
  ...REPORT_MUTANTS,
  ...MASTER_MUTANTS,
  ...SYS_MUTANTS,
];
