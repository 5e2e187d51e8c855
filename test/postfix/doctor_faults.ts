/**
 * Faults of configuration and program that the doctor finds, whether Postfix runs or not.
 */
import { existsSync } from "node:fs";
import { type Fault, SITE } from "./doctor_rig.ts";

const BACK_TO_OURS = `postconf -c "$D" -F flush/unix/command="fastflush/flush -o max_use=100000" && reload`;

export const DEFAULTS = `postconf -c "$D" -e fast_flush_domains=static:all && reload`;

/** A program that can be run, and is none of ours. */
const BROKEN = 'printf "#!/bin/sh\\necho no good >&2\\nexit 3\\n"';

export const DOMAINS: readonly Fault[] = [
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
    break: `postconf -c "$D" -e "fast_flush_domains=two.example, mongodb:$F/list" && reload`,
    says: "postfix-mongodb",
    shows: "texthash",
    undo: DEFAULTS,
  },
  {
    id: "table-unsupported",
    how: "in a file",
    break: `echo "zork:$F/x" >"$F/list" && postconf -c "$D" -e "fast_flush_domains=$F/list" && reload`,
    says: "does not have: zork:",
    shows: "texthash",
    undo: DEFAULTS,
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

export const MAIL_LOG: readonly Fault[] = [
  {
    id: "mail-log-missing",
    break: 'postconf -c "$D" -X maillog_file && reload',
    says: "maillog_file is not set",
    undo: 'postconf -c "$D" -e "maillog_file=$F/maillog" && reload',
    // A syslog daemon takes it.
    isImpossible: existsSync("/dev/log"),
  },
];

export const ENTRY: readonly Fault[] = [
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
    break: `postconf -c "$D" -F "flush/unix/command=flush -o max_use=100000" && reload`,
    undo: '[ "$(postconf -c "$D" -Fh flush/unix/command)" = "fastflush/flush -o max_use=100000" ]',
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

export const QUEUE_MANAGER: readonly Fault[] = [
  { id: "queue-manager-missing", break: `postconf -c "$D" -MX qmgr/unix && reload` },
  {
    id: "queue-manager-missing",
    how: "a comment",
    break: `postconf -c "$D" -M# qmgr/unix && reload`,
    says: "as a comment only",
  },
];

export const PROGRAM: readonly Fault[] = [
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
    says: "does not start: no good.",
    undo: `mv "$F/sbin/kept" "$F/sbin/fastflush/flush" && ${BACK_TO_OURS}`,
  },
];

export const VERSION: readonly Fault[] = [
  {
    id: "postfix-too-old",
    break: 'postconf -c "$D" -e mail_version=3.4.9',
    says: "needs 3.5",
    stays: true,
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

export const ETRN: readonly Fault[] = [
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
