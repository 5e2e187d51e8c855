import { describe, expect, test } from "bun:test";
import { facilityNumber, messageText, postlogLine, sanitize, syslogLine } from "./log_line.ts";

const time = { month: 0, day: 5, hours: 7, minutes: 8, seconds: 9 };

describe("syslogLine", () => {
  test("has the priority of the facility and severity, and a day padded with a blank", () => {
    const line = { severity: "warning", facility: 2, label: "postfix/flush[17]" } as const;
    expect(syslogLine(line, time, "warning: x")).toBe(
      "<20>Jan  5 07:08:09 postfix/flush[17]: warning: x",
    );
  });

  // Spec 8.1, facility mail.
  const priorities = { info: 22, warning: 20, error: 19, fatal: 18 } as const;
  for (const [severity, priority] of Object.entries(priorities)) {
    test(`${severity} has priority ${priority}`, () => {
      const line = { severity: severity as keyof typeof priorities, facility: 2, label: "t" };
      expect(syslogLine(line, time, "x")).toStartWith(`<${priority}>`);
    });
  }
});

describe("postlogLine", () => {
  test("has the host, and a day padded with a zero", () => {
    expect(postlogLine("relay", "postfix/flush[17]", time, "fatal: x")).toBe(
      "Jan 05 07:08:09 relay postfix/flush[17]: fatal: x",
    );
  });
});

describe("messageText", () => {
  test("names every severity but info", () => {
    expect(messageText("info", "x", true)).toBe("x");
    expect(messageText("error", "x", true)).toBe("error: x");
  });

  test("is cut where Postfix cuts", () => {
    expect(messageText("warning", "x".repeat(3000), true)).toHaveLength("warning: ".length + 2000);
  });
});

describe("sanitize", () => {
  const rows: ReadonlyArray<readonly [what: string, text: string, utf8: string, ascii: string]> = [
    ["printable ASCII", "a~ b", "a~ b", "a~ b"],
    ["control bytes", "a\n\x1b[1m\x7f", "a??[1m?", "a??[1m?"],
    ["valid UTF-8", "b\xc3\xbccher", "b\xc3\xbccher", "b??cher"],
    ["UTF-8 beside other bytes", "\xff\xc3\xbc\xc3", "?\xc3\xbc?", "????"],
    ["invalid UTF-8", "\xff\xfe.com", "??.com", "??.com"],
  ];
  for (const [what, text, utf8, ascii] of rows) {
    test(what, () => {
      expect(sanitize(text, true)).toBe(utf8);
      expect(sanitize(text, false)).toBe(ascii);
    });
  }
});

describe("facilityNumber", () => {
  test("knows syslog's names only", () => {
    expect(facilityNumber("mail")).toBe(2);
    expect(facilityNumber("local7")).toBe(23);
    for (const name of ["email", "security", "", "toString"]) {
      expect(facilityNumber(name)).toBeNull();
    }
  });
});

test("each facility has the number that syslog(3) gives it", () => {
  const names = "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp".split(" ");
  expect(names.map(facilityNumber)).toEqual(names.map((_, index) => index));
  const locals = Array.from({ length: 8 }, (_, index) => facilityNumber(`local${index}`));
  expect(locals).toEqual([16, 17, 18, 19, 20, 21, 22, 23]);
});
