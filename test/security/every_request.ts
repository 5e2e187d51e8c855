/**
 * Everything that a flush service does, done once to a running instance: real mail deferred and flushed, and every
 * request there is, well-formed and not.
 */
import { expect } from "bun:test";
import { type Answer, FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { askReport } from "../../lab/report_request.ts";
import { deferMail, waitUntilGone } from "../postfix/real_mail.ts";

/** The instance must be made with it as one of its sites. */
export const SITE = "one.example";

const OK: Answer = { kind: "status", status: 0 };

/** Requests of our own, in an order in which each has something to do. */
const REPORTS: readonly (readonly string[])[] = [
  ["fastflush_sites", "version", "1"],
  ["fastflush_preview", "version", "1", "sites", SITE],
  ["fastflush_verify", "version", "1", "sites", ""],
  ["fastflush_compact", "version", "1", "sites", ""],
  ["fastflush_rebuild", "version", "1"],
  ["fastflush_send", "version", "1", "sites", `@${SITE}`, "reason", "test"],
];

/** Bytes that are no request, or one that names what it must not. */
const HOSTILE: readonly string[] = [
  "\xff\x00\x1b[2J\x00\x00",
  "request\0add\0site\0../../../etc/passwd\0queue_id\0ABC123\0\0",
  "request\0add\0site\0one.example\0queue_id\0../../etc/passwd\0\0",
  "request\0send_file\0queue_id\0../deferred/A\0\0",
  "request\0send_site\0site\0\x1b]0;title\x07\0\0",
  "request\0fastflush_send\0version\x001\0sites\0../../x\0reason\0\x1b[31m\n\r\0\0",
  "request\0add\0",
];

/** Everything, once. With ours, `hasReports`, also the requests of our own. */
export async function doEverything(instance: PostfixInstance, hasReports: boolean): Promise<void> {
  const path = instance.flushSocket();
  const sent = await deferMail(instance, [SITE], 3);
  const ids = sent[SITE] ?? [];
  const [first = ""] = ids;
  for (const words of [
    ["add", "site", SITE, "queue_id", "4jYCDY3XvNzLDg6L"],
    // Before the site's other messages go: it finds its message in deferred then, whatever the queue manager does.
    ["send_file", "queue_id", first],
    ["send_site", "site", SITE],
  ]) {
    expect(await flushRequest(path, ["request", ...words])).toEqual(OK);
  }
  await instance.waitUntilDeferred(ids);
  for (const request of ["rfrsh", "purge"]) {
    expect(await flushRequest(path, ["request", request])).toEqual(OK);
  }
  await instance.waitUntilDeferred(ids);
  for (const words of hasReports ? REPORTS : []) {
    const { end } = await askReport(path, ["request", ...words]);
    expect([words[0], end?.status]).toEqual([words[0], 0]);
  }
  for (const bytes of HOSTILE) {
    const connection = await FlushConnection.open(path);
    connection.write(bytes);
    connection.end();
    expect(await connection.answer).not.toEqual(OK);
  }
  await instance.waitUntilDeferred(ids);
  const destination = instance.destinations.get(SITE);
  await destination?.up();
  expect((await instance.etrn(SITE)).code).toBe(250);
  await waitUntilGone(instance, ids);
  await destination?.down();
  expect(await flushRequest(path, ["request", "purge"])).toEqual(OK);
}
