/**
 * `fastflush top`: deferred mail by destination, live on the whole terminal; from there it can be released. Changes
 * nothing by itself.
 */
import { type Command, Option } from "commander";
import type { GroupBy } from "../../index/deferred_mail.ts";
import { DEFAULT_DIRECTORY } from "../../installation/survey.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { byOption } from "../deferred/mail_query.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { examples } from "../help_texts.ts";
import { clockText } from "../local_time_text.ts";
import { printable } from "../printable.ts";
import { parseTime } from "../time_argument.ts";
import { DESTINATION_ORDERS } from "./columns.ts";
import { firstLook, LiveView } from "./live_view.ts";
import { onceText } from "./once_text.ts";
import { Sampler } from "./take_sample.ts";
import { KEYS_TEXT } from "./top_help.ts";

const MS_PER_SECOND = 1000;

const INTERVAL = "5s";

interface TopOptions {
  readonly by: GroupBy;
  readonly sort: string;
  readonly interval: string;
  readonly once?: true;
  readonly ascii?: true;
}

/** Adds the command. */
export function addTop(program: Command, perform: Perform): void {
  program
    .command("top")
    .summary("watch deferred mail by destination, live, and release it from there")
    .description(
      "Shows deferred mail by destination on the whole terminal, and what becomes of it: how many messages wait, come " +
        "and go, since when and why. Sorts, filters, opens a destination, and releases mail once you have agreed.",
    )
    .addOption(byOption())
    .addOption(
      new Option("--sort <column>", "what comes first")
        .choices(DESTINATION_ORDERS)
        .default("messages"),
    )
    .option(
      "--interval <time>",
      "how often to look, as in 2s or 1m; where a look takes long, less often",
      INTERVAL,
    )
    .option("--once", "look once, and print one screen as text")
    .option("--ascii", "draw in ASCII, as without a UTF-8 locale")
    .addHelpText(
      "after",
      KEYS_TEXT +
        examples([
          ["fastflush top", "what is deferred, and how that changes"],
          ["fastflush top --by relay --sort oldest", "by the hosts that defer it"],
          ["fastflush top --once", "one screen, for a script or a mail"],
        ]),
    )
    .action((options: TopOptions) => {
      const intervalSeconds = Math.max(1, parseTime(options.interval));
      return perform((tools) => top(tools, options, intervalSeconds));
    });
}

async function top(
  tools: CommandTools,
  { by, sort, once, ascii }: TopOptions,
  intervalSeconds: number,
): Promise<number> {
  const { terminal, instance } = tools;
  if (!once && !terminal.canOpenScreen) {
    throw new CommandError(
      EXIT.usage,
      "There is no terminal to draw on: top needs one at standard input and output, with TERM set and not dumb. " +
        "fastflush list shows the same once, and so does top --once.",
    );
  }
  const sampler = new Sampler(tools, by);
  const state = await firstLook(tools, sampler, sort);
  const isAscii = ascii === true || !terminal.isUtf8;
  const { configDirectory } = instance;
  const where = configDirectory === DEFAULT_DIRECTORY ? "" : printable(configDirectory);
  if (once) {
    const when = clockText(tools.toLocalTime(state.sample.atSeconds * MS_PER_SECOND));
    terminal.out(onceText(state, terminal.outColumns, { isAscii, where, when }));
  } else {
    await new LiveView(tools, { intervalSeconds, isAscii, where }, sampler, state).run();
  }
  return EXIT.done;
}
