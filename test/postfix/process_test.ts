/**
 * What the service's processes are allowed to do, as the kernel sees them: jail, user, groups, capabilities.
 */
import { expect } from "bun:test";
import { flushRequest } from "../../lab/flush_request.ts";
import { rootOf, threadRights } from "../../lab/processes.ts";
import { describeServices } from "./services.ts";

describeServices("process", (labTest, service) => {
  for (const chroot of [true, false]) {
    const name = `every thread is the mail owner and no more, chroot ${chroot ? "y" : "n"}`;
    labTest(name, { chroot }, async (instance) => {
      const words = ["request", "add", "site", "one.example", "queue_id", "ABC123"];
      const answer = await flushRequest(instance.flushSocket(), words);
      expect(answer).toEqual({ kind: "status", status: 0 });
      const { uid, gid } = instance.owner;
      expect(uid).toBeGreaterThan(0);
      // Master's wake-up may have started another process, which is root's for a moment.
      const pids = await instance.waitFor("processes that have given up root", () => {
        const there = instance.flushPids(service.command);
        return there.every((pid) => threadRights(pid)[0]?.uids[0] === uid) && there;
      });
      expect(pids.length).toBeGreaterThan(0);
      const want = {
        uids: [uid, uid, uid, uid],
        gids: [gid, gid, gid, gid],
        groups: [gid],
        capabilities: { eff: 0n, prm: 0n, inh: 0n },
      };
      for (const pid of pids) {
        expect(rootOf(pid)).toBe(chroot ? instance.queue_folder : "/");
        for (const { tid, ...rights } of threadRights(pid)) {
          expect({ pid, tid, ...rights }).toEqual({ pid, tid, ...want });
        }
      }
    });
  }

  labTest("a logfile is the mail owner's, 0600, a line an entry", {}, async (instance) => {
    for (const queue_id of ["ABC123", "4jYCDY3XvNzLDg6L"]) {
      const words = ["request", "add", "site", "One.Example", "queue_id", queue_id];
      const answer = await flushRequest(instance.flushSocket(), words);
      expect(answer).toEqual({ kind: "status", status: 0 });
    }
    const file = Bun.file(`${instance.queue_folder}/flush/one_example`);
    const { uid, gid, mode } = await file.stat();
    expect([uid, gid, mode & 0o7777]).toEqual([instance.owner.uid, instance.owner.gid, 0o600]);
    expect(await file.text()).toBe("ABC123\n4jYCDY3XvNzLDg6L\n");
  });
});
