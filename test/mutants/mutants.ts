/** The tables of mutants, as one. */
import type { Mutant } from "./mutant.ts";
import { CLOSE_MUTANTS } from "./mutants_closes.ts";
import { COMMAND_MUTANTS } from "./mutants_command.ts";
import { CONFIG_MUTANTS } from "./mutants_config.ts";
import { DEFERRED_MUTANTS } from "./mutants_deferred.ts";
import { DOCTOR_MUTANTS } from "./mutants_doctor.ts";
import { DOCTOR_QUEUE_MUTANTS } from "./mutants_doctor_queue.ts";
import { EVENT_LOOP_MUTANTS } from "./mutants_event_loop.ts";
import { EXACT_MUTANTS } from "./mutants_exact.ts";
import { FLUSH_MUTANTS } from "./mutants_flush.ts";
import { FOLLOWING_MUTANTS } from "./mutants_following.ts";
import { HOLDING_MUTANTS } from "./mutants_holding.ts";
import { INDEX_MUTANTS } from "./mutants_index.ts";
import { INDEX_SUMS_MUTANTS } from "./mutants_index_sums.ts";
import { INSTALLATION_MUTANTS } from "./mutants_installation.ts";
import { MACHINE_MUTANTS } from "./mutants_machine.ts";
import { MASTER_MUTANTS } from "./mutants_master.ts";
import { MEMORY_MUTANTS } from "./mutants_memory.ts";
import { NAME_MUTANTS } from "./mutants_names.ts";
import { PASS_MUTANTS } from "./mutants_pass.ts";
import { QUEUE_MUTANTS } from "./mutants_queue.ts";
import { REBUILD_MUTANTS } from "./mutants_rebuild.ts";
import { RECORD_MUTANTS } from "./mutants_record.ts";
import { REFUSAL_MUTANTS } from "./mutants_refusals.ts";
import { RELEASE_MUTANTS } from "./mutants_release.ts";
import { REPORT_MUTANTS } from "./mutants_reports.ts";
import { SET_UP_MUTANTS } from "./mutants_set_up.ts";
import { SLICE_MUTANTS } from "./mutants_slices.ts";
import { SYS_MUTANTS } from "./mutants_sys.ts";
import { TABLE_MUTANTS } from "./mutants_tables.ts";
import { TOP_MUTANTS } from "./mutants_top.ts";
import { UPKEEP_MUTANTS } from "./mutants_upkeep.ts";
import { WATCH_MUTANTS } from "./mutants_watch.ts";
import { WIRE_MUTANTS } from "./mutants_wire.ts";

/** Every mutant. */
export const MUTANTS: readonly Mutant[] = [
  ...WIRE_MUTANTS,
  ...CONFIG_MUTANTS,
  ...TABLE_MUTANTS,
  ...NAME_MUTANTS,
  ...RECORD_MUTANTS,
  ...CLOSE_MUTANTS,
  ...QUEUE_MUTANTS,
  ...FLUSH_MUTANTS,
  ...EXACT_MUTANTS,
  ...PASS_MUTANTS,
  ...REBUILD_MUTANTS,
  ...UPKEEP_MUTANTS,
  ...SLICE_MUTANTS,
  ...REPORT_MUTANTS,
  ...MASTER_MUTANTS,
  ...SYS_MUTANTS,
  ...EVENT_LOOP_MUTANTS,
  ...MEMORY_MUTANTS,
  ...INDEX_MUTANTS,
  ...INDEX_SUMS_MUTANTS,
  ...FOLLOWING_MUTANTS,
  ...RELEASE_MUTANTS,
  ...WATCH_MUTANTS,
  ...HOLDING_MUTANTS,
  ...DEFERRED_MUTANTS,
  ...TOP_MUTANTS,
  ...COMMAND_MUTANTS,
  ...INSTALLATION_MUTANTS,
  ...REFUSAL_MUTANTS,
  ...SET_UP_MUTANTS,
  ...DOCTOR_MUTANTS,
  ...DOCTOR_QUEUE_MUTANTS,
  ...MACHINE_MUTANTS,
];
