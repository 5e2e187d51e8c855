/**
 * A private Postfix with our service, to which something happens: started, prepared before that, and removed in any
 * case; and the few things that every test here asks it.
 */
import { expect } from "bun:test";
import { type Answer, FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import { type InstanceOptions, PostfixInstance } from "../../lab/postfix_instance.ts";
import { askReport } from "../../lab/report_request.ts";

/** It was done. */
export const OK: Answer = { kind: "status", status: 0 };
/** It could not be done. */
export const FAIL: Answer = { kind: "status", status: -1 };

/** A wake-up may have a hundred thousand logs, or a large one, to go over. */
const WAKE_UP_LIMIT_MS = 10 * 60 * 1000;

/** What the instance is to be. */
interface FaultyOptions extends Omit<InstanceOptions, "flush"> {
  /** Behind the command in master.cf. */
  readonly args?: readonly string[];
  /** Done before Postfix is started. */
  readonly prepare?: (instance: PostfixInstance) => Promise<void>;
}

/** An instance that isn't started yet; ours serves, in the jail. */
export async function createInstance({
  args = [],
  prepare,
  ...rest
}: FaultyOptions): Promise<PostfixInstance> {
  const flush = { command: "fastflush/flush", chroot: true, args } as const;
  const instance = await PostfixInstance.create({ ...rest, flush, name: "fastflush-faults" });
  try {
    await prepare?.(instance);
    return instance;
  } catch (error) {
    await instance.remove();
    throw error;
  }
}

/** Runs `body` with such an instance, started, and removed in any case. */
export async function withInstance(
  options: FaultyOptions,
  body: (instance: PostfixInstance) => Promise<void>,
): Promise<void> {
  const instance = await createInstance(options);
  try {
    await instance.start();
    await body(instance);
  } finally {
    await instance.remove();
  }
}

/** Asks for an entry. */
export function add(instance: PostfixInstance, site: string, queue_id: string): Promise<Answer> {
  return ask(instance, "add", "site", site, "queue_id", queue_id);
}

/** Asks for a flush of a site. */
export function sendSite(instance: PostfixInstance, site: string): Promise<Answer> {
  return ask(instance, "send_site", "site", site);
}

/** Sends a request: its name, then names and values. */
export function ask(instance: PostfixInstance, ...words: readonly string[]): Promise<Answer> {
  return flushRequest(instance.flushSocket(), ["request", ...words]);
}

/** As master(8) wakes the service, but waiting for the end of the work. */
export async function wakeUp(instance: PostfixInstance): Promise<void> {
  const connection = await FlushConnection.open(instance.flushSocket(), WAKE_UP_LIMIT_MS);
  connection.write("W\0");
  expect(await connection.answer).toEqual(OK);
}

/** That the service itself finds no difference between record and queue. */
export async function expectVerified(instance: PostfixInstance): Promise<void> {
  const words = ["request", "fastflush_verify", "version", "1", "sites", ""];
  const { items, end } = await askReport(instance.flushSocket(), words);
  expect({ items, status: end?.status }).toEqual({ items: [], status: 0 });
}

/** What the service has warned of since `mark`, each text once. */
function warningsSince(instance: PostfixInstance, mark: number): Set<string> {
  const lines = instance.log.linesSince(mark).filter(({ tag }) => tag === "postfix/flush");
  const prefix = "warning: ";
  const warnings = lines.map(({ text }) => text).filter((text) => text.startsWith(prefix));
  return new Set(warnings.map((text) => text.slice(prefix.length)));
}

/** Waits until the service has said that. */
export async function expectWarning(
  instance: PostfixInstance,
  mark: number,
  text: string,
): Promise<void> {
  await instance.waitFor(`"${text}"`, () => warningsSince(instance, mark).has(text));
}

/** That no process of the service died, or had to be started with pauses, since `mark`. */
export function expectNoDeath(instance: PostfixInstance, mark = 0): void {
  const texts = instance.log
    .linesSince(mark)
    .filter(({ tag, text }) => tag === "postfix/flush" || /\/flush[ :]/.test(text))
    .map(({ text }) => text);
  const is_death = /^(fatal|panic|error): |exit status|killed by signal|throttling/;
  expect(texts.filter((text) => is_death.test(text))).toEqual([]);
}
