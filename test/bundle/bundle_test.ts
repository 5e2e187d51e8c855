/**
 * Looks into the bundle that dist/flush is made of: what the manual page promises (no network) and what
 * the project promises (no third-party code but the IDNA tables).
 *
 * The same entry is bundled as for the program, but not minified, so that what it calls can be read.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..", "..");

async function bundle(): Promise<{ text: string; inputs: string[] }> {
  const result = await Bun.build({
    entrypoints: [join(ROOT, "src", "flush.ts")],
    target: "bun",
    metafile: true,
  });
  expect(result.success).toBeTrue();
  const text = (await Promise.all(result.outputs.map((output) => output.text()))).join("\n");
  return { text, inputs: Object.keys(result.metafile?.inputs ?? {}) };
}

describe("the bundle of flush", () => {
  test("has no third-party package but tr46 and the punycode that it needs", async () => {
    const { inputs } = await bundle();
    expect(inputs.length).toBeGreaterThan(40);
    const packages = inputs.flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    );
    expect([...new Set(packages)].toSorted()).toEqual(["punycode", "tr46"]);
  });

  test("has nothing of the rooms for tests, operators or benchmarks", async () => {
    const { inputs } = await bundle();
    const strangers = inputs.filter((path) =>
      /(?:src\/memory|lab|bench|demo|test|setup)\//.test(path),
    );
    expect(strangers).toEqual([]);
  });

  test("has no network code, and starts no program", async () => {
    const { text } = await bundle();
    const modules = [...text.matchAll(/(?:from|require\(|import\()\s*["']([^"']+)["']/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(modules)].toSorted()).toEqual(["bun:ffi"]);
    for (const banned of [
      /\bfetch\(/,
      /\bWebSocket\b/,
      /\bEventSource\b/,
      /\bBun\.(?:serve|spawn|spawnSync|udpSocket|dns|sql|redis|s3)\b/,
      /\bnode:(?:net|http|https|http2|tls|dgram|dns|child_process)\b/,
      /\bbun:(?:sqlite|jsc)\b/,
      /\bhostname:\s/,
      // What `import ... from "bun"` becomes.
      /=\s*globalThis\.Bun\b/,
      /\beval\(/,
      /\bnew Function\(/,
    ]) {
      expect([banned.source, banned.exec(text)?.[0] ?? null]).toEqual([banned.source, null]);
    }
    // Sockets are those of master(8), by descriptor, and UNIX sockets of the queue directory.
    expect(text.match(/Bun\.(?:listen|connect)\(\{\s*\.\.\.\{ fd: /g)).toHaveLength(2);
    expect(text.match(/Bun\.(?:listen|connect)\(/g)).toHaveLength(2);
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
