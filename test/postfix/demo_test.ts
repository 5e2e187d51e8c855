/**
 * The demonstration: exit status 0 only if each step did what it says, and nothing is left behind, however
 * it ends.
 */
import { describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pidsRunning } from "../../lab/processes.ts";
import { waitFor } from "../../lab/wait.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const REPOSITORY = join(import.meta.dir, "..", "..");
const DEMO = join(REPOSITORY, "demo", "demo.ts");

/** The demonstration may be over before a signal reaches it; then it is run again. */
const SIGNAL_TRIES = 5;

function start(args: readonly string[], env: Readonly<Record<string, string>>) {
  return Bun.spawn([process.execPath, DEMO, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

interface Ending {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Where its instance was. */
  readonly folder: string;
}

function folderIn(stdout: string): string {
  return /^ *folder (\S+)$/m.exec(stdout)?.[1] ?? "";
}

/** Runs it to its end. */
async function demonstrate(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  return await endingOf(start(args, env));
}

async function endingOf(child: ReturnType<typeof start>): Promise<Ending> {
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { status: await child.exited, stdout, stderr, folder: folderIn(stdout) };
}

function expectNothingLeft(folder: string): void {
  expect(folder).toStartWith("/var/tmp/fastflush-demo-");
  expect(existsSync(folder)).toBe(false);
  expect(pidsRunning(`${folder}/`)).toEqual([]);
}

/** Runs it and signals it while its Postfix starts; returns when it has ended. */
async function interrupt(signal: NodeJS.Signals): Promise<Ending> {
  for (let tries = 0; tries < SIGNAL_TRIES; tries++) {
    const child = start([], {});
    let stdout = "";
    for await (const chunk of child.stdout) {
      stdout += Buffer.from(chunk).toString("utf8");
      if (folderIn(stdout) !== "") {
        child.kill(signal);
      }
    }
    const status = await child.exited;
    if (status !== 0) {
      return { status, stdout, stderr: await child.stderr.text(), folder: folderIn(stdout) };
    }
  }
  throw new Error(`send ${signal} to the demonstration: it was over ${SIGNAL_TRIES} times`);
}

/** Runs a line as a shell would; returns its exit status. What it leaves in the background stays. */
async function paste(command: string): Promise<number> {
  return await Bun.spawn(["sh", "-c", command], { stdio: ["ignore", "ignore", "ignore"] }).exited;
}

describe("demo", () => {
  test(
    "a run - every step, plain text, nothing left",
    async () => {
      const { status, stdout, stderr, folder } = await demonstrate([]);
      expect(stderr).toBe("");
      expect(stdout).not.toContain("FAILED");
      expect(stdout).not.toContain("\x1b");
      expect(stdout).toMatch(/^ +charlie.example +flush\/charlie_example +7 +7 +[0-9A-F]+$/m);
      expect(stdout).toMatch(/^ +C: ETRN charlie.example\n +S: 250 Queuing started$/m);
      expect(stdout.match(/ arrived: "message \d for charlie.example"$/gm)).toHaveLength(7);
      for (const site of ["alpha.example", "bravo.example", "delta.example"]) {
        const line = new RegExp(
          `^ +7 .* ${site} +7 of 7: 4\\.4\\.1 connect: Connection refused$`,
          "gm",
        );
        expect(stdout.match(line)).toHaveLength(2);
      }
      expect(stdout).toContain("# fastflush send echo.example --yes --wait\n");
      expect(stdout).toContain("21 messages for the 3 others wait, recorded as before.");
      expect(status).toBe(0);
      expectNothingLeft(folder);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a clone under a folder that only root may enter, with a narrow umask - works as well",
    async () => {
      const clone = mkdtempSync("/var/tmp/fastflush-clone-");
      try {
        expect(statSync(clone).mode & 0o777).toBe(0o700);
        for (const name of ["demo", "lab", "dist/flush", "dist/fastflush"]) {
          cpSync(join(REPOSITORY, name), join(clone, name), { recursive: true });
        }
        const script = `umask 077; exec '${process.execPath}' '${clone}/demo/demo.ts'`;
        const { status, stdout, folder } = await endingOf(
          Bun.spawn(["sh", "-c", script], { stdio: ["ignore", "pipe", "pipe"] }),
        );
        expect(stdout).not.toContain("FAILED");
        expect(status).toBe(0);
        expectNothingLeft(folder);
      } finally {
        rmSync(clone, { recursive: true });
      }
    },
    TEST_LIMIT_MS,
  );

  for (const [spoilt, failure] of [
    ["record", "FAILED the record of charlie.example is not what is deferred for it"],
    ["etrn", "FAILED ETRN [127.0.0.1] was answered with 459"],
    ["delivery", "FAILED not delivered: "],
    ["send", "FAILED fastflush send ended with status 1"],
  ] as const) {
    test(
      `DEMO_BREAK=${spoilt} - that step fails, and so does the run`,
      async () => {
        const { status, stdout, folder } = await demonstrate([], { DEMO_BREAK: spoilt });
        expect(stdout).toContain(failure);
        expect(stdout.match(/FAILED/g)).toHaveLength(1);
        expect(stdout).not.toContain("Summary");
        expect(status).toBe(1);
        expectNothingLeft(folder);
      },
      TEST_LIMIT_MS,
    );
  }

  for (const [signal, want_status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    test(
      `${signal} - everything is removed before it ends`,
      async () => {
        const { status, stdout, folder } = await interrupt(signal);
        expect(status).toBe(want_status);
        expect(stdout).toContain(`${signal}: the demonstration ends early`);
        expect(stdout).not.toContain("Summary");
        expectNothingLeft(folder);
      },
      TEST_LIMIT_MS,
    );
  }

  test(
    "SIGKILL - its guardian removes everything soon after",
    async () => {
      const { status, folder } = await interrupt("SIGKILL");
      expect(status).toBe(137);
      await waitFor("the folder to be removed", () => !existsSync(folder));
      expectNothingLeft(folder);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a port that is taken - one sentence, and nothing is made",
    async () => {
      const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
      try {
        const env = { DEMO_SMTP_PORT: String(taken.port) };
        const { status, stdout, stderr } = await demonstrate([], env);
        expect(stderr).toBe(`Port ${taken.port} on 127.0.0.1 is taken: choose another one.\n`);
        expect(stdout).toBe("");
        expect(status).toBe(2);
      } finally {
        taken.stop(true);
      }
    },
    TEST_LIMIT_MS,
  );

  for (const { wish, args, env, want } of [
    {
      wish: "an unknown argument",
      args: ["--forever"],
      env: {},
      want: 'The only argument is --keep: "--forever" is not known.\n',
    },
    {
      wish: "an unknown step",
      args: [],
      env: { DEMO_BREAK: "everything" },
      want: 'DEMO_BREAK must be one of record, etrn, delivery, send: "everything".\n',
    },
    {
      wish: "a port that is none",
      args: [],
      env: { DEMO_SMTP_PORT: "65536" },
      want: 'DEMO_SMTP_PORT must be a port number (1 to 65535): "65536".\n',
    },
  ]) {
    test(`${wish} - one sentence`, async () => {
      const { status, stdout, stderr } = await demonstrate(args, env);
      expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: "", stderr: want });
    });
  }

  test(
    "--keep - every printed command works, also beside another run, and the last one removes all",
    async () => {
      const { status, stdout, folder } = await demonstrate(["--keep"]);
      try {
        expect(status).toBe(0);
        expect((await demonstrate([])).status).toBe(0);
        const commands = [...stdout.matchAll(/^ {13}(\S.*)$/gm)].map(([, line = ""]) => line);
        expect(commands).toHaveLength(10);
        const end = commands.pop() ?? "";
        expect(end).toBe(`sh ${folder}/end`);
        for (const command of commands) {
          expect([command, await paste(command)]).toEqual([command, 0]);
        }
        // Among them: alpha.example was brought up and asked for.
        const arrived = join(folder, "received", "alpha.example");
        await waitFor("7 messages", () => existsSync(arrived) && readdirSync(arrived).length === 7);
        expect(await paste(end)).toBe(0);
        expectNothingLeft(folder);
      } finally {
        await paste(`sh ${folder}/end`); // Fails after the test has done it: that is fine.
      }
    },
    TEST_LIMIT_MS,
  );
});
