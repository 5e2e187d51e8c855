/** What a process dies of before it serves, and what parameters do: POSTFIX-FLUSH-SPEC sections 6 and 7. */
import { STANDALONE } from "./common_rows.ts";
import { add, type ContractCase, request } from "./contract_case.ts";

const SITE = "one.example";
const LOG = "flush/one_example";

/** A process that ends with one fatal line, unasked. */
function dies(
  rows: readonly number[] | undefined,
  text: string,
  how: Partial<ContractCase>,
): ContractCase {
  const what = { ...how.config, ...how.env, args: how.allArgs ?? how.args, mainCf: how.mainCf };
  return {
    ...(rows === undefined ? {} : { rows }),
    name: `dies: ${JSON.stringify(what)}`,
    send: [add(SITE)],
    only: STANDALONE,
    ...how,
    want: { status: null, ungreeted: true, exit: 1, log: [`fatal: ${text}`], ...how.want },
  };
}

const MASTERS = ["-t", "unix", "-u"];

const OPTIONS: readonly ContractCase[] = [
  dies([82], "service flush requires a process limit of 0", { allArgs: MASTERS }),
  dies([82], "no transport type specified", { allArgs: ["-z", "-u"] }),
  dies([82], "unsupported transport type: foo", { allArgs: ["-z", "-u", "-t", "foo"] }),
  dies([82], "invalid option: q", { args: ["-q"] }),
  dies([82], "invalid retirement time: 0", { args: ["-r", "0"] }),
  dies([82], "invalid retirement time: x", { args: ["-r", "x"] }),
  dies([82], "invalid socket_count: 0", { args: ["-s", "0"] }),
  dies([82], "invalid \"-o foo\" option value: missing '=' after attribute name", {
    args: ["-o", "foo"],
  }),
  dies([82], 'invalid "-o =x" option value: missing attribute name', { args: ["-o", "=x"] }),
  dies([82], "bad generation: 9x", { env: { GENERATION: "9x" } }),
  dies([82], "service other requires a process limit of 0", {
    allArgs: [...MASTERS, "-n", "other"],
  }),
  {
    rows: [84],
    name: "an argument too many: the first client gets no greeting",
    args: ["foo"],
    send: [add(SITE)],
    want: {
      status: null,
      ungreeted: true,
      exit: 1,
      log: ["fatal: unexpected command-line argument: foo"],
    },
  },
];

const VALUES: readonly ContractCase[] = [
  dies([83], "invalid fast_flush_refresh_time: 0 (min 1)", {
    config: { fast_flush_refresh_time: "0" },
  }),
  dies([83], "parameter fast_flush_refresh_time: bad time value or unit: 1x", {
    config: { fast_flush_refresh_time: "1x" },
  }),
  dies([83], "parameter fast_flush_refresh_time: bad time value or unit: -1d", {
    config: { fast_flush_refresh_time: "-1d" },
  }),
  dies([83], "parameter fast_flush_purge_time: bad time value or unit: 99999999", {
    config: { fast_flush_purge_time: "99999999" },
  }),
  dies([83], "invalid max_use parameter value 0 < 1", { config: { max_use: "0" } }),
  dies([83], "invalid max_idle: 0 (min 1)", { config: { max_idle: "0" } }),
  dies([83], "bad numerical configuration: max_use = x", { args: ["-o", "max_use=x"] }),
  dies([83], "invalid max_idle: 0 (min 1)", { args: ["-i", "0"] }),
  dies([83], "invalid max_use parameter value 0 < 1", { args: ["-m", "0"] }),
  dies(undefined, "invalid ipc_timeout: 0 (min 1)", { config: { ipc_timeout: "0" } }),
  dies(undefined, "invalid daemon_timeout: 0 (min 1)", { config: { daemon_timeout: "0" } }),
  dies(undefined, "invalid trigger_timeout: 0 (min 1)", { config: { trigger_timeout: "0" } }),
  dies(undefined, "invalid hash_queue_depth parameter value 0 < 1", {
    config: { hash_queue_depth: "0" },
  }),
  dies(undefined, "bad string length 0 < 1: hash_queue_names = ", {
    config: { hash_queue_names: "" },
  }),
  {
    ...dies(undefined, "", { config: { queue_directory: "/absent" } }),
    want: { status: null, ungreeted: true, exit: 1 },
    differs: {
      why: "the original loses its last line with the log's socket, which is in the queue directory",
      ours: { log: ['fatal: chdir("/absent"): No such file or directory'] },
    },
  },
  dies(undefined, "file DIR/conf/main.cf: parameter mail_owner: unknown user name value: absent", {
    config: { mail_owner: "absent" },
  }),
  dies(undefined, "file DIR/conf/main.cf: parameter mail_owner: user root has privileged user ID", {
    config: { mail_owner: "root" },
  }),
];

