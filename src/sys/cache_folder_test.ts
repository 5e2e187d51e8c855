/** The folder of the index: what it may be, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { faultOf } from "../../test/support/store_fault.ts";
import type { StoreFault } from "../effects/index_store.ts";
import { requireCacheFolder } from "./cache_folder.ts";

let parent = "";
let folder = "";

beforeAll(() => {
  parent = mkdtempSync("/var/tmp/fastflush-cache-");
});
afterAll(() => rmSync(parent, { recursive: true }));

test("it is made for this user alone, and is not made anew", () => {
  folder = join(parent, "new");
  requireCacheFolder(folder);
  expect(statSync(folder).mode & 0o7777).toBe(0o700);
  writeFileSync(join(folder, "kept"), "");
  requireCacheFolder(folder);
  expect(statSync(join(folder, "kept")).size).toBe(0);
});

describe("it is refused", () => {
  const rows: ReadonlyArray<
    readonly [what: string, make: () => void, why: string, kind: StoreFault["kind"]]
  > = [
    [
      "as a link",
      () => {
        mkdirSync(`${folder}.real`, { mode: 0o700 });
        symlinkSync(`${folder}.real`, folder);
      },
      "is no directory, but a link",
      "trouble",
    ],
    ["as a file", () => writeFileSync(folder, ""), "is no directory, but a file", "trouble"],
    [
      "as another user's",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        chownSync(folder, 7, 7);
      },
      "is another user's",
      "foreign",
    ],
    [
      "where it is open to others",
      () => {
        mkdirSync(folder);
        chmodSync(folder, 0o777);
      },
      "may be written to by others",
      "trouble",
    ],
  ];
  for (const [index, [what, make, why, kind]] of rows.entries()) {
    test(what, () => {
      folder = join(parent, `refused${index}`);
      make();
      const fault = faultOf(() => requireCacheFolder(folder));
      expect(fault.message).toBe(`${folder} ${why}`);
      expect(fault.kind).toBe(kind);
    });
  }

  test("where it can't be made", () => {
    const fault = faultOf(() => requireCacheFolder("/nonexistent/cache"));
    expect(fault.message).toBe("/nonexistent/cache: No such file or directory");
    expect(fault.kind).toBe("trouble");
  });
});
