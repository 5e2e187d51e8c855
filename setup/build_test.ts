/** The build on a small project of its own: when it builds, when not, and what the program is like. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram } from "./build.ts";

const PROGRAM = { entry: "src/hello.ts", outfile: "dist/hello" };

let root = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "fastflush-build-"));
  await Bun.write(
    join(root, "src/hello.ts"),
    'import { word } from "./word.ts";\nconsole.log(word);',
  );
  await Bun.write(join(root, "src/word.ts"), 'export const word = process.env["WORD"] ?? "hello";');
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

function build(): Promise<boolean> {
  return buildProgram(root, PROGRAM);
}

function say(cwd = root): string {
  return Bun.spawnSync([join(root, "dist/hello")], { cwd }).stdout.toString();
}

describe("buildProgram", () => {
  test("builds what is not there, and then nothing more", async () => {
    expect(await build()).toBe(true);
    expect(say()).toBe("hello\n");
    expect(await build()).toBe(false);
    expect((await readdir(join(root, "dist"))).sort()).toEqual(["hello", "hello.stamp"]);
  });

  test("makes the same bytes of the same sources, wherever they are", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "fastflush-build-elsewhere-"));
    await cp(join(root, "src"), join(elsewhere, "src"), { recursive: true });
    // By another process: nothing of who builds it may get into it.
    const builder = `import { buildProgram } from "${join(import.meta.dir, "build.ts")}";
      await buildProgram("${elsewhere}", ${JSON.stringify(PROGRAM)});`;
    Bun.spawnSync([process.execPath, "--eval", builder]);
    const programs = [root, elsewhere].map((each) => readFile(join(each, PROGRAM.outfile)));
    const [one, other] = await Promise.all(programs);
    await rm(elsewhere, { recursive: true });
    expect(other !== undefined && one?.equals(other)).toBe(true);
  });

  test("makes a program that everybody can start, whatever the umask", async () => {
    expect((await stat(join(root, "dist/hello"))).mode & 0o777).toBe(0o755);
  });

  test("makes a program that has its threads in it: their sources may be gone", async () => {
    const program = { entry: "src/two.ts", outfile: "dist/two", threads: ["src/thread.ts"] };
    await Bun.write(
      join(root, program.entry),
      `const thread = new Worker(new URL("./thread.ts", import.meta.url).href);
      thread.onerror = ({ message }) => { console.log(message); process.exit(1); };
      thread.onmessage = ({ data }) => { console.log(data); process.exit(); };`,
    );
    await Bun.write(join(root, "src/thread.ts"), 'postMessage("from a thread");');
    await buildProgram(root, program);
    await rename(join(root, "src"), join(root, "gone"));
    const said = Bun.spawnSync([join(root, "dist/two")], { cwd: "/" }).stdout.toString();
    await rename(join(root, "gone"), join(root, "src"));
    await Promise.all(["dist/two", "dist/two.stamp"].map((name) => rm(join(root, name))));
    expect(said).toBe("from a thread\n");
  });

  test("makes a program that reads no file of the folder it is started in", async () => {
    const folder = join(root, "hostile");
    const files = {
      ".env": "WORD=changed\n",
      "bunfig.toml": 'preload = ["./changed.ts"]\n',
      "changed.ts": 'console.log("changed");',
      "tsconfig.json":
        '{ "compilerOptions": { "baseUrl": ".", "paths": { "*": ["./changed.ts"] } } }',
      "package.json": '{ "imports": { "#word": "./changed.ts" } }',
    };
    for (const [name, text] of Object.entries(files)) {
      await Bun.write(join(folder, name), text);
    }
    expect(say(folder)).toBe("hello\n");
    // Bun itself does, which is why no package has a bundle that it would run.
    const script = join(root, "src", "hello.ts");
    const said = Bun.spawnSync([process.execPath, script], { cwd: folder }).stdout.toString();
    expect(said).toContain("changed");
  });

  test("builds again when a source has changed, also one with an older time", async () => {
    await Bun.write(join(root, "src/word.ts"), 'export const word = "good day";');
    Bun.spawnSync(["touch", "-d", "2001-01-01", join(root, "src/word.ts")]);
    expect(await build()).toBe(true);
    expect(say()).toBe("good day\n");
  });

  test("does not build again for a test's change", async () => {
    await Bun.write(join(root, "src/word_test.ts"), "export {};");
    expect(await build()).toBe(false);
  });

  test("builds again when the program was replaced", async () => {
    await Bun.write(join(root, "dist/hello"), "#!/bin/sh\necho other\n");
    expect(await build()).toBe(true);
    expect(say()).toBe("good day\n");
  });

  test("keeps the old program, and nothing else, when a build fails", async () => {
    await Bun.write(join(root, "src/word.ts"), 'export const word = "broken;');
    const failing = build();
    await expect(failing).rejects.toThrow("Bundle failed");
    expect(say()).toBe("good day\n");
    expect((await readdir(join(root, "dist"))).sort()).toEqual(["hello", "hello.stamp"]);
  });
});
