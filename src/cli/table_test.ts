/** Tables as they are printed. */
import { describe, expect, test } from "bun:test";
import { tableText } from "./table.ts";

const COLUMNS = [{ heading: "N", isNumber: true }, { heading: "NAME" }, { heading: "X" }] as const;

describe("tableText", () => {
  test("has columns as wide as their widest cell, numbers to the right, nothing behind the last", () => {
    const rows = [
      ["1,000", "grüße", "a"],
      ["2", "a longer one", ""],
      ["3", "", ""],
    ];
    expect(tableText(COLUMNS, rows)).toBe(
      ["    N  NAME          X", "1,000  grüße         a", "    2  a longer one", "    3", ""].join(
        "\n",
      ),
    );
  });

  test("knows that East Asian characters are two columns wide, and colours none", () => {
    const rows = [
      ["1", "日本", "a"],
      ["\x1b[31m22\x1b[39m", "abcd", "b"],
    ];
    expect(tableText(COLUMNS, rows)).toBe(
      [" N  NAME  X", " 1  日本  a", "\x1b[31m22\x1b[39m  abcd  b", ""].join("\n"),
    );
  });

  test("a column that may be cut is, at the terminal's edge; something is left of it", () => {
    const columns = [{ heading: "NAME" }, { heading: "REASON", mayBeCut: true }] as const;
    const rows = [
      ["a.example", "Connection refused"],
      ["b.example", "日本日本日本日本"],
    ];
    expect(tableText(columns, rows, 20)).toBe(
      ["NAME       REASON", "a.example  Connecti…", "b.example  日本日本…", ""].join("\n"),
    );
    expect(tableText(columns, rows, 29)).toBe(tableText(columns, rows));
    expect(tableText(columns, rows, 1)).toBe(tableText(columns, rows, 9 + 2 + 8));
  });

  test("a column that may be cut in its middle keeps its beginning and its end", () => {
    const columns = [{ heading: "NAME", mayBeCut: "in the middle" }, { heading: "N" }] as const;
    expect(tableText(columns, [["mail.department.example.com", "1"]], 19)).toBe(
      ["NAME              N", "mail.dep…ple.com  1", ""].join("\n"),
    );
    expect(tableText(columns, [["日本日本日本日本", "1"]], 13)).toBe(
      ["NAME        N", "日本…日本   1", ""].join("\n"),
    );
  });

  describe("a last column that may stand below", () => {
    const columns = [
      { heading: "NAME", mayBeCut: "in the middle", keepsColumns: 10 },
      { heading: "REASON", mayBeCut: true, keepsColumns: 12, mayStandBelow: true },
    ] as const;
    const rows = [
      ["a.b.example.com", "450 Connection refused"],
      ["b.example", "none"],
    ];

    test("is cut first, then the others, as far as each keeps what it has to", () => {
      expect(tableText(columns, rows, 29)).toBe(
        [
          "NAME             REASON",
          "a.b.example.com  450 Connect…",
          "b.example        none",
          "",
        ].join("\n"),
      );
      expect(tableText(columns, rows, 24)).toBe(
        ["NAME        REASON", "a.b.e….com  450 Connect…", "b.example   none", ""].join("\n"),
      );
    });

    test("stands below where it would be cut to less, with all the terminal's width", () => {
      const below = [
        "NAME",
        "    REASON",
        "a.b.example.com",
        "    450 Connection…",
        "b.example",
        "    none",
        "",
      ];
      expect(tableText(columns, rows, 23)).toBe(
        below.join("\n").replace("Connection…", "Connection ref…"),
      );
      expect(tableText(columns, rows, 19)).toBe(below.join("\n"));
    });

    test("is where it always is in a pipe, and where it fits", () => {
      expect(tableText(columns, rows)).not.toContain("\n    ");
      expect(tableText(columns, [["a", "b"]], 12)).toBe("NAME  REASON\na     b\n");
    });
  });

  test("a table of many pages has columns of one width", () => {
    const rows = Array.from({ length: 1001 }, (_, index) => [String(index), "x", "y"]);
    const lines = tableText(COLUMNS, [...rows, ["12345", "long name", "y"]]).split("\n");
    expect(lines).toHaveLength(1 + 1002 + 1);
    expect(lines[0]).toBe("    N  NAME       X");
    expect(lines[1]).toBe("    0  x          y");
    expect(lines[1002]).toBe("12345  long name  y");
    expect(lines[1001]).toBe(" 1000  x          y");
  });

  test("no rows: the headings", () => {
    expect(tableText(COLUMNS, [])).toBe("N  NAME  X\n");
  });
});
