/**
 * flush - fast flush server
 *
 * Started by master(8) in place of Postfix's flush(8), with the same arguments, descriptors,
 * parameters, files and protocol. Talks to no network, and starts programs of Postfix's alone: while it starts, and only
 * where fast_flush_domains has tables that are theirs to read (eligibility/postfix_tables.ts). This file builds the
 * real parts, in the order in which a Postfix daemon starts (spec section 7.6), and hands over.
 *
 * Ends with status 0 when it is no longer needed. What it must not go on with is one `fatal:` line in
 * the log, a second's wait, and status 1.
 */

import { loadParameters, type Parameters } from "./config/load_parameters.ts";
import { parseOverride } from "./config/override.ts";
import type { DaemonProcess, User } from "./effects/daemon_process.ts";
import { Fatal } from "./effects/fatal.ts";
import type { FileWatch } from "./effects/file_watch.ts";
import type { Files } from "./effects/files.ts";
import { verbosely } from "./effects/log.ts";
import { OsError } from "./effects/os_error.ts";
import type { TextFiles } from "./effects/text_files.ts";
import type { QueueManager } from "./effects/triggers.ts";
import type { DomainList } from "./eligibility/domain_list.ts";
import { readFastFlushDomains } from "./eligibility/fast_flush_domains.ts";
import { outdated, watched } from "./eligibility/outdated.ts";
import { PostfixTables } from "./eligibility/postfix_tables.ts";
import { FlushService } from "./flush/flush_service.ts";
import { DaemonLog, type LogDestination } from "./logging/daemon_log.ts";
import { facilityNumber } from "./logging/log_line.ts";
import { baseName, type DaemonOptions, parseGeneration, parseOptions } from "./master/options.ts";
import { type ServerSettings, serve } from "./master/server.ts";
import { serveStandalone } from "./master/standalone.ts";
import { encodeUtf8 } from "./names/byte_string.ts";
import { UnlinkedFiles } from "./names/unlinked_files.ts";
import { CanonicalDomains } from "./record/canonical_domain.ts";
import { LogfileNamer } from "./record/logfile_name.ts";
import { createDaemonProcess } from "./sys/daemon_process.ts";
import { EventLoop } from "./sys/event_loop.ts";
import { createFileWatch } from "./sys/file_watch.ts";
import { createFiles } from "./sys/files.ts";
import { toLocalTime } from "./sys/local_time.ts";
import { openLogSocket } from "./sys/log_socket.ts";
import { createLoopSockets } from "./sys/loop_sockets.ts";
import { createPeers } from "./sys/peers.ts";
import { createQueueManager } from "./sys/queue_manager.ts";
import { createStandardStream, writeToStandardError } from "./sys/standard_stream.ts";
import { createStartUpPrograms } from "./sys/start_up_programs.ts";
import { createStatusChannel } from "./sys/status_channel.ts";
import { createTextFiles } from "./sys/text_files.ts";
import { isGreetingExpected, isLateProxymap, versionIn } from "./wire/postfix_version.ts";

/** For what isn't a client: the logs of a walk (256), messages, directories, sockets, the runtime's own. */
const DESCRIPTORS_RESERVED = 320;

const STATUS_DESCRIPTOR = 5;
const FIRST_LISTEN_DESCRIPTOR = 6;

/** Where configuration is when master does not say (postconf(5), config_directory). */
const DEFAULT_CONFIG_DIRECTORY = "/etc/postfix";

/** syslogd's address, outside the jail, and in it where an administrator has provided one. */
const SYSLOG_PATHS = ["/dev/log"];
const DEFAULT_LOG_TAG = "postfix";
const MAIL_FACILITY = 2;

/** Postfix waits so long before it ends after a fatal error, so as not to be restarted in a loop. */
const FATAL_WAIT_MS = 1000;

/** How long the last log lines may take; by then a successor serves. */
const LEAVE_WAIT_MS = 1000;

const MS_PER_SECOND = 1000;

/**
 * From this max_use on a process loads what is no add, too, as soon as its first clients have been served: that takes some 2 ms,
 * which is 2 µs a client. Loaded by the first send, it has the adds meanwhile wait longer than DESIGN allows (docs/PERFORMANCE.md,
 * "Latency").
 */
const MAX_USE_WORTH_LOADING = 1000;
const LOAD_AFTER_MS = 50;

const command = encodeUtf8(process.argv0);
const processName = baseName(command);
const configDirectory = encodeUtf8(process.env["MAIL_CONFIG"] ?? DEFAULT_CONFIG_DIRECTORY);
const clock = new EventLoop();
const daemon: DaemonProcess = createDaemonProcess();
let copiesToStderr = false;
const log = new DaemonLog({ clock, toLocalTime }, earlyLogDestination(), (line) => {
  if (copiesToStderr) {
    writeToStandardError(`${line}\n`);
  }
});

process.on("uncaughtException", die);
process.on("unhandledRejection", die);
run().then(leave, die);

/** Nobody needs this process any more. */
function leave(): never {
  log.drain(LEAVE_WAIT_MS, Bun.sleepSync);
  daemon.end(0);
}

