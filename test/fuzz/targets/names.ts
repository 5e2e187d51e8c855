/**
 * Queue IDs, site names and domains: what may become part of a path, and what is compared.
 *
 * Promised: a name that is part of a path is letters, digits and `_`, 255 at most, and stays in its queue; a site's
 * logfile and canonical form are the same each time, and those of the canonical form.
 */

import { MemoryLog } from "../../../src/memory/log.ts";
import { hashedPath } from "../../../src/names/hashed_path.ts";
import { parseQueueId, siteName } from "../../../src/names/names.ts";
import { CanonicalDomains } from "../../../src/record/canonical_domain.ts";
import { LogfileNamer } from "../../../src/record/logfile_name.ts";
import { pick, type Random } from "../../support/random.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const LABELS = [
  "example",
  "EXAMPLE",
  "a-b",
  "b\xc3\xbccher",
  "xn--bcher-kva",
  "xn--a",
  "stra\xc3\x9fe",
  "\xe4\xbe\x8b",
  "1",
];
const SAFE = /^[A-Za-z0-9_]{1,255}$/;
const PATH = /^deferred\/(?:[A-Za-z0-9_]\/){0,2}[A-Za-z0-9_]{1,255}$/;

function drawName(random: Random): string {
  return Array.from({ length: 1 + random(4) }, () => pick(random, LABELS)).join(
    pick(random, [".", ".", "\xe3\x80\x82", "_"]),
  );
}

export const NAMES: Target = {
  name: "names",
  draw: drawName,
  tokens: [
    ...LABELS,
    "..",
    "/",
    "z",
    "xn--",
    "[::1]",
    "\xc2\xad",
    "\xe2\x80\x8d",
    "\xf0\x9f\x98\x80",
    "\xd7\x90",
  ],
  read: (input, random) => {
    const hashing = { hashedQueues: new Set(["deferred"]), depth: 1 + random(2) };
    const id = parseQueueId(input);
    mustHold("a queue ID is safe", id === null || (SAFE.test(id) && id === input));
    mustHold(
      "a path stays in its queue",
      id === null || PATH.test(hashedPath("deferred", id, hashing)),
    );
    const isTransitional = random(2) === 0;
    const namer = new LogfileNamer({ idna2003: isTransitional, log: new MemoryLog() });
    const logfile = namer.nameOf(siteName(input));
    mustHold("a logfile's name is safe", logfile === null || SAFE.test(logfile));
    mustBeSame("asked again", namer.nameOf(siteName(input)), logfile);
    const canonical = new CanonicalDomains(isTransitional).of(input);
    if (canonical !== null) {
      mustHold("a canonical name is ASCII", !/[^\x00-\x7f]/.test(canonical));
      mustBeSame("canonical twice", new CanonicalDomains(isTransitional).of(canonical), canonical);
    }
    return `${id === null ? "no ID" : "ID"}, ${logfile === null ? "no log" : "log"}`;
  },
};
