/**
 * What is worth setting beside our service, and why: nothing is ever set without being asked. Pure.
 */
import { optionLetters, whoseCommand } from "./flush_entry.ts";
import { EVERY_DESTINATION, MAX_USE } from "./install.ts";
import { isEveryDestination } from "./recorded_sites.ts";
import { instanceOption } from "./shell_words.ts";
import type { Survey } from "./survey.ts";

/** With fewer clients a process, its start and what is not compiled yet take more time than the work itself. */
const MAX_USE_MIN = 1000;

/** For entries that were not asked for so long: then they are tried again out of turn. */
const DEFAULT_REFRESH_TIME = "12h";

/** Master(8) never wakes such a service. */
const NEVER_WOKEN: ReadonlySet<string> = new Set(["-", "0", "0?"]);

/** Sentences, the most important first. */
export function advice(survey: Survey): string[] {
  return [...etrnAdvice(survey), ...recordAdvice(survey), ...entryAdvice(survey)];
}

/** As it is typed for this instance, with what makes a Postfix that runs see the change. */
function postconfLine({ configDirectory, masterPid }: Survey, words: string): string {
  const option = instanceOption(configDirectory);
  const reload = masterPid === null ? "" : ` && postfix${option} reload`;
  return `postconf${option} ${words}${reload}`;
}

/** Some destination is recorded. */
function recordsAny({ parameters }: Survey): boolean {
  return parameters.fast_flush_domains.trim() !== "";
}

function etrnAdvice(survey: Survey): string[] {
  const { parameters, openEtrn } = survey;
  if (!recordsAny(survey)) {
    return [];
  }
  const what = isEveryDestination(parameters.fast_flush_domains)
    ? "all mail, of every destination, tried again"
    : "the mail of a recorded destination tried again";
  const setting = `smtpd_etrn_restrictions=${EVERY_DESTINATION.smtpd_etrn_restrictions}`;
  const { entries, own, isLocal } = openEtrn;
  const who = isLocal ? "Anybody on this machine, and nobody else," : "Anybody";
  const found = own.map(
    (entry) =>
      `${who} who reaches ${entry} can have ${what} (ETRN), as that entry of master.cf has restrictions of its own: ` +
      `${postconfLine(survey, `-P '${entry}/${setting}'`)}.`,
  );
  if (entries.length > own.length) {
    const later = isLocal ? ", and everybody once SMTP is spoken with others" : "";
    found.unshift(
      `${isLocal ? "Anybody on this machine" : "Anybody who reaches the SMTP port"} can have ${what} (ETRN)${later}. ` +
        `To leave that to your own networks: ${postconfLine(survey, `'${setting}'`)}.`,
    );
  }
  return found;
}

function recordAdvice(survey: Survey): string[] {
  const { parameters, settings } = survey;
  const fastflush = `fastflush${instanceOption(survey.configDirectory)}`;
  if (!isEveryDestination(parameters.fast_flush_domains)) {
    const now = recordsAny(survey)
      ? `Recorded are only the destinations of fast_flush_domains, "${parameters.fast_flush_domains}"`
      : "No destination is recorded: fast_flush_domains is empty";
    return [
      `${now}. "${fastflush} install --every-destination" has all of them recorded ` +
        `(fast_flush_domains=${EVERY_DESTINATION.fast_flush_domains}), so that each can be flushed by itself. It ` +
        "leaves ETRN to your own networks, and sets fast_flush_refresh_time to " +
        `${EVERY_DESTINATION.fast_flush_refresh_time}, unless you have set them.`,
    ];
  }
  return settings.has("fast_flush_refresh_time")
    ? []
    : [
        `fast_flush_refresh_time is ${parameters.fast_flush_refresh_time}: mail that nobody has flushed for so long is ` +
          "tried again out of turn, which with every destination recorded is much. Consider " +
          postconfLine(
            survey,
            `fast_flush_refresh_time=${EVERY_DESTINATION.fast_flush_refresh_time}`,
          ) +
          `${parameters.fast_flush_refresh_time === DEFAULT_REFRESH_TIME ? " (12h is Postfix's default)" : ""}.`,
      ];
}

function entryAdvice(survey: Survey): string[] {
  const { entries, overrides, parameters } = survey;
  const [entry] = entries;
  if (entry === undefined) {
    return [];
  }
  const found: string[] = [];
  const name = `${entry.service}/${entry.type}`;
  const maxUse = overrides.get("max_use") ?? parameters.max_use;
  const isOurs = whoseCommand(entry.command) === "fastflush";
  if (isOurs && Number(maxUse) < MAX_USE_MIN && !optionLetters(entry.command).has("m")) {
    found.push(
      `A process of the service ends after ${maxUse} clients, and each new one reads its configuration again: ` +
        `${postconfLine(survey, `-P ${name}/max_use=${MAX_USE}`)}. Not unlimited, as a short life ends whatever went wrong in it.`,
    );
  }
  if (isOurs && NEVER_WOKEN.has(entry.wakeup)) {
    found.push(
      `Master never wakes the service (wakeup column "${entry.wakeup}"): the record is then neither completed nor ` +
        `cleaned. As Postfix comes: ${postconfLine(survey, `-F '${name}/wakeup=1000?'`)}.`,
    );
  }
  return found;
}
