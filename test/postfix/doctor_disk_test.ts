/**
 * The doctor and the queue's file system: full, and read-only.
 *
 * The file system is one of its own, in memory, that only the commands here see: it goes with them.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type Fault, type FoundLine, shellOk, soundInstance } from "./doctor_rig.ts";
import { TEST_LIMIT_MS } from "./services.ts";

/** Each with how it is mounted over the queue. */
const DISKS: readonly Fault[] = [
  { id: "disk-full", break: 'mount -t tmpfs -o size=1m none "$Q"', shows: "/queue" },
  { id: "disk-read-only", break: 'mount -t tmpfs -o size=100m,ro none "$Q"' },
];

/** Examines, runs the command of the finding that `$ID` names, and examines again. */
const EXAMINE_TWICE = `
fastflush -c "$D" doctor --json >"$F/first"
command=$(sed -n 's/.*"id":"'"$ID"'".*"command":"\\(.*\\)"}$/\\1/p' "$F/first")
sh -c "$command" >"$F/output"
fastflush -c "$D" doctor --json >"$F/second"
cat "$F/first"
echo
cat "$F/output"
echo
cat "$F/second"
`;

describe("the file system of the queue", () => {
  let instance: PostfixInstance;

  beforeAll(async () => {
    instance = await soundInstance();
  }, TEST_LIMIT_MS);

  afterAll(async () => {
    await instance.remove();
  }, TEST_LIMIT_MS);

  for (const { id, break: mount, shows } of DISKS) {
    test(
      id,
      async () => {
        const script = `ID=${id}; ${mount} && ${EXAMINE_TWICE}`;
        const quoted = script.replaceAll("'", "'\\''");
        const output = await shellOk(instance, `unshare -m sh -c '${quoted}'`);
        const [first = "", shown = "", second = ""] = output.split("\n\n");
        expect(idsOf(first)).toContain(id);
        if (shows === undefined) {
          expect(idsOf(second)).not.toContain(id);
        } else {
          // What takes the room is for people to decide on.
          expect(shown).toContain(shows);
        }
      },
      TEST_LIMIT_MS,
    );
  }
});

function idsOf(lines: string): string[] {
  const parsed = lines.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  return parsed.flatMap(({ item, id }: FoundLine & { item: string }) =>
    item === "finding" ? [id] : [],
  );
}
