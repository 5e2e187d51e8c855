/**
 * main.cf and -o values, up to the typed parameters.
 *
 * Promised: parameters, each of its type, or Fatal with one line for the log.
 */
import { loadParameters } from "../../../src/config/load_parameters.ts";
import { parseOverride } from "../../../src/config/override.ts";
import type { ParameterRow } from "../../../src/config/parameter_rows.ts";
import { PARAMETERS } from "../../../src/config/parameters.ts";
import { Fatal } from "../../../src/effects/fatal.ts";
import { MemoryLog } from "../../../src/memory/log.ts";
import { MemoryTextFiles } from "../../../src/memory/text_files.ts";
import { oneIn, pick, type Random } from "../../support/random.ts";
import { drawConfiguration } from "../../support/random_main_cf.ts";
import { mustHold, type Target } from "../target.ts";

const NAMES = Object.values<ParameterRow>(PARAMETERS).map(({ name }) => name);

/** Between main.cf and each of the -o values. */
const BETWEEN = "\x1e";

/** Any text is a value of these. */
const FREE = ["fast_flush_domains", "relay_domains", "mydestination", "user_0", "user_1", "user_2"];

/** What others may be set to. */
const SETTINGS = [
  "ipc_timeout = 1h",
  "max_use = 3",
  "hash_queue_names = deferred, flush",
  "smtputf8_enable = no",
];

function drawText(random: Random): string {
  const { mainCf, overrides } = drawConfiguration(random, oneIn(random, 4) ? NAMES : FREE, false);
  const settings = Array.from({ length: random(3) }, () => `${pick(random, SETTINGS)}\n`).join("");
  return [mainCf + settings, ...overrides].join(BETWEEN);
}

export const CONFIGURATION: Target = {
  name: "configuration",
  draw: drawText,
  tokens: [
    ...NAMES,
    "$",
    "${",
    "}",
    "$(",
    "?",
    ":",
    "{",
    "==",
    " = ",
    "\n",
    "\n ",
    "#",
    "yes",
    "7d",
    BETWEEN,
  ],
  read: (input) => {
    const [mainCf = "", ...overrides] = input.split(BETWEEN);
    try {
      const parameters = loadParameters({
        ...{ configDirectory: "/etc/postfix", processName: "flush", serviceName: "flush" },
        ...{ processId: 1, hostName: "relay.example", log: new MemoryLog() },
        overrides: overrides.slice(0, 3).map(parseOverride),
        textFiles: new MemoryTextFiles({ "/etc/postfix/main.cf": mainCf }),
      });
      for (const [name, value] of Object.entries(parameters)) {
        mustHold(`${name} is a number`, typeof value !== "number" || Number.isSafeInteger(value));
      }
      return "parameters";
    } catch (caught) {
      if (caught instanceof Fatal) {
        return "fatal";
      }
      throw caught;
    }
  },
};
