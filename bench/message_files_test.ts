import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageFiles, queueIdNumber } from "./message_files.ts";
import { WrongResult } from "./wrong_result.ts";

let folder: string;
let files: MessageFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-test-"));
  for (const queue of ["deferred", "incoming", "flush"]) {
    mkdirSync(join(folder, queue));
  }
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  files = new MessageFiles({ queue_folder: folder, owner }, "site.example", 3);
  files.create();
  files.restore();
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What a right send does. */
function send(): void {
  for (const id of files.ids) {
    renameSync(files.deferredPath(id), files.incomingPath(id));
  }
  truncateSync(join(folder, "flush", "site_example"));
}

test("messages lie in deferred, hashed by their first digit, and their IDs in the log", () => {
  expect(files.ids).toEqual(["00000000000", "01EEF000001", "03DDE000002"]);
  expect(statSync(join(folder, "deferred", "0", "01EEF000001")).mode & 0o777).toBe(0o700);
  expect(files.ids.map(queueIdNumber)).toEqual([0, 1, 2]);
  const log = readFileSync(join(folder, "flush", "site_example"), "latin1");
  expect(log).toBe("00000000000\n01EEF000001\n03DDE000002\n");
});

test("a send that moved all and emptied the log is right, and can be undone", () => {
  send();
  expect(() => files.check("x")).not.toThrow();
  files.restore();
  expect(files.ids.map((id) => existsSync(files.deferredPath(id)))).toEqual([true, true, true]);
  expect(statSync(join(folder, "flush", "site_example")).size).toBe(36);
});

test("a message left behind is a wrong result", () => {
  send();
  renameSync(files.incomingPath("01EEF000001"), files.deferredPath("01EEF000001"));
  expect(() => files.check("x")).toThrow(new WrongResult("check x: 2 of 3 messages were moved"));
});

test("an entry left in the log is a wrong result", () => {
  send();
  files.restore();
  for (const id of files.ids) {
    renameSync(files.deferredPath(id), files.incomingPath(id));
  }
  expect(() => files.check("x")).toThrow(
    new WrongResult("check x: 36 bytes are left in the log after the send"),
  );
});
