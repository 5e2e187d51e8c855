/**
 * Every type of lookup table that Debian's Postfix has, in fast_flush_domains: the original and ours side by side, under
 * one master(8), ours in its jail. Statuses and log lines are the same, and so is what becomes of a change, but for the second
 * that ours may take to notice that of a file (docs/LOOKUP_TABLES.md).
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FlushConnection } from "../../lab/flush_request.ts";
import { type FlushEntry, writeMaster } from "../../lab/instance_files.ts";
import { SMTP_ADDRESS } from "../../lab/machine.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { isPostfixBefore } from "../../lab/postfix_version.ts";
import { runOrThrow } from "../../lab/run.ts";
import { AtOnce } from "../contract/at_once.ts";
import { linesSince } from "../contract/small_master.ts";
import {
  startLdap,
  startMemcached,
  startMysql,
  startPostgres,
  startSocketmap,
  startTcp,
  type TableServer,
} from "../support/table_servers.ts";

/** Writes a table's file, to hold this domain and no other. */
type Write = (path: string, domain: string, instance: PostfixInstance) => Promise<void> | void;

/** A table, before and after a change: it holds old.example first, and new.example behind. */
interface TableRow {
  readonly name: string;
  /** For fast_flush_domains: FILE is the table's file, and SERVER what its server calls the table. */
  readonly list: string;
  readonly write?: Write;
  readonly server?: (folder: string) => Promise<TableServer>;
  /**
   * What the original makes of a change in a process that goes on: it sees it, or not, or as the pages that Berkeley DB
   * has in memory will have it; unless set, none is made.
   */
  readonly change?: "seen" | "not seen" | "by chance";
  /** By site; unless set, those of a table in which names are looked up with their parents. None: the service ends. */
  readonly statuses?: Readonly<Record<string, number>>;
  /** Unless set, none. */
  readonly log?: readonly (string | RegExp)[];
}

const WITH_PARENTS = { "OLD.example": 0, "x.old.example": 0, "other.example": 4 };
const AS_A_WHOLE = { "old.example": 0, "x.old.example": 4, "other.example": 4 };

const plain =
  (content: (domain: string) => string): Write =>
  (path, domain) =>
    writeFileSync(path, content(domain));

const indexed =
  (type: string): Write =>
  async (path, domain, instance) => {
    writeFileSync(path, `${domain} x\n`);
    await runOrThrow(["postmap", `${type}:${path}`], {
      env: { MAIL_CONFIG: instance.config_folder },
    });
  };

const sqlite: Write = async (path, domain) => {
  const make = "CREATE TABLE IF NOT EXISTS t (d text); DELETE FROM t;";
  await runOrThrow(["sqlite3", `${path}.sq`, `${make} INSERT INTO t VALUES ('${domain}')`]);
  const settings = `dbpath = ${path}.sq\nquery = SELECT d FROM t WHERE d = '%s'\n`;
  // Written once: another file would be another table.
  if (!existsSync(path)) {
    writeFileSync(path, settings);
  }
};

/** A table of `type` whose server's settings are in a file. */
const served = (type: string, server: (folder: string) => Promise<TableServer>): TableRow => ({
  name: type,
  list: `${type}:FILE`,
  server,
  change: "seen",
});

const LINE = plain((domain) => `${domain} x\n`);

/** As Debian's Postfix says from 3.11 on. */
const BERKELEY_DB_WARNINGS = [
  "warning: FILE: hash/btree support is deprecated.  Please switch to cdb or lmdb.",
  "warning: See /usr/share/doc/postfix/NON_BERKELEYDB_README.gz for more info.",
];

/** What proxymap(8) may read by default: proxy_read_maps names relay_domains, and not fast_flush_domains. */
const BY_RELAY_DOMAINS: TableRow = {
  name: "proxy, by way of relay_domains",
  list: "$relay_domains",
  write: LINE,
};

const NOT_TO_BE_READ = 'proxymap service is not configured for table "texthash:FILE"';

/** What it may read besides, since proxy_read_maps names it. */
const BY_READ_MAPS: TableRow = {
  name: "proxy, by way of proxy_read_maps",
  list: "proxy:texthash:FILE",
  write: LINE,
};

