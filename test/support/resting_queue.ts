/** A deferred queue in memory that the index knows, and to which nothing happens unless a test does it. */
import { IndexRig, type PlannedMessage } from "./index_rig.ts";

/** When it is looked at. */
export const NOW_SECONDS = 1_767_225_600;

/** A message whose recipients wait at these sites. */
export function refused(id: string, ...sites: readonly string[]): PlannedMessage {
  return {
    id,
    sender: "s@origin.example",
    arrivalSeconds: NOW_SECONDS - 500,
    nextTrySeconds: NOW_SECONDS + 500,
    lines: ["Subject: x"],
    recipients: sites.map((site) => {
      const address = `u@${site}`;
      return { address, tries: [{ address, status: "4.4.1", reason: "Connection refused" }] };
    }),
  };
}

/** A queue at rest, and how often files are opened to be read from now on. */
export async function atRest(
  count: number,
  depth = 1,
): Promise<{ rig: IndexRig; opened: () => string[] }> {
  const rig = new IndexRig(depth);
  for (let number = 0; number < count; number++) {
    const hex = number.toString(16).toUpperCase().padStart(5, "0");
    rig.arrive(refused(`${hex.slice(-1)}A${hex}`, `s${number % 3}.example`));
  }
  rig.clock.advance(1000);
  (await rig.open()).close();
  rig.clock.advance(1000);
  const paths: string[] = [];
  rig.files.fault = ({ operation, path }) => {
    if (operation === "open" || operation === "openDirectory") {
      paths.push(path);
    }
    return null;
  };
  return { rig, opened: () => paths.splice(0) };
}
