#!/usr/bin/env bash
# The operator's command with the flush service of Postfix 3.5, which does not greet its clients: run by installation.sh
# inside a copy of a clean Debian, as process 1.
#
# Each command must end with the right status and say the right thing. Exit status 1 if something is wrong.
set -uo pipefail

. /root/installation_machine.sh
. /root/installation_checks.sh
command=flush
out=/root/old_postfix
step=start

# expect STATUS TEXT COMMAND...: fastflush's command ends so, and says that somewhere.
expect() {
  local expected=$1 text=$2 said status=0
  shift 2
  step="fastflush $*"
  said=$(fastflush "$@" 2>&1 </dev/null) || status=$?
  printf '   %s (%s s)\n' "$step" "$SECONDS"
  ((status == expected)) || wrong "status $status, not $expected: $said"
  [[ $said == *"$text"* ]] || wrong "it does not say \"$text\": $said"
}

defer_mail() {
  local site
  for site in "$@"; do
    printf 'Subject: for %s\n\ntext\n' "$site" | sendmail -f sender@mail.example "user@$site.example"
  done
  for site in "$@"; do
    until_true waits_deferred "$site" || wrong "mail for $site is not deferred"
  done
}

waits_deferred() { postqueue -j | grep '"deferred"' | grep -q "user@$1\.example"; }

id_of() { postqueue -j | sed -n "s/.*\"queue_id\": \"\([^\"]*\)\".*\"user@$1\.example\".*/\1/p" | tail -n 1; }

# What only looks.
look() {
  expect 0 '5 destinations' list
  expect 0 'In all 5 recipients of 5 deferred messages' histogram
  expect 0 'TOTAL  5' histogram --plain
  expect 0 'In all 1 deferred message to 1 recipient' show alpha.example
  expect 0 'A flush would release 1 message ' preview alpha.example
  expect 0 'A flush would release 5 messages ' preview --all
  expect 0 'A flush would release 1 message ' send --dry-run --id "$(id_of bravo)"
  expect 1 "is the original flush service." doctor
  expect 1 "in fast_flush_domains: alpha.example" doctor alpha.example
  step=status
  check_status
}

# What needs our service says so.
refuse() {
  local word
  for word in sites verify compact rebuild; do
    expect 69 'The original flush service answers' "$word"
  done
  expect 1 'nothing is left of an installation' uninstall --yes
}

# foxtrot is not in fast_flush_domains: its mail is found in the queue.
flush_mail() {
  expect 64 'Nothing was released' send alpha.example
  expect 1 'Of 1 recipient: 0 delivered, 1 deferred again.' send --yes --wait alpha.example
  smtp-sink -u postfix 127.0.0.1:2500 10 >/dev/null 2>&1 &
  local sink=$!
  until_true sh -c 'ss -Hltn sport = :2500 | grep -q .' || wrong "smtp-sink doesn't listen"
  expect 0 'Of 1 recipient: 1 delivered, 0 deferred again.' send --yes --wait alpha.example
  expect 0 'Of 1 recipient: 1 delivered, 0 deferred again.' send --yes --wait --id "$(id_of bravo)"
  expect 0 '1 message released for delivery' send --yes charlie.example
  until_true none_waits_for charlie || wrong "mail for charlie was not delivered"
  waits_for delta || wrong "mail for delta went before it was asked for"
  expect 0 'Of 1 recipient: 1 delivered, 0 deferred again.' send --yes --wait foxtrot.example
  expect 0 'Of 2 recipients: 2 delivered, 0 deferred again.' send --yes --wait --all
  kill "$sink"
  wait "$sink" 2>/dev/null || true
  expect 0 'No mail is deferred.' list
}

configure
postconf "transport_maps=inline:{$(printf ' {%s.example = smtp:[127.0.0.1]:2500}' "${sites[@]}" foxtrot) }" \
  'smtpd_etrn_restrictions=permit_mynetworks, reject'
service start >/dev/null 2>&1
defer_mail "${sites[@]}"
look
refuse
defer_mail foxtrot
flush_mail
step="all of that"
check_service
service stop >/dev/null 2>&1
printf '   %s wrong\n' "$failures"
((failures == 0))
