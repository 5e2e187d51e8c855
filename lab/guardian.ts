/**
 * Whoever makes a private instance may die at any instant (Ctrl-C, kill -9, a crash, a test's time limit):
 * the guardian, a small shell process of its own, then ends the instance and removes its folder.
 *
 * It waits for the end of its standard input, which comes when its maker is gone. What it runs then is
 * the script `end` in the instance's folder, which is also how the maker itself, or an operator, ends it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Ends what runs from the folder where it lies; then, unless told `stop`, unmounts what is mounted below, and removes
 * the folder and those that its file `elsewhere` names, one a line.
 */
function endScript(folder: string): string {
  return `#!/bin/sh
# Ends the private Postfix instance in ${folder}: every process whose executable lies here.
# Then removes the folder. With the argument "stop": leaves the folder.
here='${folder}'
running() {
  find /proc/[0-9]* -maxdepth 1 -name exe -lname "$here/*" 2>/dev/null | cut -d / -f 3
}
send() {
  pids=$(running)
  # Some may be gone already; those that stay are seen below.
  [ -z "$pids" ] || kill -s "$1" $pids 2>/dev/null
}
gone() {
  tries=50
  while [ -n "$(running)" ]; do
    [ $tries -gt 0 ] || return 1
    tries=$((tries - 1))
    sleep 0.1
  done
}
trap '' HUP INT TERM
cd /
send TERM
gone || { send KILL; gone; } || { echo "processes left of $here: $(running)" >&2; exit 1; }
[ "$1" = stop ] && exit 0
# What is mounted below is taken off first, the deepest before what it lies on.
cut -d ' ' -f 2 /proc/self/mounts | grep "^$here/" | sort -r | while read -r folder; do umount -l "$folder"; done
[ ! -e "$here/elsewhere" ] || while read -r folder; do rm -rf "$folder"; done <"$here/elsewhere"
# Once the folder is gone nothing more can start from it; what started just before is seen now.
tries=50
while [ -e "$here" ] || [ -n "$(running)" ]; do
  [ $tries -gt 0 ] || { echo "not removed: $here" >&2; exit 1; }
  tries=$((tries - 1))
  rm -rf "$here" 2>/dev/null
  send KILL
done
`;
}

/** The guard is a child of the shell's: `bun test` kills its own children when a test's time is up. */
const GUARD = `cd /
exec 3<&0
{ read -r word; [ "$word" = release ] || [ ! -e "$0/end" ] || exec sh "$0/end"; } <&3 3<&- &
exec 3<&-
wait`;

/** Watches over one folder until it is released, or its maker dies. */
export class Guardian {
  /** The script that ends the instance, to be run by sh(1). */
  readonly end_script: string;
  readonly #child: Bun.Subprocess<"pipe", "ignore", "ignore">;

  constructor(folder: string) {
    this.end_script = join(folder, "end");
    writeFileSync(this.end_script, endScript(folder), { mode: 0o755 });
    this.#child = Bun.spawn(["/bin/sh", "-c", GUARD, folder], {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C" },
      stdio: ["pipe", "ignore", "ignore"],
      detached: true, // A session of its own: Ctrl-C at a terminal does not reach it.
    });
    this.#child.unref();
  }

  /** Lets go: from now on only the script ends the instance. */
  async release(): Promise<void> {
    this.#child.ref(); // Or the wait for its end would not keep us alive.
    this.#child.stdin.write("release\n");
    await this.#child.stdin.end();
    await this.#child.exited;
  }
}
