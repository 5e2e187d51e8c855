/**
 * The one table of main.cf parameters that this program goes by, and their typed values.
 *
 * Name, default, kind, unit, minimum and description of each stand here and nowhere else: the loader
 * and the manual page are made from it. Names and defaults are Postfix's (postconf(5)). The keys are
 * the names in the code, units last. A parameter that is not in the table can be referred to only
 * where main.cf or -o sets it.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: main.cf's own syntax, not JavaScript's
import {
  count,
  level,
  names,
  type ParameterRow,
  text,
  time,
  type ValueOf,
  word,
  yesOrNo,
} from "./parameter_rows.ts";

export const PARAMETERS = {
  compatibilityLevel: level(
    "compatibility_level",
    "0",
    "The Postfix version whose defaults main.cf was written for. From level 2 on, relay_domains is " +
      "empty unless it is set, and so is fast_flush_domains with it.",
  ),
  fastFlushDomains: text(
    "fast_flush_domains",
    "$relay_domains",
    "Destinations whose deferred mail is logged, so that it can be sent at once when asked for " +
      "(ETRN, postqueue -s): domains, files, tables, each perhaps with a `!` before it. With " +
      "static:all every destination is logged; empty means that none is.",
  ),
  fastFlushRefreshTimeSeconds: time(
    "fast_flush_refresh_time",
    12,
    "h",
    "A logfile that was not sent or read for this long is sent without having been asked for.",
  ),
  fastFlushPurgeTimeSeconds: time(
    "fast_flush_purge_time",
    7,
    "d",
    "An empty logfile that was not used for this long is removed.",
  ),
  parentDomainMatchesSubdomains: text(
    "parent_domain_matches_subdomains",
    "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks," +
      "qmqpd_authorized_clients,relay_domains,smtpd_access_maps",
    "Parameters in which example.com stands for its subdomains too. Where fast_flush_domains is not " +
      "in this list, subdomains are written as .example.com.",
  ),
  relayDomains: text(
    "relay_domains",
    "${{$compatibility_level} <level {2} ? {$mydestination} : {}}",
    "Domains that this machine relays mail to; fast_flush_domains goes by it unless it is set.",
  ),
  mydestination: text(
    "mydestination",
    "$myhostname, localhost.$mydomain, localhost",
    "Domains that this machine delivers locally. Below compatibility level 2 relay_domains, and with " +
      "it fast_flush_domains, goes by it.",
  ),
  myhostname: word(
    "myhostname",
    null,
    "The name of this mail system. Unless it is set it is the machine's host name, with $mydomain " +
      "appended where that has no dot. Its first part stands in the lines of maillog_file.",
  ),
  mydomain: word(
    "mydomain",
    null,
    "The domain of this mail system. Unless it is set it is what follows the first dot of " +
      "$myhostname, or localdomain where there is no dot.",
  ),
  hashQueueNames: names(
    "hash_queue_names",
    "deferred, defer",
    "Queues whose files are spread over subdirectories; flush may be one of them. Must be what the " +
      "other Postfix programs go by.",
  ),
  hashQueueDepth: count(
    "hash_queue_depth",
    1,
    "Levels of subdirectories below the queues of hash_queue_names.",
  ),
  queueDirectory: word(
    "queue_directory",
    "/var/spool/postfix",
    "Where the queues and the logfiles are; also the jail of a service with `y` in the chroot column " +
      "of master.cf.",
  ),
  mailOwner: word(
    "mail_owner",
    "postfix",
    "The user that owns the queue and that the service runs as. Must not be root.",
  ),
  queueServiceName: word(
    "queue_service_name",
    "qmgr",
    "The queue manager's name below public/, where it is told of mail that is to be sent.",
  ),
  flushServiceName: word(
    "flush_service_name",
    "flush",
    "The name below public/ by which clients call this service. The service itself goes by the name " +
      "of its entry in master.cf.",
  ),
  ipcTimeoutSeconds: time(
    "ipc_timeout",
    3600,
    "s",
    "How long a client may keep the service waiting for the next piece of its request.",
  ),
  ipcIdleSeconds: time(
    "ipc_idle",
    5,
    "s",
    "A connection to proxymap(8) that was not used for this long is closed.",
  ),
  proxymapServiceName: word(
    "proxymap_service_name",
    "proxymap",
    "The name of proxymap(8) below private/: it looks up in the proxy: tables of fast_flush_domains.",
  ),
  commandDirectory: word(
    "command_directory",
    "/usr/sbin",
    "Where Postfix's commands are: postmap(1) and postconf(1) are run where fast_flush_domains has " +
      "tables that only Postfix can read.",
  ),
  triggerTimeoutSeconds: time(
    "trigger_timeout",
    10,
    "s",
    "How long the queue manager may take to accept a wake-up.",
  ),
  maxIdleSeconds: time(
    "max_idle",
    100,
    "s",
    "A process that has had no client for this long ends; master starts another when one comes.",
  ),
  maxUse: count(
    "max_use",
    100,
    "After so many clients a process ends, and master starts another. For a process that is to last, " +
      "set a large number for this service in master.cf; 0 is not allowed.",
  ),
  daemonTimeoutSeconds: time(
    "daemon_timeout",
    18000,
    "s",
    "A process that has been stuck for this long is ended by its own watchdog.",
  ),
  smtputf8Enable: yesOrNo(
    "smtputf8_enable",
    "${{$compatibility_level} <level {1} ? {no} : {yes}}",
    "Whether domain names may be in UTF-8: upper and lower case are then alike beyond ASCII, and log " +
      "lines keep such names readable.",
  ),
  enableIdna2003Compatibility: yesOrNo(
    "enable_idna2003_compatibility",
    "no",
    "Convert domain names to ASCII by the rules of 2003, in which a German sharp s becomes ss.",
  ),
  daemonTableOpenErrorIsFatal: yesOrNo(
    "daemon_table_open_error_is_fatal",
    "no",
    "End at start when a table of fast_flush_domains cannot be opened. Otherwise the service goes on, " +
      "and requests that need the table fail.",
  ),
  multiInstanceName: text(
    "multi_instance_name",
    "",
    "The name of this Postfix instance, where a machine runs more than one; syslog_name goes by it.",
  ),
  syslogName: word(
    "syslog_name",
    "${multi_instance_name?{$multi_instance_name}:{postfix}}",
    "What log lines begin with; a slash and the program's name follow.",
  ),
  syslogFacility: word(
    "syslog_facility",
    "mail",
    "The facility of syslog(3) that lines are logged under.",
  ),
  maillogFile: text(
    "maillog_file",
    "",
    "The file that postlogd(8) writes the log to. Empty: the log goes to syslog.",
  ),
  maillogFilePrefixes: word(
    "maillog_file_prefixes",
    "/var, /dev/stdout",
    "What maillog_file may begin with.",
  ),
  postlogServiceName: word(
    "postlog_service_name",
    "postlog",
    "The name of postlogd(8) below public/.",
  ),
  configDirectory: text(
    "config_directory",
    "",
    "Where main.cf was found: MAIL_CONFIG of the environment decides. For use in other parameters.",
  ),
  processName: text("process_name", "", "The name of this program, for use in other parameters."),
  processId: text("process_id", "", "The number of this process, for use in other parameters."),
  serviceName: text(
    "service_name",
    "",
    "The name of the entry in master.cf that started this program, for use in other parameters; not " +
      "to be set.",
  ),
} as const satisfies Readonly<Record<string, ParameterRow>>;

/** All parameters' values, expanded and checked. */
export type Parameters = {
  readonly [Key in keyof typeof PARAMETERS]: ValueOf<(typeof PARAMETERS)[Key]>;
};
