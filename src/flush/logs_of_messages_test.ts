/** Messages that stand in many logs are read once, as long as there is room to remember them. */
import { describe, expect, test } from "bun:test";
import { askReport } from "../../test/support/asked_report.ts";
import { defer, to } from "../../test/support/deferred_mail.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { putLog } from "../../test/support/shared_record.ts";
import { TurnCounter } from "../../test/support/turn_counter.ts";
import { type LogfileName, parseLogfileName, type QueueId } from "../names/names.ts";
import type { FlushTools } from "./flush_tools.ts";
import { LogsOfMessages } from "./logs_of_messages.ts";
import { Slice } from "./slice.ts";

const SITES_COUNT = 30;
const IDS = ["A1", "A2", "A3"];

/** Messages to the same sites, each site with a log that names them all. */
function stage() {
  const rig = new FlushRig();
  const sites = Array.from({ length: SITES_COUNT }, (_, index) => `d${index}.example`);
  for (const id of IDS) {
    defer(rig.disk, id, to(...sites.map((site) => `x@${site}`)));
  }
  for (const site of sites) {
    putLog(rig, site.replace(".", "_"), IDS.map((id) => `${id}\n`).join(""));
  }
  const reads = new Map<string, number>();
  rig.files.fault = ({ operation, path }) => {
    if (operation === "open" && path.startsWith("deferred/")) {
      reads.set(path, (reads.get(path) ?? 0) + 1);
    }
    return null;
  };
  return { rig, sites, reads };
}

const TWO = "two_example" as LogfileName;

function toolsOf({ files, clock, log, queueManager }: FlushRig): FlushTools {
  return {
    files,
    clock,
    log,
    queueManager,
    hashing: { hashedQueues: new Set(["deferred", "defer"]), depth: 1 },
    groupId: 105,
    recordsAny: true,
    eligible: () => "match",
    logfileName: (site) => parseLogfileName(site.replace(/[^a-z0-9]/g, "_")),
    canonicalDomain: (domain) => domain.toLowerCase(),
    isExact: true,
    refreshSeconds: 1,
    purgeSeconds: 1,
  };
}

describe("sites", () => {
  test("reads a message once for all the logs that name it", async () => {
    const { rig, sites, reads } = stage();
    const lines = await askReport(rig, { name: "sites" });
    for (const site of sites) {
      expect(lines.filter((line) => line.endsWith(` names=${site}`))).toHaveLength(1);
    }
    expect([...reads.values()]).toEqual(IDS.map(() => 1));
  });

  test("asks for the many sites of one message in slices", async () => {
    const asks = new TurnCounter();
    const rig = new FlushRig({
      eligible: () => {
        asks.count();
        return "match";
      },
    });
    defer(rig.disk, "A1", to(...Array.from({ length: 50 }, (_, at) => `x@${at}.example`)));
    putLog(rig, "7_example", "A1\n");
    rig.clock.costMs = 1;
    asks.watch(rig.clock);
    const lines = await askReport(rig, { name: "sites" }, { ms: 1000 });
    expect(lines[0]).toEndWith(" names=7.example");
    expect(asks.most).toBeLessThan(5);
  });
});

describe("LogsOfMessages", () => {
  test("forgets the message that was not asked for the longest where there is no room for all", async () => {
    const reads: string[] = [];
    const rig = new FlushRig();
    for (const id of IDS) {
      defer(rig.disk, id, to("x@one.example", "y@two.example"));
    }
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path.startsWith("deferred/")) {
        reads.push(path);
      }
      return null;
    };
    // Two sites and the message itself: room for two messages.
    const readings = new LogsOfMessages(toolsOf(rig), new Slice(rig.clock), 6);
    const sites: string[][] = [];
    for (const id of ["A1", "A2", "A1", "A3", "A1", "A2"]) {
      sites.push([...(await readings.sitesIn(TWO, id as QueueId))]);
    }
    expect(sites).toEqual(sites.map(() => ["two.example"]));
    expect(reads).toEqual(["A1", "A2", "A3", "A2"].map((id) => `deferred/A/${id}`));
  });

  test("keeps the one that was asked for last however many sites it has", async () => {
    const { rig, reads } = stage();
    const readings = new LogsOfMessages(toolsOf(rig), new Slice(rig.clock), 2);
    for (let index = 0; index < 3; index++) {
      expect((await readings.sitesIn(TWO, "A1" as QueueId)).size).toBe(0);
    }
    expect([...reads]).toEqual([["deferred/A/A1", 1]]);
  });
});
