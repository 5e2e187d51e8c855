/**
 * Runs what docs/OPERATING.md tells operators to type, as it stands there, on a private instance.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { runOrThrow } from "../../lab/run.ts";

const PAGE = join(import.meta.dir, "../../docs/OPERATING.md");

/** The block of code below a heading of the page. */
function recipe(heading: string): string {
  const [, section] = readFileSync(PAGE, "utf8").split(`\n## ${heading}\n`);
  const [, block] = section?.split(/^```\n/m) ?? [];
  if (block === undefined) {
    throw new Error(`find "## ${heading}" with a block of code in ${PAGE}: not there`);
  }
  return block;
}

/** Runs a block with the variables that the page asks for. A line that fails is an error. */
export async function runRecipe(
  instance: PostfixInstance,
  heading: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const env = { MAIL_CONFIG: instance.config_folder, ...variables };
  await runOrThrow(["sh", "-ec", recipe(heading)], { env });
}
