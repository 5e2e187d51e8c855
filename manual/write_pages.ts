/**
 * `npm run manual`: writes the manual pages to docs/man. They are made from the program's own tables and help.
 */
import { join } from "node:path";
import { PAGES } from "./pages.ts";

for (const [name, page] of Object.entries(PAGES)) {
  await Bun.write(join(import.meta.dir, "..", "docs", "man", name), page());
}
