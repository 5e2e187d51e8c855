/** The doctor and tables that only Postfix can read: it asks them by a lookup helper of its own, which ends with it. */
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { pidsRunning } from "../../lab/processes.ts";
import { fastflush } from "./fastflush_command.ts";
import { TEST_LIMIT_MS } from "./services.ts";

test(
  "a table of patterns is asked which sites are recorded",
  async () => {
    const flush = { command: "fastflush/flush", chroot: true } as const;
    const instance = await PostfixInstance.create({ name: "fastflush-doctor", flush });
    try {
      const table = join(instance.config_folder, "patterns");
      writeFileSync(table, "/^a\\.example$/ x\n");
      instance.setMain({ fast_flush_domains: `pcre:${table}` });
      await instance.start();
      const { stdout } = await fastflush(instance, "doctor", "--json", "a.example", "b.example");
      const told = stdout.split("\n").filter((line) => /"(?:site-not-recorded|table-)/.test(line));
      expect(told).toEqual([expect.stringContaining("b.example")]);
      await instance.waitFor("its helper to end", () => doctorsHelpers(instance).length === 0);
    } finally {
      await instance.remove();
    }
  },
  TEST_LIMIT_MS,
);

function doctorsHelpers({ folder }: PostfixInstance): number[] {
  return pidsRunning(join(folder, "sbin", "proxymap")).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "latin1").startsWith("fastflush\0"),
  );
}
