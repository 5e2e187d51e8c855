/** The doctor asks proxymap(8) whether sites are recorded, as the Postfix wants to be asked that its configuration tells of. */
import { expect, test } from "bun:test";
import { withValues } from "../../test/support/sound_set_up.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { MemoryProcesses } from "../memory/processes.ts";
import { MemoryPrograms } from "../memory/programs.ts";
import { MemoryStartUpPrograms } from "../memory/start_up_programs.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { MemoryUnixSockets } from "../memory/unix_sockets.ts";
import { gatherSites } from "./gather_sites.ts";

const SITES = ["a.example", "@b.example"];

const GREETING = "protocol\0proxymap_protocol\0\0";
const OPENED = "status\x000\0flags\x000\0\0";
const FOUND = "status\x000\0value\0x\0\0";
const NOT_FOUND = "status\x001\0value\0\0\0";

const ASKED = [
  "open table pgsql:/t flags 524352",
  "lookup table pgsql:/t flags 524352 key a.example",
  "lookup table pgsql:/t flags 524352 key b.example",
];
const ASKED_NOW = [
  "open table pgsql:/t instance_flags 524352",
  "lookup table pgsql:/t instance_flags 524352 flags 0 key a.example",
  "lookup table pgsql:/t instance_flags 524352 flags 0 key b.example",
];

test.each([
  ["3.5.25", "", ASKED],
  ["3.6.0", GREETING, ASKED],
  ["3.10.13", GREETING, ASKED],
  ["3.11.7", GREETING, ASKED_NOW],
])("proxymap(8) of Postfix %s is asked", async (version, greeting, wanted) => {
  const sockets = new MemoryUnixSockets();
  const asked: string[] = [];
  sockets.listen("/queue/private/proxymap", (service) => {
    service.write(greeting);
    return (text) => {
      const request = text.split("\0").slice(1, -2).join(" ");
      asked.push(request);
      const reply = request.endsWith("key a.example") ? FOUND : NOT_FOUND;
      service.write(request.startsWith("open") ? OPENED : reply);
    };
  });
  const { configuration } = withValues({
    mail_version: version,
    fast_flush_domains: "proxy:pgsql:/t",
  });
  const facts = await gatherSites(machine(), sockets, configuration, SITES);
  expect({ facts, asked }).toEqual({
    facts: [
      { site: "a.example", answer: "match" },
      { site: "@b.example", answer: "no-match" },
    ],
    asked: wanted,
  });
});

/** One on which nothing is looked at. */
function machine() {
  const files = new MemoryFiles(new MemoryDisk(new MemoryClock()));
  return {
    clock: new MemoryClock(),
    programs: new MemoryPrograms(),
    textFiles: new MemoryTextFiles(),
    files,
    processes: new MemoryProcesses(),
    userId: 0,
    findUser: () => null,
    tablePrograms: () => new MemoryStartUpPrograms(),
  };
}
