/**
 * The doctor and a private Postfix that does not run: configuration and program.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import {
  DOMAINS,
  ENTRY,
  ETRN,
  MAIL_LOG,
  PROGRAM,
  QUEUE_MANAGER,
  VERSION,
} from "./doctor_faults.ts";
import { examined, soundInstance, testFaults } from "./doctor_rig.ts";
import { TEST_LIMIT_MS } from "./services.ts";

describe("a Postfix that is stopped", () => {
  let instance: PostfixInstance;

  beforeAll(async () => {
    instance = await soundInstance();
    // That makes the queue.
    await instance.start();
    await instance.stop();
  }, TEST_LIMIT_MS);

  afterAll(async () => {
    await instance.remove();
  }, TEST_LIMIT_MS);

  test("has no other finding", async () => {
    const findings = await examined(instance);
    expect(findings.map(({ id }) => id)).toEqual(["postfix-stopped"]);
  });

  for (const faults of [DOMAINS, ENTRY, QUEUE_MANAGER, PROGRAM, VERSION, ETRN, MAIL_LOG]) {
    testFaults(() => instance, faults);
  }

  test("has no other finding after all that", async () => {
    const findings = await examined(instance);
    expect(findings.map(({ id }) => id)).toEqual(["postfix-stopped"]);
  });
});
