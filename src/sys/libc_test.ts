import { dlopen, FFIType, toArrayBuffer } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { constants } from "node:os";
import { errorText, OsError } from "../effects/os_error.ts";
import { errnoName, libc, throwErrno } from "./libc.ts";

const NOWHERE = Buffer.from("/nowhere/at/all\0");
const ROOT_DIRECTORY = Buffer.from("/\0");

describe("errnoName", () => {
  test("names the error of the call just before", () => {
    libc.close(-1);
    expect(errnoName()).toBe("EBADF");
    libc.unlink(NOWHERE);
    expect(errnoName()).toBe("ENOENT");
    libc.mkdir(ROOT_DIRECTORY, 0o700);
    expect(errnoName()).toBe("EEXIST");
  });

  test("stays right while there is garbage to collect", () => {
    const names = new Set<string>();
    const garbage: unknown[] = [];
    for (let count = 0; count < 200_000; count++) {
      garbage[count % 1000] = new Array(50).fill(count);
      libc.close(-1);
      names.add(errnoName());
    }
    expect([...names]).toEqual(["EBADF"]);
  });
});

describe("the table of errors", () => {
  const { symbols } = dlopen("libc.so.6", {
    strerror: { args: [FFIType.i32], returns: FFIType.cstring },
  });
  const location = libc.__errno_location();
  const errno = location === null ? [] : new Int32Array(toArrayBuffer(location, 0, 4));

  /** Numbers with two names; ours is the first. */
  const aliases: Readonly<Record<string, string>> = {
    EWOULDBLOCK: "EAGAIN",
    EOPNOTSUPP: "ENOTSUP",
  };

  test("has this system's numbers and the C library's texts", () => {
    let known = 0;
    for (const [name, number] of Object.entries(constants.errno)) {
      errno[0] = number;
      const got = errnoName();
      if (got === `errno ${number}`) {
        expect(errorText(name)).toBe(name);
        continue;
      }
      known++;
      expect(got).toBe(aliases[name] ?? name);
      const text = symbols.strerror(number);
      expect(`${name}: ${errorText(got)}`).toBe(`${name}: ${text}`);
    }
    expect(known).toBe(40);
  });
});

describe("throwErrno", () => {
  test("throws the operation and the C library's text", () => {
    libc.unlink(NOWHERE);
    expect(() => throwErrno("unlink")).toThrow(new OsError("ENOENT", "unlink"));
  });
});
