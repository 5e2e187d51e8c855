/** preview of what is deferred, with the original flush service and with ours, in memory. */
import { describe, expect, test } from "bun:test";
import { runInTime as run, stageMail as stage } from "../../../test/support/queue_service.ts";
import { OsError } from "../../effects/os_error.ts";

describe("preview", () => {
  const SUMS: ReadonlyArray<readonly [words: readonly string[], said: string]> = [
    [["one.example"], "A flush would release 1 message for delivery.\n"],
    [
      ["--match", "*.one.example"],
      "A flush would release 1 message for delivery.\n" +
        "It would also try 1 other destination of these messages: two.example.\n",
    ],
    [["--all"], "A flush would release 3 messages for delivery.\n"],
    [["--match", "nix"], "No deferred mail was found for this: a flush would release nothing.\n"],
  ];
  for (const [words, said] of SUMS) {
    test(`with the original: ${words.join(" ")}`, async () => {
      const { rig, service } = stage();
      for (const command of [["preview"], ["send", "--dry-run"]]) {
        rig.terminal.outText = "";
        expect(await run(rig, ...command, ...words)).toBe(0);
        expect(rig.terminal.outText).toEndWith(said);
      }
      expect(service.released).toEqual([]);
    });
  }

  test("names what is in none of the queues, with status 1", async () => {
    const { rig } = stage();
    expect(await run(rig, "preview", "--id", "B8", "B9")).toBe(1);
    expect(rig.terminal.outText).toBe(
      "A flush would release 0 messages for delivery.\n" +
        "2 messages not found: in none of the queues. Queue IDs: B8, B9\n",
    );
    rig.terminal.outText = "";
    expect(await run(rig, "send", "--dry-run", "--id", "A3", "B9")).toBe(1);
    expect(rig.terminal.outText).toEndWith(
      "A flush would release 1 message for delivery.\n" +
        "1 message not found: in none of the queues. Queue IDs: B9\n",
    );
  });

  test("counts all that is being delivered beside all that is deferred", async () => {
    const { rig, service } = stage();
    service.takeUp("A1");
    expect(await run(rig, "preview", "--all")).toBe(0);
    expect(rig.terminal.outText).toEndWith(
      "A flush would release 2 messages for delivery.\n" +
        "1 message for this is being delivered now.\n",
    );
  });

  for (const isOriginal of [true, false]) {
    test(`counts what is being delivered, with ${isOriginal ? "the original" : "ours"}`, async () => {
      const { rig, service } = stage();
      service.isOriginal = isOriginal;
      service.missed.add("A1");
      service.takeUp("A1");
      expect(await run(rig, "preview", "one.example")).toBe(0);
      expect(rig.terminal.outText).toBe(
        "No deferred mail was found for this: a flush would release nothing.\n" +
          "1 message for this is being delivered now.\n",
      );
      rig.terminal.outText = "";
      expect(await run(rig, "preview", "@one.example", "--json")).toBe(0);
      expect(rig.jsonLines().at(-1)).toMatchObject({ release: 1, in_delivery: 1 });
    });
  }

  test("tells in the table what it tells with our service", async () => {
    const { rig } = stage();
    expect(await run(rig, "preview", "two.example")).toBe(0);
    expect(rig.terminal.outText).toMatch(
      /^A3 +400 B +[0-9]+ d +sender@origin\.example +v@two\.example +release it$/m,
    );
    expect(await run(rig, "preview", "--id", "A1", "--json")).toBe(0);
    expect(rig.terminal.outText).toContain('"queue":"deferred","size":');
  });

  test("leaves alone what is on hold, or being delivered", async () => {
    const { rig } = stage();
    rig.files.rename("deferred/A/A1", "hold/A1");
    rig.files.rename("deferred/A/A2", "active/A2");
    expect(await run(rig, "preview", "--id", "A1", "A2", "A3", "--json")).toBe(0);
    const lines = rig.terminal.outText.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).outcome)).toEqual([
      "keep",
      "keep",
      "release",
      undefined,
    ]);
  });

  test("as JSON, with and without a log of the site", async () => {
    const { rig, service } = stage();
    service.isOriginal = false;
    service.unrecorded.add("two.example");
    expect(await run(rig, "preview", "one.example,two.example", "--json")).toBe(0);
    const lines = rig.terminal.outText.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).queue_id)).toEqual(["A1", "A2", "A3", undefined]);
    expect(lines[2]).toContain(
      '"recipients":["v@two.example"],"recipients_count":1,"others":["mail.one.example"],"outcome":"release"',
    );
    expect(JSON.parse(lines[3] ?? "")).toMatchObject({ status: "done", release: 3 });
  });

  test("a message that is taken up while it is looked for is found where it has gone", async () => {
    const { rig } = stage();
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path === "deferred/A/A1") {
        rig.files.fault = null;
        rig.files.rename("deferred/A/A1", "active/A1");
        return { error: new OsError("ENOENT", "open") };
      }
      return null;
    };
    expect(await run(rig, "preview", "--id", "A1", "--json")).toBe(0);
    expect(rig.jsonLines()[0]).toMatchObject({ queue_id: "A1", queue: "active", outcome: "keep" });
  });
});
