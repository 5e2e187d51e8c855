/** A row of the parameter table as an entry of the manual page. Pure. */
import type { ParameterRow } from "../src/config/parameter_rows.ts";
import type { TimeUnit } from "../src/config/values.ts";
import { argument, type ListItem, prose } from "./mdoc.ts";

const UNITS: Readonly<Record<TimeUnit, string>> = {
  s: "seconds",
  m: "minutes",
  h: "hours",
  d: "days",
  w: "weeks",
};

/** Name and default, what it is for, its kind and bounds. */
export function parameterItem(row: ParameterRow): ListItem {
  const shown = row.default === null ? "the machine decides" : row.default || "empty";
  // Long lists without blanks may be broken behind a comma.
  const breakable = argument(shown).replaceAll(/,(?=\S)/g, ",\\:");
  return {
    head: `Cm ${argument(row.name)} Pq ${breakable}`,
    body: prose(`${row.doc} ${bounds(row)}`.trim()),
  };
}

/** What may be set. */
function bounds(row: ParameterRow): string {
  switch (row.kind) {
    case "time":
      return `A time of at least ${row.minimum} second, in ${UNITS[row.unit]} unless a letter says otherwise (s, m, h, d, w).`;
    case "integer":
      return `A whole number from ${row.minimum} on.`;
    case "boolean":
      return "Yes or no.";
    case "names":
      return "A list of names, not empty.";
    case "level":
      return "A level as in 3.6.";
    case "text":
      return row.minimum > 0 ? "Not empty." : "";
  }
}
