/**
 * Gathers the messages that hold, release or delete is about: whoever is asked about them gets just these done, whatever
 * comes meanwhile. Some 100 bytes of memory a message.
 */
import type { ChangeOutcome, Target } from "../../holding/change_messages.ts";
import { heldMail } from "../../holding/held_mail.ts";
import type { Change, SourceQueue } from "../../holding/postsuper.ts";
import type { QueueId } from "../../names/names.ts";
import type { CommandTools } from "../command_tools.ts";
import { openQueue } from "../open_mail.ts";
import { printable } from "../printable.ts";
import type { Choice, ChosenMail, ChosenMessage } from "../release/chosen_mail.ts";
import { attributesOf } from "../release/chosen_preview.ts";
import { OtherSites } from "../release/other_sites.ts";

/** So many different senders are counted. */
export const SENDERS_MAX = 10_000;

/** What is to be done with which mail. */
export interface Gathering {
  readonly change: Change;
  /** Mail that is on hold is meant, and not what is deferred. */
  readonly isHeld: boolean;
  /** Messages with recipients at other destinations are left alone. */
  readonly isWhole: boolean;
  /** These are passed over: others see to them. */
  readonly alsoMeant: ReadonlySet<QueueId>;
  /** Is told each message: what `--json` has of it. */
  readonly onMessage: (attributes: ReadonlyMap<string, string>) => void;
}

/** What was gathered. */
export class Gathered {
  readonly targets: Target[] = [];
  sizeBytes = 0;
  recipientCount = 0;
  /** Null: none could be read. */
  oldestSeconds: number | null = null;
  readonly senders = new Set<string>();
  readonly others = new OtherSites();
  /** Messages that are left alone. */
  readonly left = new Map<ChangeOutcome | "partly", number>();

  /** Named by their queue IDs, and in none of the queues. */
  readonly missing = new Set<QueueId>();

  leave(why: ChangeOutcome | "partly"): void {
    this.left.set(why, (this.left.get(why) ?? 0) + 1);
  }
}

/** Throws CommandError where the queue can't be read. */
export async function gatherMessages(
  tools: CommandTools,
  choice: Choice,
  gathering: Gathering,
): Promise<Gathered> {
  const { change, isHeld } = gathering;
  const gathered = new Gathered();
  const isById = choice.selection.kind === "ids";
  const messages =
    isHeld && !isById ? chosenOnHold(tools, choice) : (await choice.open()).messages();
  const queues: readonly string[] = sourceQueues(change, isHeld, isById);
  for (const message of messages) {
    if (gathering.alsoMeant.has(message.queueId)) {
      continue;
    }
    const outcome = take(gathered, choice, message, queues, gathering);
    if (outcome === "gone" && isById) {
      gathered.missing.add(message.queueId);
    }
    gathering.onMessage(attributesOf(choice, message, outcome));
  }
  return gathered;
}

function sourceQueues(change: Change, isHeld: boolean, isById: boolean): readonly SourceQueue[] {
  if (change === "delete" && isById && !isHeld) {
    return ["deferred", "hold"];
  }
  return isHeld ? ["hold"] : ["deferred"];
}

function* chosenOnHold(tools: CommandTools, choice: Choice): Generator<ChosenMessage> {
  const reading = {
    files: openQueue(tools),
    hashing: tools.instance.hashing,
    siteOf: (address: string): string => choice.siteNames.siteOf(address),
  };
  const tell = (path: string, why: string): void =>
    tools.terminal.err(`${printable(path)} can't be read, and is left alone: ${printable(why)}.\n`);
  for (const message of heldMail(reading, tell)) {
    if (message.recipients.some(({ site }) => choice.isMeant(site))) {
      yield { queueId: message.queueId, queue: "hold", nextTrySeconds: null, details: message };
    }
  }
}

/** Enters a message; returns what would become of it. */
function take(
  gathered: Gathered,
  { isMeant }: Pick<ChosenMail, "isMeant">,
  { queueId, queue, details }: ChosenMessage,
  queues: readonly string[],
  { change, isWhole }: Gathering,
): Change | ChangeOutcome | "partly" {
  const others = (details?.recipients ?? []).filter(({ site }) => !isMeant(site));
  const why =
    queue === ""
      ? "gone"
      : !queues.includes(queue)
        ? "moved"
        : isWhole && others.length > 0
          ? "partly"
          : null;
  if (why !== null) {
    gathered.leave(why);
    return why;
  }
  const arrivalSeconds = details?.arrivalSeconds ?? null;
  gathered.targets.push({ queueId, queue: queue as SourceQueue, arrivalSeconds });
  if (details !== null) {
    gathered.sizeBytes += details.sizeBytes;
    gathered.recipientCount += details.recipients.length;
    gathered.oldestSeconds = Math.min(
      gathered.oldestSeconds ?? details.arrivalSeconds,
      details.arrivalSeconds,
    );
    gathered.others.add(others.map(({ site }) => site));
    if (gathered.senders.size < SENDERS_MAX) {
      gathered.senders.add(details.sender);
    }
  }
  return change;
}
