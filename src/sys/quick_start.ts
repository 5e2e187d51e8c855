/**
 * Imported first by the operator's command: leaves out the last stage of the runtime's just-in-time compiler.
 *
 * That stage makes code that is worth its price in a service that runs for hours. Of a command that reads 100,000
 * messages and ends it takes a third of the processor time, on the processors that read (docs/PERFORMANCE.md). The
 * runtime has no other switch for it than its environment.
 */
import { startAgainWith } from "./start_again.ts";

startAgainWith("BUN_JSC_useFTLJIT", "0");