const TABLES: readonly TableRow[] = [
  { name: "names", list: "old.example" },
  { name: "static", list: "!other.example static:all" },
  { name: "inline", list: "inline:{ {old.example = x} }" },
  { name: "a file", list: "FILE", write: plain((domain) => `${domain}\n`), change: "not seen" },
  { name: "texthash", list: "texthash:FILE", write: LINE, change: "not seen" },
  ...["hash", "btree"].map((type) => ({
    name: type,
    list: `${type}:FILE`,
    write: indexed(type),
    change: "by chance" as const,
    log: isPostfixBefore(3, 11) ? [] : BERKELEY_DB_WARNINGS,
  })),
  { name: "lmdb", list: "lmdb:FILE", write: indexed("lmdb"), change: "seen" },
  { name: "cdb", list: "cdb:FILE", write: indexed("cdb"), change: "not seen" },
  {
    name: "regexp",
    list: "regexp:FILE",
    write: plain((domain) => `/^${domain}$/ x\n`),
    change: "not seen",
    statuses: AS_A_WHOLE,
  },
  {
    name: "pcre",
    list: "pcre:FILE",
    write: plain((domain) => `/^${domain}(?!x)$/ x\n/(/ y\n`),
    change: "not seen",
    statuses: AS_A_WHOLE,
    log: [
      /^warning: pcre map FILE, line 2: error in regex at offset 1: missing (?:closing parenthesis|\))$/,
    ],
  },
  {
    name: "cidr",
    list: "cidr:FILE",
    write: plain(() => "10.0.0.0/8 x\n10.0.0.1/8 y\n"),
    statuses: { "10.0.0.1": 4, "11.0.0.1": 4, "old.example": 4 },
    log: [
      'warning: cidr map FILE, line 2: non-null host address bits in "10.0.0.1/8", perhaps you should use "10.0.0.0/8" instead: skipping this rule',
      'warning: midna_domain_to_ascii_create: Problem translating domain "10.0.0.1" to ASCII form: malformed ASCII label(s)',
    ],
  },
  {
    name: "unionmap",
    list: "unionmap:{texthash:FILE, inline:{z.example=x}}",
    write: LINE,
    change: "not seen",
    statuses: { ...WITH_PARENTS, "z.example": 0 },
  },
  {
    name: "pipemap",
    list: "!pipemap:{texthash:FILE, inline:{x=y}}, example",
    write: LINE,
    statuses: { "old.example": 4, "x.old.example": 4, "other.example": 0 },
  },
  { name: "randmap", list: "randmap:{a, b}", statuses: { "old.example": 0 } },
  {
    name: "fail",
    list: "a.example fail:x static:all",
    statuses: { "a.example": 0, "old.example": -1 },
    log: ["warning: fast_flush_domains: fail:x: table lookup problem"],
  },
  { name: "sqlite", list: "sqlite:FILE", write: sqlite, change: "seen" },
  served("pgsql", startPostgres),
  served("mysql", startMysql),
  served("ldap", startLdap),
  served("memcache", startMemcached),
  { name: "tcp", list: "tcp:SERVER", server: startTcp, change: "seen", statuses: AS_A_WHOLE },
  {
    name: "socketmap",
    list: "socketmap:SERVER",
    server: startSocketmap,
    change: "seen",
    statuses: AS_A_WHOLE,
  },
  BY_RELAY_DOMAINS,
  BY_READ_MAPS,
  {
    name: "proxy, not to be read",
    list: "proxy:texthash:FILE",
    ...(isPostfixBefore(3, 11)
      ? { statuses: {}, log: [`fatal: ${NOT_TO_BE_READ}`] }
      : {
          statuses: { "old.example": -1 },
          log: unavailable("proxy:texthash:FILE", NOT_TO_BE_READ),
        }),
  },
  ...["lmdb", "cdb"].map((type) => ({
    name: `${type}, missing`,
    list: `${type}:FILE`,
    statuses: { "old.example": -1 },
    log: unavailable(`${type}:FILE`, `open database FILE.${type}: No such file or directory`),
  })),
  ...["pcre", "cidr", "sqlite", "ldap", "memcache"].map((type) => ({
    name: `${type}, missing`,
    list: `${type}:FILE`,
    statuses: { "old.example": -1 },
    log: unavailable(`${type}:FILE`, "open FILE: No such file or directory"),
  })),
  {
    name: "mysql, without a server",
    list: "mysql:FILE",
    write: plain(
      () => "hosts = unix:/none\nuser = a\npassword = b\ndbname = c\nquery = SELECT 1\n",
    ),
    statuses: { "old.example": -1 },
    log: [
      /^warning: connect to mysql server unix:\/none: Can't connect to local (?:MySQL )?server through socket '\/none' \(2\)$/,
      "warning: fast_flush_domains: mysql:FILE: table lookup problem",
    ],
  },
  {
    name: "pgsql, without a server",
    list: "pgsql:FILE",
    write: plain(() => "hosts = /none\nuser = a\npassword = b\ndbname = c\nquery = SELECT 1\n"),
    statuses: { "old.example": -1 },
    log: [
      /^warning: connect to pgsql server \/none: (?:connection to|could not connect to) server.*: No such file or directory\?\?Is the server running .*$/,
      "warning: fast_flush_domains: pgsql:FILE: table lookup problem",
    ],
  },
];

