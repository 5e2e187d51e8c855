#!/usr/bin/env bash
# npm run trial: the two commands of the README on a machine where nothing is installed.
#
#   npm run trial [-- SUITE]        SUITE is a Debian release, bookworm unless given
#
# Bootstraps a minimal Debian in a folder under /var/tmp, puts this machine's node and npm there (all that README
# asks for), clones the last commit into a folder that only root may enter, and runs there: npm start, npm test,
# npm test beside npm start -- --keep. Needs root, the network, and a filesystem that allows devices. Everything
# is stopped and removed at the end, also after Ctrl-C. Exit status 0 only if each command's was.
set -euo pipefail

suite=${1:-bookworm}
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/long/clean_debian.sh"
clone=/root/private/fastflush

bring_clone() {
  mkdir -m 700 "$debian/root/private"
  git clone --quiet "$root" "$debian$clone"
}

# Runs a command in the clone.
there() {
  say "$*"
  inside "$debian" sh -c "cd $clone && exec \"\$@\"" sh "$@"
}

bootstrap "$suite"
bring_node
bring_clone

there npm start
there npm test
there npm start -- --keep | tee "$folder/keep"
there npm test
there sh -c "$(grep -E '^ *sh /' "$folder/keep" | tail -n 1)"

left=$(inmates)
if [[ -n $left ]]; then
  say "processes left behind: $left"
  exit 1
fi
if [[ -n $(git -C "$debian$clone" status --porcelain) ]]; then
  git -C "$debian$clone" status --short
  say "the clone was changed"
  exit 1
fi
say "all is well"
