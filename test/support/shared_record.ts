/** A small record in memory in which two sites share a log, for tests of reports. */
import { defer, to } from "./deferred_mail.ts";
import { FlushRig } from "./flush_rig.ts";

const HOUR_MS = 3_600_000;

/** A record of two logs, one of them shared by two sites, and the messages in them. */
export function stage(): FlushRig {
  const rig = new FlushRig();
  defer(rig.disk, "AB1", to("x@a-b.example", "y@other.example"));
  defer(rig.disk, "AB2", to("x@a.b.example"));
  rig.putMessage("active/ACT1");
  rig.putMessage("deferred/B/BAD1");
  putLog(rig, "a_b_example", "AB1\nAB2\nACT1\nGONE1\nBAD1\nAB1\n");
  defer(rig.disk, "SUB1", to("x@sub.b.example"));
  putLog(rig, "sub_b_example", "SUB1\n");
  return rig;
}

/** A log that was sent two hours ago, and added to an hour ago. */
export function putLog(rig: FlushRig, name: string, text: string): void {
  const now = rig.clock.wallMs();
  rig.putLog(name, text, { atimeMs: now - 2 * HOUR_MS, mtimeMs: now - HOUR_MS });
}

/** The whole disk: to see that nothing was changed. */
export function snapshot(rig: FlushRig): unknown {
  const files = rig.disk.filesBelow();
  return Object.keys(files).map((path) => {
    const { atimeNs, mtimeNs, mode, inode } = rig.files.statusOf(path);
    return [path, files[path], atimeNs, mtimeNs, mode, inode];
  });
}