/** A log whose age tells how long the refresh time is. */
function refreshTime(value: string, seconds: number): ContractCase[] {
  return [
    { age: seconds - 60, comes: "kept" },
    { age: seconds + 60, comes: "sent" },
  ].map(
    ({ age, comes }): ContractCase => ({
      rows: [83],
      name: `fast_flush_refresh_time = ${value}: ${age} s, ${comes}`,
      config: { fast_flush_refresh_time: value },
      state: {
        [LOG]: { text: "A1\n", age },
        ...(comes === "kept" ? { "deferred/A/A1": "" } : {}),
      },
      send: [request("rfrsh")],
      want: {
        status: 0,
        wakes: comes === "sent" ? ["I\0"] : [],
        files: { [LOG]: comes === "sent" ? "" : "A1\n" },
      },
    }),
  );
}

const MAIN_CF: readonly ContractCase[] = [
  dies([94], "open /absent/main.cf: No such file or directory", {
    env: { MAIL_CONFIG: "/absent" },
  }),
  {
    rows: [94],
    name: "a parameter that is there twice: the last one counts",
    mainCf: "x = 1\nx = 1\nfast_flush_domains = a.example\n",
    send: [add("b.example")],
    only: {
      way: "stand-alone",
      why: "a line of main.cf, of which every process of Postfix would warn",
    },
    want: {
      status: 4,
      log: [
        "warning: DIR/conf/main.cf, line 12: overriding earlier entry: fast_flush_domains=static:all",
      ],
    },
  },
  {
    ...dies([94], "", { mainCf: "a = $b\nb = $a\nfast_flush_domains = $a\n" }),
    want: {
      status: null,
      ungreeted: true,
      exit: 1,
      log: [
        "warning: DIR/conf/main.cf, line 12: overriding earlier entry: fast_flush_domains=static:all",
        'warning: unreasonable macro call nesting: "b"',
        "fatal: dictionary mail_dict: macro processing error",
      ],
    },
  },
  dies(undefined, "DIR/conf/main.cf, line 10: missing '=' after attribute name: \"junk\"", {
    mainCf: "junk\n",
  }),
  {
    name: "values: references, a choice, a comparison, -o",
    config: {
      mine: "one",
      fast_flush_domains:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: main.cf's own syntax.
        "${mine?$mine.}example, ${{$theirs} == {two} ? {two.example} : {no.example}}",
      parent_domain_matches_subdomains: "",
    },
    args: ["-o", "theirs = two", "-o", "fast_flush_refresh_time=1d"],
    send: [add("two.example")],
    want: { status: 0, files: { "flush/two_example": "ABC123\n" } },
  },
  {
    name: "-o wins over main.cf, and the last one over the others",
    config: { fast_flush_domains: "one.example" },
    args: ["-o", "fast_flush_domains=three.example", "-o", "fast_flush_domains=two.example"],
    send: [add("two.example")],
    want: { status: 0, files: { "flush/two_example": "ABC123\n" } },
  },
];

/** The rows. */
export const STARTUP_ROWS: readonly ContractCase[] = [
  ...OPTIONS,
  ...VALUES,
  ...refreshTime("1hour", 3600),
  ...refreshTime("2", 7200),
  ...refreshTime("5000s", 5000),
  ...refreshTime("90m", 5400),
  ...refreshTime("2d", 172_800),
  ...refreshTime("1w", 604_800),
  ...MAIN_CF,
];
