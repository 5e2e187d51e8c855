/** Which sites are eligible: POSTFIX-FLUSH-SPEC section 5, by what an add is answered. */
import { STANDALONE } from "./common_rows.ts";
import {
  add,
  type Changed,
  type ContractCase,
  request,
  sendFile,
  sendSite,
  type WantedStatus,
} from "./contract_case.ts";

const NO_PARENTS = { parent_domain_matches_subdomains: "" };

/** A list, and what an add is answered for some sites; null in `log`: as in the other rows, nothing. */
interface ListRow {
  readonly rows?: readonly number[];
  readonly domains: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly tables?: Readonly<Record<string, string>>;
  /** Site by site. */
  readonly statuses: Readonly<Record<string, WantedStatus>>;
  readonly log?: readonly string[];
  readonly changed?: Changed;
}

const UNAVAILABLE = [
  "error: open file DIR/conf/absent: No such file or directory",
  "warning: non-existent:DIR/conf/absent is unavailable. open file DIR/conf/absent: No such file or directory",
  "warning: fast_flush_domains: non-existent:DIR/conf/absent: table lookup problem",
];

const LISTS: readonly ListRow[] = [
  { rows: [7], domains: "flush.example", statuses: { "flush.example": 0, "other.example": 4 } },
  {
    rows: [8],
    domains: "flush.example",
    statuses: { "foo.flush.example": 0, "fooflush.example": 4 },
  },
  {
    rows: [9],
    domains: "flush.example",
    config: NO_PARENTS,
    statuses: { "foo.flush.example": 4, "flush.example": 0 },
  },
  { rows: [10], domains: ".dot.example", statuses: { "foo.dot.example": 4, "dot.example": 4 } },
  {
    rows: [10],
    domains: ".dot.example",
    config: NO_PARENTS,
    statuses: { "foo.dot.example": 0, "a.b.dot.example": 0, "dot.example": 4 },
  },
  {
    rows: [11],
    domains: "!bad.example, example",
    statuses: { "x.bad.example": 4, "good.example": 0 },
  },
  { rows: [12], domains: "example, !bad.example", statuses: { "bad.example": 0 } },
  { rows: [13], domains: "", statuses: { "flush.example": 4 } },
  {
    rows: [14],
    domains: "$config_directory/absent, example",
    statuses: { "a.example": -1 },
    log: UNAVAILABLE,
  },
  {
    rows: [15],
    domains: "example, $config_directory/absent",
    statuses: { "a.example": 0 },
    log: UNAVAILABLE.slice(0, 1),
  },
  {
    rows: [16],
    domains: "!$config_directory/absent, example",
    statuses: { "a.example": -1 },
    log: UNAVAILABLE,
  },
  {
    rows: [17],
    domains: "zork:foo",
    statuses: { "a.example": -1 },
    log: [
      "error: unsupported dictionary type: zork",
      "warning: zork:foo is unavailable. unsupported dictionary type: zork",
      "warning: fast_flush_domains: zork:foo: table lookup problem",
    ],
  },
  { rows: [19], domains: "!static:all", statuses: { "a.example": 4 } },
  { rows: [19], domains: "!!static:all", statuses: { "a.example": 0 } },
  {
    rows: [20],
    domains: "inline:{a.example=x, .b.example=y}",
    config: NO_PARENTS,
    statuses: { "a.example": 0, "foo.a.example": 4, "foo.b.example": 0, "b.example": 4 },
  },
  {
    rows: [20],
    domains: "inline:{a.example=x, .b.example=y}",
    statuses: { "a.example": 0, "foo.a.example": 0, "foo.b.example": 4, "b.example": 4 },
  },
  {
    rows: [21],
    domains: "texthash:$config_directory/table",
    tables: { table: "UPPER.example x\nlower.example x\n" },
    statuses: { "upper.example": 4, "UPPER.example": 4, "LOWER.example": 0, "a.lower.example": 0 },
  },
  {
    rows: [22],
    domains: "regexp:$config_directory/table",
    tables: { table: "/^re\\..*example$/ x\n" },
    statuses: { "foo.re.x.example": 4, "re.x.example": 0, "RE.y.example": 0 },
  },
  {
    rows: [23],
    domains: "a # b",
    statuses: { b: 4, "x.a": 0 },
    log: ["warning: fast_flush_domains: comment at end of line is not supported: # b"],
  },
  {
    rows: [24],
    domains: "b\xc3\xbccher.example",
    statuses: { "B\xc3\x9cCHER.example": 0, "xn--bcher-kva.example": 4 },
  },
  {
    rows: [25],
    domains: "$config_directory/list",
    tables: { list: "one\n  two\n" },
    statuses: { "x.one": 0, "x.two": 0 },
  },
  {
    rows: [25],
    domains: "$config_directory/list",
    tables: { list: "# one\nthree\n  # two\n" },
    statuses: { "x.two": 4, "x.three": 0, "x.one": 4 },
    log: ["warning: fast_flush_domains: comment at end of line is not supported: # two?"],
    changed: { since: [3, 10], why: "an indented comment is one, and it says nothing of it" },
  },
  {
    rows: [25],
    domains: "!$config_directory/list, example",
    tables: { list: "bad.example\n!good.bad.example\n" },
    statuses: { "bad.example": 4, "good.bad.example": 4, "other.example": 0 },
  },
  { domains: "[10.0.0.1], {a b}", statuses: { "a.example": 4, b: 4 } },
  { domains: "static:x", statuses: { "a.example": 0, "": 4 } },
  { domains: "UPPER.Example", statuses: { "upper.example": 0, "UPPER.EXAMPLE": 0 } },
  { domains: "example.com", statuses: { "example.com.": 4 } },
  {
    domains: "$relay_domains",
    config: { relay_domains: "a.example" },
    statuses: { "a.example": 0, "b.example": 4 },
  },
  {
    domains: "$relay_domains",
    config: { compatibility_level: "1", mydestination: "mine.example" },
    statuses: { "mine.example": 0, "b.example": 4 },
  },
  {
    domains: "$relay_domains",
    config: { compatibility_level: "2", mydestination: "mine.example" },
    statuses: { "mine.example": 4 },
  },
  {
    domains: "static:all",
    config: { smtputf8_enable: "yes" },
    statuses: { "\xff\xfe.example": 4 },
    log: [
      'warning: static:all: non-UTF-8 key "??.example": malformed UTF-8 or invalid codepoint',
      'warning: midna_domain_to_ascii_create: Problem translating domain "??.example" to ASCII form: malformed UTF-8',
    ],
  },
];

