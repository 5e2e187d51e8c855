/**
 * Runs all tests and ends with one line: `N passed, N failed`, and `, N skipped` where any were.
 *
 *   bun setup/run_tests.ts [--write-count]
 *
 * Each test file runs in a process of its own that writes a report of its own: a file that exits or crashes
 * takes no other with it, and is told by name. Files that keep to themselves run side by side; those that start
 * Postfix or measure run alone, after them. A file's output is shown where anything in it failed, and else its lines that
 * begin with `figures: `. With `--write-count` the number of tests goes to test/count.txt, to be committed with the
 * change that adds them.
 * The exit status is 0 only if nothing failed; verdict.ts says what counts as a failure.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readReport } from "./junit_report.ts";
import { type FileRun, judge, summary, type Verdict } from "./verdict.ts";

const TEST_FILES = "{src,setup,lab,test,demo,bench,manual}/**/*_test.ts";

/** Everything else starts Postfix instances, servers or loads: two cores carry one of those at a time. */
const SIDE_BY_SIDE = /^(src|setup|manual|test\/tidy|test\/fuzz|test\/simulation)\//;

/** Against tests that hang, not against slow ones: machines are shared. */
const TEST_TIMEOUT_MS = 2 * 60 * 1000;

/** A loop that never yields is out of reach of the timeout above. */
const FILE_TIMEOUT_MS = 20 * 60 * 1000;

/** What a test has counted, for whoever reads of the run. */
const FIGURES = /^figures: .*$/gm;

/** All test files of the project in `root`, sorted. */
export function findTestFiles(root: string): string[] {
  return [...new Bun.Glob(TEST_FILES).scanSync({ cwd: root })].sort();
}

/** Runs one test file of the project in `root`; its output is printed where anything in it failed, its figures always. */
export async function runFile(
  root: string,
  file: string,
  print: (text: string) => void,
): Promise<FileRun> {
  const folder = await mkdtemp(join(tmpdir(), "fastflush-report-"));
  try {
    const report = join(folder, "report.xml");
    const startedMs = performance.now();
    const child = Bun.spawn(
      [
        ...[
          process.execPath,
          "test",
          `./${file}`,
          "--only-failures",
          `--timeout=${TEST_TIMEOUT_MS}`,
        ],
        ...["--reporter=junit", `--reporter-outfile=${report}`],
      ],
      { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: FILE_TIMEOUT_MS },
    );
    const [status, output, errors] = await Promise.all([
      child.exited,
      child.stdout.text(),
      child.stderr.text(),
    ]);
    const cases = readReport(await readFile(report, "utf8").catch(() => ""));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    print(`${file}: ${cases.length} tests, ${seconds} s`);
    const figures = output.match(FIGURES)?.join("\n");
    if (status !== 0) {
      print(output + errors);
    } else if (figures !== undefined) {
      print(figures);
    }
    return { file, status, cases };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the files, up to `width` at a time, in the order given. */
async function runFiles(root: string, files: readonly string[], width: number): Promise<FileRun[]> {
  const waiting = [...files];
  const runs: FileRun[] = [];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      runs.push(await runFile(root, file, console.log));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return runs;
}

function printVerdict(verdict: Verdict, committed: number): void {
  for (const line of verdict.skips) {
    console.log(`skipped: ${line}`);
  }
  for (const line of verdict.failures) {
    console.log(`FAILED: ${line}`);
  }
  if (verdict.tests > committed) {
    console.log(`note: ${verdict.tests} tests, ${committed} are committed: npm run count`);
  }
  console.log(summary(verdict));
}

async function main(writeCount: boolean): Promise<number> {
  const root = dirname(import.meta.dir);
  const countFile = join(root, "test", "count.txt");
  const files = findTestFiles(root);
  const independent = files.filter((file) => SIDE_BY_SIDE.test(file));
  const others = files.filter((file) => !SIDE_BY_SIDE.test(file));
  const runs = [
    ...(await runFiles(root, independent, availableParallelism())),
    ...(await runFiles(root, others, 1)),
  ];
  const committed = writeCount ? 0 : Number.parseInt(await readFile(countFile, "utf8"), 10);
  const verdict = judge(runs, committed);
  if (writeCount) {
    await Bun.write(countFile, `${verdict.tests}\n`);
  }
  printVerdict(verdict, writeCount ? verdict.tests : committed);
  return verdict.failed === 0 ? 0 : 1;
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.includes("--write-count"));
}
