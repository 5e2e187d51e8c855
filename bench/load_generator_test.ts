/**
 * The load generator and the bare servers against each other: what is counted must be what happened.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../lab/wait.ts";
import { type AddPlan, addTurn } from "./add_turns.ts";
import { takeEntries } from "./arena.ts";
import { type BareServer, startBareServer } from "./bare_server.ts";
import { buildCPrograms, type CPrograms } from "./c_programs.ts";
import {
  generateLoad,
  type LoadOrder,
  type LoadReport,
  measureLoad,
  withPacedLoads,
} from "./load_generator.ts";
import { WrongResult } from "./wrong_result.ts";

const REQUESTS = 600;

let folder: string;
let programs: CPrograms;
let recorder: BareServer;
let answerer: BareServer;

function order(changes: Partial<LoadOrder>): LoadOrder {
  return {
    socket: recorder.socket,
    kind: "add",
    clients: 16,
    requests: REQUESTS,
    site: "a",
    sites: 1,
    firstId: 0,
    ...changes,
  };
}

function plan(requests: number): AddPlan {
  return { name: "plan", clients: 64, requests, sites: 3 };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bench-test-"));
  mkdirSync(join(folder, "record"));
  programs = await buildCPrograms();
  const record = { mode: "record", folder: join(folder, "record") } as const;
  recorder = await startBareServer(programs.bare, join(folder, "r"), record);
  answerer = await startBareServer(programs.bare, join(folder, "a"));
});

afterAll(async () => {
  await Promise.all([recorder.stop(), answerer.stop()]);
  rmSync(folder, { recursive: true });
});

describe("the load generator", () => {
  for (const clients of [1, 16, 300]) {
    test(`with ${clients} clients sends each ID once, to the sites in turn`, async () => {
      const site = `clients${clients}n`;
      const report = await measureLoad(programs.load, order({ clients, site, sites: 3 }));
      expect(report).toMatchObject({ requests: REQUESTS, answered: REQUESTS, timed_out: false });
      expect(report.status).toEqual({ "0": REQUESTS, "3": 0, "4": 0, "-1": 0, other: 0 });
      expect(report.p50_us).toBeLessThanOrEqual(report.p90_us);
      expect(report.p90_us).toBeLessThanOrEqual(report.p99_us);
      expect(report.p99_us).toBeLessThanOrEqual(report.max_us);
      const logs = readdirSync(join(folder, "record")).filter((name) => name.startsWith(site));
      expect(logs.sort()).toEqual([0, 1, 2].map((n) => `${site}0000${n}_bench_example`));
      const entries = takeEntries(join(folder, "record"), site);
      expect(new Set(entries).size).toBe(REQUESTS);
      expect(entries).toHaveLength(REQUESTS);
      expect(entries.every((id) => /^[0-9A-F]{11}$/.test(id))).toBe(true);
    });
  }

  for (const mode of ["append", "record"] as const) {
    test(`a bare server that is to ${mode} has each entry in its log${mode === "record" ? " once" : ""}`, async () => {
      const record = { mode, folder: mkdtempSync(join(folder, "log-")) };
      const socket = join(folder, `${mode}-socket`);
      const server = await startBareServer(programs.bare, socket, record);
      for (let again = 0; again < 2; again++) {
        await measureLoad(programs.load, order({ socket, clients: 64 }));
      }
      await server.stop();
      const entries = takeEntries(record.folder, "a");
      expect(new Set(entries).size).toBe(REQUESTS);
      expect(entries).toHaveLength(mode === "record" ? REQUESTS : 2 * REQUESTS);
    });
  }

  test("counts refused connections", async () => {
    const socket = join(folder, "nobody");
    const report = await generateLoad(programs.load, order({ socket }));
    expect(report).toMatchObject({ requests: REQUESTS, answered: 0, refused: REQUESTS, failed: 0 });
    await expect(measureLoad(programs.load, order({ socket }))).rejects.toThrow(WrongResult);
  });

  test("counts statuses, and greetings that are none", async () => {
    const greeting = "protocol\0queue_flush_protocol\0\0";
    const answers = [
      "status\x003\0\0",
      "status\x004\0\0",
      "status\x004294967295\0\0",
      "nonsense\0\0",
    ];
    let connections = 0;
    const server = Bun.listen<{ answer: string | undefined }>({
      unix: join(folder, "odd"),
      socket: {
        open(socket) {
          socket.data = { answer: answers[connections++] };
          socket.write(socket.data.answer === undefined ? "x".repeat(31) : greeting);
        },
        data(socket) {
          socket.end(socket.data.answer);
        },
      },
    });
    const requests = answers.length + 1;
    const report = await generateLoad(
      programs.load,
      order({ socket: join(folder, "odd"), clients: 1, requests }),
    );
    server.stop(true);
    expect(report.status).toEqual({ "0": 0, "3": 1, "4": 1, "-1": 1, other: 0 });
    expect(report).toMatchObject({ answered: 3, failed: 2, refused: 0 });
  });

  test("adds at a pace until it is told to end", async () => {
    const { socket } = recorder;
    const log = join(folder, "record", "paced00000_bench_example");
    const { result, reports } = await withPacedLoads(
      programs.load,
      [{ socket, site: "paced", firstId: 7 }],
      () => waitFor("some adds", () => existsSync(log) && statSync(log).size),
    );
    const [report] = reports as readonly [LoadReport];
    expect(result).toBeGreaterThan(0);
    expect(report).toMatchObject({ failed: 0, refused: 0, timed_out: false });
    const entries = takeEntries(join(folder, "record"), "paced");
    expect(new Set(entries).size).toBe(report.answered);
    expect(entries).toHaveLength(report.answered);
  });

  test("ends paced clients where the work beside them fails", async () => {
    const { socket } = recorder;
    const load = withPacedLoads(programs.load, [{ socket, site: "paced", firstId: 0 }], () =>
      Promise.reject(new Error("no such work")),
    );
    await expect(load).rejects.toThrow("no such work");
    const log = join(folder, "record", "paced00000_bench_example");
    const size = (): number => (existsSync(log) ? statSync(log).size : 0);
    const before = size();
    await Bun.sleep(50);
    expect(size()).toBe(before);
  });

  test("is a wrong result where a paced add is not served", async () => {
    const order = { socket: join(folder, "nobody"), site: "paced", firstId: 0 };
    const load = withPacedLoads(programs.load, [order], () => Bun.sleep(100));
    await expect(load).rejects.toThrow(WrongResult);
  });

  test("ends at its time limit when nobody answers", async () => {
    const server = Bun.listen({ unix: join(folder, "mute"), socket: { data() {} } });
    for (const clients of ["1", "200"]) {
      const mute = join(folder, "mute");
      const child = Bun.spawn([programs.load, "-s", mute, "-t", "1", "-n", "200", "-c", clients]);
      const report = JSON.parse(await child.stdout.text());
      expect(report).toMatchObject({ answered: 0, timed_out: true, failed: Number(clients) });
      expect(await child.exited).toBe(1);
    }
    server.stop(true);
  });
});

describe("a turn of adds", () => {
  test("is right where the record holds every ID", async () => {
    const target = { title: "r", socket: recorder.socket, recordFolder: join(folder, "record") };
    const report = await addTurn(programs.load, target, plan(REQUESTS), 5);
    expect(report.answered).toBe(REQUESTS);
    // The next turn finds the logs there, and nothing in them.
    const logs = readdirSync(join(folder, "record")).filter((name) => name.startsWith("plan"));
    expect(logs).toHaveLength(3);
    expect(takeEntries(join(folder, "record"), "plan")).toEqual([]);
  });

  test("is a wrong result where the server answers and keeps nothing", async () => {
    const target = {
      title: "liar",
      socket: answerer.socket,
      recordFolder: join(folder, "record"),
    };
    await expect(addTurn(programs.load, target, plan(REQUESTS), 6)).rejects.toThrow(
      new WrongResult("check the record of liar: 600 adds, but 0 entries, 0 of them different"),
    );
  });
});

test("the generator has room above a server that keeps a record (printed, not judged)", async () => {
  const requests = 5000;
  const rates: number[] = [];
  for (const [site, socket] of Object.entries({ one: recorder.socket, two: answerer.socket })) {
    const report = await measureLoad(programs.load, order({ socket, site, requests, clients: 64 }));
    rates.push(Math.round(report.per_second));
  }
  console.log(`bare server, adds a second: ${rates[0]} with a record, ${rates[1]} without`);
  expect(takeEntries(join(folder, "record"), "one")).toHaveLength(requests);
});
