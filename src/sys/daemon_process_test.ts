import { expect, test } from "bun:test";
import { createDaemonProcess } from "./daemon_process.ts";

test("the runtime still knows how to compile sooner: without, a process would die of its thousandth client", () => {
  expect(() => createDaemonProcess().compileSooner()).not.toThrow();
});
