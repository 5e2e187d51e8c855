/**
 * The one loader of parameters: main.cf and -o values into the typed table.
 *
 * To be called once, at start-up, before the jail. Warnings go to the log; what makes the
 * configuration unusable is thrown as Fatal, with the original's text. That mail_owner exists and that
 * syslog_facility names a facility is for those to check who use them.
 */
import type { Clock } from "../effects/clock.ts";
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import { OsError } from "../effects/os_error.ts";
import type { TextFiles } from "../effects/text_files.ts";
import { parseMainCf } from "./main_cf.ts";
import type { NameValue } from "./name_value.ts";
import { ParameterTable } from "./parameter_table.ts";
import { evaluateParameters } from "./parameter_values.ts";
import type { Parameters } from "./parameters.ts";
import { readSettled } from "./settled_file.ts";
import { splitList } from "./values.ts";

export type { Parameters } from "./parameters.ts";

/** What parameters are made of. */
export interface LoadOptions {
  /** Where main.cf is: MAIL_CONFIG, or else /etc/postfix. */
  readonly configDirectory: string;
  /** -o, -i and -m, in the order given: the last one of a name wins, and all win over main.cf. */
  readonly overrides: readonly NameValue[];
  readonly processName: string;
  readonly serviceName: string;
  readonly processId: number;
  /** The machine's own name, from gethostname(2). */
  readonly hostName: string;
  readonly textFiles: TextFiles;
  readonly log: Log;
  /** With `sleep`: wait for a main.cf that is just being written. Else it is read once. */
  readonly clock?: Clock;
  /** Blocks for so many milliseconds. */
  readonly sleep?: (ms: number) => void;
}

/** Reads, expands, converts and checks every parameter of the table. */
export function loadParameters(options: LoadOptions): Parameters {
  const path = `${options.configDirectory}/main.cf`;
  const values = new Map([
    ["config_directory", options.configDirectory],
    ["process_name", options.processName],
    ["process_id", String(options.processId)],
  ]);
  parseMainCf(path, readMainCf(path, options), values, options.log);
  for (const { name, value } of options.overrides) {
    values.set(name, value);
  }
  values.set("service_name", options.serviceName);
  const table = new ParameterTable(values, options.hostName, options.log);
  const parameters = evaluateParameters(table);
  checkMaillogFile(parameters);
  return parameters;
}

function readMainCf(path: string, options: LoadOptions): string {
  const { textFiles, clock, sleep } = options;
  try {
    if (clock === undefined || sleep === undefined) {
      return textFiles.read(path).text;
    }
    return readSettled(textFiles, path, { clock, sleep });
  } catch (caught) {
    if (caught instanceof OsError) {
      throw new Fatal(`${caught.operation} ${path}: ${caught.text}`);
    }
    throw caught;
  }
}

/** postlogd(8) runs as root: it must not be led to write just anywhere. */
function checkMaillogFile({ maillogFile, maillogFilePrefixes }: Parameters): void {
  const isAllowed = splitList(maillogFilePrefixes).some((prefix) => maillogFile.startsWith(prefix));
  if (maillogFile !== "" && !isAllowed) {
    throw new Fatal(
      `maillog_file value '${maillogFile}' does not match any prefix in maillog_file_prefixes`,
    );
  }
}
