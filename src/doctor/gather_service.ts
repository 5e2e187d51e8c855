/**
 * Asks the running service, and gives up soon.
 */
import { type Answer, ask, type ReportItem } from "../client/ask.ts";
import { SYSLOG_PATHS } from "../following/open_mail_logs.ts";
import { NOTHING, type ReportRequest, STATUS } from "../wire/request.ts";
import type { Looking } from "./looking.ts";
import type { Machine, Patient } from "./machine.ts";
import type { Comparison, Configuration, ServiceFacts } from "./set_up.ts";

/** A service that can't start leaves its clients waiting. */
const ANSWER_MS = 5000;
/** The whole deferred queue is read. */
const COMPARE_MS = 15_000;

/** Lines that say why the service does not start, the first kind rather than the second. */
const TROUBLES = [
  /\/flush\[[0-9]+\]: (?:fatal|panic): /,
  /\/master\[[0-9]+\]: .*\/flush(?: pid [0-9]+ exit|: bad command startup)/,
];

/** What the service says. Is asked nothing where `isRunning` is false. */
export async function gatherService(
  machine: Machine,
  looking: Looking,
  configuration: Configuration,
  patient: Patient,
  isRunning: boolean,
): Promise<ServiceFacts> {
  const socket = looking.place(patient.socket.path);
  const facts = { socket, lastTrouble: "", comparison: null, refusedSites: [] };
  if (!isRunning || socket.status === null) {
    return { ...facts, answer: "not asked" };
  }
  const first = await within(machine, ANSWER_MS, () => askFor(patient, NOTHING));
  const answer = first === null ? "mute" : answerOf(first);
  if (answer === "ours") {
    return { ...facts, answer, ...(await compare(machine, looking, patient)) };
  }
  if (answer === "original" && !mayAsk(machine, configuration)) {
    looking.note("the record", "only root and the mail owner may ask the service", true);
    return { ...facts, answer: "not asked" };
  }
  return { ...facts, answer, lastTrouble: lastTrouble(looking, configuration) };
}

/** To others than these, ours answers as the original does. */
function mayAsk({ userId }: Machine, { mailOwner }: Configuration): boolean {
  return userId === 0 || userId === mailOwner?.uid;
}

function answerOf(answer: Answer): ServiceFacts["answer"] {
  switch (answer.kind) {
    case "done":
    case "incomplete":
      return "ours";
    case "unknown":
      return "original";
    case "stranger":
    case "mute":
      return answer.kind;
    case "unreachable":
      return answer.error.code === "EACCES" ? "not asked" : "refuses";
  }
}

async function compare(
  machine: Machine,
  looking: Looking,
  { siteLists, ...patient }: Patient,
): Promise<Pick<ServiceFacts, "comparison" | "refusedSites">> {
  const sum = { messages: 0, entries: 0, missing: 0, outdated: 0, duplicate: 0 };
  const refusedSites: string[] = [];
  const onItem = ({ item, attributes }: ReportItem): void => {
    if (item === "refused") {
      refusedSites.push(attributes.get("site") ?? "");
    }
  };
  const all = async (): Promise<boolean> => {
    for (const sites of siteLists) {
      const answer = await askFor(patient, { name: "verify", sites }, onItem);
      if (
        answer.kind !== "done" ||
        (answer.status !== STATUS.ok && answer.status !== STATUS.deny)
      ) {
        return false;
      }
      add(sum, answer.totals);
    }
    return true;
  };
  const isWhole = await within(machine, COMPARE_MS, all);
  if (isWhole !== true) {
    const why =
      isWhole === null
        ? `it takes more than ${COMPARE_MS / 1000} seconds: fastflush verify does it`
        : "something could not be read; the mail log says what";
    looking.note("whether record and queue agree", why, false);
  }
  return { comparison: isWhole === true ? sum : null, refusedSites };
}

function add(
  sum: { -readonly [Name in keyof Comparison]: number },
  totals: ReadonlyMap<string, string>,
): void {
  const of = (name: string): number => Number(totals.get(name) ?? 0);
  // Each request reads the same queue.
  sum.messages = Math.max(sum.messages, of("messages"));
  sum.entries += of("entries");
  sum.missing += of("missing");
  sum.outdated += of("outdated");
  sum.duplicate += of("duplicate");
}

function askFor(
  { socket }: Pick<Patient, "socket">,
  request: ReportRequest,
  onItem: (item: ReportItem) => void = () => {},
): Promise<Answer> {
  return ask(socket, request, onItem);
}

/** Null: it took too long. What was begun goes on until this program ends. */
async function within<T>(
  { clock }: Machine,
  limitMs: number,
  work: () => Promise<T>,
): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = clock.after(limitMs, () => late.resolve(null));
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    timer.cancel();
  }
}

/** The last complaint about the service in the mail log; empty: none, or it can't be read. */
function lastTrouble(looking: Looking, { values }: Configuration): string {
  const paths = values.maillog_file === "" ? SYSLOG_PATHS : [values.maillog_file];
  const lines = paths.flatMap((path) => looking.lastLines(path));
  const found = TROUBLES.map((trouble) => lines.findLast((line) => trouble.test(line)));
  return found.find((line) => line !== undefined) ?? "";
}
