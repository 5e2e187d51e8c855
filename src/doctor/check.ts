/**
 * What a check is, and what checks have in common. Pure.
 */
import { originalCommand, whoseCommand } from "../installation/flush_entry.ts";
import type { MasterEntry } from "../installation/postconf.ts";
import { Commands } from "./commands.ts";
import type { Finding, KindId } from "./kinds.ts";
import type { Configuration, SetUp } from "./set_up.ts";

/** A question about a set-up. */
export interface Check {
  /** Findings, none where all is well; null: it can't be told, or there is nothing to ask about. */
  readonly run: (setUp: SetUp) => readonly Finding[] | null;
  /** What is good if there are no findings. */
  readonly well: (setUp: SetUp) => string;
}

/** A finding, in one line. */
export function finding(id: KindId, what: string, command: string | null): Finding {
  return { id, what, command };
}

/** Commands for this instance as it is now. */
export function commandsFor({ configuration, running, service }: SetUp): Commands {
  const isRunning = running === null || running.master !== null;
  const isMute = service.answer === "mute";
  const state = isRunning ? (isMute ? "throttled" : "running") : "stopped";
  return new Commands(configuration.directory, state);
}

/** The entry of the flush service; null: there is none, or not as a UNIX socket. */
export function flushEntry({ entries, values }: Configuration): MasterEntry | null {
  const isFlush = ({ service, type }: MasterEntry): boolean =>
    service === values.flush_service_name && type === "unix";
  return entries.find(isFlush) ?? null;
}

/** An entry, as postconf(1) names it. */
export function entryName({ service, type }: Pick<MasterEntry, "service" | "type">): string {
  return `${service}/${type}`;
}

/** master.cf has fastflush as its flush service. */
export function isOurs(configuration: Configuration): boolean {
  const entry = flushEntry(configuration);
  return entry !== null && whoseCommand(entry.command) === "fastflush";
}

/** The line that puts the original back; other arguments stay. */
export function backToOriginal(setUp: SetUp): string {
  const { configuration } = setUp;
  const name = `${configuration.values.flush_service_name}/unix`;
  const command = originalCommand(flushEntry(configuration)?.command ?? "");
  return commandsFor(setUp).postconf("-F", `${name}/command=${command}`);
}

/** `1 entry`, `2 entries`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** The first few of many names. */
export function fewOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
