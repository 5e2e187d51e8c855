/**
 * What the benchmark prints: each section's tables, and at the end all of them in Markdown, with what they were
 * measured on, to be put into docs/PERFORMANCE.md ("The last whole run") as they are. Pure.
 */
import { growthTable } from "./growth.ts";
import { lineTable } from "./lines.ts";
import type { Outcome } from "./run_sections.ts";
import { markdownTable, plainTable, type Table } from "./tables.ts";

function tablesOf({ section, result }: Outcome): readonly Table[] {
  if ("failure" in result) {
    return [];
  }
  const { lines, growths = [], tables = [] } = result;
  const all = [
    ...(lines.length === 0 ? [] : [lineTable(section.what, lines)]),
    ...(growths.length === 0 ? [] : [growthTable("time for each, as their number grows", growths)]),
    ...tables,
  ];
  return all.map((table) => ({ ...table, title: `${section.name}: ${table.title}` }));
}

function failureText({ section, result }: Outcome): string[] {
  return "failure" in result ? [`${section.name}: FAILED: ${result.failure}`] : [];
}

/** A section's tables for a terminal, or why there are none. */
export function plainOutcome(outcome: Outcome): string {
  return [...failureText(outcome), ...tablesOf(outcome).map(plainTable)].join("\n\n");
}

/** All tables in Markdown; `facts` are about the machine, one a line. */
export function markdownReport(outcomes: readonly Outcome[], facts: readonly string[]): string {
  const took = outcomes.map(({ section, seconds }) => `${section.name} ${Math.round(seconds)} s`);
  const parts = outcomes.flatMap((outcome) => [
    ...failureText(outcome).map((text) => `**${text}**`),
    ...tablesOf(outcome).map(markdownTable),
  ]);
  return [
    [...facts, `time taken: ${took.join(", ")}`].map((fact) => `- ${fact}`).join("\n"),
    "Medians over the rounds; a ratio is ours over the original's, round by round, with its least and greatest." +
      " Goals (× : of the ratio) are DESIGN's, and for churn and calls the benchmark's own; they are judged by medians.",
    ...parts,
  ].join("\n\n");
}
