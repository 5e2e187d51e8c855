/**
 * For tests: the servers that lookup tables ask, private ones, each with a table of one domain that can be changed.
 *
 * Their files and sockets lie in the folder that is given; LDAP and TCP are spoken on 127.0.0.1. Those that are programs
 * end with this process, however that ends.
 */
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { choosePort } from "../../lab/machine.ts";
import { run, runOrThrow } from "../../lab/run.ts";
import { waitFor } from "../../lab/wait.ts";

/** A server, and the domain that its table holds. */
export interface TableServer {
  /** What the table's own file of settings says; for a table without one: its name. */
  readonly settings: string;
  /** Has the table hold this domain, and no other. */
  set(domain: string): Promise<void>;
  stop(): Promise<void>;
}

/** Who runs a server that refuses to be root's: nobody. */
const USER_ID = 65_534;

const AS_USER = ["setpriv", `--reuid=${USER_ID}`, `--regid=${USER_ID}`, "--clear-groups"];

/** To be said last: who becomes another user would forget it. */
const ENDS_WITH_PARENT = ["setpriv", "--pdeathsig=KILL"];

/** PostgreSQL may take seconds, and each of them many on a machine that is busy. */
const START_LIMIT_MS = 60_000;

/** Debian has the programs of each version in a folder of its own. */
const POSTGRES_PROGRAMS = "/usr/lib/postgresql/*/bin/initdb";

