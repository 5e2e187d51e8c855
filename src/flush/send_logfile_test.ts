/** Which messages a send releases: those with mail for the site, and what can't be told; and what the log says. */
import { describe, expect, test } from "bun:test";
import { defer, to } from "../../test/support/deferred_mail.ts";
import { FlushClient } from "../../test/support/flush_client.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import type { PlannedRecipient } from "../../test/support/queue_files.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import { parseLogfileName, type SiteName, siteName } from "../names/names.ts";
import { CanonicalDomains } from "../record/canonical_domain.ts";

const SEND_MS = 20;
const ID = "ABC123";

async function send(rig: FlushRig, site: string): Promise<string> {
  rig.sendSite(encodeUtf8(site));
  await rig.pass(SEND_MS);
  return rig.disk.has(`incoming/${ID}`) ? "released" : "skipped";
}

const exact = new CanonicalDomains(false);
const real = {
  canonicalDomain: (domain: string) => exact.of(domain),
  logfileName: (site: SiteName) => parseLogfileName(logfileOf(site)),
};

function logfileOf(site: string): string {
  return (exact.of(site) ?? "").replace(/[^a-z0-9]/g, "_");
}

describe("an exact send", () => {
  const rows: ReadonlyArray<
    readonly [
      what: string,
      recipients: PlannedRecipient[],
      tried: string[] | null,
      site: string,
      want: string,
    ]
  > = [
    ["its only recipient", to("x@a-b.example"), null, "a-b.example", "released"],
    [
      "one of its recipients",
      to("x@other.example", "y@a-b.example"),
      null,
      "a-b.example",
      "released",
    ],
    ["another site's that shares the logfile", to("x@a.b.example"), null, "a-b.example", "skipped"],
    ["a site below", to("x@sub.a-b.example"), null, "a-b.example", "skipped"],
    ["in other case", to("x@A-B.Example"), null, "a-b.EXAMPLE", "released"],
    [
      "IDNA asked, UTF-8 written",
      to("x@bücher.example"),
      null,
      "xn--bcher-kva.example",
      "released",
    ],
    [
      "UTF-8 asked, IDNA written",
      to("x@xn--bcher-kva.example"),
      null,
      "BÜCHER.example",
      "released",
    ],
    [
      "a recipient there that was delivered meanwhile",
      [{ address: "x@a-b.example", state: "done" }, { address: "y@other.example" }],
      ["x@a-b.example", "y@other.example"],
      "a-b.example",
      "skipped",
    ],
    ["resolved to the site", to("x%d.test@mx.test"), ["x@d.test"], "d.test", "released"],
    [
      "resolved away from it, still of its address",
      to("x%d.test@mx.test"),
      ["x@d.test"],
      "mx.test",
      "released",
    ],
    [
      "with a defer file that doesn't name its recipient",
      to("x@other.example"),
      [],
      "a-b.example",
      "released",
    ],
  ];
  for (const [what, recipients, tried, site, want] of rows) {
    test(`${what}: ${want}`, async () => {
      const rig = new FlushRig(real);
      defer(rig.disk, ID, recipients, tried ?? undefined);
      const name = logfileOf(encodeUtf8(site));
      rig.putLog(name, `${ID}\n`);
      expect(await send(rig, site)).toBe(want);
      // What is skipped is kept.
      expect(rig.readLog(name)).toBe(want === "skipped" ? `${ID}\n` : "");
    });
  }

  test("a file that can't be read is released, as the original would", async () => {
    const rig = new FlushRig(real);
    rig.putMessage(`deferred/A/${ID}`);
    rig.putLog("a_b_example", `${ID}\n`);
    expect(await send(rig, "a-b.example")).toBe("released");
  });

  test("a message whose defer file is gone is released, whatever its recipients", async () => {
    const rig = new FlushRig(real);
    defer(rig.disk, ID, to("x@other.example"));
    rig.files.remove(`defer/A/${ID}`);
    rig.putLog("a_b_example", `${ID}\n`);
    expect(await send(rig, "a-b.example")).toBe("released");
  });

  test("another site's message in incoming stays as it is, and its entry too", async () => {
    const rig = new FlushRig(real);
    defer(rig.disk, ID, to("x@a.b.example"));
    rig.files.rename(`deferred/A/${ID}`, `incoming/${ID}`);
    rig.putLog("a_b_example", `${ID}\n`);
    rig.clock.advance(5000);
    const before = rig.files.statusOf(`incoming/${ID}`);
    await send(rig, "a-b.example");
    expect(rig.files.statusOf(`incoming/${ID}`)).toEqual(before);
    expect(rig.readLog("a_b_example")).toBe(`${ID}\n`);
  });

  test("with -E all that the log names is released", async () => {
    const rig = new FlushRig({ ...real, isExact: false });
    defer(rig.disk, ID, to("x@a.b.example"));
    rig.putLog("a_b_example", `${ID}\n`);
    expect(await send(rig, "a-b.example")).toBe("released");
  });

  test("a refresh releases all that the log names, as in the original", async () => {
    const rig = new FlushRig(real);
    defer(rig.disk, ID, to("x@other.example"));
    rig.putLog("a_b_example", `${ID}\n`, { atimeMs: 0 });
    rig.ask({ name: "refresh" });
    await rig.pass(100);
    expect(rig.disk.has(`incoming/${ID}`)).toBeTrue();
  });

  test("what it skips stays due when it was: its time stamps are not touched", async () => {
    const rig = new FlushRig(real);
    defer(rig.disk, ID, to("x@a.b.example"));
    rig.putLog("a_b_example", `${ID}\n`);
    const before = rig.files.statusOf(`deferred/A/${ID}`);
    await send(rig, "a-b.example");
    expect(rig.files.statusOf(`deferred/A/${ID}`)).toEqual(before);
  });
});

