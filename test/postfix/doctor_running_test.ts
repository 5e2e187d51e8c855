/**
 * The doctor and a private Postfix that runs: processes, service, record and queue.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { DEFAULTS, DOMAINS, ENTRY, PROGRAM, QUEUE_MANAGER } from "./doctor_faults.ts";
import { examined, type Fault, SITE, shellOk, soundInstance, testFaults } from "./doctor_rig.ts";
import { allUp, deferMail } from "./real_mail.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const RUNNING: readonly Fault[] = [
  { id: "postfix-stopped", break: 'postfix -c "$D" stop' },
  {
    id: "original-running",
    break: `postconf -c "$D" -F flush/unix/command=flush && reload && sleep 1 && postqueue -c "$D" -s ${SITE} && postconf -c "$D" -F "flush/unix/command=fastflush/flush -o max_use=100000"`,
  },
  {
    id: "build-outdated",
    break:
      'cp -p "$F/sbin/fastflush/flush" "$F/sbin/kept" && mv "$F/sbin/kept" "$F/sbin/fastflush/flush"',
  },
  { id: "reload-needed", how: "main.cf", break: 'postconf -c "$D" -e max_idle=99' },
  { id: "reload-needed", how: "master.cf", break: 'postconf -c "$D" -F verify/unix/chroot=n' },
  {
    id: "master-outdated",
    break: 'cp -p "$F/sbin/master" "$F/sbin/kept" && mv "$F/sbin/kept" "$F/sbin/master"',
  },
  {
    id: "bun-environment-listed",
    break: `postconf -c "$D" -e "import_environment=MAIL_CONFIG BUN_OPTIONS TZ" && reload`,
    undo: '[ "$(postconf -c "$D" -h import_environment)" = "MAIL_CONFIG TZ" ]',
  },
  {
    id: "bun-environment-running",
    break: `postfix -c "$D" stop && postconf -c "$D" -e "import_environment=MAIL_CONFIG BUN_HARMLESS" && BUN_HARMLESS=1 postfix -c "$D" start && postconf -c "$D" -X import_environment`,
    says: "BUN_HARMLESS",
  },
];

const SERVICE: readonly Fault[] = [
  {
    id: "site-refused",
    break: `postconf -c "$D" -e fast_flush_domains=${SITE} && reload && fastflush -c "$D" sites && postconf -c "$D" -e fast_flush_domains=three.example`,
    site: "three.example",
    undo: DEFAULTS,
  },
  { id: "socket-missing", break: 'rm "$Q/public/flush"' },
  { id: "socket-rights", break: 'chmod 600 "$Q/public/flush"' },
  {
    id: "service-mute",
    break: `postconf -c "$D" -P flush/unix/fast_flush_refresh_time=nonsense && reload`,
    says: "fatal: ",
    shows: "nonsense",
    undo: `postconf -c "$D" -PX flush/unix/fast_flush_refresh_time && postfix -c "$D" stop && postfix -c "$D" start`,
  },
  { id: "record-incomplete", break: 'rm "$Q/flush/one_example"' },
  { id: "record-outdated", break: 'echo BADBAD1 >>"$Q/flush/one_example"' },
  {
    id: "record-outdated",
    how: "repeated",
    break: 'cat "$Q/flush/one_example" >"$F/copy" && cat "$F/copy" >>"$Q/flush/one_example"',
  },
  { id: "record-not-rebuilt", break: 'rm "$Q/flush/REBUILT"' },
];

const QUEUE: readonly Fault[] = [
  { id: "folder-missing", break: 'rmdir "$Q/hold"' },
  { id: "folder-rights", how: "owner", break: 'chown root "$Q/flush"' },
  { id: "folder-rights", how: "mode", break: 'chmod 755 "$Q/deferred"' },
  { id: "folder-rights", how: "group", break: 'chgrp root "$Q/public"' },
  // One of them: each is a finding of its own, and as many as the queue IDs begin with different letters.
  {
    id: "folder-rights",
    how: "below",
    break: 'chown root "$(ls -d "$Q"/deferred/* | head -n 1)"',
  },
  {
    id: "folder-rights",
    how: "below, of defer files",
    break: 'chown root "$(ls -d "$Q"/defer/* | head -n 1)"',
  },
  { id: "log-rights", how: "owner", break: 'chown root "$Q/flush/one_example"' },
  { id: "log-rights", how: "mode", break: 'chmod 644 "$Q/flush/one_example"' },
  { id: "log-stranger", break: 'ln -s one_example "$Q/flush/two_example"' },
  { id: "clock-back", break: 'touch -d "1 day" "$Q/flush/one_example"' },
  {
    id: "next-try-far",
    break: 'find "$Q/deferred" -type f -exec touch -d "10 days" {} +',
  },
];

/** Those of the others where master(8) has to notice, in their turn. */
const NOTICED = [
  "service-off",
  "entry-missing",
  "entry-private",
  "process-limit",
  "program-broken",
];

/** Both messages of the site: it is up when they are tried. */
const ARRIVAL: readonly Fault[] = [
  {
    id: "arrival-ahead",
    break:
      'find "$Q/deferred" -type f -exec sed -i -E "1s/(T.)1[0-9]{9}/\\19999999999/" {} + -exec chown "$OWNER" {} + -exec chmod 700 {} +',
    undo: 'fastflush -c "$D" compact',
  },
];

describe("a running Postfix", () => {
  let instance: PostfixInstance;

  beforeAll(async () => {
    instance = await soundInstance();
    await instance.start();
    await deferMail(instance, [SITE], 2);
    // The record is completed at the first wake-up.
    await shellOk(instance, 'fastflush -c "$D" rebuild');
  }, TEST_LIMIT_MS);

  afterAll(async () => {
    await instance.remove();
  }, TEST_LIMIT_MS);

  test("with nothing wrong has no findings", async () => {
    expect(await examined(instance, SITE)).toEqual([]);
  });

  const noticed = [...DOMAINS, ...ENTRY, ...PROGRAM].filter(({ id }) => NOTICED.includes(id));
  for (const faults of [noticed, QUEUE_MANAGER, RUNNING, SERVICE, QUEUE]) {
    testFaults(() => instance, faults);
  }

  describe("with its destinations up", () => {
    beforeAll(() => allUp(instance));
    testFaults(() => instance, ARRIVAL);
  });

  test("has no findings after all that", async () => {
    expect(await examined(instance, SITE)).toEqual([]);
  });
});
