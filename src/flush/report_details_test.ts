/** What reports and log lines say in detail: where else a message goes, how far the work is, how long it took. */
import { expect, test } from "bun:test";
import { askReport as ask, told } from "../../test/support/asked_report.ts";
import { defer, to } from "../../test/support/deferred_mail.ts";
import { FlushClient } from "../../test/support/flush_client.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { putLog } from "../../test/support/shared_record.ts";

test("preview names where a recipient elsewhere was tried, too", async () => {
  const rig = new FlushRig();
  const tried = ["x@one.example", "y@three.example"];
  defer(rig.disk, "A1", to("x@one.example", "y@two.example"), tried);
  putLog(rig, "one_example", "A1\n");
  const [line = ""] = await ask(rig, { name: "preview", sites: "one.example" });
  expect(line).toContain(" others=two.example,three.example ");
});

for (const [request, said] of [
  [{ name: "rebuild" }, /^progress done=[1-9][0-9]* added=0$/],
  [{ name: "verify", sites: "" }, /^progress done=[1-9][0-9]*$/],
] as const) {
  test(`${request.name} tells its progress while the work goes on: the messages read`, async () => {
    const rig = new FlushRig();
    for (let index = 0; index < 400; index++) {
      defer(rig.disk, `A${index}`, to("x@one.example", "y@two.example"));
    }
    rig.clock.costMs = 1;
    const client = new FlushClient();
    const asked = rig.ask(request, client);
    while (!asked.isFinished && told(client).length === 0) {
      await rig.pass(1);
    }
    expect(asked.isFinished).toBeFalse();
    expect(told(client)[0]).toMatch(said);
  });
}

test("the lines of a send with report and of a purge say how long they took", async () => {
  const rig = new FlushRig();
  defer(rig.disk, "A1", to("x@one.example"));
  rig.clock.costMs = 10;
  const requests = [{ name: "send", sites: "one.example", reason: "" }, { name: "purge" }] as const;
  for (const request of requests) {
    putLog(rig, "one_example", "A1\n");
    rig.clock.advance(2000);
    rig.ask(request);
    await rig.pass(3000);
  }
  const lines = rig.log.texts("info").filter((line) => line.startsWith("flush: "));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toMatch(/seconds=(?!0\.00)/);
  }
});