/** A row a site: an eligible one has a log then, another has none. */
function casesOf(list: ListRow): ContractCase[] {
  return Object.entries(list.statuses).map(([site, status]) => ({
    ...(list.rows === undefined ? {} : { rows: list.rows }),
    name: `${JSON.stringify(list.domains)} ${JSON.stringify({ ...list.config, ...list.tables })}: ${JSON.stringify(site)}`,
    config: { fast_flush_domains: list.domains, ...list.config },
    ...(list.tables === undefined ? {} : { tables: list.tables }),
    send: [add(site)],
    ...(list.changed === undefined ? {} : { changed: list.changed }),
    want: { status, ...(list.log === undefined ? {} : { log: list.log }) },
  }));
}

const OTHERS: readonly ContractCase[] = [
  {
    rows: [13],
    name: "no eligible domain: send_site",
    config: { fast_flush_domains: "" },
    state: { "flush/a_example": "ABC123\n" },
    send: [sendSite("a.example")],
    want: { status: 4, files: { "flush/a_example": "ABC123\n" } },
  },
  {
    rows: [13],
    name: "no eligible domain: rfrsh",
    config: { fast_flush_domains: "" },
    send: [request("rfrsh")],
    want: { status: 0 },
  },
  {
    rows: [13],
    name: "no eligible domain: send_file",
    config: { fast_flush_domains: "" },
    send: [sendFile("ABC123")],
    want: { status: 0 },
  },
  {
    rows: [14],
    name: "a list that can't be read: send_site",
    config: { fast_flush_domains: "$config_directory/absent" },
    send: [sendSite("a.example")],
    want: { status: -1, log: UNAVAILABLE },
  },
  {
    rows: [17],
    name: "a table of an unknown type that is fatal",
    config: { fast_flush_domains: "zork:foo", daemon_table_open_error_is_fatal: "yes" },
    send: [add("a.example")],
    only: STANDALONE,
    want: {
      status: null,
      ungreeted: true,
      exit: 1,
      log: ["fatal: unsupported dictionary type: zork"],
    },
  },
  {
    name: "more tables that can't be opened than a process puts up with",
    config: { fast_flush_domains: Array.from({ length: 20 }, (_, i) => `zork:${i}`).join(" ") },
    send: [add("a.example")],
    only: STANDALONE,
    want: {
      status: null,
      ungreeted: true,
      exit: 1,
      log: [
        ...Array.from({ length: 13 }, () => "error: unsupported dictionary type: zork"),
        "fatal: too many errors - program terminated",
      ],
    },
  },
  {
    name: "one table that can't be opened, named more often than that",
    config: { fast_flush_domains: Array.from({ length: 20 }, () => "zork:0").join(" ") },
    send: [add("a.example")],
    want: {
      status: -1,
      log: [
        "error: unsupported dictionary type: zork",
        "warning: zork:0 is unavailable. unsupported dictionary type: zork",
        "warning: fast_flush_domains: zork:0: table lookup problem",
      ],
    },
  },
  {
    name: "a list that is a directory",
    config: { fast_flush_domains: "$config_directory" },
    send: [add("a.example")],
    only: STANDALONE,
    want: {
      status: null,
      ungreeted: true,
      exit: 1,
      log: ["fatal: match_list_parse: read file DIR/conf: Is a directory"],
    },
  },
  {
    rows: [18],
    name: "nothing behind the !",
    config: { fast_flush_domains: "a.example, !" },
    send: [add("a.example")],
    only: STANDALONE,
    want: {
      status: null,
      ungreeted: true,
      exit: 1,
      log: ["fatal: fast_flush_domains: no pattern after '!'"],
    },
  },
];

/** The rows. */
export const ELIGIBILITY_ROWS: readonly ContractCase[] = [...LISTS.flatMap(casesOf), ...OTHERS];
