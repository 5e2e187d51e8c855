// biome-ignore-all lint/suspicious/noTemplateCurlyInString: main.cf's own syntax, not JavaScript's
import { expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryLog } from "../memory/log.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { type LoadOptions, loadParameters, type Parameters } from "./load_parameters.ts";
import { parseOverride } from "./override.ts";

const PATH = "/etc/postfix/main.cf";

function optionsFor(mainCf: string, overrides: readonly string[] = []): LoadOptions {
  return {
    configDirectory: "/etc/postfix",
    overrides: overrides.map(parseOverride),
    processName: "flush",
    serviceName: "fsvc",
    processId: 4711,
    hostName: "mail.example.com",
    textFiles: new MemoryTextFiles({ [PATH]: mainCf }),
    log: new MemoryLog(),
  };
}

function load(mainCf: string, overrides: readonly string[] = []): Parameters {
  return loadParameters(optionsFor(mainCf, overrides));
}

function expectFatal(run: () => unknown, message: string): void {
  expect(run).toThrow(expect.objectContaining({ name: "Fatal", message }));
}

test("an empty main.cf gives Postfix's defaults, typed", () => {
  expect(load("")).toEqual({
    compatibilityLevel: "0",
    fastFlushDomains: "mail.example.com, localhost.example.com, localhost",
    fastFlushRefreshTimeSeconds: 43200,
    fastFlushPurgeTimeSeconds: 604800,
    parentDomainMatchesSubdomains:
      "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks," +
      "qmqpd_authorized_clients,relay_domains,smtpd_access_maps",
    relayDomains: "mail.example.com, localhost.example.com, localhost",
    mydestination: "mail.example.com, localhost.example.com, localhost",
    myhostname: "mail.example.com",
    mydomain: "example.com",
    hashQueueNames: new Set(["deferred", "defer"]),
    hashQueueDepth: 1,
    queueDirectory: "/var/spool/postfix",
    mailOwner: "postfix",
    queueServiceName: "qmgr",
    flushServiceName: "flush",
    ipcTimeoutSeconds: 3600,
    ipcIdleSeconds: 5,
    proxymapServiceName: "proxymap",
    commandDirectory: "/usr/sbin",
    triggerTimeoutSeconds: 10,
    maxIdleSeconds: 100,
    maxUse: 100,
    daemonTimeoutSeconds: 18000,
    smtputf8Enable: false,
    enableIdna2003Compatibility: false,
    daemonTableOpenErrorIsFatal: false,
    multiInstanceName: "",
    syslogName: "postfix",
    syslogFacility: "mail",
    maillogFile: "",
    maillogFilePrefixes: "/var, /dev/stdout",
    postlogServiceName: "postlog",
    configDirectory: "/etc/postfix",
    processName: "flush",
    processId: "4711",
    serviceName: "fsvc",
  });
});

test("from compatibility level 2 on nothing is eligible unless it is set", () => {
  const newer = load("compatibility_level = 3.6\n");
  expect(newer.fastFlushDomains).toBe("");
  expect(newer.smtputf8Enable).toBe(true);
  expect(load("compatibility_level=2\nrelay_domains = a.example\n").fastFlushDomains).toBe(
    "a.example",
  );
});

test("an unqualified host name gets a domain", () => {
  const options = { ...optionsFor(""), hostName: "vm" };
  expect(loadParameters(options)).toMatchObject({
    myhostname: "vm.localdomain",
    mydomain: "localdomain",
  });
  const textFiles = new MemoryTextFiles({ [PATH]: "mydomain = q.example\n" });
  expect(loadParameters({ ...options, textFiles })).toMatchObject({ myhostname: "vm.q.example" });
});

test("-o wins over main.cf, the last one over the others, and references see it", () => {
  const parameters = load("max_use = 5\nfast_flush_domains = $who\n", [
    "max_use=6",
    "who = a.example",
    "max_use = 7",
  ]);
  expect(parameters.maxUse).toBe(7);
  expect(parameters.fastFlushDomains).toBe("a.example");
});

test("the service's name can be used, but not set", () => {
  const overrides = ["syslog_name=postfix/$service_name", "service_name=other"];
  expect(load("service_name = another\n", overrides).syslogName).toBe("postfix/fsvc");
});

