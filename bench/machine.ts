/**
 * Says on what a benchmark ran: without it, its figures mean nothing.
 */
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, release } from "node:os";

/** The type of the file system that `folder` is on, from mountinfo (proc(5)). */
function fileSystemOf(folder: string): string {
  let [found_type, found_length] = ["unknown", 0];
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const mount_point = line.split(" ")[4] ?? "";
    const inside = `${folder}/`.startsWith(mount_point === "/" ? "/" : `${mount_point}/`);
    if (mount_point !== "" && inside && mount_point.length >= found_length) {
      // Behind " - " come type, source and options. The last of equal mounts is the one on top.
      [found_type, found_length] = [line.split(" - ")[1]?.split(" ")[0] ?? "", mount_point.length];
    }
  }
  return found_type;
}

/** How many processes wanted a processor, over one, five and fifteen minutes. */
export function loadAverage(): string {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(" ");
}

/** One line a fact; `folder` is where the queue was, `postfix` is that Postfix's version. */
export function describeMachine(folder: string, postfix: string): string[] {
  return [
    `date: ${new Date().toISOString().slice(0, 16)}Z`,
    `processor: ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown"}, ${arch()}`,
    `kernel: Linux ${release()}`,
    `file system: ${fileSystemOf(folder)}`,
    `versions: Postfix ${postfix}, Bun ${Bun.version}`,
  ];
}
