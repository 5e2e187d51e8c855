#!/usr/bin/env bash
# A package's life on a machine with mail: run by packages.sh inside a copy of a clean Debian, as process 1.
#
#   packages_steps.sh debian|npm
#
# After each step mail is deferred, asked for in five ways and delivered, by the program that is then to serve; in the
# end the machine must be as before the first step, file by file. Exit status 1 if something is wrong.
set -uo pipefail

. /root/installation_machine.sh
. /root/installation_checks.sh
kind=$1
command=flush
steps=/root/steps
mkdir "$steps"

# step NAME COMMAND...: one step, and then mail.
step() {
  step=$1
  out=$steps/$step
  shift
  printf '   %s (%s s)\n' "$step" "$SECONDS"
  "$@" >"$out.terminal" 2>&1 </dev/null || wrong "status $?: $(tail -n 3 "$out.terminal")"
  grep '^   WRONG' "$out.terminal"
  check_service
  check_state
}

# Every file of the machine with its mode, owner and bytes, but for what changes by itself: logs, mail, package lists.
files() {
  local folder
  local -a changing=(-path /proc)
  for folder in /sys /dev /run /tmp /root /var/{tmp,log,spool/postfix} /var/lib/{dpkg,apt,postfix} /var/cache/{apt,debconf}; do
    changing+=(-o -path "$folder")
  done
  find / -xdev \( "${changing[@]}" \) -prune -o -printf '%p %y %m %u %g %l\n'
  find / -xdev \( "${changing[@]}" \) -prune -o -type f -print0 | xargs -0 sha256sum
  # The queue's directories, without what is hashed into them.
  find /var/spool/postfix -path '/var/spool/postfix/*/?' -prune -o -type d -printf '%p %y %m %u %g\n'
}

quiet() { "$@" >/dev/null 2>&1; }

put_in() {
  installed=
  fastflush install --yes && command=fastflush/flush
}

# Ours where postfix has it is the one that the package brings.
is_current() { cmp "$1/flush" "$(postconf -hx daemon_directory)/fastflush/flush" || wrong "the service's program is not the package's"; }

verified() {
  local said
  said=$(dpkg --verify fastflush 2>&1)
  [[ -z $said ]] || wrong "dpkg --verify: $said"
}

debian_installed() {
  dpkg -i /root/fastflush_*.deb && verified
  [[ $(readlink -f "$(type -P fastflush)") == /usr/lib/fastflush/fastflush ]] || wrong "the command is not in PATH"
  fastflush doctor >/dev/null || (($? == 1)) || wrong "doctor does not run"
}

debian_upgraded() {
  installed=
  dpkg -i /root/next.deb && verified && is_current /usr/lib/fastflush
}

debian_removed() {
  dpkg -r fastflush && command=flush
  [[ ! -e /usr/lib/fastflush && ! -e $(postconf -hx daemon_directory)/fastflush ]] || wrong "programs are left"
  [[ ! -e /etc/postfix/fastflush ]] || wrong "copies of the configuration are left"
}

# With mail on hold for two hours, and a watcher in the background.
debian_removed_while_waiting() {
  local site
  for site in alpha bravo; do
    printf 'Subject: waits\n\ntext\n' | sendmail -f sender@mail.example "user@$site.example"
    until_true recorded_id "$site" || wrong "mail for $site is not deferred and recorded"
  done
  fastflush hold alpha.example --for 2h --yes && fastflush watch bravo.example --background --yes || wrong "nobody waits"
  until_true running 2 || wrong "no keeper and no watcher run"
  debian_removed
  grep -q '^fastflush: /etc/postfix: 1 message on hold for a time, the last until ' "$out.terminal" || wrong "the hold is not told"
  ! running 1 || wrong "processes are left"
  [[ $(postqueue -p) == *\!* ]] || wrong "the mail is not on hold any more"
  postsuper -d ALL
}

# So many processes of the package's, or more.
running() { (($(readlink /proc/[0-9]*/exe | grep -c '^/usr/lib/fastflush/fastflush') >= $1)); }

# A main.cf that is a link is nothing that fastflush changes: it can't take the service out.
debian_not_removed() {
  mv /etc/postfix/master.cf /etc/postfix/master.real
  ln -s master.real /etc/postfix/master.cf
  ! dpkg -r fastflush || wrong "it was removed, with its service in master.cf"
  [[ $(dpkg-query -Wf '${Status}' fastflush) == "deinstall ok installed" ]] || wrong "dpkg: $(dpkg-query -Wf '${Status}' fastflush)"
  [[ -x /usr/lib/fastflush/flush ]] || wrong "its files are gone"
  rm /etc/postfix/master.cf
  mv /etc/postfix/master.real /etc/postfix/master.cf
  verified
}

