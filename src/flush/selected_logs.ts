/**
 * From the sites of a request of our own to the logs to look into.
 *
 * A site has one log, if it is eligible. `@domain` has the logs of all its subdomains: names of logfiles can't be
 * turned back into sites, so that every log whose name ends as the domain's does is one to look into, and the
 * messages themselves say whose they are.
 */
import { type LogfileName, type SiteName, siteName } from "../names/names.ts";
import { STATUS, type Status } from "../wire/request.ts";
import type { SiteSelection } from "../wire/site_list.ts";
import type { FlushTools } from "./flush_tools.ts";
import { logfileNames } from "./record_walk.ts";
import { recordedLogfile } from "./recorded_logfile.ts";
import { chooseAny, chooseDomain, chooseSite, type SiteChoice } from "./site_choice.ts";
import type { Slice } from "./slice.ts";

/** A log, and whose mail in it is meant. */
export interface SelectedLog {
  readonly name: LogfileName;
  readonly choice: SiteChoice;
  /** The log of a name that was given, and not only one that may be of a domain's. */
  readonly isNamed: boolean;
}

/** A name that has no log, and the status that says why. */
interface Refused {
  readonly site: string;
  readonly status: Status;
}

/** What was selected. */
export interface Selected {
  readonly logs: readonly SelectedLog[];
  readonly refused: readonly Refused[];
  /** Whose mail is meant, in any log. */
  readonly choice: SiteChoice;
}

/** Finds the logs of a selection; looks at the names in the record if it holds domains. */
export async function selectLogs(
  tools: FlushTools,
  selection: SiteSelection,
  slice: Slice,
): Promise<Selected> {
  const finder = new LogFinder(tools);
  for (const site of selection.sites) {
    await finder.addSite(site);
  }
  for (const domain of selection.domains) {
    finder.addDomain(domain);
  }
  if (finder.hasDomains) {
    for (const name of logfileNames(tools)) {
      await slice.pause();
      finder.look(name);
    }
  }
  return finder.selected();
}

interface Domain {
  readonly ending: string;
  readonly choice: SiteChoice;
}

class LogFinder {
  readonly #tools: FlushTools;
  readonly #choices = new Map<LogfileName, SiteChoice[]>();
  readonly #named = new Set<LogfileName>();
  readonly #domains: Domain[] = [];
  readonly #refused: Refused[] = [];
  readonly #all: SiteChoice[] = [];

  constructor(tools: FlushTools) {
    this.#tools = tools;
  }

  get hasDomains(): boolean {
    return this.#domains.length > 0;
  }

  async addSite(site: SiteName): Promise<void> {
    const name = await recordedLogfile(this.#tools, site);
    if (typeof name === "number") {
      this.#refused.push({ site, status: name });
      return;
    }
    this.#named.add(name);
    this.#choose(name, chooseSite(this.#tools, site));
  }

  addDomain(domain: SiteName): void {
    const ending = this.#tools.logfileName(domain);
    if (ending === null) {
      this.#refused.push({ site: siteName(`@${domain}`), status: STATUS.deny });
      return;
    }
    const choice = chooseDomain(this.#tools, domain);
    this.#all.push(choice);
    this.#domains.push({ ending, choice });
  }

  /** A log of the record: is it one of a domain's? */
  look(name: LogfileName): void {
    for (const { ending, choice } of this.#domains) {
      if (name === ending) {
        this.#named.add(name);
      }
      if (name === ending || name.endsWith(`_${ending}`)) {
        this.#choose(name, choice);
      }
    }
  }

  selected(): Selected {
    const logs = [...this.#choices].map(([name, choices]) => ({
      name,
      choice: chooseAny(choices),
      isNamed: this.#named.has(name),
    }));
    return { logs, refused: this.#refused, choice: chooseAny(this.#all) };
  }

  #choose(name: LogfileName, choice: SiteChoice): void {
    const choices = this.#choices.get(name);
    if (choices === undefined) {
      this.#choices.set(name, [choice]);
    } else {
      choices.push(choice);
    }
    if (!this.#all.includes(choice)) {
      this.#all.push(choice);
    }
  }
}
