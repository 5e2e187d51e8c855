/** Lists of main.cf: which tables they need, and whom they let in. */
import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import {
  dangerousEntries,
  dangerousVariables,
  entriesUnder,
  isEveryDestination,
  strangersUnder,
  unknownTableTypes,
} from "./recorded_sites.ts";

/** What such a Postfix has. */
const KNOWN = new Set(["static", "inline", "texthash", "regexp"]);

describe("table types that a Postfix does not have", () => {
  const files: Readonly<Record<string, string>> = {
    "/list": "one.example\n# hash:/no\ncidr:/x, !pcre:/y\n",
    "/self": "/self btree:/z",
  };
  const read = (path: string): string => {
    const text = files[path];
    if (text === undefined) {
      throw new OsError("ENOENT", "open");
    }
    return text;
  };
  for (const [list, types] of [
    ["", ""],
    ["a.example, .b.example !c.example [10.0.0.1]", ""],
    ["static:all inline:{a=b, hash:x=y} texthash:/t regexp:/r", ""],
    ["hash:/x", "hash"],
    ["a.example,hash:/x hash:/y,!lmdb:/z", "hash lmdb"],
    ["proxy:hash:/x", "proxy"],
    ["/list", "cidr pcre"],
    ["!/list", "cidr pcre"],
    ["/missing a.example", ""],
    ["/self", "btree"],
  ] as const) {
    test(`"${list}"`, () => {
      expect(unknownTableTypes(list, KNOWN, read).join(" ")).toBe(types);
    });
  }
});

describe("every destination", () => {
  for (const [list, isEvery] of [
    ["static:all", true],
    ["a.example, static:yes", true],
    ["$relay_domains", false],
    ["!static:all", false],
    ["!!static:all", true],
    ["", false],
  ] as const) {
    test(`"${list}"`, () => {
      expect(isEveryDestination(list)).toBe(isEvery);
    });
  }
});

describe("strangers", () => {
  for (const [restrictions, what] of [
    ["", "let in"],
    ["permit_mynetworks", "let in"],
    ["permit_mynetworks, reject", "turned away"],
    ["permit_mynetworks reject", "turned away"],
    ["permit, reject", "let in"],
    ["check_etrn_access hash:/etrn", "looked up"],
    ["check_etrn_access inline:{a=reject}", "looked up"],
    ["check_etrn_access hash:/etrn, permit", "looked up"],
    ["permit, check_etrn_access hash:/etrn", "let in"],
    ["check_etrn_access hash:/etrn, defer", "turned away"],
    ["check_policy_service { unix:private/policy, timeout=1s }", "looked up"],
    ["reject_unknown_client_hostname", "let in"],
    ["reject_rbl_client list.example", "let in"],
  ] as const) {
    test(`"${restrictions}"`, () => {
      expect(strangersUnder(restrictions)).toBe(what);
    });
  }

  test("entries of master.cf with restrictions of their own", () => {
    const overrides = new Map([
      ["smtp/inet", ""],
      ["submission/inet", "reject"],
      ["2525/inet", "check_etrn_access hash:/x"],
    ]);
    expect(entriesUnder(overrides, "let in")).toEqual(["smtp/inet"]);
    expect(entriesUnder(overrides, "let in", "looked up")).toEqual(["smtp/inet", "2525/inet"]);
  });
});

describe("variables that must not come from outside", () => {
  for (const [list, names] of [
    ["MAIL_CONFIG MAIL_DEBUG TZ LANG=C", ""],
    ["TZ BUN_OPTIONS", "BUN_OPTIONS"],
    ["TZ, {BUN_BE_BUN = 1} X=BUN_Y", "BUN_BE_BUN"],
    ["NODE_OPTIONS=x JSC_useJIT", "NODE_OPTIONS JSC_useJIT"],
    ["BUN*", "BUN*"],
    ["XBUN_A", ""],
  ] as const) {
    test(`"${list}"`, () => {
      expect(dangerousVariables(list).join(" ")).toBe(names);
    });
  }

  test("are found with what they are set to", () => {
    expect(dangerousEntries("TZ { BUN_X=a b } BUN_Y=1")).toEqual(["{ BUN_X=a b }", "BUN_Y=1"]);
  });
});
