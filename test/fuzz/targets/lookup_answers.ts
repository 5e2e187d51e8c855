/**
 * What a proxymap(8), ours or Postfix's own, answers to the service: its greeting, and a reply for each request.
 *
 * Promised: a verdict, or Fatal, also where it hangs up or says nothing more; the same lists of attributes whatever the
 * pieces.
 */
import { Fatal } from "../../../src/effects/fatal.ts";
import { compileDomainList } from "../../../src/eligibility/domain_list.ts";
import { AttributeReader, type Attributes } from "../../../src/eligibility/proxymap_protocol.ts";
import { MemoryTextFiles } from "../../../src/memory/text_files.ts";
import { siteName } from "../../../src/names/names.ts";
import { PostfixTablesRig, TIMEOUT_MS } from "../../support/postfix_tables.ts";
import { pick, type Random } from "../../support/random.ts";
import { inPieces } from "../mutate.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

/** Between what is said at first and behind each request. */
const BETWEEN = "\x1e";

/** More than requests that a name can take, and connections for each. */
const WAITS_MAX = 50;

const GREETING = "protocol\0proxymap_protocol\0\0";
const STATUSES = ["0", "0", "0", "1", "1", "2", "3", "4", "-1"];
const FLAGS = ["80", "96", "0", "", "-1"];

function drawReply(random: Random): string {
  const [name, value] = pick(random, [
    ["flags", pick(random, FLAGS)],
    ["value", "x".repeat(random(300))],
  ]);
  return `status\0${pick(random, STATUSES)}\0${name}\0${value}\0\0`;
}

/** All lists that come, and whether what comes then is none. */
function listsIn(pieces: readonly string[]): (Attributes | null)[] {
  const reader = new AttributeReader();
  const lists: (Attributes | null)[] = [];
  for (const piece of pieces) {
    let list = reader.push(piece);
    for (; list !== null && list !== "more"; list = reader.push("")) {
      lists.push(list);
    }
  }
  return lists;
}

/** A proxymap(8) that says one part of the input at first, and one behind each request, and hangs up behind the last. */
function rigThatSays(input: string, random: Random): PostfixTablesRig {
  const rig = new PostfixTablesRig();
  const parts = input.split(BETWEEN);
  rig.sockets.listen("private/proxymap", (service) => {
    const say = (): void => {
      for (const piece of inPieces(parts.shift() ?? "", random)) {
        service.write(piece);
      }
      if (parts.length === 0) {
        service.close();
      }
    };
    queueMicrotask(say);
    return say;
  });
  return rig;
}

async function verdictOf(rig: PostfixTablesRig): Promise<string> {
  const list = compileDomainList({
    ...{ parameterName: "fast_flush_domains", text: "proxy:x:y", foldUtf8: true, log: rig.log },
    ...{ openErrorIsFatal: false, matchParents: true, tables: rig.tables },
    textFiles: new MemoryTextFiles(),
  });
  try {
    await rig.tables.ready();
    return await list.match(siteName("a.example"));
  } catch (caught) {
    if (caught instanceof Fatal) {
      return "fatal";
    }
    throw caught;
  }
}

/** What comes of a promise while time passes, as long as it may take; null: nothing. */
async function inTime(rig: PostfixTablesRig, promise: Promise<string>): Promise<string | null> {
  let outcome: string | null = null;
  const noted = promise.then((value) => {
    outcome = value;
  });
  for (let waits = 0; waits < WAITS_MAX && outcome === null; waits++) {
    await Promise.race([noted, new Promise((resolve) => setImmediate(resolve))]);
    rig.clock.advance(TIMEOUT_MS);
  }
  return outcome;
}

export const LOOKUP_ANSWERS: Target = {
  name: "lookup_answers",
  draw: (random) =>
    [GREETING, ...Array.from({ length: random(5) }, () => drawReply(random))].join(BETWEEN),
  tokens: [GREETING, "status", "flags", "value", "\0", "\0\0", BETWEEN, "x".repeat(20_000)],
  read: async (input, random) => {
    const text = input.replaceAll(BETWEEN, "");
    mustBeSame("in one piece and in many", listsIn([text]), listsIn(inPieces(text, random)));
    const rig = rigThatSays(input, random);
    const verdict = await inTime(rig, verdictOf(rig));
    mustHold("there is an answer in the end", verdict !== null);
    return `${verdict}`;
  },
};
