/**
 * The two flush services that the tests with real mail run: the original, which shows that a test is
 * right, and ours, which must do the same.
 */
import { existsSync } from "node:fs";
import { type FlushEntry, PROGRAM } from "../../lab/instance_files.ts";
import { type InstanceOptions, PostfixInstance } from "../../lab/postfix_instance.ts";

/** A flush service under test. */
export interface Service {
  readonly name: string;
  readonly command: FlushEntry["command"];
  /** The one difference that operators are meant to see: the original adds a line a recipient. */
  readonly lines_for_three_recipients: number;
  /** Not built yet. */
  readonly missing: boolean;
}

const ORIGINAL: Service = {
  name: "original",
  command: "flush",
  lines_for_three_recipients: 3,
  missing: false,
};

const OURS: Service = {
  name: "ours",
  command: "fastflush/flush",
  lines_for_three_recipients: 1,
  missing: !existsSync(PROGRAM),
};

export const SERVICES: readonly Service[] = [ORIGINAL, OURS];

/** A test has an instance of its own and may wait more than once: longer than any wait in it. */
export const TEST_LIMIT_MS = 60 * 1000;

/** The flush entry and whatever else a test needs; `flush.command` is set by the service. */
export interface LabOptions extends Omit<InstanceOptions, "flush"> {
  readonly chroot?: boolean;
  readonly args?: readonly string[];
}

/** Runs `body` with a started instance whose flush service is `service`; removes it in any case. */
export async function withInstance(
  service: Service,
  options: LabOptions,
  body: (instance: PostfixInstance) => Promise<void>,
): Promise<void> {
  const { chroot = true, args = [], ...rest } = options;
  const flush = { command: service.command, chroot, args };
  const instance = await PostfixInstance.create({ ...rest, flush, name: "fastflush-test" });
  try {
    await instance.start();
    await body(instance);
  } finally {
    await instance.remove();
  }
}
