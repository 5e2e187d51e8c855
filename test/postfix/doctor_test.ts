/**
 * The doctor and a private Postfix: every kind of finding, made, mended by the command that is said, and gone.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { examined, type Fault, SITE, shellOk, soundInstance, testFaults } from "./doctor_rig.ts";
import { deferMail } from "./real_mail.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const BACK_TO_OURS = `postconf -c "$D" -F flush/unix/command="fastflush/flush -o max_use=10000" && reload`;

const DEFAULTS = `postconf -c "$D" -e fast_flush_domains=static:all && reload`;

/** A program that can be run, and is none of ours. */
const BROKEN = 'printf "#!/bin/sh\\necho no good >&2\\nexit 3\\n"';

const DOMAINS: readonly Fault[] = [
  {
    id: "service-off",
    break: `postconf -c "$D" -e fast_flush_domains= && reload`,
    says: "fast_flush_domains is empty",
  },
  {
    id: "relay-domains-trap",
    break: `postconf -c "$D" -X fast_flush_domains && reload`,
    says: "$relay_domains",
  },
  {
    id: "mydestination-only",
    break: `postconf -c "$D" -X fast_flush_domains && postconf -c "$D" -e compatibility_level=1 mydestination=here.example && reload`,
    says: "here.example",
    undo: `postconf -c "$D" -e compatibility_level=3.6 mydestination= && reload`,
  },
  {
    id: "table-unsupported",
    how: "with its text beside it",
    break: `echo "${SITE} x" >"$F/list" && postconf -c "$D" -e "fast_flush_domains=two.example, hash:$F/list" && reload`,
    says: "hash:",
    site: SITE,
    undo: `[ "$(postconf -c "$D" -h fast_flush_domains)" = "two.example, texthash:$F/list" ]`,
  },
  {
    id: "table-unsupported",
    how: "of patterns: back to the original",
    break: `postconf -c "$D" -e "fast_flush_domains=pcre:$F/list" && reload`,
    says: "pcre:",
    undo: `postconf -c "$D" -e fast_flush_domains=static:all && ${BACK_TO_OURS}`,
  },
  {
    id: "list-unreadable",
    break: `postconf -c "$D" -e "fast_flush_domains=$F/missing" && reload`,
    says: "/missing: No such file or directory",
    undo: DEFAULTS,
  },
  {
    id: "site-not-recorded",
    break: `postconf -c "$D" -e "fast_flush_domains=!two.example, ${SITE}" && reload`,
    site: "two.example",
    says: "two.example is not in fast_flush_domains",
    undo: DEFAULTS,
  },
  {
    id: "refresh-short",
    break: `postconf -c "$D" -e fast_flush_refresh_time=12h && reload`,
  },
];

const ENTRY: readonly Fault[] = [
  { id: "entry-missing", break: `postconf -c "$D" -MX flush/unix && reload` },
  {
    id: "entry-missing",
    how: "a comment",
    break: `postconf -c "$D" -M# flush/unix && reload`,
    says: "as a comment only",
  },
  {
    id: "entry-missing",
    how: "of another type",
    break: `sed -i "s/^flush  *unix/flush fifo/" "$D/master.cf" && reload`,
    says: "but flush/fifo",
    undo: `postconf -c "$D" -MX flush/fifo && reload`,
  },
  { id: "entry-private", break: `postconf -c "$D" -F flush/unix/private=- && reload` },
  { id: "entry-as-root", break: `postconf -c "$D" -F flush/unix/unprivileged=n && reload` },
  { id: "wakeup-off", break: `postconf -c "$D" -F flush/unix/wakeup=0 && reload` },
  { id: "process-limit", break: `postconf -c "$D" -F flush/unix/process_limit=1 && reload` },
  {
    id: "original-configured",
    break: `postconf -c "$D" -F "flush/unix/command=flush -o max_use=10000" && reload`,
    undo: '[ "$(postconf -c "$D" -Fh flush/unix/command)" = "fastflush/flush -o max_use=10000" ]',
  },
  {
    id: "command-unknown",
    break: `postconf -c "$D" -F flush/unix/command=showq && reload`,
    says: '"showq"',
    undo: BACK_TO_OURS,
  },
  {
    id: "max-use-default",
    break: `postconf -c "$D" -F flush/unix/command=fastflush/flush && reload`,
  },
  {
    id: "max-use-large",
    break: `postconf -c "$D" -P flush/unix/max_use=1000000 && reload`,
    says: "1000000",
  },
];

