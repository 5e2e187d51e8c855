/**
 * What the rewrite service, or whoever listens in its place, says of a route; and nexthops, as places to connect to.
 *
 * Promised: a route or why there is none; the same whatever the pieces; places with a host or a path each.
 */
import { MemoryClock } from "../../../src/memory/clock.ts";
import { parseNexthop } from "../../../src/watching/nexthop.ts";
import { type RouteAnswer, resolveAddress } from "../../../src/watching/resolve_address.ts";
import { pick, type Random } from "../../support/random.ts";
import { inPieces } from "../mutate.ts";
import { speakerAt } from "../speaker.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const PATH = "/rewrite";
const GREETING = "protocol\0trivial_rewrite_protocol\0\0";
const NEXTHOPS = ["a.example", "[192.0.2.1]:25", "[a.example], b.example:26", "unix:private/x", ""];

async function askOne(pieces: readonly string[]): Promise<RouteAnswer> {
  const sockets = speakerAt(PATH, pieces);
  const socket = { sockets, clock: new MemoryClock(), path: PATH };
  return await resolveAddress(socket, { sender: "", address: "u@a.example" });
}

function drawAnswer(random: Random): string {
  const transport = pick(random, ["smtp", "lmtp", "relay"]);
  const flags = pick(random, [4096, 4096, 4096 | 8]);
  const list = [
    "flags",
    0,
    "transport",
    transport,
    "nexthop",
    pick(random, NEXTHOPS),
    "flags",
    flags,
  ];
  return `${pick(random, [GREETING, GREETING, ""])}${list.join("\0")}\0\0`;
}

export const ROUTES: Target = {
  name: "routes",
  draw: drawAnswer,
  tokens: [...NEXTHOPS, "flags", "transport", "nexthop", "\0", "\0\0", "[", "]", ":", GREETING],
  read: async (input, random) => {
    const answer = await askOne([input]);
    mustBeSame("in one piece and in many", answer, await askOne(inPieces(input, random)));
    if (answer.kind === "none") {
      return "no route";
    }
    const places = parseNexthop(pick(random, ["smtp", "lmtp"]), answer.nexthop);
    const isWhole = places?.every(
      (place) => (place.kind === "unix" ? place.path : place.host) !== "",
    );
    mustHold("a host or a path in each place", isWhole !== false);
    return places === null ? "no place" : "a place";
  },
};
