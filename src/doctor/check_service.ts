/**
 * The service as its clients see it, and its record. Pure.
 */

import { SYSLOG_PATHS } from "../following/open_mail_logs.ts";
import { commandLine, quoted } from "../installation/shell_words.ts";
import { isAddress } from "../wire/site_list.ts";
import { type Check, commandsFor, countOf, finding, flushEntry } from "./check.ts";
import type { Finding } from "./kinds.ts";
import type { SetUp } from "./set_up.ts";

const ALL_MAY_CONNECT = 0o666;

/** The socket is there, and the service answers. */
export const serviceAnswers: Check = {
  run: (setUp) => {
    const { running, service, configuration } = setUp;
    const isExpected = running !== null && running.master !== null;
    if (!isExpected || flushEntry(configuration)?.private !== "n") {
      return null;
    }
    const { path, status } = service.socket;
    if (status === null) {
      const what = `Nobody can connect to the flush service: ${path} is not there.`;
      return [finding("socket-missing", what, commandsFor(setUp).restart())];
    }
    const findings = [...socketRights(setUp), ...mute(setUp)];
    return findings.length === 0 && service.answer === "not asked" ? null : findings;
  },
  well: () => "the service answers",
};

function socketRights({ service }: SetUp): Finding[] {
  const { path, status } = service.socket;
  if (status === null || (status.mode & ALL_MAY_CONNECT) === ALL_MAY_CONNECT) {
    return [];
  }
  const what = `${path} has mode ${status.mode.toString(8)}; 666 is right.`;
  return [finding("socket-rights", what, commandLine("chmod", "666", path))];
}

function mute({ service, configuration }: SetUp): Finding[] {
  const { answer, lastTrouble, socket } = service;
  if (answer !== "mute" && answer !== "stranger" && answer !== "refuses") {
    return [];
  }
  const how = {
    mute: "does not answer",
    stranger: "does not answer as a flush service does",
    refuses: "can't be connected to",
  }[answer];
  const last = lastTrouble === "" ? "" : ` The last that the mail log says: ${lastTrouble}`;
  const log = configuration.values.maillog_file || SYSLOG_PATHS[0];
  const pattern = "/(flush|master)\\[.*(fatal|panic|throttling)";
  const command = `grep -E '${pattern}' ${quoted(log)} | tail -n 5`;
  return [finding("service-mute", `What listens at ${socket.path} ${how}.${last}`, command)];
}

/** The record is complete and clean. */
export const recordExact: Check = {
  run: (setUp) => {
    const { service, queue } = setUp;
    if (service.answer !== "ours") {
      return null;
    }
    const commands = commandsFor(setUp);
    const findings: Finding[] = [];
    const { missing = 0, outdated = 0, duplicate = 0 } = service.comparison ?? {};
    if (missing > 0) {
      const what = `Not recorded where they belong: ${countOf(missing, "deferred message")}.`;
      findings.push(finding("record-incomplete", what, commands.fastflush("rebuild")));
    }
    if (outdated + duplicate > 0) {
      const what = `In the record: ${countOf(outdated, "entry", "entries")} of messages that are in no queue, and ${duplicate} repeated.`;
      findings.push(finding("record-outdated", what, commands.fastflush("compact")));
    }
    if (queue?.logs?.hasMark === false) {
      const what = "The record is not marked as completed from the queue: there is no log REBUILT.";
      findings.push(finding("record-not-rebuilt", what, commands.fastflush("rebuild")));
    }
    const isTold = findings.length > 0 || service.comparison !== null;
    return isTold ? findings : null;
  },
  well: ({ service }) =>
    `the record agrees with the queue: ${countOf(service.comparison?.messages ?? 0, "deferred message")}, ${countOf(service.comparison?.entries ?? 0, "entry", "entries")}`,
};

/** Sites that were named are recorded. */
export const sitesRecorded: Check = {
  run: (setUp) => {
    const { sites, service, configuration } = setUp;
    const domains = configuration.raw.fast_flush_domains;
    const known = sites.filter(({ answer }) => answer !== "error");
    if (known.length === 0 || configuration.values.fast_flush_domains.trim() === "") {
      return null;
    }
    return known.flatMap(({ site, answer }) => {
      const commands = commandsFor(setUp);
      const domain = site.replace(/^@/, "");
      if (isAddress(domain)) {
        const what = `${domain} is an address, and no domain: mail for it can't be recorded, whatever is in fast_flush_domains.`;
        return [finding(answer === "match" ? "site-refused" : "site-not-recorded", what, null)];
      }
      if (answer === "no-match") {
        const what = `${domain} is not in fast_flush_domains (${domains}).`;
        const command = commands.set(`fast_flush_domains=${domain}, ${domains}`);
        return [finding("site-not-recorded", what, command)];
      }
      if (answer === "match" && service.refusedSites.includes(site)) {
        const what =
          `${domain} is in fast_flush_domains, but the running service keeps no log for it: it has not read ` +
          "main.cf since, or the name can't be that of a log.";
        return [finding("site-refused", what, commands.reload())];
      }
      return [];
    });
  },
  well: ({ sites }) => {
    const recorded = sites.filter(({ answer }) => answer === "match");
    return `in fast_flush_domains: ${recorded.map(({ site }) => site).join(", ")}`;
  },
};
