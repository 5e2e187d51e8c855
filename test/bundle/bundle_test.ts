/**
 * Looks into the bundles that the programs are made of: what the manual page promises (no network in the service) and what
 * the project promises (in the service no third-party code but the IDNA tables).
 *
 * The same entries are bundled as for the programs, but not minified, so that what they call can be read.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..", "..");

/** Ways to a network, and to code that isn't in the bundle. */
const NETWORK: readonly RegExp[] = [
  /\bfetch\(/,
  /\bWebSocket\b/,
  /\bEventSource\b/,
  /\bBun\.(?:serve|udpSocket|dns|sql|redis|s3)\b/,
  /\bnode:(?:net|http|https|http2|tls|dgram|dns)\b/,
  /\bbun:jsc\b/,
  // What `import ... from "bun"` becomes.
  /=\s*globalThis\.Bun\b/,
  /\beval\(/,
  /\bnew Function\(/,
];

/** What the service has no need of besides. */
const BANNED: readonly RegExp[] = [...NETWORK, /\bbun:sqlite\b/, /\bhostname:\s/];

async function bundle(program: string): Promise<{ text: string; inputs: string[] }> {
  const result = await Bun.build({
    entrypoints: [join(ROOT, "src", program)],
    target: "bun",
    metafile: true,
  });
  expect(result.success).toBeTrue();
  const text = (await Promise.all(result.outputs.map((output) => output.text()))).join("\n");
  return { text, inputs: Object.keys(result.metafile?.inputs ?? {}) };
}

function packagesOf(inputs: readonly string[]): string[] {
  const packages = inputs.flatMap(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  return [...new Set(packages)].toSorted();
}

function modulesOf(text: string): string[] {
  const calls = text.matchAll(/(?:from|require\(|import\()\s*["']([^"']+)["']/g);
  return [...new Set([...calls].map(([, name = ""]) => name))].toSorted();
}

/** What is called of the runtime's own module for files, which is loaded in one place (sys/cut.ts). */
function filesCallsOf(text: string): string[] {
  expect(text.match(/require\("fs"\)/g)).toHaveLength(1);
  return text.match(/nodeFs\(\)\.\w+/g) ?? [];
}

describe("the bundle of flush", () => {
  test("has no third-party package but tr46 and the punycode that it needs", async () => {
    const { inputs } = await bundle("flush.ts");
    expect(inputs.length).toBeGreaterThan(40);
    expect(packagesOf(inputs)).toEqual(["punycode", "tr46"]);
  });

  test("has nothing of the rooms for tests, operators or benchmarks", async () => {
    const { inputs } = await bundle("flush.ts");
    const strangers = inputs.filter((path) =>
      /(?:src\/memory|lab|bench|demo|test|setup)\//.test(path),
    );
    expect(strangers).toEqual([]);
  });

  test("has no network code, and starts programs for tables alone", async () => {
    const { text: whole } = await bundle("flush.ts");
    expect(modulesOf(whole)).toEqual(["bun:ffi", "bun:jsc", "fs"]);
    expect(filesCallsOf(whole)).toEqual(["nodeFs().ftruncate"]);
    // Of a module that has a debugger too, which listens, the event loop takes one function.
    const text = whole.replace('import { drainMicrotasks } from "bun:jsc";', "");
    for (const banned of [...BANNED, /\bchild_process\b/]) {
      expect([banned.source, banned.exec(text)?.[0] ?? null]).toEqual([banned.source, null]);
    }
    // Those of Postfix, by their paths below its own directories: sys/start_up_programs.ts.
    expect(text.match(/\bBun\.(?:spawn|spawnSync)\b/g)).toEqual(["Bun.spawnSync", "Bun.spawn"]);
    // Sockets are those of master(8), by descriptor, and UNIX sockets of the queue directory.
    expect(text.match(/Bun\.(?:listen|connect)\b/g)).toBeNull();
    expect(text).toContain("AF_UNIX = 1");
    expect(text.match(/libc\.socket\(/g)).toHaveLength(1);
  });

  test("the program is one file, and not stripped down to plain bun", () => {
    const outcome = Bun.spawnSync([join(ROOT, "dist", "flush"), "--version"], {
      stdin: "ignore",
      env: { MAIL_CONFIG: "/nonexistent" },
    });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout.toString()).toBe("");
  });
});

describe("the bundle of fastflush", () => {
  test("knows its version wherever it is started", async () => {
    const { version } = await Bun.file(join(ROOT, "package.json")).json();
    const outcome = Bun.spawnSync([join(ROOT, "dist", "fastflush"), "--version"], { cwd: "/" });
    expect(outcome.stdout.toString()).toBe(`fastflush ${version}\n`);
  });

  test("has no third-party package but those of NOTICE, and nothing of the service's inside", async () => {
    const { inputs } = await bundle("start_fastflush.ts");
    expect(inputs.length).toBeGreaterThan(40);
    const packages = packagesOf(inputs);
    expect(packages).toContain("cli-table3");
    const notice = await Bun.file(join(ROOT, "NOTICE")).text();
    const unnamed = packages.filter(
      (name) => !notice.includes(` ${name}, version ${versionOf(name)}`),
    );
    expect(unnamed).toEqual([]);
    const strangers = inputs.filter((path) =>
      /(?:src\/(?:memory|flush|master|logging)|lab|bench|demo|test|setup)\//.test(path),
    );
    expect(strangers).toEqual([]);
  });

  test("the program starts without the compiler's last stage, with the words that it was given", () => {
    const words = [join(ROOT, "dist", "fastflush"), "list", "--limit", "a b\u00e4"];
    const env = { PATH: "/usr/bin:/bin", MAIL_CONFIG: "/nonexistent" };
    const asIs = Bun.spawnSync(words, { env: { ...env, BUN_JSC_useFTLJIT: "1" } });
    const quick = Bun.spawnSync(words, { env: { ...env, BUN_JSC_dumpOptions: "1" } });
    expect(asIs.exitCode).toBe(64);
    expect(asIs.stderr.toString()).toContain('"a b\u00e4"');
    expect(quick.exitCode).toBe(64);
    expect(quick.stderr.toString()).toContain("useFTLJIT=false");
    expect(quick.stderr.toString()).toEndWith(asIs.stderr.toString());
  });

  test("has network code for watch alone, in one place, and otherwise connects to UNIX sockets", async () => {
    const { text } = await bundle("start_fastflush.ts");
    expect(text.match(/require\("(?:net|dns\/promises)"\)/g)).toEqual([
      'require("dns/promises")',
      'require("net")',
    ]);
    // The libraries look at the terminal and the environment; one could start programs, for commands that are files of
    // their own: there are none.
    expect(modulesOf(text).filter((name) => !name.startsWith("."))).toEqual([
      "bun:ffi",
      "bun:sqlite",
      "child_process",
      "dns/promises",
      "events",
      "fs",
      "net",
      "os",
      "path",
      "process",
      "readline",
      "tty",
      "util",
    ]);
    for (const banned of NETWORK) {
      expect([banned.source, banned.exec(text)?.[0] ?? null]).toEqual([banned.source, null]);
    }
    expect(text.match(/Bun\.(?:listen|connect)\(/g)).toEqual(["Bun.connect("]);
    expect(text.match(/libc\.socket\(/g)).toHaveLength(1);
    expect(text).toContain("AF_UNIX = 1");
  });

  test("the thread that reads deferred mail has no network code, and writes no file", async () => {
    const { text, inputs } = await bundle("read_deferred.ts");
    expect(packagesOf(inputs)).toEqual(["punycode", "tr46"]);
    expect(modulesOf(text)).toEqual(["bun:ffi", "fs", "worker_threads"]);
    expect(filesCallsOf(text)).toEqual(["nodeFs().ftruncate"]);
    for (const banned of [...NETWORK, /\bBun\.(?:listen|connect|write)\b/]) {
      expect([banned.source, banned.exec(text)?.[0] ?? null]).toEqual([banned.source, null]);
    }
  });
});

function versionOf(name: string): string {
  return (require(join(ROOT, "node_modules", name, "package.json")) as { version: string }).version;
}
