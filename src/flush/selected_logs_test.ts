/** Which logs, and whose mail in them, a list of sites and domains means. */
import { expect, test } from "bun:test";
import { askReport as ask } from "../../test/support/asked_report.ts";
import type { FlushRig } from "../../test/support/flush_rig.ts";
import { stage } from "../../test/support/shared_record.ts";
import type { ReportRequest } from "../wire/request.ts";

async function outcomes(rig: FlushRig, request: ReportRequest): Promise<string[]> {
  const lines = await ask(rig, request);
  return lines.flatMap((line) => /queue_id=(AB[12]) .*outcome=([a-z]+)/.exec(line)?.slice(1) ?? []);
}

test("a domain alone means its own mail, and not that of a site that shares the log", async () => {
  const sent = await outcomes(stage(), { name: "send", sites: "@b.example", reason: "" });
  expect(sent).toEqual(["AB1", "skipped", "AB2", "released"]);
});

test("a selection of a site and a domain that share a log: mail for both, and preview says the same", async () => {
  const sites = "a-b.example, @b.example";
  const previewed = await outcomes(stage(), { name: "preview", sites });
  expect(previewed).toEqual(["AB1", "release", "AB2", "release"]);
  const sent = await outcomes(stage(), { name: "send", sites, reason: "" });
  expect(sent).toEqual(["AB1", "released", "AB2", "released"]);
});
