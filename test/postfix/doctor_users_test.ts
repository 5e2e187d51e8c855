/**
 * The doctor for people: at root's shell, as the mail owner, as nobody in particular, and where the original serves.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { copyProgram } from "../../lab/instance_files.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { examined, SITE, shell, soundInstance } from "./doctor_rig.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const PROGRAM = join(import.meta.dir, "..", "..", "dist", "fastflush");

describe("a running Postfix with nothing wrong", () => {
  let instance: PostfixInstance;

  beforeAll(async () => {
    instance = await soundInstance();
    await instance.start();
    copyProgram(PROGRAM, join(instance.folder, "bin", "fastflush"));
  }, TEST_LIMIT_MS);

  afterAll(async () => {
    await instance.remove();
  }, TEST_LIMIT_MS);

  const doctorAs = (uid: number, gid: number) =>
    shell(
      instance,
      `setpriv --reuid=${uid} --regid=${gid} --clear-groups "$F/bin/fastflush" -c "$D" doctor ${SITE}`,
    );

  test(
    "is well, check by check",
    async () => {
      const { status, stdout, stderr } = await shell(instance, `fastflush -c "$D" doctor ${SITE}`);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain(`ok       in fast_flush_domains: ${SITE}\n`);
      expect(stdout).toContain("ok       the service answers\n");
      expect(stdout).toContain("ok       the record agrees with the queue: ");
      expect(stdout).toEndWith(
        "\n0 errors, 0 warnings, 0 pieces of advice; 23 checks found nothing wrong.\n",
      );
    },
    TEST_LIMIT_MS,
  );

  test(
    "leaves nothing in the log, and nothing changed",
    async () => {
      await examined(instance);
      const mark_path = join(instance.queue_folder, "flush", "REBUILT");
      await instance.waitFor("the record to be complete", () => existsSync(mark_path));
      const listing = 'cd "$F" && find conf queue sbin -printf "%p %m %u %g %s %T@ %C@\\n" | sort';
      const before = await shell(instance, listing);
      const mark = instance.log.mark();
      await examined(instance, SITE);
      expect(await shell(instance, listing)).toEqual(before);
      const lines = instance.log.linesSince(mark).filter(({ tag }) => tag.endsWith("/flush"));
      expect(lines).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "the mail owner can't see what master(8) is",
    async () => {
      const { status, stdout } = await doctorAs(instance.owner.uid, instance.owner.gid);
      expect(status).toBe(77);
      expect(stdout).toMatch(/^not seen .*\/pid\/master\.pid: Permission denied\. Root can\.$/m);
      expect(stdout).toContain("ok       the record agrees with the queue: ");
    },
    TEST_LIMIT_MS,
  );

  test(
    "nobody in particular can see neither queue nor service",
    async () => {
      const { status, stdout } = await doctorAs(65534, 65534);
      expect(status).toBe(77);
      expect(stdout).toMatch(/^not seen .*\/queue\/deferred: Permission denied\. Root can\.$/m);
      expect(stdout).toMatch(/^not seen .*\/queue\/flush: Permission denied\. Root can\.$/m);
      expect(stdout).not.toContain("the service answers");
      expect(stdout).not.toMatch(/^(?:error|warning)/m);
    },
    TEST_LIMIT_MS,
  );
});

test(
  "the original is no fault but itself, and sites are looked up all the same",
  async () => {
    const instance = await PostfixInstance.create({
      flush: { command: "flush" },
      main: { fast_flush_domains: SITE, smtpd_etrn_restrictions: "reject" },
      name: "fastflush-doctor",
    });
    try {
      await instance.start();
      const findings = await examined(instance, `${SITE} two.example`);
      expect(findings.map(({ id }) => id)).toEqual(["site-not-recorded", "original-configured"]);
      expect(findings[1]?.command).toBe(`fastflush -c ${instance.config_folder} install`);
    } finally {
      await instance.remove();
    }
  },
  TEST_LIMIT_MS,
);