/** One line, a wait, the end. */
function die(cause: unknown): never {
  if (cause instanceof Fatal || cause instanceof OsError) {
    log.fatal(cause.message);
  } else {
    log.fatal(`unexpected ${cause instanceof Error ? `${cause.name}: ${cause.message}` : cause}`);
  }
  log.drain(FATAL_WAIT_MS, Bun.sleepSync);
  Bun.sleepSync(FATAL_WAIT_MS);
  daemon.end(1);
}

async function run(): Promise<void> {
  const options = parseOptions(command, process.argv.slice(2).map(encodeUtf8));
  const isVerbose = process.env["MAIL_VERBOSE"] !== undefined;
  log.verbosity = options.verbosity + (isVerbose ? 1 : 0);
  if (isVerbose) {
    log.info("daemon started");
  }
  copiesToStderr = options.logToStderr;
  refuseTerminal(options);
  const textFiles = createTextFiles();
  const parameters = readParameters(options, textFiles);
  log.redirect(configuredLogDestination(parameters));
  const generation = readGeneration();
  const user = options.unprivileged ? findMailOwner(parameters) : null;
  changeToQueue(parameters.queueDirectory);
  const fileWatch = createFileWatch();
  const version = postfixVersion(textFiles);
  const isGreeting = isGreetingExpected(version);
  const tables = postfixTables(options, parameters, fileWatch, version);
  const domains = eligibleDomains(parameters, watched(textFiles, fileWatch), tables);
  tables.start();
  // The zone's rules are read now, as they can't be from the jail.
  toLocalTime(clock.wallMs());
  daemon.confine(user, options.chroot ? parameters.queueDirectory : null);
  const files = new UnlinkedFiles(createFiles(clock), clock);
  const { queueServiceName, triggerTimeoutSeconds } = parameters;
  const tools = { files, clock, log };
  const queueManager = createQueueManager(tools, queueServiceName, triggerTimeoutSeconds);
  const service = createService(options, parameters, domains, files, queueManager);
  if (parameters.maxUse >= MAX_USE_WORTH_LOADING) {
    clock.after(LOAD_AFTER_MS, () => service.loadAll());
  }
  await tables.ready();
  const isOutdated = domains.mayChange
    ? Promise.race([outdated(clock, fileWatch), tables.ended])
    : null;
  await serveClients(options, parameters, { generation, isGreeting }, service, isOutdated);
  await queueManager.settled();
}

async function serveClients(
  options: DaemonOptions,
  parameters: Parameters,
  { generation, isGreeting }: Pick<ServerSettings, "generation" | "isGreeting">,
  service: FlushService,
  isOutdated: Promise<void> | null,
): Promise<void> {
  if (options.standalone) {
    const [unexpected] = options.leftOver;
    if (unexpected !== undefined) {
      throw new Fatal(`unexpected command-line argument: ${unexpected}`);
    }
    await serveStandalone(createStandardStream(), service, log, { ...parameters, isGreeting });
    return;
  }
  await serve(
    {
      clock,
      log,
      process: daemon,
      handler: service,
      outdated: isOutdated,
      peers: createPeers(clock, FIRST_LISTEN_DESCRIPTOR, options.socketCount),
      channel: createStatusChannel(clock, STATUS_DESCRIPTOR),
    },
    {
      ...parameters,
      startedInMs: clock.monotonicMs(),
      clientsMax: daemon.descriptorsMax() - DESCRIPTORS_RESERVED,
      serviceName: options.serviceName,
      generation,
      isGreeting,
      ownerUid: daemon.userId(),
      leftOver: options.leftOver,
    },
  );
}

function readGeneration(): number {
  const text = process.env["GENERATION"];
  const generation = parseGeneration(text);
  if (text !== undefined) {
    verbosely(log)?.info(`process generation: ${text} (${generation.toString(8)})`);
  }
  return generation;
}

function createService(
  options: DaemonOptions,
  parameters: Parameters,
  domains: DomainList,
  files: Files,
  queueManager: QueueManager,
): FlushService {
  const idna2003 = parameters.enableIdna2003Compatibility;
  const namer = new LogfileNamer({ idna2003, log });
  const canonical = new CanonicalDomains(idna2003);
  return new FlushService({
    files,
    clock,
    log,
    queueManager,
    hashing: { hashedQueues: parameters.hashQueueNames, depth: parameters.hashQueueDepth },
    groupId: daemon.groupId(),
    recordsAny: parameters.fastFlushDomains.trim() !== "",
    eligible: (site) => domains.match(site),
    logfileName: (site) => namer.nameOf(site),
    canonicalDomain: (domain) => canonical.of(domain),
    isExact: !options.releaseAll,
    refreshSeconds: parameters.fastFlushRefreshTimeSeconds,
    purgeSeconds: parameters.fastFlushPurgeTimeSeconds,
  });
}

function readParameters(options: DaemonOptions, textFiles: TextFiles): Parameters {
  return loadParameters({
    configDirectory,
    overrides: options.overrides.map(parseOverride),
    processName,
    serviceName: options.serviceName,
    processId: daemon.id,
    hostName: daemon.hostName(),
    textFiles,
    clock,
    sleep: Bun.sleepSync,
    log,
  });
}

