/**
 * Has postsuper(1) hold, release or delete messages: their queue IDs go to its standard input, and what it says of each
 * comes back from its standard error.
 *
 * postsuper takes only root's orders, and looks for a message in the one queue that is named to it. Its exit status is 0
 * whether it finds a message or not: what it has done, its lines say. Throws OsError where it can't be started.
 */
import type { Programs } from "../effects/programs.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";

/** What is done with messages. */
export type Change = "hold" | "release" | "delete";

/** A queue out of which messages are taken. */
export type SourceQueue = "deferred" | "hold";

/** How postsuper is asked, and how it answers. */
const CHANGES: Readonly<
  Record<Change, { readonly option: string; readonly said: string; readonly counted: string }>
> = {
  hold: { option: "-h", said: "placed on hold", counted: "Placed on hold" },
  release: { option: "-H", said: "released from hold", counted: "Released from hold" },
  delete: { option: "-d", said: "removed", counted: "Deleted" },
};

/** A rename a message: whatever takes longer hangs. What it has done by then stays done. */
const LIMIT_MS = 5 * 60 * 1000;

/** What came of a run. */
export interface PostsuperRun {
  /** Those that it says it has changed. */
  readonly done: ReadonlySet<QueueId>;
  /** What it says beside that, a line each: byte strings. Nothing where all went well. */
  readonly trouble: readonly string[];
}

/** Runs postsuper for the instance with this configuration. */
export async function runPostsuper(
  { programs, configDirectory }: { readonly programs: Programs; readonly configDirectory: string },
  change: Change,
  queue: SourceQueue,
  ids: readonly QueueId[],
): Promise<PostsuperRun> {
  const { option, said, counted } = CHANGES[change];
  const words = ["postsuper", "-c", configDirectory, option, "-", queue];
  const input = ids.map((id) => `${id}\n`).join("");
  const { status, isLate, err } = await programs.run(words, { input, limitMs: LIMIT_MS });
  const done = new Set<QueueId>();
  const trouble: string[] = [];
  let count: number | null = null;
  for (const line of err.split("\n").filter((each) => each !== "")) {
    const text = line.replace(/^\S*postsuper: /, "");
    const id = text.endsWith(`: ${said}`) ? parseQueueId(text.slice(0, -said.length - 2)) : null;
    const [, number] = RegExp(`^${counted}: (\\d+) messages?$`).exec(text) ?? [];
    if (id !== null) {
      done.add(id);
    } else if (number !== undefined) {
      count = Number(number);
    } else {
      trouble.push(text);
    }
  }
  if (isLate || status !== 0) {
    const how = isLate ? "took too long and was ended" : `ended with status ${status ?? "unknown"}`;
    trouble.push(`postsuper ${how}`);
  } else if (count !== done.size) {
    trouble.push(`postsuper counts ${count ?? "nothing"}, and names ${done.size}`);
  }
  return { done, trouble };
}
