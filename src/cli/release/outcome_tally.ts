/**
 * What became of released mail, added up: by destination and by reason, and as text. Counts are of recipients, since
 * a message may be delivered to one and deferred for another. Pure.
 */
import type { Outcome, RecipientOutcome } from "../../following/outcome.ts";
import { briefReason } from "../../index/reason_text.ts";
import { countText, numberText, printable } from "../printable.ts";
import { ROWS_SHOWN_MAX, tableText } from "../table.ts";

/** So many reasons are shown. */
const REASONS_SHOWN_MAX = 50;

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

const OUTCOMES = Object.keys(HEADINGS) as Outcome[];

/** These have their column even where nobody is in it. */
const ALWAYS_SHOWN: ReadonlySet<Outcome> = new Set(["delivered", "deferred"]);

/** These have reasons worth telling. */
const EXPLAINED: ReadonlySet<Outcome> = new Set(["bounced", "deferred"]);

type Counts = Record<Outcome, number>;

interface ReasonCount {
  readonly site: string;
  readonly outcome: Outcome;
  readonly reason: string;
  count: number;
}

export class OutcomeTally {
  readonly totals: Counts = noCounts();
  readonly #bySite = new Map<string, Counts>();
  readonly #reasons = new Map<string, ReasonCount>();
  #otherReasons = 0;

  take({ site, outcome, status, reason }: RecipientOutcome): void {
    this.totals[outcome]++;
    const counts = this.#bySite.get(site) ?? noCounts();
    counts[outcome]++;
    this.#bySite.set(site, counts);
    if (EXPLAINED.has(outcome)) {
      this.#takeReason(site, outcome, briefReason(status, reason));
    }
  }

  /** Recipients in all. */
  get count(): number {
    return OUTCOMES.reduce((sum, outcome) => sum + this.totals[outcome], 0);
  }

  /** The tables, and a line with the sums; null: no terminal whose width matters. */
  text(terminalColumns: number | null): string {
    const shown = OUTCOMES.filter(
      (outcome) => ALWAYS_SHOWN.has(outcome) || this.totals[outcome] > 0,
    );
    return this.#sitesText(shown) + this.#sumText(shown) + this.#reasonsText(terminalColumns);
  }

  #takeReason(site: string, outcome: Outcome, reason: string): void {
    const key = `${site}\0${outcome}\0${reason}`;
    const known = this.#reasons.get(key);
    if (known !== undefined) {
      known.count++;
    } else if (this.#reasons.size < REASONS_MAX) {
      this.#reasons.set(key, { site, outcome, reason, count: 1 });
    } else {
      this.#otherReasons++;
    }
  }

  #sitesText(shown: readonly Outcome[]): string {
    const rows = [...this.#bySite].sort(mostTroubleFirst);
    const cells = rows
      .slice(0, ROWS_SHOWN_MAX)
      .map(([site, counts]) => [
        siteText(site),
        ...shown.map((outcome) => numberText(counts[outcome])),
      ]);
    const columns = [
      { heading: "DESTINATION" },
      ...shown.map((outcome) => ({ heading: HEADINGS[outcome], isNumber: true as const })),
    ];
    const more = rows.length - cells.length;
    return (
      tableText(columns, cells) +
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
    const cells = shown.map(({ site, outcome, reason, count }) => [
      numberText(count),
      siteText(site),
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
    const more = others > 0 ? `${countText(others, "recipient")} more for other reasons.\n` : "";
    return `\n${tableText(columns, cells, terminalColumns)}${more}`;
  }
}

function noCounts(): Counts {
  return { delivered: 0, bounced: 0, deferred: 0, left: 0, held: 0, trying: 0 };
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
    compare(one.site, other.site) ||
    compare(one.outcome, other.outcome) ||
    compare(one.reason, other.reason)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