function unavailable(title: string, reason: string): string[] {
  return [
    `error: ${reason}`,
    `warning: ${title} is unavailable. ${reason}`,
    `warning: fast_flush_domains: ${title}: table lookup problem`,
  ];
}

/** The services of a row, one of each program. */
const COMMANDS = { original: "flush", ours: "fastflush/flush" } as const;
type Program = keyof typeof COMMANDS;

/** So many rows at once: most of a row is waiting. */
const AT_ONCE = 6;

let instance: PostfixInstance;
let folder: string;

function serviceOf(row: TableRow, program: Program): string {
  return `${program}${TABLES.indexOf(row)}`;
}

function fileOf(row: TableRow): string {
  return join(folder, `table${TABLES.indexOf(row)}`);
}

function entryOf(row: TableRow, program: Program, list: string): FlushEntry {
  const service = serviceOf(row, program);
  const settings = [`fast_flush_domains = ${list}`, `syslog_name = ${service}`];
  const args = settings.flatMap((each) => ["-o", `{ ${each} }`]);
  // In the jail the original could not reach the sockets of some servers.
  const chroot = program === "ours";
  return { service, command: COMMANDS[program], chroot, wake_up: "0", args };
}

/** Asks a service to add for each of these sites, one after the other. */
async function ask(
  row: TableRow,
  program: Program,
  sites: readonly string[],
): Promise<Record<string, number | string>> {
  const found: Record<string, number | string> = {};
  for (const site of sites) {
    const connection = await FlushConnection.open(instance.flushSocket(serviceOf(row, program)));
    connection.write(`request\0add\0site\0${site}\0queue_id\0ABC123\0\0`);
    const answer = await connection.answer;
    found[site] = answer.kind === "status" ? answer.status : answer.kind;
  }
  return found;
}

/** Has a service started that can't go on; its client is left to its successor. */
async function awaitEnd(row: TableRow, program: Program): Promise<void> {
  const client = await Bun.connect({
    unix: instance.flushSocket(serviceOf(row, program)),
    socket: { data() {} },
  });
  try {
    await instance.waitFor(`${row.name}: the end of ${program}`, async () =>
      (await logOf(row, program)).some((line) => line.startsWith("fatal: ")),
    );
  } finally {
    client.end();
  }
}

/** What a service, and whoever looks up for it, has logged; each line once, since a second process says it again. */
async function logOf(row: TableRow, program: Program): Promise<string[]> {
  const tag = `${serviceOf(row, program)}/flush`;
  const lines = (await linesSince(instance, 0)).filter((line) => line.tag === tag);
  return [...new Set(lines.map(({ text }) => text.replaceAll(fileOf(row), "FILE")))];
}