# Postfix goes before us: what names our program in its configuration must go all the same.
removed_after_postfix() {
  fastflush install --yes && cp /etc/postfix/master.cf /root/master.ours
  service stop
  dpkg -r --force-depends postfix && dpkg -r fastflush || wrong "not removed"
  ! grep -q fastflush/flush /etc/postfix/master.cf || wrong "master.cf names our program"
  [[ ! -e /usr/lib/postfix/sbin/fastflush && ! -e /etc/postfix/fastflush ]] || wrong "files are left"
  grep -q fastflush/flush /root/master.ours || wrong "it was not installed"
  quiet dpkg -i /root/postfix.deb || wrong "postfix is not installed again"
  service start
}

# Another one with the service in it, which runs.
second_instance() {
  quiet postmulti -e init && quiet postmulti -I postfix-out -e create || wrong "no second instance"
  postconf -c /etc/postfix-out master_service_disable=inet authorized_submit_users=static:anyone \
    fast_flush_domains=alpha.example
  quiet postmulti -i postfix-out -e enable
  cp /etc/postfix-out/master.cf /root/second.cf
  quiet fastflush -c /etc/postfix-out install --yes
  grep -q '^flush.*fastflush/flush' /etc/postfix-out/master.cf || wrong "not in the second instance"
  quiet postmulti -i postfix-out -p start
  quiet fastflush -c /etc/postfix-out status || wrong "the second instance's service does not answer"
}

none_outdated() { ! readlink /proc/[0-9]*/exe | grep -q '/flush (deleted)$'; }

# With the second instance stopped in the end, as what is looked at next is the first.
two_upgraded() {
  second_instance
  debian_upgraded
  until_true none_outdated || wrong "an instance goes on with the old program"
  quiet fastflush -c /etc/postfix-out status || wrong "the second instance's service does not answer"
  quiet postmulti -i postfix-out -p stop
}

no_second_instance() {
  cmp /root/second.cf /etc/postfix-out/master.cf || wrong "the second instance is not as it was"
  quiet postmulti -i postfix-out -e disable
  quiet postmulti -i postfix-out -e destroy
}

purged() {
  [[ -d /var/cache/fastflush && -d /var/lib/fastflush/hold ]] || wrong "nothing was kept: there is nothing to purge"
  dpkg -P fastflush
  grep -q '^fastflush: mail was on hold for a time\.' "$out.terminal" || wrong "that mail stays on hold is not told"
  [[ ! -e /var/cache/fastflush && ! -e /var/lib/fastflush ]] || wrong "caches are left"
}

debian_life() {
  step installed debian_installed
  step put-in put_in
  step postfix-upgraded dpkg -i /root/postfix.deb
  step upgraded debian_upgraded
  step not-removed debian_not_removed
  step removed debian_removed_while_waiting
  step purged purged
  compare
  quiet dpkg -i /root/next.deb
  step after-postfix removed_after_postfix
  quiet dpkg -i /root/fastflush_*.deb
  step again put_in
  step two-upgraded two_upgraded
  step removed-from-two debian_removed
  no_second_instance
}

npm_global() { npm --offline --no-audit --no-fund "$@" -g; }

npm_installed() {
  npm_global install /root/fastflush-*.tgz
  [[ $(fastflush --version) == "fastflush "* ]] || wrong "the command does not run"
  [[ $(readlink -f "$(type -P fastflush)") == */node_modules/fastflush/lib/fastflush ]] || wrong "it is not in PATH"
  fastflush doctor >/dev/null || (($? == 1)) || wrong "doctor does not run"
}

npm_upgraded() {
  installed=
  npm_global install /root/next.tgz
  fastflush install --yes && is_current "$(npm root -g)/fastflush/lib"
}

npm_removed() {
  npm_global uninstall fastflush
  ! type -P fastflush || wrong "the command is there"
}

npm_back() {
  npm_installed
  fastflush uninstall --yes && command=flush
}

npm_life() {
  step installed npm_installed
  step put-in put_in
  step postfix-upgraded dpkg -i /root/postfix.deb
  step upgraded npm_upgraded
  # Its service goes on: it is a copy.
  step removed npm_removed
  step back npm_back
  step removed-last npm_removed
  compare
}

compare() {
  step=compare
  # By the command that looked at the queue after the last step.
  rm -rf /var/cache/fastflush
  files | sort >/root/files.after
  diff /root/files.before /root/files.after || wrong "the machine is not as it was"
}

configure
step before service start
rm -rf /var/cache/fastflush
files | sort >/root/files.before
printf '   %s files\n' "$(wc -l </root/files.before)"
"${kind}_life"
service stop >/dev/null 2>&1
printf '   %s steps, %s wrong\n' "$(find "$steps" -name '*.terminal' | wc -l)" "$failures"
((failures == 0))