/** A server's process. */
interface Program {
  /** Waits until `isUp`; throws with what the server has said where it doesn't come about. */
  ready(isUp: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a server, not as root, until it is stopped; it can't outlive this process. What it says is kept in `folder`. */
function startProgram(folder: string, words: readonly [string, ...string[]]): Program {
  const log = join(folder, "log");
  const child = Bun.spawn([...AS_USER, ...ENDS_WITH_PARENT, ...words], {
    stdio: ["ignore", Bun.file(log), Bun.file(log)],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
  });
  const explain = (): string => readFileSync(log, "utf8");
  return {
    ready: async (isUp) => {
      const probe = async (): Promise<boolean> => {
        if (child.exitCode !== null) {
          throw new Error(`start ${words[0]}: exit status ${child.exitCode}\n${explain()}`);
        }
        return await isUp();
      };
      await waitFor(words[0], probe, { deadline_ms: START_LIMIT_MS, explain });
    },
    stop: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** For the user that servers run as. */
function makeFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  chownSync(folder, USER_ID, USER_ID);
  return folder;
}

/** PostgreSQL, by its socket. */
export async function startPostgres(parent: string): Promise<TableServer> {
  const folder = makeFolder(parent, "postgres");
  const [initdb = ""] = [...new Bun.Glob(POSTGRES_PROGRAMS).scanSync({ cwd: "/" })].sort();
  const programs = dirname(initdb);
  const data = join(folder, "data");
  const initialize = ["-D", data, "-U", "test", "-A", "trust", "--no-sync"];
  await runOrThrow([...AS_USER, join(programs, "initdb"), ...initialize]);
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${folder}`,
    "fsync=off",
    // In its folder, which is removed: in /dev/shm it would stay behind a server that is killed.
    "dynamic_shared_memory_type=mmap",
  ];
  const options = settings.flatMap((each) => ["-c", each]);
  const server = startProgram(folder, [join(programs, "postgres"), "-D", data, ...options]);
  const sql = (text: string) =>
    run([join(programs, "psql"), "-q", "-h", folder, "-U", "test", "-d", "postgres", "-c", text]);
  const make = "CREATE TABLE IF NOT EXISTS domains (name text)";
  await server.ready(async () => (await sql(make)).status === 0);
  return {
    settings: `hosts = ${folder}\nuser = test\npassword = x\ndbname = postgres\nquery = SELECT name FROM domains WHERE name = '%s'\n`,
    set: async (domain) => {
      await sql(`DELETE FROM domains; INSERT INTO domains VALUES ('${domain}')`);
    },
    stop: server.stop,
  };
}

/** MariaDB, by its socket; without InnoDB, whose files alone would take 100 MB, and without users of its own. */
export async function startMysql(parent: string): Promise<TableServer> {
  const folder = makeFolder(parent, "mysql");
  const data = makeFolder(folder, "data");
  // A folder there is a database.
  const database = "domains";
  makeFolder(data, database);
  const path = join(folder, "socket");
  const options = [
    ...["--no-defaults", `--datadir=${data}`, `--socket=${path}`, `--pid-file=${folder}/pid`],
    ...["--skip-networking", "--skip-grant-tables", "--skip-innodb"],
    "--default-storage-engine=MyISAM",
  ];
  const server = startProgram(folder, ["mariadbd", ...options]);
  const run = async (...statements: readonly string[]): Promise<void> => {
    await using sql = new Bun.SQL({ adapter: "mysql", path, username: "root", database, max: 1 });
    for (const statement of statements) {
      await sql.unsafe(statement);
    }
  };
  await server.ready(() => succeeds(run("CREATE TABLE IF NOT EXISTS t (name text)")));
  return {
    settings: `hosts = unix:${path}\nuser = test\npassword = x\ndbname = ${database}\nquery = SELECT name FROM t WHERE name = '%s'\n`,
    set: (domain) => run("DELETE FROM t", `INSERT INTO t VALUES ('${domain}')`),
    stop: server.stop,
  };
}

function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

/** OpenLDAP's server. */
export async function startLdap(parent: string): Promise<TableServer> {
  const folder = makeFolder(parent, "ldap");
  const address = `ldap://127.0.0.1:${await choosePort(undefined)}`;
  const configuration = join(folder, "slapd.conf");
  writeFileSync(
    configuration,
    `include /etc/ldap/schema/core.schema
database ldif
directory ${folder}
suffix "dc=test"
rootdn "cn=root,dc=test"
rootpw test
`,
  );
  const server = startProgram(folder, ["slapd", "-d", "0", "-h", address, "-f", configuration]);
  const change = async (command: string, ldif: string): Promise<number> => {
    const file = join(parent, "change.ldif");
    writeFileSync(file, ldif);
    const identity = ["-x", "-D", "cn=root,dc=test", "-w", "test", "-H", address];
    return (await run([command, ...identity, "-f", file])).status;
  };
  const base = "dn: dc=test\nobjectClass: dcObject\nobjectClass: organization\no: test\ndc: test\n";
  const entry = "\ndn: cn=domains,dc=test\nobjectClass: device\ncn: domains\nl: none\n";
  await server.ready(async () => (await change("ldapadd", base + entry)) === 0);
  return {
    settings: `server_host = ${address}\nversion = 3\nsearch_base = dc=test\nquery_filter = (l=%s)\nresult_attribute = cn\n`,
    set: async (domain) => {
      const dn = "dn: cn=domains,dc=test\nchangetype: modify\n";
      await change("ldapmodify", `${dn}replace: l\nl: ${domain}\n`);
    },
    stop: server.stop,
  };
}

/** memcached, by its socket. */
export async function startMemcached(parent: string): Promise<TableServer> {
  const folder = makeFolder(parent, "memcached");
  const path = join(folder, "socket");
  const server = startProgram(folder, ["memcached", "-s", path, "-a", "0666"]);
  let held = "";
  const command = async (text: string): Promise<void> => {
    const answered = Promise.withResolvers<void>();
    const socket = await Bun.connect({ unix: path, socket: { data: () => answered.resolve() } });
    socket.write(text);
    await answered.promise;
    socket.end();
  };
  await server.ready(() => succeeds(command("version\r\n")));
  return {
    settings: `memcache = unix:${path}\nkey_format = %s\n`,
    set: async (domain) => {
      await command(`delete ${held || "none"}\r\n`);
      await command(`set ${domain} 0 0 1\r\nx\r\n`);
      held = domain;
    },
    stop: server.stop,
  };
}

/** A server of tcp_table(5). */
export async function startTcp(): Promise<TableServer> {
  return await startOwn(
    (port) => `127.0.0.1:${port}`,
    (text, domain) => (text === `get ${domain}\n` ? "200 x\n" : "500 no\n"),
  );
}

/** A server of socketmap_table(5). */
export async function startSocketmap(): Promise<TableServer> {
  return await startOwn(
    (port) => `inet:127.0.0.1:${port}:domains`,
    (text, domain) =>
      text.endsWith(`:domains ${domain},`) ? netstring("OK x") : netstring("NOTFOUND "),
  );
}

function netstring(text: string): string {
  return `${text.length}:${text},`;
}

/** A server of a few lines: a request is one write, as Postfix makes it. */
async function startOwn(
  nameOf: (port: number) => string,
  answer: (text: string, domain: string) => string,
): Promise<TableServer> {
  let held = "";
  const port = await choosePort(undefined);
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port,
    socket: { data: (socket, bytes) => void socket.write(answer(bytes.toString(), held)) },
  });
  return {
    settings: nameOf(port),
    set: async (domain) => {
      held = domain;
    },
    stop: async () => listener.stop(true),
  };
}
