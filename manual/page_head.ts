/** What all pages have in common. Pure. */
import { VERSION } from "../src/cli/version.ts";

/**
 * When the pages' text was last looked over as a whole. Not the day of generating: what is generated again from the
 * same source must be the same.
 */
const DATE = "November 26, 2026";

/** The lines before the first section. */
export function pageHead(title: string, sectionNumber: number): string {
  return [
    '.\\" Made by "bun manual/write_pages.ts": changes here are lost.',
    `.Dd ${DATE}`,
    `.Dt ${title} ${sectionNumber}`,
    `.Os fastflush ${VERSION}`,
    "",
  ].join("\n");
}

/** The last words. */
export const AUTHORS =
  '.An "The authors of fastflush" ,\nwho have nothing to do with those of Postfix.\n';
