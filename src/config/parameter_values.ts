/**
 * A table of raw values into typed parameters: defaults, expansion, conversion, in the table's order.
 *
 * Throws Fatal with the original's texts.
 */

import type { ParameterRow } from "./parameter_rows.ts";
import type { ParameterTable } from "./parameter_table.ts";
import { PARAMETERS, type Parameters } from "./parameters.ts";
import {
  parseBoolean,
  parseInteger,
  parseLevel,
  parseNames,
  parseText,
  parseTimeSeconds,
} from "./values.ts";

/** Expands, converts and checks every parameter. */
export function evaluateParameters(table: ParameterTable): Parameters {
  const typed: Record<string, unknown> = {};
  for (const [key, row] of Object.entries<ParameterRow>(PARAMETERS)) {
    typed[key] = convert(row, table.valueOf(row.name));
  }
  // The keys and the kinds of their values are those of PARAMETERS, from which the type is made.
  return typed as Parameters;
}

function convert(row: ParameterRow, text: string): Parameters[keyof Parameters] {
  switch (row.kind) {
    case "text":
      return parseText(row.name, text, row.minimum);
    case "integer":
      return parseInteger(row.name, text, row.minimum);
    case "time":
      return parseTimeSeconds(row.name, text, row.unit, row.minimum);
    case "boolean":
      return parseBoolean(row.name, text);
    case "names":
      return parseNames(parseText(row.name, text, row.minimum));
    case "level":
      return parseLevel(text);
  }
}
