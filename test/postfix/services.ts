/**
 * The two flush services that the tests with real mail run: the original, which shows that a test is
 * right, and ours, which must do the same.
 */
import { describe, test } from "bun:test";
import type { FlushEntry } from "../../lab/instance_files.ts";
import { type InstanceOptions, PostfixInstance } from "../../lab/postfix_instance.ts";

/** A flush service under test. */
export interface Service {
  readonly name: string;
  readonly command: FlushEntry["command"];
  /** The one difference that operators are meant to see: the original adds a line a recipient. */
  readonly lines_for_three_recipients: number;
}

const ORIGINAL: Service = {
  name: "original",
  command: "flush",
  lines_for_three_recipients: 3,
};

const OURS: Service = {
  name: "ours",
  command: "fastflush/flush",
  lines_for_three_recipients: 1,
};

/** Both, for what is the same with either. */
const SERVICES: readonly Service[] = [ORIGINAL, OURS];

/** A test has an instance of its own and may wait more than once: longer than any wait in it. */
export const TEST_LIMIT_MS = 60 * 1000;

/** The flush entry and whatever else a test needs; which program it is, the service says. */
interface LabOptions extends Omit<InstanceOptions, "flush"> {
  /** Unless set, chrooted, as on Debian. */
  readonly chroot?: boolean;
  readonly args?: readonly string[];
  /** When master(8) wakes it; unless set, as in the entry that Postfix comes with. */
  readonly wake_up?: string;
}

/** Declares a test that gets an instance of its own, started, and removed in any case. */
export type LabTest = (
  name: string,
  options: LabOptions,
  body: (instance: PostfixInstance) => Promise<void>,
) => void;

/** Declares a group of tests that are run with the original and with ours. */
export function describeServices(
  topic: string,
  body: (labTest: LabTest, service: Service) => void,
): void {
  for (const service of SERVICES) {
    describe(`${topic}, ${service.name}`, () => {
      const labTest: LabTest = (name, options, run) =>
        test(name, () => withInstance(service, options, run), TEST_LIMIT_MS);
      body(labTest, service);
    });
  }
}

async function withInstance(
  service: Service,
  options: LabOptions,
  body: (instance: PostfixInstance) => Promise<void>,
): Promise<void> {
  const { chroot = true, args = [], wake_up = "1000?", ...rest } = options;
  const flush = { command: service.command, chroot, args, wake_up };
  const instance = await PostfixInstance.create({ ...rest, flush, name: "fastflush-test" });
  try {
    await instance.start();
    await body(instance);
  } finally {
    await instance.remove();
  }
}
