/**
 * Bytes from peers and files that would mean something to a log's reader or a terminal: wherever they are put, what the
 * service writes to the log stays one line a message, without control characters, and none of it can be taken for
 * another program's.
 */
import { expect, test } from "bun:test";
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FlushConnection } from "../../lab/flush_request.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { linesSince } from "../contract/small_master.ts";
import { withPlainInstance } from "../postfix/plain_instance.ts";
import { TEST_LIMIT_MS } from "../postfix/services.ts";
import { buildDeferFile, buildQueueFile } from "../support/queue_files.ts";

/** Ends a line, begins another one, moves a cursor, sets a title, is no UTF-8, and is far too long. */
const NASTY = `\n<2>Nov 26 12:00:00 relay postfix/forged[1]: forged\r\x1b[2J\x1b]0;x\x07\x7f\x80\xff${"x".repeat(3000)}`;

/** What each request says of itself in another place. */
const REQUESTS: readonly string[] = [
  `request\0${NASTY}\0\0`,
  `${NASTY}\0add\0\0`,
  `request\0add\0${NASTY}\0x\0\0`,
  `request\0add\0site\0${NASTY}\0queue_id\0ABC123\0\0`,
  `request\0add\0site\0one.example\0queue_id\0${NASTY}\0\0`,
  `request\0send_site\0site\0${NASTY}.example\0\0`,
  `request\0send_file\0queue_id\0${NASTY}\0\0`,
  `request\0fastflush_send\0version\x001\0sites\0one.example\0reason\0${NASTY}\0\0`,
  `request\0fastflush_send\0version\x001\0sites\0@${NASTY.slice(0, 60)}\0reason\0\0\0`,
  `request\0fastflush_verify\0version\0${NASTY}\0sites\0\0\0`,
  "request\0fastflush_rebuild\0version\x001\0\0",
  "request\0fastflush_preview\0version\x001\0sites\0one.example\0\0",
  "request\0fastflush_compact\0version\x001\0sites\0\0\0",
  "request\0send_site\0site\0one.example\0\0",
  "request\0purge\0\0",
];

/** Behind them: when its line is in the log, theirs are. The service keeps lines that the log daemon does not take at once. */
const LAST_REQUEST = "request\0add\0site\0last.example\0queue_id\0ABC125\0\0";

/** As long as names of files may be. */
const NASTY_NAME = NASTY.replaceAll(/[/\0]/g, "").slice(0, 200);

function plant(instance: PostfixInstance): void {
  const { uid, gid } = instance.owner;
  const put = (path: string, text: string): void => {
    const bytes = Buffer.concat([
      Buffer.from(`${instance.queue_folder}/`),
      Buffer.from(path, "latin1"),
    ]);
    writeFileSync(bytes, Buffer.from(text, "latin1"), { mode: 0o700 });
    chownSync(bytes, uid, gid);
  };
  for (const directory of ["deferred/A", "defer/A"]) {
    mkdirSync(join(instance.queue_folder, directory), { recursive: true });
    chownSync(join(instance.queue_folder, directory), uid, gid);
  }
  put(`flush/${NASTY_NAME}`, "ABC123\n");
  put(`deferred/${NASTY_NAME}`, "");
  put(`deferred/A/${NASTY_NAME}`, "");
  put("flush/one_example", `${NASTY}\nABC123\n\x1b[31m\n${"\x07".repeat(300)}\n`);
  const address = `${NASTY}@one.example`;
  const message = buildQueueFile({ recipients: [{ address }], sender: NASTY });
  put("deferred/A/ABC123", message.text);
  put("defer/A/ABC123", buildDeferFile([{ recipient: address, offset: message.offsets[0] ?? 0 }]));
  put("deferred/A/ABC124", `${message.text.slice(0, 150)}${NASTY}`);
}

test(
  "nothing of them reaches the log but what prints, in lines of its own",
  async () => {
    const entry = {
      service: "flush",
      command: "fastflush/flush",
      chroot: true,
      wakeup: "0",
    } as const;
    const args = ["-v", "-v"];
    await withPlainInstance({ entries: [{ ...entry, args }], main: {} }, async (instance) => {
      plant(instance);
      for (const bytes of [...REQUESTS, LAST_REQUEST]) {
        const connection = await FlushConnection.open(instance.flushSocket());
        connection.write(bytes);
        connection.end();
        expect((await connection.answer).kind).not.toBe("late");
      }
      await instance.waitFor("the last request's line", () =>
        instance.log
          .linesSince(0)
          .some(({ text }) => text === "flush_add_service: site last.example queue_id ABC125"),
      );
      const lines = await linesSince(instance, 0);
      const ours = lines.filter(({ tag }) => tag === "postfix/flush");
      expect(ours.length).toBeGreaterThan(100);
      const warnings = ours.filter(({ text }) => text.startsWith("warning: "));
      expect(warnings.some(({ text }) => text.includes("forged"))).toBeTrue();
      expect(lines.filter(({ tag }) => tag === "postfix/forged")).toEqual([]);
      const log = readFileSync(instance.log.path, "latin1");
      expect(log.match(/[^\x20-\x7e\n]/g)).toBeNull();
      const longest = Math.max(...ours.map(({ text }) => text.length));
      expect(longest).toBeLessThanOrEqual("warning: ".length + 2000);
    });
  },
  TEST_LIMIT_MS,
);
