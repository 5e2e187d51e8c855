/**
 * Random cases: a configuration, a queue, a record and a request, each mostly plausible and now and then not.
 *
 * What is drawn stays within what known_differences.ts can tell of ours; the rest (links, directories in the
 * place of files, a missing record, several things that the original dies of at once) has rows of its own.
 * Ages are far from every limit, so that nothing depends on how long a case takes.
 */
import { isPostfixBefore } from "../../lab/postfix_version.ts";
import { hashedPath } from "../../src/names/hashed_path.ts";
import { parseLogfileName, parseQueueId } from "../../src/names/names.ts";
import { oneIn, pick, type Random, randomFrom } from "../support/random.ts";
import {
  add,
  type ContractCase,
  type FileSpec,
  request,
  type State,
  type StateEntry,
  sendFile,
  sendSite,
} from "./contract_case.ts";
import { drawSteps } from "./draw_steps.ts";
import { hashingOf } from "./hashing.ts";
import { READ_BYTES_MAX } from "./known_differences.ts";

type Config = Record<string, string>;

/** Sites, with the logfile of those that have one. */
const SITES: ReadonlyArray<readonly [site: string, logfile: string | null]> = [
  ["one.example", "one_example"],
  ["ONE.Example", "one_example"],
  ["sub.one.example", "sub_one_example"],
  ["a-b.example", "a_b_example"],
  ["a.b.example", "a_b_example"],
  ["example.biz", "example_biz"],
  ["longer-name.biz.example", "longer_name_biz_example"],
  ["b\xc3\xbccher.example", "xn__bcher_kva_example"],
  ["xn--bcher-kva.example", "xn__bcher_kva_example"],
  ["stra\xc3\x9fe.example", "xn__strae_oqa_example"],
  ["\xe2\x98\x83.net", "xn__n3h_net"],
  ["ab", "ab"],
  ["x", "x"],
  ["[10.0.0.1]", null],
  ["1.2.3.4", null],
  ["two.example.", null],
  ["\xff\xfe.example", null],
  ["", null],
];

/** Those that are more often asked about. */
const USUAL_SITES = SITES.slice(0, 8);

const QUEUE_IDS = [
  "ABC123",
  "0A1B2C3D4E",
  "abc123",
  "4jYCDY3XvNzLDg6L",
  "4jYCDY000zzLDg6L",
  "1234567890z",
  "a_b_c_d_e_fz",
  "AB",
  "Z",
  "_",
  "F".repeat(255),
];

/** What may stand in a log instead of an entry. */
const JUNK = [
  "",
  "bad-id",
  "ABC 123",
  "../x",
  "A".repeat(256),
  "ABC123\0junk",
  "\0",
  "\xff\xfe",
  " AB",
];

const LISTS = [
  "example",
  "!sub.one.example, .example example",
  "ab x one.example, b\xc3\xbccher.example",
  "",
  "!static:all",
  "inline:{one.example=x, .example=y}",
  "texthash:$config_directory/table",
  "regexp:$config_directory/patterns",
  "$config_directory/list",
  "example, $config_directory/absent",
  "$config_directory/absent",
];

const TABLES = {
  table: "one.example x\n.b.example x\nbiz x\n",
  patterns: "/^[a-z.]*example$/ x\n!/\\./ x\n",
  list: "# sites\none.example\n!a.b.example, b.example\n",
};

/** Seconds since a log was read: before and behind every limit that is drawn. */
const AGES = [100, 300, 1000, 50_000, 200_000, 700_000, 5_000_000, -5000];

/** A random case; the same for the same seed. */
export function drawCase(seed: number): ContractCase {
  const random = randomFrom(seed);
  const config = drawConfig(random);
  const [site] = oneIn(random, 3) ? pick(random, SITES) : pick(random, USUAL_SITES);
  const queueId = oneIn(random, 15) ? pick(random, JUNK) : pick(random, QUEUE_IDS);
  const bytes = drawRequest(random, site, queueId);
  return {
    name: `seed ${seed}`,
    config,
    tables: TABLES,
    args: oneIn(random, 10) ? ["-c"] : [],
    state: drawState(random, config, site, isWalk(bytes)),
    send: drawSteps(random, bytes),
    want: { status: null },
  };
}

function drawRequest(random: Random, site: string, queueId: string): string {
  const kind = random(100);
  if (kind < 33) {
    return add(site, queueId);
  }
  if (kind < 68) {
    return sendSite(site);
  }
  if (kind < 80) {
    return sendFile(queueId);
  }
  const walk = pick(random, [request("rfrsh"), request("purge"), "W\0", request("W")]);
  return oneIn(random, 20) ? request("frob") : walk;
}

/** Whether a request is about all logs. */
function isWalk(bytes: string): boolean {
  return !/\0(add|send_site|send_file)\0/.test(bytes);
}

