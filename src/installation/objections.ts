/**
 * Why our service is not put into an instance: what an installation doesn't understand, or what would not work. Pure,
 * but for the files that fast_flush_domains names.
 *
 * Each is a sentence that says what was met, and what can be done about it. An instance without any can be changed.
 */
import type { Host } from "../effects/host.ts";
import { isBefore, OLDEST_POSTFIX } from "../wire/postfix_version.ts";
import { OUR_COMMAND, optionLetters, programOf, whoseCommand } from "./flush_entry.ts";
import { notKept } from "./raw_entry.ts";
import {
  dangerousVariables,
  entriesUnder,
  strangersUnder,
  unknownTableTypes,
} from "./recorded_sites.ts";
import { CONFIGURATION_FILES, type Survey } from "./survey.ts";

/** What is to be installed. */
export interface Wish {
  /** How many clients a process may serve; null: 100,000, unless the entry has a number of its own. */
  readonly maxUse: number | null;
  /** All destinations are to be recorded. */
  readonly everyDestination: boolean;
}

/** All objections to installing; empty: none. */
export function objections(survey: Survey, wish: Wish, host: Host): string[] {
  return [
    ...versionObjections(survey),
    ...fileObjections(survey),
    ...entryObjections(survey),
    ...debuggingObjections(survey),
    ...rewritingObjections(survey, wish),
    ...columnObjections(survey),
    ...environmentObjections(survey),
    ...recordObjections(survey, wish, host),
  ];
}

function versionObjections(survey: Survey): string[] {
  const version = survey.parameters.mail_version;
  return isBefore(version, OLDEST_POSTFIX)
    ? [`This is Postfix ${version}. fastflush is for ${OLDEST_POSTFIX.join(".")} and later.`]
    : [];
}

/** A link may lead to what a configuration management owns, or several instances share. */
export function fileObjections({ files, configDirectory }: Survey): string[] {
  return CONFIGURATION_FILES.filter((name) => !files[name].isPlain).map(
    (name) =>
      `${configDirectory}/${name} is a link, and who looks after the file that it leads to is not known here: ` +
      "change the entry where that file is kept, as README has it.",
  );
}

/** What is not understood of the entry itself. */
export function entryObjections({ entries, parameters, configDirectory }: Survey): string[] {
  const name = `${parameters.flush_service_name}/unix`;
  const [entry, ...others] = entries;
  const where = `${configDirectory}/master.cf`;
  if (entry === undefined) {
    return [
      `${where} has no entry ${name}: this Postfix keeps no record of deferred mail. Put the entry in that ` +
        `Postfix comes with: "${parameters.flush_service_name} unix n - y 1000? 0 flush".`,
    ];
  }
  if (others.length > 0) {
    return [`${where} has ${entries.length} entries ${name}: leave one of them.`];
  }
  const found: string[] = [];
  if (whoseCommand(entry.command) === "other") {
    found.push(
      `The entry ${name} of ${where} runs "${programOf(entry.command)}", which is neither Postfix's own "flush" ` +
        `nor "${OUR_COMMAND}": somebody has put a program of their own there.`,
    );
  }
  if (entry.process_limit !== "0") {
    found.push(
      `The entry ${name} of ${where} has the process limit "${entry.process_limit}": the flush service, the ` +
        "original too, needs 0 there.",
    );
  }
  return found;
}

/** No hindrance for the way back: whoever looks for a fault of ours may want just that. */
function debuggingObjections({ entries, parameters, configDirectory }: Survey): string[] {
  const letters = optionLetters(entries[0]?.command ?? "");
  const debugging = ["v", "D"].filter((letter) => letters.has(letter));
  return debugging.length === 0
    ? []
    : [
        `The entry ${parameters.flush_service_name}/unix of ${configDirectory}/master.cf has ` +
          `${debugging.map((letter) => `-${letter}`).join(" and ")}: somebody is looking for a fault there. Take it out ` +
          "first.",
      ];
}

/** What would be something else when postconf(1) has written it; an entry that stays as it is may have it. */
function rewritingObjections(survey: Survey, { maxUse }: Wish): string[] {
  const { entries, files } = survey;
  const isOurs = whoseCommand(entries[0]?.command ?? "") === "fastflush";
  return isOurs && maxUse === null ? [] : rewritingObjection(survey, files["master.cf"].text);
}

/** The same of this master.cf; one or none. */
export function rewritingObjection(
  { parameters, configDirectory }: Pick<Survey, "parameters" | "configDirectory">,
  master: string,
): string[] {
  const name = parameters.flush_service_name;
  const word = notKept(master, name);
  return word === null
    ? []
    : [
        `The entry ${name}/unix of ${configDirectory}/master.cf has "${word}", and postconf(1), by which it is ` +
          "changed, would make something else of it, so that the service can't start. Write it with -o as a word of its " +
          'own, outside of all braces, as in "-o name=value" or "-o { name = value }".',
      ];
}

/** With these no flush service does its work, or ours not as the mail owner: not tried out on a Postfix that runs. */
function columnObjections({ entries, parameters, configDirectory }: Survey): string[] {
  const [entry] = entries;
  const start = `The entry ${parameters.flush_service_name}/unix of ${configDirectory}/master.cf has`;
  const found: string[] = [];
  if (entry !== undefined && entry.private !== "n") {
    found.push(
      `${start} "${entry.private}" in the column private: Postfix's programs look in "public", where they find ` +
        `neither the original nor this one then. It needs "n" there.`,
    );
  }
  if (entry?.unprivileged === "n") {
    found.push(
      `${start} "n" in the column unprivileged: the service would run as root. It needs "-" or "y" there.`,
    );
  }
  return found;
}

function environmentObjections({ parameters, overrides }: Survey): string[] {
  const lists = [parameters.import_environment, overrides.get("import_environment") ?? ""];
  const names = [...new Set(lists.flatMap(dangerousVariables))];
  return names.length === 0
    ? []
    : [
        `import_environment lets ${names.join(", ")} in: from there other programs' code could be run as part of ` +
          "the service. Take it out of the list.",
      ];
}

function recordObjections(survey: Survey, wish: Wish, host: Host): string[] {
  const { parameters } = survey;
  const found: string[] = [];
  const read = (path: string): string => host.read(path);
  const types = unknownTableTypes(parameters.fast_flush_domains, survey.tableTypes, read);
  if (types.length > 0 && !wish.everyDestination) {
    found.push(
      `fast_flush_domains (or relay_domains, its default) uses tables that this Postfix does not have: ` +
        `${types.map((type) => `${type}:`).join(", ")}. "postconf -m" lists those that it has; some come in packages of ` +
        "their own.",
    );
  }
  return wish.everyDestination ? [...found, ...etrnObjections(survey)] : found;
}

/** What is empty is set. */
function etrnObjections({ parameters, etrnOverrides }: Survey): string[] {
  const found: string[] = [];
  const restrictions = parameters.smtpd_etrn_restrictions;
  if (restrictions !== "" && strangersUnder(restrictions) !== "turned away") {
    found.push(
      `smtpd_etrn_restrictions is "${restrictions}", which does not turn strangers away: with every destination ` +
        'recorded anybody could have all mail tried again. Put "reject" at its end.',
    );
  }
  for (const entry of entriesUnder(etrnOverrides, "let in", "looked up")) {
    found.push(
      `The entry ${entry} of master.cf has smtpd_etrn_restrictions of its own, which do not turn strangers away: put ` +
        '"reject" at their end.',
    );
  }
  return found;
}
