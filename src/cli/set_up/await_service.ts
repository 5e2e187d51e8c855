/**
 * Waits until the service that is to answer does: after Postfix has read its configuration again, the processes of
 * before may still be there for a moment.
 */
import { type Answer, ask } from "../../client/ask.ts";
import { NOTHING } from "../../wire/request.ts";
import type { CommandTools } from "../command_tools.ts";
import { noReport } from "../no_report.ts";

/** Whose service is to answer. */
type Awaited = "fastflush" | "original";

/** A slow machine starts a process within seconds; one that can't start, never. */
const WAIT_MS = 20_000;
const RETRY_MS = 200;

/** Null: it answers. Otherwise what is wrong, as a sentence without its end. */
export async function awaitService(tools: CommandTools, whose: Awaited): Promise<string | null> {
  const { clock } = tools;
  const endMs = clock.monotonicMs() + WAIT_MS;
  for (;;) {
    const answer = await ask(tools.socket, NOTHING, () => {});
    if (isFrom(answer, whose)) {
      return null;
    }
    if (clock.monotonicMs() >= endMs) {
      return whatIsWrong(tools, answer, whose);
    }
    await new Promise<void>((resolve) => {
      clock.after(RETRY_MS, resolve);
    });
  }
}

function isFrom(answer: Answer, whose: Awaited): boolean {
  return answer.kind === (whose === "fastflush" ? "done" : "unknown");
}

function whatIsWrong(tools: CommandTools, answer: Answer, whose: Awaited): string {
  const seconds = WAIT_MS / 1000;
  // What the doctor would find is taken back before anybody can ask him.
  const reason =
    answer.kind === "mute"
      ? `It was asked in vain: ${answer.why}.`
      : (noReport(answer, tools.place)?.message ?? "fastflush's service still answers.");
  const who = whose === "fastflush" ? "the service of fastflush" : "Postfix's own flush service";
  const said = `${who} did not answer within ${seconds} seconds. ${reason} The mail log may say why`;
  return whose === "fastflush"
    ? `${said}. The service that is put back answers within a minute: so long master(8) waits after a bad start`
    : said;
}
