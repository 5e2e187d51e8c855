import { expect, test } from "bun:test";
import { commaList } from "./comma_list.ts";

for (const [text, names] of [
  ["", []],
  ["a@x.example", ["a@x.example"]],
  ["a@x.example,b@x.example", ["a@x.example", "b@x.example"]],
  ['"q, w"@x.example,b@x.example', ['"q, w"@x.example', "b@x.example"]],
  ['b@x.example,"q\\", w"@x.example', ["b@x.example", '"q\\", w"@x.example']],
  ['"q, w@x.example', ['"q', " w@x.example"]],
  ['o"q,w"@x.example', ['o"q', 'w"@x.example']],
] as const) {
  test(JSON.stringify(text), () => {
    expect(commaList(text)).toEqual([...names]);
  });
}

test("quotes that nobody closes are no trouble", () => {
  const text = `${'"\\",'.repeat(20_000)}`;
  expect(commaList(text).join(",").length).toBe(text.length - 1);
});
