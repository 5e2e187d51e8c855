/** The configuration folder of a case: main.cf, and the tables that its values name. */

import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMPATIBILITY_LEVEL } from "../../lab/postfix_version.ts";
import type { ContractCase } from "./contract_case.ts";

/** As old as this, main.cf is not read twice: that would take 300 ms. */
const LONG_AGO = new Date("2001-01-01T00:00:00Z");

/** What every case has, unless it says otherwise. */
const VALUES: Readonly<Record<string, string>> = {
  compatibility_level: COMPATIBILITY_LEVEL,
  // A file that is never written: lines go to the socket in the queue directory.
  maillog_file: "/var/log/none",
  myhostname: "relay.example",
  mydestination: "",
  // No interface of the machine is looked at.
  inet_interfaces: "127.0.0.1",
  inet_protocols: "ipv4",
  mynetworks: "127.0.0.0/8",
  fast_flush_domains: "static:all",
};

/** Writes the folder `folder` for the queue directory `queue`. */
export function writeConfiguration(folder: string, queue: string, row: ContractCase): void {
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  const values = { ...VALUES, queue_directory: queue, ...row.config };
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${value}\n`);
  writeCold(join(folder, "main.cf"), lines.join("") + (row.mainCf ?? ""));
  for (const [name, text] of Object.entries(row.tables ?? {})) {
    writeCold(join(folder, name), text);
  }
}

function writeCold(path: string, text: string): void {
  writeFileSync(path, Buffer.from(text, "latin1"));
  utimesSync(path, LONG_AGO, LONG_AGO);
}
