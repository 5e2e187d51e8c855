#!/usr/bin/env bash
# npm run installation: fastflush in a real installation of Postfix, through all that an administrator does to one.
#
#   npm run installation [-- SUITE]        SUITE is a Debian release, bookworm unless given
#
# bullseye has Postfix 3.5, whose flush service doesn't greet: old_postfix_steps.sh tries the operator's command with
# it, in a third copy.
#
# Bootstraps a clean Debian, installs postfix by apt, and runs the steps of installation_steps.sh in two copies of
# it: one keeps the original, the other gets this clone's dist/flush by the README's own lines, and loses it again.
# Each step is judged there; here, what the steps said and logged is compared: with ours, nothing may be said that the
# original's steps didn't say, and at the end main.cf and master.cf of both are the same bytes. Each copy has its own
# processes, mounts and network. Exit status 0 only if all is well.
set -euo pipefail

suite=${1:-bookworm}
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/long/clean_debian.sh"

declare -A next_suite=([bullseye]=bookworm [bookworm]=trixie)
declare -i failures=0
trap 'end_own; clean_up' EXIT

# The first block of code below a heading of the README.
readme_block() {
  awk -v heading="$1" '
    $0 == heading { found = 1 }
    found && /^```/ { if (++fences == 2) exit; next }
    fences == 1' "$root/README.md" | grep . || {
    say "README has no code below '$1'"
    return 1
  }
}

# What is needed is installed or fetched now, with this machine's network, and starts nothing. The later release's
# package lists are kept beside this one's.
prepare() {
  local apt="apt-get --quiet --yes --no-install-recommends"
  local later="-o Dir::Etc::SourceList=/root/later.list -o Dir::Etc::SourceParts=-"
  mkdir "$debian/root/fastflush" "$debian/root/fastflush/dist"
  cp "$root"/dist/{flush,fastflush} "$debian/root/fastflush/dist/"
  readme_block '## Install it in a real Postfix' >"$debian/root/install.txt"
  readme_block '### Back to the original' >"$debian/root/back.txt"
  cp "$root"/test/long/{installation_{steps,checks,machine},old_postfix_steps}.sh "$debian/root/"
  printf '#!/bin/sh\nexit 101\n' >"$debian/usr/sbin/policy-rc.d"
  chmod 755 "$debian/usr/sbin/policy-rc.d"
  if [[ -v next_suite[$suite] ]]; then
    sed "s/\b$suite\b/${next_suite[$suite]}/g" "$debian/etc/apt/sources.list" >"$debian/root/later.list"
  fi
  say "installing postfix, fetching packages"
  inside "$debian" sh -e >"$folder/prepare.log" 2>&1 <<END || { tail "$folder/prepare.log"; return 1; }
    echo 'APT::Get::List-Cleanup "false";' >/etc/apt/apt.conf.d/90lists
    $apt update
$postfix_for_mail
    $apt --reinstall --download-only install postfix
    if [ -f /root/later.list ]; then
      $apt $later update
      $apt $later --download-only install postfix
    fi
END
  # The machine's kernel log is not this Debian's to read.
  sed -i /imklog/d "$debian/etc/rsyslog.conf"
  printf '#!/bin/sh\nexit 0\n' >"$debian/usr/sbin/policy-rc.d"
  umount "$debian/proc"
}

# Runs the steps in a copy; $1 is "original" or "ours", $2 other steps than those of an installation.
run() {
  say "steps with $1"
  on_its_own "$folder/$1" bash "/root/${2:-installation_steps}.sh" "$1" || failures+=1
}

# What differs from run to run: times, process ids, queue IDs, counts; whether master(8) ends in a moment or a second; and
# whether postsuper(1), which a reload leaves in the background, meets a message that is being dropped.
normalized() {
  sed -E -e '/waiting for the Postfix mail system to terminate$/d' -e '/bogus file name: maildrop.[0-9.]+$/d' \
    -e 's/^[^ ]+ [^ ]+ postfix/postfix/' -e 's/\b[0-9A-F]{9,12}\b/ID/g' -e 's/[0-9]+([.][0-9]+)?/N/g' "$1" | sort -u
}

# Lines that only ours has, of one step. Installing, updating and going back are steps that the original doesn't have:
# what they say at the terminal is judged where they run.
new_lines() {
  local original=$folder/original/root/steps/$1
  [[ -f $original ]] || original=/dev/null
  comm -13 <(normalized "$original") <(normalized "$folder/ours/root/steps/$1") | case $1 in
  try.terminal | install.terminal | update.terminal | back.terminal) cat >/dev/null ;;
  try.state | install.state | update.state | back.state) cat >/dev/null ;;
  *) cat ;;
  esac || true
}

compare() {
  local file news
  say "comparing what was said"
  for file in "$folder"/{original,ours}/root/steps/*; do
    basename "$file"
  done | sort -u >"$folder/files"
  while read -r file; do
    if [[ ! -f $folder/ours/root/steps/$file ]]; then
      news="nothing at all"
    else
      news=$(new_lines "$file")
    fi
    if [[ -n $news ]]; then
      printf 'only with ours, %s:\n%s\n' "$file" "$news"
      failures+=1
    fi
  done <"$folder/files"
  # The copies have lived through the same; only one of them has had ours.
  for file in main.cf master.cf; do
    if ! diff "$folder"/{original,ours}/root/steps/"configuration-$file"; then
      say "$file is not as if fastflush had never been there"
      failures+=1
    fi
  done
}

bootstrap "$suite"
prepare
run original
run ours
compare
[[ $suite != bullseye ]] || run command old_postfix_steps
if ((failures > 0)); then
  say "$failures failures"
  exit 1
fi
say "all is well"
