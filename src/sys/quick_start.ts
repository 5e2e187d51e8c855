/**
 * Imported first by the start of the operator's command (start_fastflush.ts): has the runtime's just-in-time compiler do
 * less.
 *
 * Its last stage makes code that is worth its price in a service that runs for hours. Of a command that reads 100,000
 * messages and ends it takes a third of the processor time, on the processors that read. The stages before it
 * begin later than usual: a command that reads a thousand messages takes a thirteenth less, and one that reads all of them
 * the same. Nothing is compiled, no garbage collected and no memory made ready in threads beside those that read: there is
 * no processor to spare for them, and a command that reads a thousand of 100,000 messages is done a twentieth sooner.
 *
 * The runtime has no other switch for it than its environment, which it reads when it starts and nowhere else: so this
 * program starts again, in the same process, with more variables. That takes a few milliseconds, as nothing has been
 * done yet. Open files, terminal and process ID stay. Where the system refuses, and where the program was not compiled
 * into one file, all goes on as it is.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";

/** Where a compiled program finds its own modules. */
const COMPILED = "/$bunfs/";

/** Has these variables set, so that the runtime goes by them, unless one of them is. */
function startAgainWith(settings: Readonly<Record<string, string>>): void {
  const isSet = Object.keys(settings).some((name) => process.env[name] !== undefined);
  if (isSet || !Bun.main.startsWith(COMPILED)) {
    return;
  }
  // Not that of libc.ts: nothing else that it binds is needed before the next start, which binds it all again.
  const { symbols: libc } = dlopen("libc.so.6", {
    execve: { args: [FFIType.ptr, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
  });
  const words = [process.argv0, ...process.argv.slice(2)].map(cString);
  const environment = Object.entries({ ...process.env, ...settings }).map(([key, text]) =>
    cString(`${key}=${text}`),
  );
  libc.execve(cString(process.execPath), pointersTo(words), pointersTo(environment));
}

startAgainWith({
  BUN_JSC_useFTLJIT: "0",
  // Three times as often as usual a function is called, or a loop gone through, before it is compiled at all.
  BUN_JSC_thresholdForJITAfterWarmUp: "1500",
  // And sixteen times as often, before it is compiled better.
  BUN_JSC_thresholdForOptimizeAfterWarmUp: "16000",
  BUN_JSC_useConcurrentJIT: "0",
  BUN_JSC_useConcurrentGC: "0",
  BUN_JSC_numberOfGCMarkers: "1",
  BUN_JSC_useWarmUpMarkedBlocks: "0",
});

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`, "utf8");
}

/** An array of pointers as C has it, with a null at its end. */
function pointersTo(strings: readonly Buffer[]): BigUint64Array {
  return BigUint64Array.from([...strings.map((bytes) => BigInt(ptr(bytes))), 0n]);
}
