/**
 * Examines a set-up: gathers the facts, and makes findings of them.
 *
 * Guarantees: changes nothing, and waits for nobody longer than some seconds. Throws PostconfError where postconf(1)
 * can't tell the configuration. Starts the program once, in stand-alone mode, where it is not known to start.
 */
import { isOurs } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { gatherConfiguration } from "./gather_configuration.ts";
import { gatherDisk, gatherQueue } from "./gather_queue.ts";
import { gatherPrograms, gatherRunning } from "./gather_running.ts";
import { gatherService } from "./gather_service.ts";
import { gatherSites } from "./gather_sites.ts";
import { type Finding, KINDS, type Severity } from "./kinds.ts";
import { Looking } from "./looking.ts";
import type { Machine, Patient } from "./machine.ts";
import { hasMailLog } from "./mail_log.ts";
import type { SetUp, Unseen } from "./set_up.ts";

/** What was found. Text is byte strings. */
export interface Diagnosis {
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** What was looked at and is good. */
  readonly wells: readonly string[];
  readonly unseen: readonly Unseen[];
}

const WORST_FIRST: readonly Severity[] = ["error", "warning", "advice"];

/** Looks at everything. */
export async function examine(machine: Machine, patient: Patient): Promise<Diagnosis> {
  const setUp = await gather(machine, patient);
  const findings: Finding[] = [];
  const wells: string[] = [];
  for (const { run, well } of CHECKS) {
    const found = run(setUp);
    findings.push(...(found ?? []));
    if (found?.length === 0) {
      wells.push(well(setUp));
    }
  }
  return { findings: worstFirst(findings), wells, unseen: setUp.unseen };
}

/** Errors, warnings, advice; those of a severity stay in their order. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ id }: Finding): number => WORST_FIRST.indexOf(KINDS[id].severity);
  return findings.toSorted((one, other) => rank(one) - rank(other));
}

async function gather(machine: Machine, patient: Patient): Promise<SetUp> {
  const looking = new Looking(machine);
  const configuration = await gatherConfiguration(machine, looking, patient.configDirectory);
  const before = gatherRunning(machine, looking, configuration);
  const isRunning = before === null || before.master !== null;
  const service = await gatherService(machine, looking, configuration, patient, isRunning);
  // To ask starts the service where none ran: now there is something to look at.
  const running = gatherRunning(machine, looking, configuration);
  const isCurrent =
    service.answer === "ours" && running?.flush.every(({ file }) => file?.isDeleted === false);
  const { sockets } = patient.socket;
  const sites = await gatherSites(machine, sockets, configuration, patient.sites);
  for (const { site } of sites.filter(({ answer }) => answer === "error")) {
    looking.note(`whether ${site} is in fast_flush_domains`, "a table can't be read", false);
  }
  const mustTry = isOurs(configuration) && isCurrent !== true;
  return {
    configuration,
    programs: await gatherPrograms(machine, looking, configuration, mustTry),
    running,
    service,
    queue: gatherQueue(machine, looking, configuration),
    disk: await gatherDisk(machine, looking, configuration),
    hasMailLog: hasMailLog(machine.files, configuration.values.maillog_file),
    sites,
    unseen: looking.unseen,
  };
}
