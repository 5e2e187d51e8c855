/** Words for a shell, as a shell reads them. */
import { expect, test } from "bun:test";
import { commandLine, quoted } from "./shell_words.ts";

test("a word stays as it is, or is quoted", () => {
  expect(quoted("/etc/postfix-out")).toBe("/etc/postfix-out");
  expect(quoted("a=$b, `c`")).toBe("'a=$b, `c`'");
  expect(quoted("it's")).toBe("'it'\\''s'");
  expect(quoted("")).toBe("''");
  expect(commandLine("rm", "--", "a b")).toBe("rm -- 'a b'");
});
