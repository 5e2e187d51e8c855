/**
 * What install, uninstall and status have in common: one Postfix instance after the other, each by itself.
 *
 * An instance that can't be done with is told, and the next one has its turn; a defect ends all.
 */
import { instanceDirectories, survey } from "../../installation/survey.ts";
import { decodeUtf8 } from "../../names/byte_string.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import type { CommandName } from "../json_lines.ts";
import { printable } from "../printable.ts";
import { failureOf } from "./instance_failure.ts";
import { InstanceReport } from "./instance_report.ts";

/** Arguments of commander's `option`. */
export const ALL_INSTANCES_OPTION = [
  "-a, --all-instances",
  "this instance and those of its multi_instance_directories, one after the other",
] as const;

/** What is done with instances. */
export interface InstanceWork {
  readonly command: CommandName;
  readonly allInstances: boolean;
  readonly json: boolean;
  /** What is said of an instance that can't be done with, before the reasons. */
  readonly failed: string;
  readonly perform: (tools: CommandTools, report: InstanceReport) => Promise<void>;
}

/** Does it with each that is meant; returns the exit status. Throws Fatal, with nothing done, where a main.cf can't be read. */
export async function eachInstance(
  tools: CommandTools,
  { command, allInstances, json, failed, perform }: InstanceWork,
): Promise<number> {
  const report = new InstanceReport(tools, command, json);
  const attempt = async (of: CommandTools, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (caught) {
      report.failure(of, failureOf(caught), failed);
    }
  };
  await attempt(tools, async () => {
    for (const each of allInstances ? await allInstancesOf(tools) : [tools]) {
      await attempt(each, () => perform(each, report));
    }
  });
  return report.end();
}

async function allInstancesOf(tools: CommandTools): Promise<readonly CommandTools[]> {
  const state = await survey(tools, tools.instance.configDirectory);
  const [, ...others] = instanceDirectories(state);
  return [tools, ...others.map((each) => tools.forInstance(decodeUtf8(each) ?? each))];
}

/** Root alone may change a configuration. */
export function requireRoot({ host }: CommandTools, what: string): void {
  if (host.userId() !== 0) {
    throw new CommandError(EXIT.notPermitted, `Not permitted: only root may ${what}.`);
  }
}

/** Of what was shown before. */
export function questionFor({ instance }: CommandTools): string {
  return `Do this in ${printable(instance.configDirectory)}?`;
}
