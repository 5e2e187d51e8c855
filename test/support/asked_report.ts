/** Asks a flush service in memory for a report, and puts what it tells into lines. */
import { expect } from "bun:test";
import type { ReportRequest } from "../../src/wire/request.ts";
import { FlushClient } from "./flush_client.ts";
import type { FlushRig } from "./flush_rig.ts";

/** Longer than most reports take. */
const REPORT_MS = 300;

/** What a client is told in that time; it must have been told all. */
export async function askReport(
  rig: FlushRig,
  request: ReportRequest,
  options: { readonly ms?: number; readonly client?: FlushClient } = {},
): Promise<string[]> {
  const { ms = REPORT_MS, client = new FlushClient() } = options;
  rig.ask(request, client);
  await rig.pass(ms);
  expect(client.asked.isFinished).toBeTrue();
  expect(rig.files.openCount).toBe(0);
  return told(client);
}

/** What a client was told so far: items as "kind a=1 b=2", the end last. */
export function told(client: FlushClient): string[] {
  return client.parts.map((part) => {
    if (part.kind === "malformed") {
      return `malformed ${part.why}`;
    }
    return part.kind === "item"
      ? `${part.item} ${pairsText(part.attributes)}`
      : `end ${part.status} ${pairsText(part.totals)}`.trim();
  });
}

function pairsText(pairs: ReadonlyMap<string, string>): string {
  return [...pairs].map(([name, value]) => `${name}=${value}`).join(" ");
}