const PROGRAM: readonly Fault[] = [
  {
    id: "program-missing",
    break: `mv "$F/sbin/fastflush/flush" "$F/sbin/kept" && reload`,
    undo: `mv "$F/sbin/kept" "$F/sbin/fastflush/flush" && ${BACK_TO_OURS}`,
  },
  {
    id: "program-link",
    break: `mv "$F/sbin/fastflush/flush" "$F/sbin/kept" && ln -s "$F/sbin/kept" "$F/sbin/fastflush/flush"`,
    undo: `rm "$F/sbin/kept" && reload`,
  },
  { id: "program-rights", how: "owner", break: 'chown "$OWNER" "$F/sbin/fastflush/flush"' },
  { id: "program-rights", how: "mode", break: 'chmod 775 "$F/sbin/fastflush/flush"' },
  { id: "program-rights", how: "not to be run", break: 'chmod 644 "$F/sbin/fastflush/flush"' },
  { id: "program-folder-rights", break: 'chmod 777 "$F/sbin/fastflush"' },
  {
    id: "program-broken",
    break: `mv "$F/sbin/fastflush/flush" "$F/sbin/kept" && ${BROKEN} >"$F/sbin/fastflush/flush" && chmod 755 "$F/sbin/fastflush/flush" && reload`,
    says: "it ended with status 3: no good",
    undo: `mv "$F/sbin/kept" "$F/sbin/fastflush/flush" && ${BACK_TO_OURS}`,
  },
];

const RUNNING: readonly Fault[] = [
  { id: "postfix-stopped", break: 'postfix -c "$D" stop' },
  {
    id: "original-running",
    break: `postconf -c "$D" -F flush/unix/command=flush && reload && sleep 1 && postqueue -c "$D" -s ${SITE} && postconf -c "$D" -F "flush/unix/command=fastflush/flush -o max_use=10000"`,
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
    break: 'postconf -c "$D" -e "fast_flush_domains=three.example"',
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
    undo: `postconf -c "$D" -PX flush/unix/fast_flush_refresh_time && reload`,
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
  { id: "folder-rights", how: "below", break: 'chown root "$Q"/deferred/*' },
  { id: "log-rights", how: "owner", break: 'chown root "$Q/flush/one_example"' },
  { id: "log-rights", how: "mode", break: 'chmod 644 "$Q/flush/one_example"' },
  { id: "log-stranger", break: 'ln -s one_example "$Q/flush/two_example"' },
  { id: "clock-back", break: 'touch -d "1 day" "$Q/flush/one_example"' },
  {
    id: "next-try-far",
    break: 'find "$Q/deferred" -type f -exec touch -d "10 days" {} +',
  },
];

const VERSION: readonly Fault[] = [
  {
    id: "postfix-too-old",
    break: 'postconf -c "$D" -e mail_version=3.5.9',
    says: "needs 3.6",
    undo: `postconf -c "$D" -X mail_version && ${BACK_TO_OURS}`,
  },
  {
    id: "version-mismatch",
    break: 'postconf -c "$D" -e mail_version=3.6.1',
    says: "says Postfix 3.6.1",
  },
];

const WORLD =
  'postconf -c "$D" -e inet_interfaces=all && postconf -c "$D" -Me "smtp/inet=smtp inet n - n - - smtpd"';

const ETRN: readonly Fault[] = [
  {
    id: "etrn-open-local",
    break: 'postconf -c "$D" -e smtpd_etrn_restrictions=',
    says: "127.0.0.1:",
  },
  {
    id: "etrn-open-to-all",
    break: `${WORLD} && postconf -c "$D" -e smtpd_etrn_restrictions=`,
    says: "smtp/inet",
  },
  {
    id: "etrn-open-to-all",
    how: "in spite of smtpd_discard_ehlo_keywords",
    break: 'postconf -c "$D" -e smtpd_discard_ehlo_keywords=etrn smtpd_etrn_restrictions=',
    undo: 'postconf -c "$D" -X smtpd_discard_ehlo_keywords',
  },
  {
    id: "etrn-open-to-all",
    how: "permits only",
    break: 'postconf -c "$D" -e smtpd_etrn_restrictions=permit_mynetworks',
  },
  {
    id: "etrn-open-to-all",
    how: "in master.cf",
    break: 'postconf -c "$D" -P smtp/inet/smtpd_etrn_restrictions=',
  },
  {
    id: "etrn-open",
    break: `postconf -c "$D" -e fast_flush_domains=${SITE} smtpd_etrn_restrictions=`,
    undo: DEFAULTS,
  },
];

describe("a Postfix that is stopped", () => {
  let instance: PostfixInstance;

  beforeAll(async () => {
    instance = await soundInstance();
  }, TEST_LIMIT_MS);

  afterAll(async () => {
    await instance.remove();
  }, TEST_LIMIT_MS);

  test("has no other finding", async () => {
    const findings = await examined(instance);
    expect(findings.map(({ id }) => id)).toEqual(["postfix-stopped"]);
  });

  for (const faults of [DOMAINS, ENTRY, PROGRAM, VERSION, ETRN]) {
    testFaults(() => instance, faults);
  }

  test("has no other finding after all that", async () => {
    const findings = await examined(instance);
    expect(findings.map(({ id }) => id)).toEqual(["postfix-stopped"]);
  });
});

/** Those of the others where master(8) has to notice, in their turn. */
const NOTICED = [
  "service-off",
  "entry-missing",
  "entry-private",
  "process-limit",
  "program-broken",
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
  for (const faults of [noticed, RUNNING, SERVICE, QUEUE]) {
    testFaults(() => instance, faults);
  }

  test("has no findings after all that", async () => {
    expect(await examined(instance, SITE)).toEqual([]);
  });
});
