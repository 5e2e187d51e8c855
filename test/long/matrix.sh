#!/usr/bin/env bash
# npm run test:matrix: the differential suite and the tests with real mail, with the Postfix of each Debian release.
#
#   [MATRIX_TESTS="FILE..."] npm run test:matrix [-- SUITE...]
#
# The suites are bullseye, bookworm, trixie and sid unless given, the tests those below.
#
# Each release is bootstrapped once, with its postfix and the servers of lookup tables, into
# /var/cache/fastflush-matrix (remove a folder there to have it made anew); the tests of the last commit run in a copy
# of it, with this clone's node_modules and programs. Needs root, the network for what is not in the cache, and a
# filesystem that allows devices. A line for each release ends it: the version of Postfix, what passed and what
# failed. Exit status 0 only if nothing failed.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/long/clean_debian.sh"
cache=/var/cache/fastflush-matrix
clone=/root/fastflush

# What goes by the version of Postfix: its protocol, its files, its commands.
tests=(
  test/contract/{standalone,master,life,random,random_master}_test.ts
  test/postfix/{lab,real_mail,both_worlds,switching,life_and_death,queue_file,send,installation,greeting,etrn_guide}_test.ts
  test/postfix/{lookup_tables,lookup_helper}_test.ts
)
[[ -z ${MATRIX_TESTS-} ]] || read -ra tests <<<"$MATRIX_TESTS"
for file in "${tests[@]}"; do
  [[ -f $root/$file ]] || { say "there is no $file"; exit 1; }
done
suites=("$@")
(($# > 0)) || suites=(bullseye bookworm trixie sid)

# What the tests need of a release: Postfix with every type of table, and the servers that tables ask.
packages_of() {
  local mariadb=mariadb-server-core
  [[ $1 != bullseye ]] || mariadb=mariadb-server-core-10.5
  echo postfix postfix-{cdb,lmdb,pcre,sqlite,ldap,pgsql,mysql} sqlite3 slapd ldap-utils postgresql "$mariadb" memcached \
    perl tzdata procps
}

# A release with these packages, made once; what this list has got since then is added. Its mounts end with the shell.
cached() {
  local made=$cache/$1 fresh=$cache/.$1.$$ packages
  packages=$(packages_of "$1")
  [[ $(cat "$made/packages" 2>/dev/null) != "$packages" ]] || return 0
  mkdir -p "$cache"
  if [[ ! -d $made ]]; then
    say "bootstrapping $1 into $cache"
    debootstrap --variant=minbase "$1" "$fresh" >"$folder/$1.log" 2>&1 ||
      { tail "$folder/$1.log"; rm -rf "$fresh"; return 1; }
    mv "$fresh" "$made"
  fi
  say "adding packages to $1"
  unshare --mount --propagation private sh -e >"$folder/$1.log" 2>&1 <<END || { tail "$folder/$1.log"; return 1; }
    export DEBIAN_FRONTEND=noninteractive
    mount -t proc proc "$made/proc"
    cp /etc/resolv.conf "$made/etc/resolv.conf"
    printf '#!/bin/sh\nexit 101\n' >"$made/usr/sbin/policy-rc.d"
    chmod 755 "$made/usr/sbin/policy-rc.d"
    echo 'postfix postfix/main_mailer_type select No configuration' | chroot "$made" debconf-set-selections
    # A mirror that has fallen behind does: its packages are as good to test with.
    chroot "$made" apt-get --quiet --option Acquire::Check-Valid-Until=no update
    chroot "$made" apt-get --quiet --yes --no-install-recommends install $packages
    echo "$packages" >"$made/packages"
END
}

bring_clone() {
  mkdir "$debian$clone"
  git -C "$root" archive HEAD | tar -C "$debian$clone" -x
  cp --archive "$root/node_modules" "$root/dist" "$debian$clone/"
}

# Runs the tests; prints what failed. Sets passed and failed.
run_tests() {
  local file said status
  passed=0 failed=0
  for file in "${tests[@]}"; do
    status=0
    inside "$debian" sh -c "cd $clone && exec node_modules/.bin/bun test --only-failures --timeout 120000 ./$file" \
      >"$folder/said" 2>&1 || status=$?
    said=$(sed -n 's/^ *\([0-9]*\) pass$/\1/p' "$folder/said")
    passed+=${said:-0}
    if ((status != 0)) || [[ -z $said ]]; then
      said=$(sed -n 's/^ *\([0-9]*\) fail$/\1/p' "$folder/said")
      failed+=${said:-1}
      say "$1: $file: status $status"
      cat "$folder/said"
    fi
  done
}

declare -i passed failed wrong=0
results=()
for suite in "${suites[@]}"; do
  debian=$folder/$suite
  cached "$suite"
  cp --archive "$cache/$suite" "$debian"
  furnish
  bring_clone
  version=$(inside "$debian" postconf -dh mail_version)
  say "$suite: Postfix $version"
  started=$SECONDS
  run_tests "$suite"
  results+=("$(date +%F) | $suite | $version | $passed | $failed | $((SECONDS - started))")
  wrong+=failed
  end_inmates
  umount --recursive "$debian"
  rm -rf --one-file-system "$debian"
done
printf 'date | release | Postfix | passed | failed | seconds\n'
printf '%s\n' "${results[@]}"
((wrong == 0))
