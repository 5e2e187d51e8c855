/**
 * Reads the JUnit report that `bun test --reporter=junit` writes (Bun 1.4.5).
 *
 * Only what a verdict needs: the test cases, each with its name, number of assertions, outcome and, if it failed, why. Bun escapes
 * the special characters of XML everywhere, so that tags are found without a full parser. Text that is no such
 * report reads as a report without test cases: whoever judges it counts what is missing.
 */

/** One test case as the report tells of it. */
export interface TestCase {
  /** The names of the groups around it and its own, outermost first, joined by " > ". */
  readonly name: string;
  readonly assertions: number;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What the error said, of a test that failed with one. */
  readonly message?: string;
}

const TAG = /<(\/?)(testsuite|testcase|failure|error|skipped)\b([^>]*)>/g;
const ATTRIBUTE = /(\w+)="([^"]*)"/g;
const ENTITY = /&(?:#(\d+)|(lt|gt|amp|quot|apos));/g;
const CHARACTERS: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

/** Reads all test cases of one test file's report, in its order. */
export function readReport(xml: string): TestCase[] {
  const cases: TestCase[] = [];
  const groups: string[] = [];
  for (const [, slash, tag, attributes = ""] of xml.matchAll(TAG)) {
    if (tag === "testsuite") {
      if (slash === "/") {
        groups.pop();
      } else {
        groups.push(readAttributes(attributes).get("name") ?? "");
      }
    } else if (slash === "") {
      addTo(cases, tag, readAttributes(attributes), groups);
    }
  }
  return cases;
}

/** A test case's tag begins one; any other tag says how the last one went. */
function addTo(
  cases: TestCase[],
  tag: string | undefined,
  attributes: ReadonlyMap<string, string>,
  groups: readonly string[],
): void {
  if (tag === "testcase") {
    // The outermost group is the file.
    const name = [...groups.slice(1), attributes.get("name") ?? ""].join(" > ");
    cases.push({ name, assertions: Number(attributes.get("assertions")), outcome: "passed" });
    return;
  }
  const last = cases.pop();
  if (last !== undefined) {
    const message = attributes.get("message");
    cases.push(
      tag === "skipped"
        ? { ...last, outcome: "skipped" }
        : { ...last, outcome: "failed", ...(message === undefined ? {} : { message }) },
    );
  }
}

function readAttributes(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name, decodeEntities(value)]),
  );
}

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (_, code: string | undefined, name: string | undefined) =>
    code === undefined ? (CHARACTERS[name ?? ""] ?? "") : String.fromCodePoint(Number(code)),
  );
}
