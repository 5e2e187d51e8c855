/**
 * The entry of the queue manager in master.cf. Pure.
 */
import { type Check, commandsFor, entryName, finding } from "./check.ts";
import type { Configuration } from "./set_up.ts";

/** Postfix's own columns behind the name: it runs once, outside of the jail, and is woken up every five minutes. */
const COLUMNS = "unix n - n 300 1 qmgr";

/** Who triggers it takes a FIFO as well, which old versions had. */
const TYPES = ["unix", "fifo"];

/** There is an entry that Postfix's programs can find. */
export const queueManagerThere: Check = {
  run: (setUp) => {
    const { configuration } = setUp;
    if (isThere(configuration)) {
      return [];
    }
    const name = configuration.values.queue_service_name;
    const comment = configuration.hasCommentedQueueManager ? ": it is there as a comment only" : "";
    const what = `master.cf has no service ${name}/unix, the queue manager${comment}.`;
    const command = commandsFor(setUp).postconf("-Me", `${name}/unix=${name} ${COLUMNS}`);
    return [finding("queue-manager-missing", what, command)];
  },
  well: ({ configuration }) =>
    `master.cf has the queue manager, ${queueManagers(configuration).map(entryName).join(", ")}`,
};

function isThere(configuration: Configuration): boolean {
  return queueManagers(configuration).length > 0;
}

function queueManagers({ entries, values }: Configuration): Configuration["entries"] {
  return entries.filter(
    ({ service, type }) => service === values.queue_service_name && TYPES.includes(type),
  );
}
