/**
 * What became of released mail, added up: by destination and by reason, and as text. Counts are of recipients, since
 * a message may be delivered to one and deferred for another. Few are named who bounced, as that is their end. Pure.
 */
import type { Outcome, RecipientOutcome } from "../../following/outcome.ts";
import { briefReason } from "../../index/reason_text.ts";
import { countText, numberText, printable } from "../printable.ts";
import { ROWS_SHOWN_MAX, tableText } from "../table.ts";
import { BouncedList } from "./bounced_list.ts";

/** So many destinations are shown that were tried besides those that were meant. */
const OTHERS_SHOWN_MAX = 20;

/** So many reasons are shown. */
const REASONS_SHOWN_MAX = 20;

/** So many different reasons are counted; the others are counted together. */
const REASONS_MAX = 10_000;

/** All outcomes, in the order of the table, and what an operator calls them. */
const HEADINGS: Readonly<Record<Outcome, string>> = {
  delivered: "DELIVERED",
  bounced: "BOUNCED",
  deferred: "DEFERRED AGAIN",
  left: "LEFT THE QUEUE",
  held: "ON HOLD",
  trying: "STILL TRYING",
};

const WORDS: Readonly<Record<Outcome, string>> = {
  delivered: "delivered",
  bounced: "bounced",
  deferred: "deferred again",
  left: "left the queue",
  held: "put on hold",
  trying: "still trying",
};

const ALSO_TRIED = "(also tried)";

const OUTCOMES = Object.keys(HEADINGS) as Outcome[];

/** These have their column even where nobody is in it. */
const ALWAYS_SHOWN: ReadonlySet<Outcome> = new Set(["delivered", "deferred"]);

/** These have reasons worth telling. */
const EXPLAINED: ReadonlySet<Outcome> = new Set(["bounced", "deferred"]);

type Counts = Record<Outcome, number>;

interface ReasonCount {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly sites: Set<string>;
  count: number;
}

export class OutcomeTally {
  readonly totals: Counts = noCounts();
  readonly #bySite = new Map<string, Counts>();
  readonly #reasons = new Map<string, ReasonCount>();
  readonly #bounced = new BouncedList();
  #otherReasons = 0;

  take(recipient: RecipientOutcome): void {
    const { site, outcome, status, reason } = recipient;
    this.totals[outcome]++;
    const counts = this.#bySite.get(site) ?? noCounts();
    counts[outcome]++;
    this.#bySite.set(site, counts);
    if (EXPLAINED.has(outcome)) {
      this.#takeReason(site, outcome, briefReason(status, reason));
    }
    if (outcome === "bounced") {
      this.#bounced.take(recipient);
    }
  }

  /** Recipients in all. */
  get count(): number {
    return OUTCOMES.reduce((sum, outcome) => sum + this.totals[outcome], 0);
  }

  /**
   * The tables, and a line with the sums: destinations that are meant first, then what was tried besides. Null: no
   * terminal whose width matters.
   */
  text(terminalColumns: number | null, isMeant: (site: string) => boolean): string {
    const shown = OUTCOMES.filter(
      (outcome) => ALWAYS_SHOWN.has(outcome) || this.totals[outcome] > 0,
    );
    return (
      this.#sitesText(shown, isMeant) +
      this.#sumText(shown) +
      this.#reasonsText(terminalColumns) +
      this.#bounced.text(terminalColumns)
    );
  }

  #takeReason(site: string, outcome: Outcome, reason: string): void {
    const key = `${outcome}\0${reason}`;
    const known = this.#reasons.get(key);
    if (known !== undefined) {
      known.count++;
      known.sites.add(site);
    } else if (this.#reasons.size < REASONS_MAX) {
      this.#reasons.set(key, { outcome, reason, sites: new Set([site]), count: 1 });
    } else {
      this.#otherReasons++;
    }
  }

  #sitesText(shown: readonly Outcome[], isMeant: (site: string) => boolean): string {
    const rows = [...this.#bySite].sort(mostTroubleFirst);
    const meant = rows.filter(([site]) => isMeant(site)).slice(0, ROWS_SHOWN_MAX);
    const others = rows.filter(([site]) => !isMeant(site)).slice(0, OTHERS_SHOWN_MAX);
    const cellsOf = ([site, counts]: SiteRow): string[] => [
      siteText(site),
      ...shown.map((outcome) => numberText(counts[outcome])),
    ];
    const parting = others.length === 0 ? [] : [[ALSO_TRIED]];
    const columns = [
      { heading: "DESTINATION" },
      ...shown.map((outcome) => ({ heading: HEADINGS[outcome], isNumber: true as const })),
    ];
    const more = rows.length - meant.length - others.length;
    return (
      tableText(columns, [...meant.map(cellsOf), ...parting, ...others.map(cellsOf)]) +
      (more > 0 ? `${countText(more, "more destination")} not shown: --json tells of all.\n` : "")
    );
  }

  #sumText(shown: readonly Outcome[]): string {
    const parts = shown.map((outcome) => `${numberText(this.totals[outcome])} ${WORDS[outcome]}`);
    return `Of ${countText(this.count, "recipient")}: ${parts.join(", ")}.\n`;
  }

  #reasonsText(terminalColumns: number | null): string {
    if (this.#reasons.size === 0) {
      return "";
    }
    const reasons = [...this.#reasons.values()].sort(mostFirst);
    const shown = reasons.slice(0, REASONS_SHOWN_MAX);
    const cells = shown.map(({ sites, outcome, reason, count }) => [
      numberText(count),
      sitesText(sites),
      WORDS[outcome],
      printable(reason) || "(no reason is known)",
    ]);
    const columns = [
      { heading: "RECIPIENTS", isNumber: true },
      { heading: "DESTINATION" },
      { heading: "WERE" },
      { heading: "BECAUSE OF", mayBeCut: true },
    ] as const;
    const rest = reasons.slice(shown.length).reduce((sum, { count }) => sum + count, 0);
    const others = rest + this.#otherReasons;
    const more =
      others > 0
        ? `${countText(others, "more recipient")} for other reasons: --json tells of all.\n`
        : "";
    return `\n${tableText(columns, cells, terminalColumns)}${more}`;
  }
}

function noCounts(): Counts {
  return { delivered: 0, bounced: 0, deferred: 0, left: 0, held: 0, trying: 0 };
}

/** The one, or how many. */
function sitesText(sites: ReadonlySet<string>): string {
  const [only = "", ...others] = sites;
  return others.length === 0 ? siteText(only) : countText(sites.size, "destination");
}

function siteText(site: string): string {
  return printable(site) || "(no domain)";
}

type SiteRow = readonly [site: string, counts: Counts];

function mostTroubleFirst([site, counts]: SiteRow, [other, otherCounts]: SiteRow): number {
  return trouble(otherCounts) - trouble(counts) || compare(site, other);
}

function trouble({ bounced, deferred, held, trying }: Counts): number {
  return bounced + deferred + held + trying;
}

function mostFirst(one: ReasonCount, other: ReasonCount): number {
  return (
    other.count - one.count ||
    compare(one.outcome, other.outcome) ||
    compare(one.reason, other.reason)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
