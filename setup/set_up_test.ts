/** The first script on machines where it must refuse, wait or stop: one sentence, a status, nothing left behind. */
import { afterEach, describe, expect, test } from "bun:test";
import { PlantedMachine } from "../test/support/planted_machine.ts";

const machines: PlantedMachine[] = [];

async function plant(programs: Readonly<Record<string, string>>): Promise<PlantedMachine> {
  const machine = await PlantedMachine.plant(programs);
  machines.push(machine);
  return machine;
}

afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.remove()));
});

/** What a program prints first, waiting for it. */
async function firstWords(child: ReturnType<PlantedMachine["spawn"]>): Promise<string> {
  const { value } = await child.stdout.getReader().read();
  return new TextDecoder().decode(value);
}

/** A dpkg-query that knows no package, and an apt-get whose simulation says what it is given. */
function debianWithout(simulation: string): Record<string, string> {
  return { "dpkg-query": "exit 1", "apt-get": simulation };
}

/** The lock is the real machine's, on which another set-up may run. */
const WAITED = "fastflush: waiting for another set-up on this machine to end\n";

describe("npm start refuses with one sentence", () => {
  test("without root", async () => {
    const machine = await plant({});
    const before = machine.files();
    const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const ended = await machine.run([...asNobody, ...machine.command("start")]);
    expect(ended).toEqual({
      status: 1,
      output: "",
      errors:
        "fastflush: root is needed: Postfix's master(8) starts its services as root and changes to the mail owner.\n",
    });
    expect(machine.files()).toEqual(before);
  });

  test("without apt-get", async () => {
    const machine = await plant({});
    const before = machine.files();
    const ended = await machine.run(machine.command("start"), "/nonexistent");
    expect(ended).toEqual({
      status: 1,
      output: "",
      errors:
        "fastflush: apt-get is needed, and not in PATH: Debian and its derivatives are supported.\n",
    });
    expect(machine.files()).toEqual(before);
  });

  test("with a Node.js that is too old", async () => {
    const machine = await plant({});
    const old = 'Object.defineProperty(process,"versions",{value:{node:"18.20.4"}})';
    const pretend = ["--import", `data:text/javascript,${old}`];
    expect(await machine.run(machine.command("start", pretend))).toEqual({
      status: 1,
      output: "",
      errors: "fastflush: Node.js 20 or newer is needed: this is 18.20.4.\n",
    });
  });

  test("where apt would remove another mail server", async () => {
    const machine = await plant(
      debianWithout('echo "Remv exim4-base [4.96-15]"; echo "Remv exim4 [4.96-15]"; echo "Inst x"'),
    );
    const before = machine.files();
    const ended = await machine.run(machine.command("start"));
    expect({ ...ended, output: ended.output.replace(WAITED, "") }).toEqual({
      status: 1,
      output: "",
      errors:
        "fastflush: installing postfix would remove exim4-base, exim4: use a machine without another mail server.\n",
    });
    expect(machine.files()).toEqual(before);
    expect((await machine.calls()).filter((call) => call.startsWith("apt-get"))).toEqual([
      "apt-get --simulate install --no-install-recommends postfix",
    ]);
  });

  test("where apt does not know the packages, after fetching its lists once", async () => {
    const machine = await plant(
      debianWithout('[ "$1" = update ] || { echo "E: Unable to locate package"; exit 100; }'),
    );
    const ended = await machine.run(machine.command("start"));
    expect(ended.status).toBe(1);
    expect(ended.errors).toBe(
      "fastflush: apt-get cannot install postfix:\nE: Unable to locate package\n",
    );
    expect(ended.output).toBe("fastflush: fetching apt's package lists\n");
  });
});

describe("two set-ups", () => {
  /** Its npm takes long enough for another set-up to come between, and installs nothing. */
  const slow = {
    "dpkg-query": 'for p in "$@"; do echo "Package: $p"; echo "Status: install ok installed"; done',
    npm: 'sleep 0.3; echo npm ends >>"$LOG"',
  };

  const HOLD_THE_LOCK = "exec 9</etc/apt; flock 9; echo held; exec sleep 600";

  test("take turns", async () => {
    const machine = await plant(slow);
    const ended = await Promise.all([1, 2].map(() => machine.run(machine.command("start"))));
    for (const { status, errors } of ended) {
      expect(status).toBe(1);
      expect(errors).toStartWith("fastflush: Bun 1.4.5 does not run (status 127)");
    }
    const install = "npm install --no-audit --no-fund --include=dev";
    const calls = (await machine.calls()).filter((call) => call.startsWith("npm"));
    expect(calls).toEqual([install, "npm ends", install, "npm ends"]);
  });

  test("one that waits ends at Ctrl-C", async () => {
    const machine = await plant(slow);
    const holder = machine.spawn(["sh", "-c", HOLD_THE_LOCK]);
    expect(await firstWords(holder)).toBe("held\n");
    const waiting = machine.spawn(machine.command("start"));
    expect(await firstWords(waiting)).toBe(
      "fastflush: waiting for another set-up on this machine to end\n",
    );
    waiting.kill("SIGINT");
    expect(await waiting.exited).toBe(130);
    expect(await waiting.stderr.text()).toBe("fastflush: set-up stopped by SIGINT\n");
    expect(await machine.calls()).toEqual([]);
    holder.kill();
    await holder.exited;
  });
});

test("Ctrl-C during a package installation lets apt-get finish, and ends set-up then", async () => {
  const machine = await plant({
    "dpkg-query": 'echo "Package: postfix"; echo "Status: install ok installed"',
    "apt-get": 'if [ "$1" = install ]; then sleep 0.5; echo apt-get ends >>"$LOG"; fi',
    npm: "exit 1",
  });
  const policyBefore = await Bun.file("/usr/sbin/policy-rc.d").exists();
  const child = machine.spawn(machine.command("bench"));
  expect(await firstWords(child)).toBe(
    "fastflush: installing perl, gcc, libc6-dev with apt-get (no service is started)\n",
  );
  while (!(await machine.calls()).some((call) => call.startsWith("apt-get install"))) {
    await Bun.sleep(10);
  }
  child.kill("SIGINT");
  expect(await child.exited).toBe(130);
  expect((await machine.calls()).slice(-1)).toEqual(["apt-get ends"]);
  expect(await Bun.file("/usr/sbin/policy-rc.d").exists()).toBe(policyBefore);
});
