/**
 * Parameters of the manual page, and those that it leans on, whose effect no other table shows:
 * POSTFIX-FLUSH-SPEC sections 6.3 and 8.1.
 */
import { LIVES } from "./common_rows.ts";
import { add, type ContractCase, type Only } from "./contract_case.ts";

const SITE = "one.example";
const LOG = "flush/one_example";

/** A site of which each program warns. */
const WARNED = add("1.2.3.4");
const WARNING =
  'warning: midna_domain_to_ascii_create: Problem translating domain "1.2.3.4" to ASCII form: malformed ASCII label(s)';

const OWN: Only = {
  way: "stand-alone",
  why: "under master(8) the name is the service's, and the log is all daemons'",
};

/** A list that names one site, by a parameter that the program itself sets. */
function names(list: string, site: string, how: Partial<ContractCase> = {}): ContractCase {
  return {
    name: `${list}: ${site}`,
    config: { fast_flush_domains: list },
    only: OWN,
    send: [add(site)],
    want: { status: 0, files: { [`flush/${site.replace(".", "_")}`]: "ABC123\n" } },
    ...how,
  };
}

/** What the program knows of itself. */
const READ_ONLY: readonly ContractCase[] = [
  names("$process_name.example", "flush.example"),
  names("$process_name.example", "other.example", { want: { status: 4 } }),
  names("$service_name.example", "flush.example"),
  names("$service_name.example", "other.example", { args: ["-n", "other"] }),
  {
    name: "$process_id in the tag of a line",
    config: { syslog_name: "p$process_id" },
    only: OWN,
    send: [WARNED],
    want: { status: 4, log: [`p/flush: ${WARNING}`] },
    differs: {
      why: "it is the process's ID, as the manual page says; in 3.7.11's flush it is empty",
      ours: { log: [`pPID/flush: ${WARNING}`] },
    },
  },
  ...["process_name", "process_id", "config_directory"].map((name) =>
    names(`$${name}.example`, "mine.example", { args: ["-o", `${name}=mine`] }),
  ),
  names("$service_name.example", "mine.example", {
    args: ["-o", "service_name=mine"],
    want: { status: 4 },
  }),
];

/** Where lines go, and in whose name. */
const LOGGING: readonly ContractCase[] = [
  {
    name: "syslog_name goes by multi_instance_name",
    config: { multi_instance_name: "second" },
    only: OWN,
    send: [WARNED],
    want: { status: 4, log: [`second/flush: ${WARNING}`] },
  },
  {
    name: "myhostname: its first label stands in a line",
    config: { myhostname: "other.example" },
    only: OWN,
    send: [WARNED],
    want: { status: 4, log: [`other ${WARNING}`] },
  },
  {
    name: "postlog_service_name: where nobody listens, a line is lost",
    config: { postlog_service_name: "absent" },
    only: OWN,
    send: [WARNED],
    want: { status: 4 },
  },
  {
    name: "maillog_file: without one, lines go to syslog",
    config: { maillog_file: "" },
    only: OWN,
    send: [WARNED],
    want: { status: 4 },
  },
  {
    name: "maillog_file_prefixes: not the file's",
    config: { maillog_file: "/srv/log" },
    only: OWN,
    send: [add(SITE)],
    want: {
      status: null,
      ungreeted: true,
      exit: 1,
      log: [
        "fatal: maillog_file value '/srv/log' does not match any prefix in maillog_file_prefixes",
      ],
    },
  },
  ...["/var/log/none", ""].map(
    (file): ContractCase => ({
      name: `syslog_facility that there isn't, maillog_file = "${file}"`,
      config: { maillog_file: file, syslog_facility: "junk" },
      only: OWN,
      send: [add(SITE)],
      want: {
        status: null,
        ungreeted: true,
        exit: 1,
        log: ["fatal: file DIR/conf/main.cf: parameter syslog_facility: unrecognized value: junk"],
      },
    }),
  ),
];

const OTHERS: readonly ContractCase[] = [
  names("a.example\n# a comment, and a blank line\n\n\tb.example\n  one.example", "one.example", {
    name: "a value that goes on, behind a comment and a blank line",
    only: { way: "stand-alone", why: "it is about main.cf's lines" },
  }),
  {
    name: "mail_owner: another user may not write to the record",
    config: { mail_owner: "daemon" },
    only: OWN,
    send: [add(SITE)],
    want: {
      status: null,
      exit: 1,
      log: ["fatal: flush_add_path: open fast flush logfile one_example: Permission denied"],
      files: { [LOG]: null },
    },
    differs: {
      why: LIVES,
      ours: {
        status: -1,
        exit: 0,
        log: ["warning: flush_add_path: open fast flush logfile one_example: Permission denied"],
      },
    },
  },
  {
    name: "flush_service_name is about clients, not about the service",
    config: { flush_service_name: "absent" },
    send: [add(SITE)],
    want: { status: 0, files: { [LOG]: "ABC123\n" } },
  },
];

/** The rows. */
export const PARAMETER_ROWS: readonly ContractCase[] = [...READ_ONLY, ...LOGGING, ...OTHERS];
