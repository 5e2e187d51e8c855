/**
 * Metrics as text, in Prometheus's exposition format, by prom-client.
 *
 * The library is loaded when it is needed, and of it what makes text of gauges alone: the rest would measure this process,
 * and push to a network.
 */
import type * as PromClient from "prom-client";
import type { Family } from "./metric_families.ts";

/** The text, as ordinary text. Names and labels of families are ours; values of labels may have any characters. */
export async function prometheusText(families: readonly Family[]): Promise<string> {
  const { Gauge, Registry } = loadPromClient();
  const registry = new Registry();
  for (const { name, help, labels, samples } of families) {
    const gauge = new Gauge({ name, help, labelNames: labels, registers: [registry] });
    for (const sample of samples) {
      const labelled = labels.map((label, index) => [label, sample.labels[index] ?? ""]);
      gauge.set(Object.fromEntries(labelled), sample.value);
    }
  }
  return await registry.metrics();
}

function loadPromClient(): Pick<typeof PromClient, "Gauge" | "Registry"> {
  return {
    Gauge: require("prom-client/lib/gauge.js") as typeof PromClient.Gauge,
    Registry: require("prom-client/lib/registry.js") as typeof PromClient.Registry,
  };
}
