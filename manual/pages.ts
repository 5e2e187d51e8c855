/** The manual pages: their files in docs/man, and who makes each. */
import { commandPage } from "./command_page.ts";
import { flushPage } from "./flush_page.ts";

export const PAGES: Readonly<Record<string, () => string>> = {
  "fastflush.1": commandPage,
  "fastflush-flush.8": flushPage,
};
