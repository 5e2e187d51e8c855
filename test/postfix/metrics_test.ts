/**
 * metrics with a private Postfix: read back by node_exporter from a file, and judged by promtool; the alert rules by their
 * own tests; and the systemd units.
 */
import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, isListening } from "../../lab/loopback.ts";
import { run } from "../../lab/run.ts";
import { waitFor } from "../../lab/wait.ts";
import { fastflush } from "./fastflush_command.ts";
import { letterTo } from "./real_mail.ts";
import { describeServices } from "./services.ts";

const CONTRIB = join(import.meta.dir, "..", "..", "contrib");
const LOOPBACK = "127.0.0.1";

const RULES = join(CONTRIB, "prometheus", "fastflush.rules.yml");
const RULE_TESTS = join(CONTRIB, "prometheus", "fastflush.rules.test.yml");
const UNITS = join(CONTRIB, "systemd");
const PAGE = join(CONTRIB, "..", "docs", "MONITORING.md");

/** What node_exporter makes of a folder with text files: its own metrics, as lines. */
async function exported(folder: string): Promise<string[]> {
  const port = await freePort(LOOPBACK);
  const exporter = Bun.spawn(
    [
      "prometheus-node-exporter",
      `--web.listen-address=${LOOPBACK}:${port}`,
      "--collector.disable-defaults",
      "--collector.textfile",
      `--collector.textfile.directory=${folder}`,
    ],
    { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
  );
  try {
    await waitFor("node_exporter to listen", () => isListening(LOOPBACK, port));
    const response = await fetch(`http://${LOOPBACK}:${port}/metrics`);
    return (await response.text()).split("\n");
  } finally {
    exporter.kill();
    await exporter.exited;
  }
}

describeServices("fastflush metrics", (labTest, service) => {
  labTest(
    "node_exporter hands on what it writes, and promtool has nothing to say",
    { sites: ["a.example", "b.example"] },
    async (instance) => {
      const ids = await instance.sendMail([
        letterTo("a.example"),
        letterTo("a.example", "b.example"),
      ]);
      await instance.waitUntilDeferred(ids);
      const folder = join(instance.folder, "textfiles");
      mkdirSync(folder);
      const file = join(folder, "fastflush.prom");
      const state = ["--state-dir", join(instance.folder, "state")];
      const written = await fastflush(
        instance,
        "metrics",
        "--output",
        file,
        "--top",
        "1",
        ...state,
      );
      expect(written).toMatchObject({ status: 0, stdout: "", stderr: "" });
      expect(readdirSync(folder)).toEqual(["fastflush.prom"]);

      const checked = await run(["sh", "-c", 'promtool check metrics <"$0"', file]);
      expect(checked).toMatchObject({ status: 0, stdout: "", stderr: "" });

      const lines = await exported(folder);
      const compared = service.name === "ours" ? 1 : 0;
      for (const line of [
        'fastflush_deferred_messages{destination="a.example"} 2',
        'fastflush_deferred_messages{destination="other"} 1',
        'postfix_showq_queue_depth{queue="deferred"} 2',
        `fastflush_record_compared ${compared}`,
        "node_textfile_scrape_error 0",
      ]) {
        expect(lines).toContain(line);
      }
      const missing = lines.filter((line) => line.startsWith("fastflush_record_differences"));
      expect(missing).toHaveLength(compared === 1 ? 3 : 0);
    },
  );
});

describe("alert rules", () => {
  test("promtool finds them right, and they fire when they should and not otherwise", async () => {
    const checked = await run(["promtool", "check", "rules", RULES]);
    expect(checked).toMatchObject({ status: 0, stderr: "" });
    expect(checked.stdout).toContain("SUCCESS: 9 rules found");
    const tested = await run(["promtool", "test", "rules", RULE_TESTS]);
    expect(tested.stdout + tested.stderr).toContain("SUCCESS");
    expect(tested.status).toBe(0);
  });

  test("each is tested, and in the table of docs/MONITORING.md", () => {
    const rules = readFileSync(RULES, "utf8");
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = ""]) => name);
    const tests = readFileSync(RULE_TESTS, "utf8");
    const page = readFileSync(PAGE, "utf8");
    expect(alerts.filter((alert) => !tests.includes(`alertname: ${alert}\n`))).toEqual([]);
    const documented = [...page.matchAll(/^\| `([A-Z]\w+)/gm)].map(([, name = ""]) => name);
    expect(documented).toEqual(alerts);
  });

  test("they ask for no metric that there isn't, and the page has each that there is", () => {
    const source = join(CONTRIB, "..", "src", "cli", "metrics", "metric_families.ts");
    const families = readFileSync(source, "utf8");
    const page = readFileSync(PAGE, "utf8");
    const names = [...families.matchAll(/^ {4}"((?:fastflush|postfix)_[a-z_]+)",$/gm)];
    const documented = [...page.matchAll(/^\| `([a-z]\w+)/gm)];
    expect(documented.map(([, name]) => name)).toEqual(names.map(([, name]) => name));
    const asked = readFileSync(RULES, "utf8").match(/\b(?:fastflush|postfix)_[a-z_]+/g) ?? [];
    expect(asked.filter((name) => !families.includes(`"${name}"`))).toEqual([]);
    expect(asked.length).toBeGreaterThan(8);
  });
});

describe("systemd units", () => {
  test("systemd finds nothing wrong with them", async () => {
    // As it is on a machine where fastflush is installed.
    const folder = mkdtempSync(join(tmpdir(), "fastflush-units-"));
    try {
      const names = readdirSync(UNITS);
      for (const name of names) {
        const text = readFileSync(join(UNITS, name), "utf8");
        const installed = text
          .replaceAll("/usr/bin/fastflush", "/bin/true")
          .replaceAll(/^Documentation=.*\n/gm, "");
        writeFileSync(join(folder, name), installed);
      }
      expect(names.length).toBeGreaterThanOrEqual(4);
      const paths = names.map((name) => join(folder, name));
      const verified = await run(["systemd-analyze", "verify", ...paths]);
      expect(verified).toMatchObject({ status: 0, stdout: "", stderr: "" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
