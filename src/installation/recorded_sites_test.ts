/** Lists of main.cf: which tables they need, and whom they let in. */
import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import {
  dangerousVariables,
  isEveryDestination,
  isOpenToStrangers,
  unknownTableTypes,
} from "./recorded_sites.ts";

describe("table types that are not known", () => {
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
      expect(unknownTableTypes(list, read).join(" ")).toBe(types);
    });
  }
});

describe("every destination", () => {
  for (const [list, isEvery] of [
    ["static:all", true],
    ["a.example, static:yes", true],
    ["$relay_domains", false],
    ["!static:all", false],
    ["", false],
  ] as const) {
    test(`"${list}"`, () => {
      expect(isEveryDestination(list)).toBe(isEvery);
    });
  }
});

describe("restrictions that let in strangers", () => {
  for (const [restrictions, isOpen] of [
    ["", true],
    ["permit_mynetworks", true],
    ["permit_mynetworks, reject", false],
    ["permit_mynetworks reject", false],
    ["permit, reject", true],
    ["check_etrn_access hash:/etrn", true],
    ["check_etrn_access inline:{a=reject}", true],
    ["check_etrn_access hash:/etrn, defer", false],
    ["reject_unknown_client_hostname", true],
  ] as const) {
    test(`"${restrictions}"`, () => {
      expect(isOpenToStrangers(restrictions)).toBe(isOpen);
    });
  }
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
});
