/**
 * fastflush - the operator's command
 *
 * Shows and flushes deferred mail (docs/COMMAND.md). What the record is asked about is done by the service, over its
 * UNIX socket (docs/PROTOCOL.md); deferred mail itself is read from the queue, and an index of it kept in a cache
 * folder. hold, release and delete have postsuper(1) do it; install and uninstall alone change files of Postfix's
 * configuration. watch alone talks to a network: it looks up hosts and connects where Postfix would. This file builds the
 * real parts and hands over.
 *
 * Ends with one of the statuses of cli/exit_status.ts.
 */
import { runCommandLine } from "./cli/command_line.ts";
import type { DeferredMailOptions, IndexOptions, Instance } from "./cli/command_tools.ts";
import { EXIT } from "./cli/exit_status.ts";
import { printable, printableText } from "./cli/printable.ts";
import { loadParameters } from "./config/load_parameters.ts";
import type { Files } from "./effects/files.ts";
import type { Log } from "./effects/log.ts";
import type { InstanceDirectories } from "./effects/start_up_programs.ts";
import { openDeferredIndex } from "./index/deferred_index.ts";
import type { DeferredMail } from "./index/deferred_mail.ts";
import { encodeUtf8 } from "./names/byte_string.ts";
import { UnlinkedFiles } from "./names/unlinked_files.ts";
import { createBackgroundPrograms } from "./sys/background_programs.ts";
import { createClock, processorMs } from "./sys/clock.ts";
import { createDaemonProcess } from "./sys/daemon_process.ts";
import { createFiles } from "./sys/files.ts";
import { createHost } from "./sys/host.ts";
import { createIndexStores } from "./sys/index_store.ts";
import { createInterrupts } from "./sys/interrupts.ts";
import { toLocalTime } from "./sys/local_time.ts";
import { createNetwork } from "./sys/network.ts";
import { createProcesses } from "./sys/processes.ts";
import { createPrograms } from "./sys/programs.ts";
import { createQuickLooks } from "./sys/quick_looks.ts";
import { createStartUpPrograms } from "./sys/start_up_programs.ts";
import { createTerminal } from "./sys/terminal.ts";
import { createTextFiles } from "./sys/text_files.ts";
import { createThreads } from "./sys/threads.ts";
import { adoptConnection, createUnixSockets } from "./sys/unix_sockets.ts";

const DEFAULT_CONFIG_DIRECTORY = "/etc/postfix";
const DEFAULT_CACHE_DIRECTORY = "/var/cache/fastflush";
const ROOT_UID = 0;

const terminal = createTerminal();
const clock = createClock();
const daemon = createDaemonProcess();

/** What the loader of parameters has to say goes to who runs the command. */
const log: Log = {
  verbosity: 0,
  info: () => {},
  warning: (text) => terminal.err(`warning: ${printable(text)}\n`),
  error: (text) => terminal.err(`error: ${printable(text)}\n`),
};

process.on("uncaughtException", die);
process.on("unhandledRejection", die);
// The command ends this process itself: a runtime that has nothing left to wait for would end it with status 0.
process.on("beforeExit", () => die(new Error("nothing is left to wait for")));
const world = {
  terminal,
  clock,
  processorMs,
  sockets: createUnixSockets(),
  programs: createPrograms(),
  interrupts: createInterrupts(),
  textFiles: createTextFiles(),
  host: createHost(),
  network: createNetwork(),
  background: createBackgroundPrograms(),
  toLocalTime,
  processId: daemon.id,
  random: Math.random,
  absolutePath: absolute,
  machine: {
    files: createFiles(),
    processes: createProcesses(clock),
    userId: daemon.userId(),
    findUser: daemon.findUser,
    tablePrograms: (instance: InstanceDirectories) =>
      createStartUpPrograms(instance, adoptConnection),
  },
  findInstance,
  enterQueue,
  openDeferredMail,
};
// What the runtime does at its own end takes a twelfth of the time of a list of 100,000 messages.
runCommandLine(process.argv.slice(2), world).then((status) => daemon.end(status), die);

function die(cause: unknown): never {
  const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  terminal.err(`unexpected ${printableText(what)}: a defect of fastflush\n`);
  process.exit(EXIT.defect);
}

function findInstance(configDirectory: string | null): Instance {
  const named = configDirectory ?? process.env["MAIL_CONFIG"] ?? DEFAULT_CONFIG_DIRECTORY;
  const directory = absolute(encodeUtf8(named));
  const parameters = loadParameters({
    configDirectory: directory,
    overrides: [],
    processName: "fastflush",
    serviceName: "fastflush",
    processId: daemon.id,
    hostName: daemon.hostName(),
    textFiles: createTextFiles(),
    clock,
    sleep: Bun.sleepSync,
    log,
  });
  const { queueDirectory, flushServiceName, mailOwner } = parameters;
  const uid = daemon.userId();
  return {
    configDirectory: directory,
    queueDirectory,
    hashing: { hashedQueues: parameters.hashQueueNames, depth: parameters.hashQueueDepth },
    idna2003: parameters.enableIdna2003Compatibility,
    place: {
      path: `${queueDirectory}/public/${flushServiceName}`,
      configDirectory: directory,
      mailOwner,
      mayAsk: uid === ROOT_UID || uid === daemon.findUser(mailOwner)?.uid,
    },
    logging: {
      maillogFile: parameters.maillogFile,
      syslogName: parameters.syslogName,
      hostNames: [daemon.hostName(), parameters.myhostname],
      userId: uid,
    },
  };
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${daemon.workingDirectory()}/${path}`;
}

function enterQueue({ queueDirectory }: Instance): Files {
  daemon.changeDirectory(queueDirectory);
  return new UnlinkedFiles(createFiles(), clock);
}

async function openDeferredMail(
  instance: Instance,
  { onProgress, cacheDirectory, isFresh }: DeferredMailOptions & IndexOptions,
): Promise<DeferredMail> {
  const { queueDirectory, hashing, idna2003 } = instance;
  const folder = cacheDirectory ?? DEFAULT_CACHE_DIRECTORY;
  return await openDeferredIndex({
    files: enterQueue(instance),
    looks: createQuickLooks(),
    clock,
    rules: { hashing, idna2003 },
    threads: createThreads(new URL("./read_deferred.ts", import.meta.url)),
    stores: createIndexStores(folder),
    queueDirectory,
    isFolderChosen: cacheDirectory !== null,
    isFresh,
    warn: (text) => log.warning(`no index of deferred mail is kept: ${text}`),
    onProgress,
  });
}
