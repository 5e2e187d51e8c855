/**
 * One suite over the real files and over their twins in memory: neither may drift from the other.
 */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { contentCases } from "./content_cases.ts";
import { directoryCases } from "./directory_cases.ts";
import { lockCases } from "./lock_cases.ts";
import { lookCases } from "./look_cases.ts";
import { nameCases } from "./name_cases.ts";
import { openCases } from "./open_cases.ts";
import { createMemoryStage, createRealStage, type Stage } from "./stage.ts";
import { timeCases } from "./time_cases.ts";

const cases = [
  ...openCases,
  ...contentCases,
  ...lockCases,
  ...timeCases,
  ...nameCases,
  ...directoryCases,
  ...lookCases,
];

// A busy disk can take seconds over a thousand files.
setDefaultTimeout(60_000);

describe.each([
  { kind: "real files", createStage: createRealStage },
  { kind: "files in memory", createStage: () => createMemoryStage() },
])("$kind", ({ createStage }) => {
  let stage: Stage | undefined;
  afterEach(() => stage?.dispose());

  for (const { name, play } of cases) {
    test(name, async () => {
      expect.hasAssertions();
      stage = createStage();
      await play(stage);
    });
  }
});
