/**
 * Requests of our own to the real process under a real master(8): who gets a report, and that for all others,
 * and with the original, there is no such request.
 */
import { dlopen, FFIType } from "bun:ffi";
import { expect } from "bun:test";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { flushRequest } from "../../lab/flush_request.ts";
import { askReport } from "../../lab/report_request.ts";
import { describeServices } from "../postfix/services.ts";

const libc = dlopen("libc.so.6", {
  seteuid: { args: [FFIType.u32], returns: FFIType.i32 },
  setegid: { args: [FFIType.u32], returns: FFIType.i32 },
}).symbols;

/** Of nobody in particular. */
const STRANGER_UID = 65_534;

/** All requests of our own. */
const OWN_REQUESTS: readonly (readonly string[])[] = [
  ["fastflush_sites"],
  ["fastflush_preview", "sites", "one.example"],
  ["fastflush_send", "sites", "one.example", "reason", ""],
  ["fastflush_verify", "sites", ""],
  ["fastflush_compact", "sites", ""],
  ["fastflush_rebuild"],
].map(([name = "", ...rest]) => ["request", name, "version", "1", ...rest]);

const SITES = ["request", "fastflush_sites", "version", "1"];

/** Begins something as another user: who connects is known from that moment. */
function as<Begun>(uid: number, gid: number, begin: () => Begun): Begun {
  expect([libc.setegid(gid), libc.seteuid(uid)]).toEqual([0, 0]);
  try {
    return begin();
  } finally {
    expect([libc.seteuid(0), libc.setegid(0)]).toEqual([0, 0]);
  }
}

describeServices("who may ask for a report", (labTest, service) => {
  labTest("root and the mail owner, and nobody else", {}, async (instance) => {
    const path = instance.flushSocket();
    // Whom the folder lets in: the mail owner, and setgid programs of Postfix.
    const { gid } = statSync(dirname(path));
    const isOurs = service.name === "ours";
    for (const uid of [0, instance.owner.uid, STRANGER_UID]) {
      const isOffered = isOurs && uid !== STRANGER_UID;
      const { end } = await as(uid, gid, () => askReport(path, SITES));
      expect({ uid, isOffered: end !== null }).toEqual({ uid, isOffered });
      const frob = await as(uid, gid, () => flushRequest(path, ["request", "frob"]));
      expect(frob.kind).toBe("closed");
      const add = ["request", "add", "site", "one.example", "queue_id", "ABC123"];
      expect(await as(uid, gid, () => flushRequest(path, add))).toEqual({
        kind: "status",
        status: 0,
      });
      const version2 = await as(uid, gid, () => flushRequest(path, [...SITES.slice(0, 3), "2"]));
      expect(version2).toEqual(isOffered ? { kind: "status", status: 3 } : frob);
    }
  });

  labTest("each of the requests is refused to a stranger", {}, async (instance) => {
    const path = instance.flushSocket();
    const { gid } = statSync(dirname(path));
    const frob = await as(STRANGER_UID, gid, () => flushRequest(path, ["request", "frob"]));
    for (const words of OWN_REQUESTS) {
      const { end } = await askReport(path, words);
      expect([words[1], end?.status]).toEqual([words[1], service.name === "ours" ? 0 : undefined]);
      const refused = await as(STRANGER_UID, gid, () => flushRequest(path, words));
      expect([words[1], refused]).toEqual([words[1], frob]);
    }
  });

  labTest("who is not let into public/ reaches no request", {}, async (instance) => {
    const path = instance.flushSocket();
    const words = ["request", "purge"];
    const answer = await as(STRANGER_UID, STRANGER_UID, () => flushRequest(path, words));
    expect(answer.kind).toBe("refused");
  });
});
