/**
 * A private Postfix with nothing wrong, and faults: each is made, found by the doctor, mended by the command
 * that the doctor says, and not found any more.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { MainValues } from "../../lab/instance_files.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type Outcome, run } from "../../lab/run.ts";
import type { KindId } from "../../src/doctor/kinds.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const PROGRAM_FOLDER = join(import.meta.dir, "..", "..", "dist");

export const SITE = "one.example";

/** What is wrong with no set-up: no finding at all. */
const SOUND: MainValues = {
  fast_flush_refresh_time: "7d",
  smtpd_etrn_restrictions: "permit_mynetworks, reject",
};

/** A finding, as `--json` has it. */
export interface FoundLine {
  readonly id: KindId;
  readonly severity: string;
  readonly what: string;
  readonly command: string | null;
}

/** A fault, and what is to come of it. */
export interface Fault {
  readonly id: KindId;
  /** Beside the ID, where a kind of finding has several faults. */
  readonly how?: string;
  /**
   * A line for the shell that breaks the instance; `$D` is its configuration, `$Q` its queue, `$F` its folder, `reload`
   * reloads it if it runs.
   */
  readonly break: string;
  /** For a site that is named. */
  readonly site?: string;
  /** What the finding says, among other things. */
  readonly says?: string;
  /** Something else that has to be done, as no command can mend it, or before the next fault is made. */
  readonly undo?: string;
  /** The command only shows something: what it prints has this in it, and `undo` mends. */
  readonly shows?: string;
  /** The command does what can be done, and the finding has none any more; `undo` mends. */
  readonly stays?: true;
  /** This machine doesn't let it be made. */
  readonly isImpossible?: boolean;
}

/**
 * For `break` and `undo`: a reload where Postfix runs. A configuration that was changed just now makes each process
 * of Postfix wait and read it again: it is made older.
 */
const RELOAD_FUNCTION =
  'reload() { touch -d "10 seconds ago" "$D/main.cf" "$D/master.cf" && { [ -z "$RUNS" ] || postfix -c "$D" reload; }; }';

/** The shell, with fastflush in its path. */
export async function shell(instance: PostfixInstance, line: string): Promise<Outcome> {
  const env = {
    PATH: `${PROGRAM_FOLDER}:/usr/sbin:/usr/bin:/sbin:/bin`,
    D: instance.config_folder,
    Q: instance.queue_folder,
    F: instance.folder,
    OWNER: instance.owner.name,
    RUNS: instance.masterPid() === undefined ? "" : "yes",
  };
  return await run(["sh", "-c", line], { env });
}

/** The same, where only success will do. */
export async function shellOk(instance: PostfixInstance, line: string): Promise<string> {
  const { status, stdout, stderr } = await shell(instance, line);
  if (status !== 0) {
    throw new Error(`${line}: status ${status}\n${stdout}${stderr}\n${await instance.state()}`);
  }
  return stdout;
}

/** What the doctor finds. */
export async function examined(instance: PostfixInstance, site = ""): Promise<FoundLine[]> {
  const { status, stdout, stderr } = await shell(
    instance,
    `fastflush -c "$D" doctor --json ${site}`,
  );
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect({ stderr, end: lines.at(-1)?.item }).toEqual({ stderr: "", end: "end" });
  const findings = lines.filter(({ item }) => item === "finding");
  const isBad = findings.some(({ severity }) => severity !== "advice");
  expect({ findings, status }).toEqual({ findings, status: isBad ? 1 : 0 });
  return findings;
}

/** The finding of this kind, if there is one. */
async function found(
  instance: PostfixInstance,
  id: KindId,
  site?: string,
): Promise<FoundLine | undefined> {
  return (await examined(instance, site)).find((each) => each.id === id);
}

/** An instance with fastflush and nothing wrong; `main` beside it. */
export async function soundInstance(main: MainValues = {}): Promise<PostfixInstance> {
  return await PostfixInstance.create({
    flush: { command: "fastflush/flush", chroot: true, args: ["-o", "max_use=100000"] },
    main: { ...SOUND, ...main },
    sites: [SITE],
    name: "fastflush-doctor",
  });
}

/** One after the other: each leaves the instance as sound as it was. */
export function testFaults(instance: () => PostfixInstance, faults: readonly Fault[]): void {
  for (const fault of faults) {
    const title = fault.how === undefined ? fault.id : `${fault.id}: ${fault.how}`;
    test.skipIf(fault.isImpossible === true)(
      title,
      () => tryFault(instance(), fault),
      TEST_LIMIT_MS,
    );
  }
}

async function tryFault(instance: PostfixInstance, fault: Fault): Promise<void> {
  expect(await found(instance, fault.id, fault.site)).toBeUndefined();
  await shellOk(instance, `${RELOAD_FUNCTION}; ${fault.break}`);
  await coolDown(instance);
  const finding = await found(instance, fault.id, fault.site);
  expect(finding?.what).toContain(fault.says ?? "");
  const command = finding?.command ?? "";
  expect(command).not.toBe("");
  const output = await shellOk(instance, command);
  await coolDown(instance);
  if (fault.shows !== undefined) {
    expect(output).toContain(fault.shows);
  }
  if (fault.stays === true) {
    expect((await found(instance, fault.id, fault.site))?.command).toBeNull();
  }
  const isUndone = fault.shows !== undefined || fault.stays === true;
  if (isUndone) {
    await undo(instance, fault);
  }
  await instance.waitFor(`${fault.id} to be mended`, async () => {
    return (await found(instance, fault.id, fault.site)) === undefined;
  });
  if (!isUndone) {
    await undo(instance, fault);
  }
}

/** Where nothing runs, nothing goes by when the configuration was changed; but all wait for it to settle. */
async function coolDown(instance: PostfixInstance): Promise<void> {
  if (instance.masterPid() === undefined) {
    await shellOk(instance, 'touch -d "10 seconds ago" "$D/main.cf" "$D/master.cf"');
  }
}

async function undo(instance: PostfixInstance, fault: Fault): Promise<void> {
  await shellOk(instance, `${RELOAD_FUNCTION}; ${fault.undo ?? ":"}`);
  await coolDown(instance);
}
