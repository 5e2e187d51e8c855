/**
 * The logfile of a site: example.com to example_com (spec section 2.1).
 *
 * Guarantees that what it returns passes the syntax of a logfile name, whatever bytes the site name is made
 * of. Names that differ only in what is no letter or digit share a logfile: the name of the file is the
 * contract with the original. A site that can't have a logfile is warned of, once for as long as it stays in
 * the cache; no log is made here.
 */
import { type Log, verbosely } from "../effects/log.ts";
import { type LogfileName, parseLogfileName, type SiteName } from "../names/names.ts";
import { type AsciiResult, domainToAscii } from "./domain_to_ascii.ts";

/** As many as the original keeps, so that warnings repeat where its warnings do. */
const CACHED_NAMES_MAX = 256;

/**
 * What nearly all sites look like: such a name is its own ASCII form and a host name, whatever the tables say of others (a
 * hyphen stands between two letters or digits, the last label is no number). To be told so at once takes 0.4 µs; label by label it
 * took 1.2, for each add of a site that is not among the last ones (docs/PERFORMANCE.md, "Adds, and which max_use").
 */
const ORDINARY_NAME = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+$/;

/** Within it no label can be too long. */
const ORDINARY_LENGTH_MAX = 63;

/** So much of a name is shown in a warning. */
const SHOWN_LENGTH_MAX = 100;

/** A site that can have a logfile. */
interface Named {
  /** In lower case. */
  readonly ascii: string;
  readonly logfile: LogfileName | null;
}

export class LogfileNamer {
  readonly #isTransitional: boolean;
  readonly #log: Log;
  /** In order of use, the latest last. */
  readonly #cache = new Map<SiteName, Named | null>();

  /** `idna2003`: enable_idna2003_compatibility, which maps ß to ss. */
  constructor(options: { readonly idna2003: boolean; readonly log: Log }) {
    this.#isTransitional = options.idna2003;
    this.#log = options.log;
  }

  /** The logfile of a site; null where it can't have one. */
  nameOf(site: SiteName): LogfileName | null {
    const cached = this.#cache.get(site);
    const known = cached === undefined ? this.#make(site) : cached;
    this.#cache.delete(site);
    this.#cache.set(site, known);
    if (this.#cache.size > CACHED_NAMES_MAX) {
      const [oldest] = this.#cache.keys();
      this.#cache.delete(oldest as SiteName);
    }
    if (known === null) {
      return null;
    }
    verbosely(this.#log)?.info(`site ${known.ascii} to path ${known.logfile}`);
    return known.logfile;
  }

  #make(site: SiteName): Named | null {
    if (site.length <= ORDINARY_LENGTH_MAX && ORDINARY_NAME.test(site)) {
      return named(site);
    }
    const ascii = toHostName(domainToAscii(site, this.#isTransitional));
    if (ascii.kind === "ascii") {
      return named(ascii.name.toLowerCase());
    }
    const shown = site.slice(0, SHOWN_LENGTH_MAX);
    this.#log.warning(
      `midna_domain_to_ascii_create: Problem translating domain "${shown}" to ASCII form: ${ascii.why}`,
    );
    return null;
  }
}

function named(ascii: string): Named {
  return { ascii, logfile: parseLogfileName(ascii.replace(/[^a-z0-9]/g, "_")) };
}

/** Refuses what has an ASCII form but is no host name, such as addresses. */
function toHostName(ascii: AsciiResult): AsciiResult {
  if (ascii.kind === "none" || isHostName(ascii.name)) {
    return ascii;
  }
  return { kind: "none", why: "malformed ASCII label(s)" };
}

/** Labels of letters, digits, `-` and `_`; not all digits; hyphens not at the ends of labels. */
function isHostName(name: string): boolean {
  const isLabels = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$/;
  return (
    name.length <= 255 &&
    /[^0-9.]/.test(name) &&
    name.split(".").every((label) => isLabels.test(label))
  );
}