describe("the log line of a flush", () => {
  test("says site, who asked, and what became of each entry", async () => {
    const rig = new FlushRig(real);
    defer(rig.disk, "REL1", to("x@a-b.example"));
    defer(rig.disk, "REL2", to("x@a-b.example"));
    defer(rig.disk, "SKIP1", to("x@a.b.example"));
    rig.putMessage("active/ACT1");
    rig.putLog("a_b_example", "REL1\nREL2\nSKIP1\nACT1\nGONE1\nREL1\n");
    rig.sendSite("a-b.example");
    await rig.pass(SEND_MS);
    expect(rig.log.texts("info")).toEqual([
      "flush: site=a-b.example, uid=0, pid=4711, released=2, kept=1, gone=1, skipped=1, failed=0, seconds=0.01",
    ]);
  });

  test("says who asked, also where the client has hung up meanwhile", async () => {
    const rig = new FlushRig(real);
    rig.putLog("a_b_example", "GONE1\n");
    const gone = new Error("the connection is gone: nobody can tell any more");
    const client = new FlushClient();
    let isConnected = true;
    Object.defineProperty(client, "peer", {
      get: () => {
        if (!isConnected) {
          throw gone;
        }
        return { pid: 4711, uid: 0 };
      },
    });
    rig.ask({ name: "send_site", site: siteName("a-b.example") }, client);
    isConnected = false;
    await rig.pass(SEND_MS);
    expect(rig.log.texts("info")).toEqual([expect.stringContaining(", uid=0, pid=4711, ")]);
  });
});

describe("a log that repeats an entry", () => {
  test("of a line that repeats an entry up to a NUL nobody is asked", async () => {
    const rig = new FlushRig({ isExact: false });
    rig.putMessage(`deferred/A/${ID}`);
    rig.putLog("a_example", `${ID}\n${ID}\0junk\n${ID}\n`);
    let asked = 0;
    rig.files.fault = ({ operation, path }) => {
      asked += operation === "setTimes" && path === `deferred/A/${ID}` ? 1 : 0;
      return null;
    };
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect([asked, rig.readLog("a_example")]).toEqual([1, ""]);
  });
});
