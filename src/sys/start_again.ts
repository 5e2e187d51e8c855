/**
 * Starts this program again, in the same process, with one more variable in its environment, unless it is there.
 *
 * For settings that the runtime reads when it starts and nowhere else. Done in a few milliseconds, if it is done before
 * anything else is: whoever wants it imports it first. Open files, terminal and process ID stay. Where the system refuses,
 * and where the program was not compiled into one file, all goes on without the setting.
 */
import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

/** Where a compiled program finds its own modules. */
const COMPILED = "/$bunfs/";

/** Has a variable set, so that the runtime goes by it. */
export function startAgainWith(name: string, value: string): void {
  if (process.env[name] !== undefined || !Bun.main.startsWith(COMPILED)) {
    return;
  }
  const words = [process.argv0, ...process.argv.slice(2)].map(cString);
  const environment = Object.entries({ ...process.env, [name]: value }).map(([key, text]) =>
    cString(`${key}=${text}`),
  );
  libc.execve(cString(process.execPath), pointersTo(words), pointersTo(environment));
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`, "utf8");
}

/** An array of pointers as C has it, with a null at its end. */
function pointersTo(strings: readonly Buffer[]): BigUint64Array {
  return BigUint64Array.from([...strings.map((bytes) => BigInt(ptr(bytes))), 0n]);
}