function drawConfig(random: Random): Config {
  const config: Config = {
    fast_flush_domains: oneIn(random, 3) ? pick(random, LISTS) : "static:all",
  };
  const set = (times: number, name: string, values: readonly string[]): void => {
    if (oneIn(random, times)) {
      config[name] = pick(random, values);
    }
  };
  const queues = ["deferred", "incoming", "active", "hold", "FLUSH"].filter(() => oneIn(random, 2));
  if (oneIn(random, 2) && queues.length > 0) {
    config["hash_queue_names"] = queues.join(pick(random, [" ", ", ", ","]));
  }
  set(2, "hash_queue_depth", ["1", "2", "3"]);
  set(4, "parent_domain_matches_subdomains", ["", "fast_flush_domains", "!fast_flush_domains"]);
  set(4, "fast_flush_refresh_time", ["1h", "600", "2d", "2000s", "1hour"]);
  set(4, "fast_flush_purge_time", ["1h", "500s", "3", "1m"]);
  set(8, "smtputf8_enable", ["yes", "no"]);
  // From 3.10 on, by its ICU library, it has no effect: rows_names.ts.
  set(8, "enable_idna2003_compatibility", isPostfixBefore(3, 10) ? ["yes", "no"] : ["no"]);
  set(12, "compatibility_level", ["0", "2", "3.6"]);
  set(150, "fast_flush_purge_time", ["0", "x", "-1"]);
  return config;
}

function drawState(random: Random, config: Config, site: string, walks: boolean): State {
  const state: Record<string, StateEntry> = {};
  const hashing = hashingOf(config);
  const ids = Array.from({ length: 1 + random(5) }, () => pick(random, QUEUE_IDS));
  const own = SITES.find(([name]) => name === site)?.[1] ?? null;
  const others = Array.from({ length: random(3) }, () => pick(random, SITES)[1]);
  const names = new Set(oneIn(random, 5) ? others : [own, ...others]);
  for (const name of names) {
    const logfile = name === null ? null : parseLogfileName(name);
    // Of these the original dies when it walks, at a point that depends on the order of a directory.
    if (logfile !== null && !(walks && logfile.length === 1)) {
      addLog(random, state, hashedPath("flush", logfile, hashing), ids, walks);
    }
  }
  for (const text of ids) {
    const id = parseQueueId(text);
    for (const queue of id === null ? [] : drawQueues(random)) {
      put(
        state,
        hashedPath(queue, id as NonNullable<typeof id>, hashing),
        drawMessage(random, queue),
      );
    }
  }
  if (oneIn(random, 10)) {
    put(state, pick(random, ["flush/bad-name.x", "flush/.hidden"]), {
      text: "ABC123\n",
      age: 700_000,
    });
  }
  if (oneIn(random, 10)) {
    const kind = pick(random, ["fifo", "missing", "dead socket", "file"] as const);
    state["public/qmgr"] = { kind };
  }
  return state;
}

function addLog(
  random: Random,
  state: Record<string, StateEntry>,
  path: string,
  ids: readonly string[],
  walks: boolean,
): void {
  const age = pick(random, AGES);
  put(state, path, {
    text: drawLog(random, ids),
    age,
    ...(oneIn(random, 4) ? { mtimeAge: pick(random, AGES) } : {}),
    ...(oneIn(random, 20) ? { mode: pick(random, [0o640, 0o700, 0o644]) } : {}),
    // Where the original dies of one log, it depends on the order of a directory what became of others.
    ...(!walks && oneIn(random, 40) ? { owner: "root" } : {}),
  });
}

function drawLog(random: Random, ids: readonly string[]): string {
  if (oneIn(random, 60)) {
    return drawLargeLog(random, ids);
  }
  const count = oneIn(random, 5) ? 0 : 1 + random(oneIn(random, 10) ? 60 : 6);
  const lines = Array.from({ length: count }, () =>
    oneIn(random, 12)
      ? pick(random, JUNK)
      : pick(random, [...ids, ...ids, pick(random, QUEUE_IDS)]),
  );
  const text = lines.map((line) => `${line}\n`).join("");
  return oneIn(random, 8) ? text.slice(0, -1) : text;
}

/** About as much as ours still reads for an add. */
function drawLargeLog(random: Random, ids: readonly string[]): string {
  const lines = [...ids, ...QUEUE_IDS].map((id) => `${id}\n`).join("");
  const bytes = READ_BYTES_MAX - 2 + random(5);
  const filled = lines.repeat(Math.ceil(bytes / lines.length)).slice(0, bytes);
  return oneIn(random, 2) ? filled : `${filled.slice(0, -1)}\n`;
}

function drawQueues(random: Random): readonly ("deferred" | "incoming" | "active" | "hold")[] {
  return pick(random, [
    [],
    [],
    ["deferred"],
    ["deferred"],
    ["deferred"],
    ["incoming"],
    ["active"],
    ["hold"],
    ["deferred", "incoming"],
    ["deferred", "active"],
    ["incoming", "hold"],
  ] as const);
}

function drawMessage(random: Random, queue: string): FileSpec {
  return {
    text: `${queue} ${random(100)}`,
    mode: pick(random, [0o700, 0o700, 0o700, 0o700, 0o600, 0o740, 0o755, 0o500, 0o000]),
    age: pick(random, [1000, 86_400, -3000]),
    ...(oneIn(random, 40) ? { owner: "root" } : {}),
  };
}

/** Puts a file into the state unless another one stands where its directories would be, or the other way. */
function put(state: Record<string, StateEntry>, path: string, entry: FileSpec): void {
  const collides = (other: string): boolean =>
    other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`);
  if (!Object.keys(state).some(collides)) {
    state[path] = entry;
  }
}
