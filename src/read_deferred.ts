/**
 * A thread of the operator's command: reads directories of the deferred queue, as it is told by the main one
 * (index/directory_readers.ts). This file builds the real parts and hands over.
 */
import { serveReading } from "./index/directory_readers.ts";
import { UnlinkedFiles } from "./names/unlinked_files.ts";
import { createClock } from "./sys/clock.ts";
import { createFiles } from "./sys/files.ts";
import { createQuickLooks } from "./sys/quick_looks.ts";
import { serveThread } from "./sys/threads.ts";

const clock = createClock();
const world = { files: new UnlinkedFiles(createFiles(), clock), looks: createQuickLooks(), clock };
serveThread((value, port) => serveReading(value, port, world));
