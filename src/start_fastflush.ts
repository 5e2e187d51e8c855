/**
 * Where the operator's command starts: first as the runtime is to be started (sys/quick_start.ts), and only then is the
 * command itself (fastflush.ts) loaded, so that it is loaded once.
 */
import "./sys/quick_start.ts";

await import("./fastflush.ts");
