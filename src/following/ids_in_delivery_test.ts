/** Who is being delivered, by a listing of two queues. */
import { expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { idsInDelivery } from "./ids_in_delivery.ts";

test("those in incoming and active, hashed or not, and nobody else", () => {
  const disk = new MemoryDisk(new MemoryClock());
  for (const path of ["incoming/A1B2", "active/B/B1B2", "deferred/C1B2", "hold/D1B2"]) {
    disk.makeDirectories(path.slice(0, path.lastIndexOf("/")));
    disk.writeFile(path, "", { mode: 0o700 });
  }
  const isInDelivery = idsInDelivery(new MemoryFiles(disk));
  const ids = ["A1B2", "B1B2", "C1B2", "D1B2", "E1B2", "no/id"];
  expect(ids.filter(isInDelivery)).toEqual(["A1B2", "B1B2"]);
});

test("nobody where there are no such queues", () => {
  const disk = new MemoryDisk(new MemoryClock());
  expect(idsInDelivery(new MemoryFiles(disk))("A1B2")).toBe(false);
});