/** All that is asked of a row. */
interface Outcome {
  readonly statuses: Readonly<Record<Program, unknown>>;
  readonly logs: Readonly<Record<Program, readonly string[]>>;
  /** What the original says behind a change; ours has to come to say that it was seen. */
  readonly changed: unknown;
}

const AFTER = ["old.example", "new.example"];
const SEEN = { "old.example": 4, "new.example": 0 };
const NOT_SEEN = { "old.example": 0, "new.example": 4 };

async function runRow(row: TableRow, server: TableServer | null): Promise<Outcome> {
  const sites = Object.keys(row.statuses ?? WITH_PARENTS);
  if (sites.length === 0) {
    await Promise.all([awaitEnd(row, "original"), awaitEnd(row, "ours")]);
  }
  const statuses = {
    original: await ask(row, "original", sites),
    ours: await ask(row, "ours", sites),
  };
  const logs = { original: await logOf(row, "original"), ours: await logOf(row, "ours") };
  if (row.change === undefined) {
    return { statuses, logs, changed: null };
  }
  await row.write?.(fileOf(row), "new.example", instance);
  await server?.set("new.example");
  const changed = await ask(row, "original", AFTER);
  await instance.waitFor(`${row.name}: the change to be noticed`, async () =>
    Bun.deepEquals(await ask(row, "ours", AFTER), SEEN),
  );
  return { statuses, logs, changed };
}

describe("a table", () => {
  const outcomes = new Map<TableRow, Promise<Outcome>>();
  const servers: TableServer[] = [];

  beforeAll(async () => {
    const flush = { command: COMMANDS.ours };
    // By default a process ends after 100 clients, and its successor sees every change: ours has to notice by itself.
    const main = { max_use: "1000000" };
    instance = await PostfixInstance.create({ name: "fastflush-tables", flush, main });
    folder = join(instance.folder, "tables");
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const ready = await Promise.all(TABLES.map((row) => prepare(row)));
    const entries = TABLES.flatMap((row, index) => {
      const { list } = ready[index] ?? { list: "" };
      return [entryOf(row, "original", list), entryOf(row, "ours", list)];
    });
    writeMaster(instance.folder, `${SMTP_ADDRESS}:${instance.smtp_port}`, entries);
    await instance.start();
    const atOnce = new AtOnce(AT_ONCE);
    for (const [index, row] of TABLES.entries()) {
      const server = ready[index]?.server ?? null;
      outcomes.set(
        row,
        atOnce.run(() => runRow(row, server)),
      );
    }
  });

  afterAll(async () => {
    await Promise.allSettled(outcomes.values());
    await Promise.all(servers.map((server) => server.stop()));
    await instance.remove();
  });

  async function prepare(row: TableRow) {
    const server = (await row.server?.(folder)) ?? null;
    const path = fileOf(row);
    if (server !== null) {
      servers.push(server);
      writeFileSync(path, server.settings);
      await server.set("old.example");
    }
    await row.write?.(path, "old.example", instance);
    if (row === BY_RELAY_DOMAINS) {
      instance.setMain({ relay_domains: `proxy:texthash:${path}` });
    }
    if (row === BY_READ_MAPS) {
      instance.setMain({ proxy_read_maps: `$relay_domains proxy:texthash:${path}` });
    }
    const name = server?.settings ?? "";
    return { server, list: row.list.replaceAll("FILE", path).replaceAll("SERVER", name) };
  }

  for (const row of TABLES) {
    test(row.name, async () => {
      const outcome = await outcomes.get(row);
      const wanted = row.statuses ?? WITH_PARENTS;
      expect(outcome?.statuses).toEqual({ original: wanted, ours: wanted });
      const log = (row.log ?? []).map((line) =>
        typeof line === "string" ? line : expect.stringMatching(line),
      );
      const { original, ours } = outcome?.logs ?? {};
      expect({ original, ours }).toEqual({ original: log, ours: original });
      if (row.change === "seen" || row.change === "not seen") {
        expect(outcome?.changed).toEqual(row.change === "seen" ? SEEN : NOT_SEEN);
      }
    });
  }
});