function postfixTables(
  options: DaemonOptions,
  parameters: Parameters,
  fileWatch: FileWatch,
  version: string | null,
): PostfixTables {
  const { queueDirectory, proxymapServiceName } = parameters;
  const proxymapName = `private/${proxymapServiceName}`;
  const sockets = createLoopSockets(clock);
  return new PostfixTables({
    programs: createStartUpPrograms({ queueDirectory, configDirectory }, sockets.adopt),
    connectProxymap: (open) => sockets.connect(proxymapName, open),
    proxymapName,
    isGreeting: isGreetingExpected(version),
    isLateProxymap: isLateProxymap(version),
    clock,
    log,
    fileWatch,
    commandDirectory: parameters.commandDirectory,
    overrides: options.overrides,
    processName,
    socketPath: `pid/lookup.${daemon.id}`,
    ipcTimeoutMs: parameters.ipcTimeoutSeconds * MS_PER_SECOND,
    ipcIdleMs: parameters.ipcIdleSeconds * MS_PER_SECOND,
  });
}

function eligibleDomains(
  parameters: Parameters,
  textFiles: TextFiles,
  tables: PostfixTables,
): DomainList {
  const tools = {
    foldUtf8: parameters.smtputf8Enable,
    textFiles,
    log,
    openErrorIsFatal: parameters.daemonTableOpenErrorIsFatal,
    tables,
  };
  return readFastFlushDomains(tools, parameters);
}

/**
 * The version of the program whose place this one has, in the directory above ours: clients are of the same. It is
 * looked at at each start, so that an upgrade of Postfix needs nobody's help. Null: there is none.
 */
function postfixVersion(textFiles: TextFiles): string | null {
  const ownFolder = daemon.executable.slice(0, daemon.executable.lastIndexOf("/"));
  try {
    return versionIn(textFiles.read(`${ownFolder}/../flush`).text);
  } catch (caught) {
    if (caught instanceof OsError) {
      return null;
    }
    throw caught;
  }
}

function findMailOwner(parameters: Parameters): User {
  const user = daemon.findUser(parameters.mailOwner);
  if (user === null) {
    throw badParameter("mail_owner", `unknown user name value: ${parameters.mailOwner}`);
  }
  if (user.uid === 0) {
    throw badParameter("mail_owner", `user ${parameters.mailOwner} has privileged user ID`);
  }
  return user;
}

function changeToQueue(queueDirectory: string): void {
  try {
    daemon.changeDirectory(queueDirectory);
  } catch (caught) {
    if (caught instanceof OsError) {
      throw new Fatal(`chdir("${queueDirectory}"): ${caught.text}`);
    }
    throw caught;
  }
}

/** A daemon without its descriptors is of no use: tell whoever typed its name. */
function refuseTerminal(options: DaemonOptions): void {
  const isDebugged = options.fromTerminal || process.env["MAIL_DEBUG"] !== undefined;
  if (!options.standalone && !isDebugged && daemon.isTerminal(0)) {
    copiesToStderr = true;
    throw new Fatal("do not run this command by hand");
  }
}

/** Before main.cf is read: as master says in the environment. */
function earlyLogDestination(): LogDestination {
  const postlog = process.env["POSTLOG_SERVICE"];
  const host = process.env["POSTLOG_HOSTNAME"] ?? "";
  return {
    socket: openLogSocket(postlog === undefined ? SYSLOG_PATHS : [encodeUtf8(postlog)]),
    format:
      postlog === undefined
        ? { kind: "syslog", facility: MAIL_FACILITY }
        : { kind: "postlog", host: firstLabel(encodeUtf8(host)) },
    name: `${encodeUtf8(process.env["MAIL_LOGTAG"] ?? DEFAULT_LOG_TAG)}/${processName}`,
    processId: daemon.id,
    keepUtf8: false,
  };
}

/** As main.cf says. The second path of postlogd's socket is that from within the jail. */
function configuredLogDestination(parameters: Parameters): LogDestination {
  const common = {
    name: `${parameters.syslogName}/${processName}`,
    processId: daemon.id,
    keepUtf8: parameters.smtputf8Enable,
  };
  // As the original does, wherever the lines go.
  const facility = facilityNumber(parameters.syslogFacility);
  if (facility === null) {
    throw badParameter("syslog_facility", `unrecognized value: ${parameters.syslogFacility}`);
  }
  if (parameters.maillogFile !== "") {
    const path = `public/${parameters.postlogServiceName}`;
    const host = firstLabel(parameters.myhostname);
    const socket = openLogSocket([`${parameters.queueDirectory}/${path}`, path]);
    return { ...common, socket, format: { kind: "postlog", host } };
  }
  return { ...common, socket: openLogSocket(SYSLOG_PATHS), format: { kind: "syslog", facility } };
}

/** A parameter whose value this machine can't do anything with. */
function badParameter(name: string, why: string): Fatal {
  return new Fatal(`file ${configDirectory}/main.cf: parameter ${name}: ${why}`);
}

function firstLabel(hostName: string): string {
  return hostName.split(".", 1)[0] ?? "";
}
