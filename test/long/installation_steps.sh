#!/usr/bin/env bash
# What an administrator does to a Postfix: run by installation.sh inside a copy of a clean Debian, as process 1.
#
#   installation_steps.sh original|ours
#
# After each step the flush service must serve, by the right program, and with ours nothing of the installation may
# have changed. What the step said goes to /root/steps/NAME.terminal, the warnings and errors that it logged to
# NAME.log, how the service stands to NAME.state, for installation.sh to compare. Exit status 1 if something is wrong.
set -uo pipefail
cd /root/fastflush

. /root/installation_machine.sh
. /root/installation_checks.sh
whose=$1
command=flush
steps=/root/steps
mkdir "$steps"

logged() {
  local log
  for log in /var/log/mail.log* /var/log/postfix.log*; do
    [[ ! -f $log ]] || zcat -f "$log"
  done
}

forget_log() {
  : >/var/log/mail.log
  rm -f /var/log/mail.log.* /var/log/postfix.log.*
  [[ ! -f /var/log/postfix.log ]] || : >/var/log/postfix.log
}

# step NAME COMMAND...: one step, and all checks after it.
step() {
  step=$1
  out=$steps/$step
  shift
  printf '   %s (%s s)\n' "$step" "$SECONDS"
  "$@" >"$out.terminal" 2>&1 </dev/null || wrong "status $?: $(tail -n 3 "$out.terminal")"
  # What the step itself found wrong is among what it said.
  grep '^   WRONG' "$out.terminal"
  check_service
  check_state
  sort -u -o "$out.state" "$out.state"
  sleep 0.3
  logged | grep -E 'warning|error|fatal|panic' | grep -v ' status=' >"$out.log"
  forget_log
}

ours_only() { [[ $whose == original ]] || "$@"; }

# A block of the README's at a terminal, by somebody who says y to what is asked. Its last command is doctor's, if
# any: that may find something, which is for check_doctor to judge.
by_readme() {
  local script=/root/$1.sh
  grep -v '^fastflush doctor' "/root/$1.txt" >"$script"
  script --quiet --return --command "bash -e $script" /dev/null <<<y
}

# What doctor finds here is what the administrator of this test has left open, and nothing else.
check_doctor() {
  local found
  grep -q '^fastflush doctor' /root/install.txt || wrong "README does not call doctor"
  fastflush doctor
  found=$(fastflush doctor --json | sed -n 's/.*"item":"finding","id":"\([^"]*\)".*/\1/p' | sort | xargs)
  [[ $found == etrn-open ]] || wrong "doctor finds: $found"
}

said() { grep -qF "$1" "$out.terminal" || wrong "it did not say: $1"; }

install_ours() {
  by_readme install && command=fastflush/flush
  said "Installed: fastflush's service answers."
  check_doctor
}

# As the README says under the recipe. The same bytes with a wrong mode stand for another build.
update_ours() {
  installed=
  chmod 700 "$(postconf -hx daemon_directory)/fastflush/flush"
  by_readme install
  said "Updated: the service answers."
}

back_to_original() {
  by_readme back && command=flush
  said "Uninstalled: Postfix's own flush service answers."
  [[ ! -e /etc/postfix/fastflush && ! -e $(postconf -hx daemon_directory)/fastflush ]] || wrong "files are left"
}

# There and back, and nothing else in between: the same bytes.
try_ours() {
  local file
  cp /etc/postfix/ma{in,ster}.cf /root/
  by_readme install && by_readme back
  for file in main.cf master.cf; do
    cmp "/root/$file" "/etc/postfix/$file" || wrong "$file is not as it was"
  done
}

# The unclean ends: master is killed and started at once; and a pid file of nobody is left.
kill_master() {
  kill -KILL "$(tr -d ' ' <$queue/pid/master.pid)"
  service start
}

stale_pid_file() {
  service stop
  printf '%10d\n' 99999 >$queue/pid/master.pid
  service start
}

# As at a boot after the power failed: nothing was stopped in order, sockets and pid files are left.
power_failure() {
  local pids
  mapfile -t pids < <(
    pgrep -f '/usr/lib/postfix/sbin/master'
    pgrep -P "$(tr -d ' ' <$queue/pid/master.pid)"
  )
  # All at once; yet one or the other daemon may have left by then, since master was gone.
  kill -KILL "${pids[@]}" 2>/dev/null || true
  service start
}

stop_and_start() {
  service stop && service start
}

jail() {
  postconf -F "flush/unix/chroot=$1" && service reload
}

log_to_file() {
  postconf maillog_file=/var/log/postfix.log && stop_and_start
}

log_to_syslog() {
  postconf -X maillog_file && stop_and_start
}

# As Debian's logrotate does it.
rotate_syslog() {
  mv /var/log/mail.log /var/log/mail.log.1
  kill -HUP "$(cat /run/rsyslogd.pid)"
}

restart_syslog() {
  local pid
  pid=$(cat /run/rsyslogd.pid)
  kill "$pid"
  until_true sh -c "! kill -0 $pid"
  rsyslogd
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet --no-download --no-install-recommends \
    -o Dpkg::Options::=--force-confold "$@"
}

to_next_release() {
  cp /root/later.list /etc/apt/sources.list
  apt install postfix
  postconf mail_version >&2
}

administration() {
  step "$1-check" postfix check
  step "$1-set-permissions" postfix set-permissions
  step "$1-upgrade-configuration" postfix upgrade-configuration
  step "$1-reload" postfix reload
  step "$1-postsuper" postsuper
  step "$1-postsuper-structure" postsuper -s
  step "$1-verify-package" verify_package
  for boot in 1 2 3; do
    step "$1-boot-$boot" stop_and_start
  done
}

# dpkg finds changed files by its status; which they are is for the comparison.
verify_package() {
  dpkg --verify postfix || true
}

configure
step start service start
ours_only step try try_ours
ours_only step install install_ours
administration first
ours_only step update update_ours
step kill-master kill_master
step stale-pid-file stale_pid_file
step power-failure power_failure
step jail-off jail n
step jail-on jail y
step log-to-file log_to_file
step log-to-file-rotated postfix logrotate
step log-to-syslog log_to_syslog
step rotate-syslog rotate_syslog
step restart-syslog restart_syslog
step reinstall apt install --reinstall postfix
if [[ -f /root/later.list ]]; then
  step upgrade to_next_release
  administration upgraded
  step upgraded-kill-master kill_master
fi
ours_only step back back_to_original
administration last
cp /etc/postfix/master.cf "$steps/configuration-master.cf"
cp /etc/postfix/main.cf "$steps/configuration-main.cf"
find "$(postconf -hx daemon_directory)" >"$steps/configuration-programs"
service stop >/dev/null 2>&1
printf '   %s steps, %s wrong\n' "$(find "$steps" -name '*.terminal' | wc -l)" "$failures"
((failures == 0))
