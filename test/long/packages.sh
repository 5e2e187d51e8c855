#!/usr/bin/env bash
# npm run test:packages: the Debian package and the npm package, from installing to purging, in a clean Debian.
#
#   [PACKAGES=FOLDER] [KINDS="debian npm"] npm run test:packages [-- SUITE...]
#
# The suites are bookworm and trixie unless given.
#
# What dist/packages has is looked at by lintian, made again from a clone elsewhere (it must be the same bytes), and
# installed in copies of a clean Debian with a Postfix that has mail to defer, by packages_steps.sh. PACKAGES names
# others, broken ones for instance, which are only installed. Exit status 0 only if all is well.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/long/clean_debian.sh"
trap 'end_own; clean_up' EXIT
packages=${PACKAGES:-$root/dist/packages}
suites=("$@")
(($# > 0)) || suites=(bookworm trixie)
read -ra kinds <<<"${KINDS:-debian npm}"
declare -i failures=0

wrong() {
  say "WRONG: $1"
  failures+=1
}

check_debian_package() {
  say "lintian"
  lintian --fail-on error,warning "$packages"/*.deb || wrong "lintian found errors or warnings"
}

# From the last commit, which is what the packages are of in a clean clone.
check_same_bytes() {
  local file
  say "making the packages again"
  if [[ -n $(git -C "$root" status --porcelain) ]]; then
    wrong "there are changes that are not committed: the packages are not those of the last commit"
    return
  fi
  git clone --quiet "$root" "$folder/elsewhere"
  mkdir "$folder/elsewhere/node_modules"
  # As a folder of its own: of packages behind a link the bundler makes other bytes.
  unshare --mount --propagation private sh -ec '
    mount --bind "$0/node_modules" "$1/node_modules"
    cd "$1"
    node_modules/.bin/bun setup/build.ts
    node_modules/.bin/bun setup/packages/package.ts' "$root" "$folder/elsewhere" >"$folder/again.log" 2>&1 ||
    { cat "$folder/again.log"; wrong "the packages can't be made again"; }
  for file in "$packages"/*; do
    cmp "$file" "$folder/elsewhere/dist/packages/${file##*/}" || wrong "${file##*/} differs when it is made again"
  done
  rm -rf "$folder/elsewhere"
}

# Packages of the next version, whose programs differ in one byte, which no program looks at.
make_next_debian() {
  local tree=$folder/next name
  dpkg-deb --raw-extract "$packages"/fastflush_*.deb "$tree"
  for name in flush fastflush; do
    printf '\n' >>"$tree/usr/lib/fastflush/$name"
    sed -i "s#^.*  usr/lib/fastflush/$name\$#$(md5sum <"$tree/usr/lib/fastflush/$name" | cut -d' ' -f1)  usr/lib/fastflush/$name#" \
      "$tree/DEBIAN/md5sums"
  done
  sed -i 's/^Version: .*/&+next/' "$tree/DEBIAN/control"
  dpkg-deb -Znone --root-owner-group --build "$tree" "$1" >/dev/null
  rm -r "$tree"
}

make_next_npm() {
  local tree=$folder/next name
  mkdir "$tree"
  tar -C "$tree" -xf "$packages"/fastflush-*.tgz
  for name in flush fastflush; do
    printf '\n' >>"$tree/package/lib/$name"
  done
  sed -i 's/"version": "\([0-9]*\)/"version": "9\1/' "$tree/package/package.json"
  tar -C "$tree" -c package | gzip -1 >"$1"
  rm -r "$tree"
}

# The same postfix in a higher version: its maintainer scripts do what they do in an upgrade, and the files stay.
make_next_postfix='
  cd /root && apt-get --quiet download postfix && dpkg-deb --raw-extract postfix_*.deb next && rm postfix_*.deb
  sed -i "s/^Version: .*/&+next/" next/DEBIAN/control
  dpkg-deb -Znone --root-owner-group --build next postfix.deb && rm -r next'

prepare() {
  bootstrap "$1"
  bring_node
  printf '#!/bin/sh\nexit 101\n' >"$debian/usr/sbin/policy-rc.d"
  chmod 755 "$debian/usr/sbin/policy-rc.d"
  say "installing postfix"
  inside "$debian" sh -e >"$folder/prepare.log" 2>&1 <<END || { tail "$folder/prepare.log"; return 1; }
apt-get --quiet update
$postfix_for_mail
$make_next_postfix
END
  # The machine's kernel log is not this Debian's to read.
  sed -i /imklog/d "$debian/etc/rsyslog.conf"
  printf '#!/bin/sh\nexit 0\n' >"$debian/usr/sbin/policy-rc.d"
  cp "$root"/test/long/{packages_steps,installation_{checks,machine}}.sh "$packages"/fastflush[-_]* "$debian/root/"
  cp "$folder"/next.{deb,tgz} "$debian/root/"
  # For looking at the queue where no package is installed.
  mkdir -p "$debian/root/fastflush/dist"
  cp "$root/dist/fastflush" "$debian/root/fastflush/dist/"
  umount "$debian/proc" "$debian/dev/pts"
}

if [[ -z ${PACKAGES-} ]]; then
  check_debian_package
  check_same_bytes
fi
make_next_debian "$folder/next.deb"
make_next_npm "$folder/next.tgz"
for suite in "${suites[@]}"; do
  debian=$folder/$suite
  prepare "$suite"
  for kind in "${kinds[@]}"; do
    say "$suite: the $kind package"
    on_its_own "$folder/copy" bash /root/packages_steps.sh "$kind" || wrong "$suite: the $kind package"
    rm -rf --one-file-system "$folder/copy"
  done
  umount "$debian"
  rm -rf --one-file-system "$debian"
done
if ((failures > 0)); then
  say "$failures failures"
  exit 1
fi
say "all is well"
