/**
 * The lookup helper, as a process: whose it is, what it has open, when it begins and ends; and that nobody waits for it
 * who does not ask it.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FlushConnection } from "../../lab/flush_request.ts";
import { choosePort } from "../../lab/machine.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { pidsRunning, rootOf, threadRights } from "../../lab/processes.ts";
import { runOrThrow } from "../../lab/run.ts";

/** More than is read whole. */
const MANY_DOMAINS = 20_000;

/** How long an answer may take; and what is a thousandth of it, and some more. */
const IPC_TIMEOUT = "60s";
const SLOW_MS = 100;

let instance: PostfixInstance;

beforeAll(async () => {
  const flush = { command: "fastflush/flush", chroot: true, wake_up: "0" } as const;
  instance = await PostfixInstance.create({
    name: "fastflush-helper",
    flush,
    main: { fast_flush_domains: "static:all", ipc_timeout: IPC_TIMEOUT },
  });
  await instance.start();
});

afterAll(() => instance.remove());

async function setDomains(list: string): Promise<void> {
  instance.setMain({ fast_flush_domains: list });
  await instance.reload();
  await instance.waitFor("the old process to end", () => ourPids().length === 0);
}

async function open(site: string): Promise<FlushConnection> {
  const connection = await FlushConnection.open(instance.flushSocket());
  connection.write(`request\0add\0site\0${site}\0queue_id\0ABC123\0\0`);
  return connection;
}

async function add(site: string): Promise<number | string> {
  const answer = await (await open(site)).answer;
  return answer.kind === "status" ? answer.status : answer.kind;
}

function ourPids(): number[] {
  return instance.flushPids("fastflush/flush");
}

/** The proxymap(8) that is none of master's. */
function helperPids(): number[] {
  const running = pidsRunning(join(instance.folder, "sbin", "proxymap"));
  return running.filter((pid) => /^flush\0/.test(readFileSync(`/proc/${pid}/cmdline`, "latin1")));
}

function status(pid: number, name: string): string[] {
  const line = new RegExp(`^${name}:\\s*(.*)$`, "m").exec(
    readFileSync(`/proc/${pid}/status`, "utf8"),
  );
  return (line?.[1] ?? "").split(/\s+/);
}

function descriptors(pid: number): Record<string, string> {
  const folder = `/proc/${pid}/fd`;
  const found = readdirSync(folder).map((name) => [
    name,
    readlinkSync(join(folder, name)).replace(/:?\[?\d*\]?$/, ""),
  ]);
  return Object.fromEntries(found);
}

test("no table that needs one: there is none", async () => {
  await setDomains("static:all");
  expect(await add("a.example")).toBe(0);
  expect(helperPids()).toEqual([]);
});

test("it runs outside the jail, as the mail owner, with its own sockets and nothing of its parent's", async () => {
  const table = join(instance.config_folder, "patterns");
  writeFileSync(table, "/^a\\.example$/ x\n");
  await setDomains(`pcre:${table}`);
  expect([await add("a.example"), await add("b.example")]).toEqual([0, 4]);
  const [pid = 0, ...others] = helperPids();
  const [parent = 0] = ourPids();
  expect(others).toEqual([]);
  expect(status(pid, "PPid")).toEqual([String(parent)]);
  const { uid, gid } = instance.owner;
  expect(status(pid, "Uid")).toEqual(Array(4).fill(String(uid)));
  expect(status(pid, "Gid")).toEqual(Array(4).fill(String(gid)));
  expect(status(pid, "CapEff")).toEqual(["0000000000000000"]);
  // To have started it leaves no thread of its parent with more rights.
  for (const { uids, gids, groups, capabilities } of threadRights(parent)) {
    expect({ uids, gids, groups }).toEqual({
      uids: Array(4).fill(uid),
      gids: Array(4).fill(gid),
      groups: [gid],
    });
    expect(capabilities).toEqual({ eff: 0n, prm: 0n, inh: 0n, amb: 0n });
  }
  expect([rootOf(pid), rootOf(parent)]).toEqual(["/", instance.queue_folder]);
  const inherited = Object.entries(descriptors(pid)).filter(([number]) => Number(number) <= 6);
  expect(Object.fromEntries(inherited)).toEqual({
    ...Object.fromEntries([0, 1, 2, 3, 4].map((number) => [number, "/dev/null"])),
    5: "socket",
    6: "socket",
  });
  const sockets = Object.values(descriptors(pid)).filter((what) => what === "socket");
  // The status channel, the listener, the connection, and the log's.
  expect(sockets.length).toBeLessThanOrEqual(4);
  expect(
    readdirSync(join(instance.queue_folder, "pid")).filter((name) => /lookup/.test(name)),
  ).toEqual([]);
});

test("it ends with its parent, however that ends", async () => {
  const [parent = 0] = ourPids();
  expect(helperPids()).toHaveLength(1);
  process.kill(parent, "SIGKILL");
  await instance.waitFor("the helper to end", () => helperPids().length === 0);
});

test("where it ends, its parent makes room for another", async () => {
  await setDomains(`pcre:${join(instance.config_folder, "patterns")}`);
  expect(await add("a.example")).toBe(0);
  const [parent] = ourPids();
  process.kill(helperPids()[0] ?? 0, "SIGKILL");
  await instance.waitFor("its parent to end", () => ourPids()[0] !== parent);
  expect(await add("a.example")).toBe(0);
});

test("it looks up in an indexed file that is too large to be read whole", async () => {
  const table = join(instance.config_folder, "many");
  const lines = Array.from({ length: MANY_DOMAINS }, (_, index) => `d${index}.example x\n`);
  writeFileSync(table, lines.join(""));
  await runOrThrow(["postmap", `hash:${table}`], { env: { MAIL_CONFIG: instance.config_folder } });
  await setDomains(`hash:${table}`);
  expect([await add("x.d17.example"), await add("e17.example")]).toEqual([0, 4]);
  expect(helperPids()).toHaveLength(1);
});

test("nobody waits who does not ask: neither for an answer, nor behind those who do", async () => {
  const port = await choosePort(undefined);
  const asked: string[] = [];
  let answer = (): void => {};
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (socket, bytes) => {
        asked.push(bytes.toString().trim());
        answer = () => void socket.write("200 x\n");
      },
    },
  });
  try {
    await setDomains(`quick.example tcp:127.0.0.1:${port}`);
    const slow = [await open("slow.example"), await open("slow.example")];
    await instance.waitFor("the question", () => asked.length > 0);
    for (const site of ["quick.example", "x.quick.example"]) {
      expect(await add(site)).toBe(0);
    }
    await Bun.sleep(SLOW_MS);
    answer();
    const answers = await Promise.all(slow.map((connection) => connection.answer));
    expect(answers).toEqual(Array(2).fill({ kind: "status", status: 0 }));
    expect(asked).toEqual(["get slow.example"]);
  } finally {
    listener.stop(true);
  }
});