test("warnings about lines go to the log, once", () => {
  const log = new MemoryLog();
  const mainCf = "max_use = 1\nmax_use = 2\nconfig_directory = /tmp\n";
  const parameters = loadParameters({ ...optionsFor(mainCf), log });
  expect(parameters).toMatchObject({ maxUse: 2, configDirectory: "/tmp" });
  expect(log.lines).toEqual([
    { severity: "warning", text: `${PATH}, line 2: overriding earlier entry: max_use=1` },
    {
      severity: "warning",
      text: `${PATH}, line 3: overriding earlier entry: config_directory=/etc/postfix`,
    },
  ]);
});

test("a reference that cannot be expanded is warned of and fatal, wherever it stands", () => {
  for (const mainCf of ["relay_domains=${x", "mydestination=${x", "max_use=${x"]) {
    const log = new MemoryLog();
    const message = "dictionary mail_dict: macro processing error";
    expectFatal(() => loadParameters({ ...optionsFor(mainCf), log }), message);
    expect(log.texts("warning")).toEqual(['truncated macro reference: "${x"']);
  }
});

test("a main.cf that cannot be read is fatal", () => {
  const textFiles = new MemoryTextFiles();
  const options = { ...optionsFor(""), textFiles };
  expectFatal(() => loadParameters(options), `open ${PATH}: No such file or directory`);
  textFiles.fail(PATH, new OsError("EISDIR", "read"));
  expectFatal(() => loadParameters(options), `read ${PATH}: Is a directory`);
});

// Spec section 11, row 83, and what the original said of others.
const refused: ReadonlyArray<readonly [mainCf: string, fatal: string]> = [
  ["fast_flush_refresh_time=0", "invalid fast_flush_refresh_time: 0 (min 1)"],
  ["fast_flush_refresh_time=1x", "parameter fast_flush_refresh_time: bad time value or unit: 1x"],
  [
    "fast_flush_purge_time=99999999",
    "parameter fast_flush_purge_time: bad time value or unit: 99999999",
  ],
  ["max_use=0", "invalid max_use parameter value 0 < 1"],
  ["max_idle=0", "invalid max_idle: 0 (min 1)"],
  ["hash_queue_names=", "bad string length 0 < 1: hash_queue_names = "],
  ["mydomain=", "bad string length 0 < 1: mydomain = "],
  ["myhostname=a.$mydomain", "bad string length 0 < 1: mydomain = "],
  ["smtputf8_enable=maybe", "bad boolean configuration: smtputf8_enable = maybe"],
  ["compatibility_level=3.", 'malformed compatibility level syntax: "3."'],
  [
    "maillog_file=/tmp/x",
    "maillog_file value '/tmp/x' does not match any prefix in maillog_file_prefixes",
  ],
  ["foo", `${PATH}, line 1: missing '=' after attribute name: "foo"`],
];

for (const [mainCf, fatal] of refused) {
  test(`loadParameters refuses ${mainCf}`, () => {
    expectFatal(() => load(mainCf), fatal);
  });
}

test("times without a unit are in that of the default", () => {
  const parameters = load("fast_flush_refresh_time=2\nfast_flush_purge_time=2\nmax_idle=2\n");
  expect(parameters.fastFlushRefreshTimeSeconds).toBe(2 * 3600);
  expect(parameters.fastFlushPurgeTimeSeconds).toBe(2 * 86400);
  expect(parameters.maxIdleSeconds).toBe(2);
});

test("a fresh main.cf is waited for where there is a way to wait, and warned of once", () => {
  const clock = new MemoryClock();
  const textFiles = new MemoryTextFiles();
  const log = new MemoryLog();
  textFiles.put(PATH, "max_use = 1\nmax_use = 2\n", clock.wallMs());
  const sleep = (ms: number): void => {
    clock.advance(ms);
    textFiles.put(PATH, "max_use = 1\nmax_use = 3\n", 0);
  };
  const options = { ...optionsFor(""), textFiles, log, clock };
  expect(loadParameters({ ...options, sleep }).maxUse).toBe(3);
  expect(log.lines).toHaveLength(1);
});
