# To be sourced: a clean Debian in a folder of its own under /var/tmp.
#
# Sets `folder` (removed at the end, also after Ctrl-C, with every process whose root lies in it) and `debian`,
# where `bootstrap SUITE` puts a minimal one. Needs root, the network, and a filesystem that allows devices.
# What runs there with `inside` has an environment of its own, but this machine's network and processes.

folder=$(mktemp -d /var/tmp/fastflush-long.XXXXXX)
debian=$folder/debian

say() { printf '== %s (%s s)\n' "$1" "$SECONDS"; }

# Processes whose root is in our folder, and no others.
inmates() {
  local link
  for link in /proc/[0-9]*/root; do
    if [[ $(readlink "$link" 2>/dev/null) == "$folder"/* ]]; then
      basename "$(dirname "$link")"
    fi
  done
}

# Ends whatever a test has left behind.
end_inmates() {
  local pids
  for signal in TERM KILL; do
    mapfile -t pids < <(inmates)
    ((${#pids[@]} == 0)) || kill -s "$signal" "${pids[@]}" 2>/dev/null || true
    ((${#pids[@]} == 0)) || sleep 1
  done
}

clean_up() {
  end_inmates
  if mountpoint -q "$debian"; then
    umount --recursive "$debian"
  fi
  rm -rf --one-file-system "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bootstrap() {
  say "bootstrapping $1"
  debootstrap --variant=minbase "$1" "$debian" >"$folder/debootstrap.log" || {
    tail -n 5 "$folder/debootstrap.log"
    return 1
  }
  furnish
}

# What a root directory needs of the machine.
furnish() {
  # It must be a mount, as a machine's is: unshare(1) in a test asks for that.
  mount --bind --make-private "$debian" "$debian"
  mount -t proc proc "$debian/proc"
  # For tests of what is asked at a terminal.
  mount --bind /dev/pts "$debian/dev/pts"
  cp /etc/resolv.conf "$debian/etc/resolv.conf"
}

# Runs a command with the root directory given, and nothing of this machine's environment.
inside() {
  env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    chroot "$@"
}

# What installs postfix for mail, without a question and without a start; to be run inside, by sh.
postfix_for_mail='
  export DEBIAN_FRONTEND=noninteractive
  debconf-set-selections <<ANSWERS
postfix postfix/main_mailer_type select Internet Site
postfix postfix/mailname string mail.example
ANSWERS
  apt-get --quiet --yes --no-install-recommends install postfix rsyslog procps iproute2'

# This machine's node and npm, without its global packages; npm is told of the registry and certificates used here.
bring_node() {
  local node npm cafile
  node=$(readlink -f "$(command -v node)")
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  cp "$node" "$debian/usr/bin/node"
  mkdir -p "$debian/usr/lib/node_modules"
  cp -R "$npm" "$debian/usr/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$debian/usr/bin/npm"
  echo "registry=$(npm config get registry)" >"$debian/root/.npmrc"
  cafile=$(npm config get cafile)
  if [[ -f $cafile ]]; then
    cp "$cafile" "$debian/root/cafile.pem"
    echo "cafile=/root/cafile.pem" >>"$debian/root/.npmrc"
  fi
}

own_pid=
end_own() { [[ -z $own_pid ]] || kill "$own_pid" 2>/dev/null || true; }

# Copies what is in `debian` to a folder, and runs a command there in processes, mounts and network of its own, which end
# with it. Who uses it calls end_own before clean_up.
on_its_own() {
  local copy=$1 status=0
  shift
  cp --archive --one-file-system "$debian" "$copy"
  unshare --mount --uts --ipc --net --pid --fork --kill-child sh -ec '
    hostname mail.example
    mount --bind "$0" "$0"
    mount -t proc proc "$0/proc"
    mount -t devpts -o ptmxmode=666 devpts "$0/dev/pts"
    ln -sf pts/ptmx "$0/dev/ptmx"
    cd "$0"
    exec env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      chroot "$0" "$@"' "$copy" "$@" &
  own_pid=$!
  wait "$own_pid" || status=$?
  own_pid=
  return "$status"
}
