import { dlopen, FFIType } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { constants } from "node:os";
import { errorText, OsError } from "../effects/os_error.ts";
import { errno, errnoName, libc, throwErrno } from "./libc.ts";

const NOWHERE = Buffer.from("/nowhere/at/all\0");
const ROOT_DIRECTORY = Buffer.from("/\0");

describe("errnoName", () => {
  test("names the error of the call just before", () => {
    libc.close(-1);
    expect(errnoName(errno[0])).toBe("EBADF");
    libc.unlink(NOWHERE);
    expect(errnoName(errno[0])).toBe("ENOENT");
    libc.mkdir(ROOT_DIRECTORY, 0o700);
    expect(errnoName(errno[0])).toBe("EEXIST");
  });

  test("stays right while there is garbage to collect", () => {
    const names = new Set<string>();
    const garbage: unknown[] = [];
    for (let count = 0; count < 200_000; count++) {
      garbage[count % 1000] = new Array(50).fill(count);
      libc.close(-1);
      names.add(errnoName(errno[0]));
    }
    expect([...names]).toEqual(["EBADF"]);
  });
});

describe("the table of errors", () => {
  const { symbols } = dlopen("libc.so.6", {
    strerror: { args: [FFIType.i32], returns: FFIType.cstring },
  });
  /** Numbers with two names; ours is the first. */
  const aliases: Readonly<Record<string, string>> = {
    EWOULDBLOCK: "EAGAIN",
    EOPNOTSUPP: "ENOTSUP",
  };

  test("has this system's numbers and the C library's texts", () => {
    let known = 0;
    for (const [name, number] of Object.entries(constants.errno)) {
      const got = errnoName(number);
      if (got === `errno ${number}`) {
        expect(errorText(name)).toBe(name);
        continue;
      }
      known++;
      expect(got).toBe(aliases[name] ?? name);
      const text = symbols.strerror(number);
      expect(`${name}: ${errorText(got)}`).toBe(`${name}: ${text}`);
    }
    expect(known).toBe(44);
  });
});

describe("throwErrno", () => {
  test("throws the operation and the C library's text", () => {
    libc.unlink(NOWHERE);
    const number = errno[0];
    expect(() => throwErrno(number, "unlink")).toThrow(new OsError("ENOENT", "unlink"));
  });
});
