/**
 * Tests that mostly wait for Postfix to start and to stop: all begin with the first of them, and each is judged by
 * itself.
 */
import { expect, test } from "bun:test";
import { titled } from "./mounts.ts";
import { FAULT_LIMIT_MS } from "./scale.ts";

/** One of them. */
export interface Case {
  readonly title: string;
  readonly run: () => Promise<void>;
  /** Why it can't be run here; unset: it can. */
  readonly why_not?: string | null;
}

/** Declares a test for each case. */
export function testAtOnce(cases: readonly Case[]): void {
  let ends: readonly Promise<unknown>[] | null = null;
  for (const [index, { title, why_not = null }] of cases.entries()) {
    const wait = async (): Promise<void> => {
      ends ??= cases.map((each) => endOf(each));
      const error = await ends[index];
      if (error !== null) {
        throw error;
      }
      expect(error).toBeNull();
    };
    test.skipIf(why_not !== null)(titled(title, why_not), wait, FAULT_LIMIT_MS);
  }
}

/** What went wrong, for the test that asks for it; null: nothing. */
async function endOf({ run, why_not = null }: Case): Promise<unknown> {
  try {
    await (why_not === null ? run() : null);
    return null;
  } catch (error) {
    return error;
  }
}
