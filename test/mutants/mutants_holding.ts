/** Faults in hold, release and delete, in timed holds, and in metrics. */
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_POSTSUPER = redIn("src/holding/postsuper_test.ts");
const IN_STORY = redIn("src/holding/timed_hold_story_test.ts");
const IN_FOLDER = redIn("src/holding/hold_folder_test.ts");
const IN_STATE = redIn("src/state/private_folder_test.ts");
const IN_TEXT = redIn("src/holding/timed_holds_test.ts");
const IN_HOLD = redIn("src/cli/hold/hold_test.ts");
const IN_EXPIRE = redIn("src/cli/hold/list_and_expire_test.ts");
const IN_METRICS = redIn("src/cli/metrics/metrics_test.ts");

const HOLDING_FAULTS: readonly OperatorFault[] = [
  {
    name: "postsuper looks for messages in all queues",
    file: "src/holding/postsuper.ts",
    text: 'const words = ["postsuper", "-c", configDirectory, option, "-", queue];',
    instead: 'const words = ["postsuper", "-c", configDirectory, option, "-"];',
    red: IN_POSTSUPER("gets the queue IDs on its standard input, and one queue to look in"),
  },
  {
    name: "what postsuper counts and names may differ",
    file: "src/holding/postsuper.ts",
    text: "} else if (count !== done.size) {",
    instead: "} else if (count === null) {",
    red: IN_POSTSUPER("counts and names differ"),
  },
  {
    name: "another message under a used queue ID is changed",
    file: "src/holding/change_messages.ts",
    text: 'return reading.arrivalSeconds === target.arrivalSeconds ? null : "replaced";',
    instead: "return null;",
    red: IN_STORY("leaves alone what has become another message, and what moved on"),
  },
  {
    name: "what postsuper says is believed",
    file: "src/holding/change_messages.ts",
    text: "const isDone = done.has(target.queueId) && !isThere;",
    instead: "const isDone = done.has(target.queueId);",
    red: IN_STORY("what postsuper could not put on hold"),
  },
  {
    name: "a change goes on after trouble",
    file: "src/holding/change_messages.ts",
    text: "start < ofQueue.length && trouble.length === 0;",
    instead: "start < ofQueue.length;",
    red: IN_STORY("asks for 500 at a time, can be ended in between, and ends at trouble"),
  },
  {
    name: "what is released and held again by others is taken for ours",
    file: "src/holding/held_state.ts",
    text: "return status.ctimeNs === hold.heldNs ? hold : null;",
    instead: "return hold;",
    red: IN_STORY("what somebody has released, and put on hold once more"),
  },
  {
    name: "a used queue ID is taken for ours where the command was killed",
    file: "src/holding/held_state.ts",
    text: "if (status === null || status.inode !== hold.inode) {",
    instead: "if (status === null) {",
    red: IN_STORY("leaves another file under the same queue ID as one that was about to be held"),
  },
  {
    name: "what a killed command held is forgotten",
    file: "src/holding/held_state.ts",
    text: "return { ...hold, heldNs: status.ctimeNs };",
    instead: "return null;",
    red: IN_STORY("before it noted what postsuper had done"),
  },
  {
    name: "what is held is kept only when postsuper has answered",
    file: "src/holding/hold_for_a_time.ts",
    text: `    folder.write(asKept);
    if (`,
    instead: "    if (",
    red: IN_STORY("which messages are meant is on disk before postsuper is asked"),
  },
  {
    name: "nobody is called to end a hold",
    file: "src/holding/hold_for_a_time.ts",
    text: "      await order.onKept();",
    instead: "",
    red: IN_STORY("which messages are meant is on disk before postsuper is asked"),
  },
  {
    name: "an earlier end shortens a hold",
    file: "src/holding/hold_for_a_time.ts",
    text: "(untilSeconds === null || untilSeconds > hold.untilSeconds)",
    instead: "(untilSeconds === null || untilSeconds > 0)",
    red: IN_STORY("an earlier one does not"),
  },
  {
    name: "what was held by others meanwhile is kept as ours",
    file: "src/holding/hold_for_a_time.ts",
    text: 'outcome === "done" ? statusIn(',
    instead: 'outcome !== "failed" ? statusIn(',
    red: IN_STORY("what was put on hold by another since it was chosen"),
  },
  {
    name: "a hold ends before its time",
    file: "src/holding/end_holds.ts",
    text: "hold.untilSeconds <= nowSeconds);",
    instead: "hold.untilSeconds <= nowSeconds + 30);",
    red: IN_STORY("what is put on hold is released when its time has come, and not before"),
  },
  {
    name: "what could not be released is forgotten",
    file: "src/holding/end_holds.ts",
    text: 'if (outcome !== "failed") {',
    instead: 'if (outcome !== "replaced") {',
    red: IN_STORY("what can't be released stays kept, and is tried again"),
  },
  {
    name: "a folder that others may write to is trusted",
    file: "src/names/own_folder.ts",
    text: "if ((mode & FOREIGN_WRITE) !== 0) {",
    instead: "if (mode === FOREIGN_WRITE) {",
    red: IN_STATE("one that its group may write to"),
  },
  {
    name: "the state folder may be anybody's",
    file: "src/names/own_folder.ts",
    text: "if (!owners.includes(uid)) {",
    instead: "if (owners.length === 0) {",
    red: IN_STATE("somebody else's"),
  },
  {
    name: "what is kept is not on disk before it has its name",
    file: "src/state/private_folder.ts",
    text: "      sync?.(fresh);\n",
    instead: "",
    red: IN_STATE("take their name when they are whole and on disk"),
  },
  {
    name: "a slash lets a link in",
    file: "src/state/private_folder.ts",
    text: 'path.replace(/\\/+$/, "")',
    instead: "path",
    red: IN_STATE("a link is refused, with a slash behind it too"),
  },
  {
    name: "two commands that begin at the same time are one too many",
    file: "src/state/private_folder.ts",
    text: 'if (errorCode(caught) !== "EEXIST") {',
    instead: 'if (errorCode(caught) !== "") {',
    red: IN_STATE("another command may make it meanwhile"),
  },
  {
    name: "a link in the folder is followed",
    file: "src/state/private_folder.ts",
    text: 'if (kind !== "file") {',
    instead: 'if (kind === "directory") {',
    red: IN_STATE("are no links, and no link is written through"),
  },
  {
    name: "two work with timed holds at a time",
    file: "src/state/private_folder.ts",
    text: "while (!files.tryLock(lock)) {",
    instead: "while (!files.tryLock(lock) && waitMs < 0) {",
    red: IN_FOLDER("who comes second waits, and is told where that takes too long"),
  },
  {
    name: "there are two keepers",
    file: "src/holding/hold_folder.ts",
    text: "    if (lock === null) {\n      return null;\n    }\n",
    instead: "    if (lock === null) {\n      return await work();\n    }\n",
    red: IN_FOLDER("there is one keeper"),
  },
  {
    name: "a path is read as a queue ID out of the file",
    file: "src/holding/timed_holds.ts",
    text: 'const queueId = typeof id === "string" ? parseQueueId(id) : null;',
    instead: "const queueId = id as QueueId;",
    red: IN_TEXT("../A1"),
  },
];

const COMMAND_FAULTS: readonly OperatorFault[] = [
  {
    name: "a keeper says the same for months",
    file: "src/cli/hold/expire_holds.ts",
    text: "if (told.get(kept.queueDirectory) !== line) {",
    instead: 'if (line !== "") {',
    red: IN_EXPIRE("with --wait, says once what is wrong with an instance"),
  },
  {
    name: "what was put on hold is not told where it can't be kept any more",
    file: "src/holding/hold_for_a_time.ts",
    text: "if (!(caught instanceof HoldFault)) {",
    instead: "if (caught instanceof HoldFault) {",
    red: IN_HOLD("tells what it has done where that can't be kept any more"),
  },
  {
    name: "hold does not look for a terminal to ask at",
    file: "src/cli/hold/change_command.ts",
    text: "if (isAsked && !isDryRun) {",
    instead: "if (isAsked && isDryRun) {",
    red: IN_HOLD("hold: without a terminal to ask at, and without --yes"),
  },
  {
    name: "others than root may try to change mail",
    file: "src/cli/hold/holds.ts",
    text: "if (host.userId() !== 0) {",
    instead: "if (host.userId() < 0) {",
    red: IN_HOLD("delete: by another user than root"),
  },
  {
    name: "a y is enough to delete",
    file: "src/cli/hold/delete.ts",
    text: "return isTyped(tools, question, ",
    instead: 'return isTyped(tools, question, "y" || ',
    red: IN_HOLD('delete: answered with "y"'),
  },
  {
    name: "--only-whole takes messages that are for others too",
    file: "src/cli/hold/gather_messages.ts",
    text: "isWhole && others.length > 0",
    instead: "isWhole && others.length > 1",
    red: IN_HOLD("--only-whole leaves messages alone that are for others too"),
  },
  {
    name: "delete takes what is being delivered",
    file: "src/cli/hold/gather_messages.ts",
    text: ": !queues.includes(queue)",
    instead: ": queue === null",
    red: IN_HOLD(
      "delete takes them from deferred and from hold, and leaves what is being delivered",
    ),
  },
  {
    name: "what was released is still to be released",
    file: "src/cli/hold/release.ts",
    text: "if (done.size > 0) {",
    instead: "if (done.size > 5) {",
    red: IN_HOLD("release and delete end it"),
  },
  {
    name: "a keeper is started beside the timer",
    file: "src/cli/hold/expire_holds.ts",
    text: "limitMs: SYSTEMCTL_LIMIT_MS })).status === 0;",
    instead: "limitMs: SYSTEMCTL_LIMIT_MS })).status === -1;",
    red: IN_HOLD("starts nobody where the timer does it"),
  },
  {
    name: "one instance that can't be used keeps the others on hold",
    file: "src/cli/hold/holds.ts",
    text: "if (own.instance.queueDirectory !== queueDirectory) {",
    instead: "if (own.instance.queueDirectory === '') {",
    red: IN_EXPIRE("goes on with the other instances where one can't be used"),
  },
  {
    name: "what is no longer on hold is told as if it were",
    file: "src/cli/hold/show_timed.ts",
    text: "...stillHeld(queue, holds.values()).values()",
    instead: "...holds.values()",
    red: IN_EXPIRE("counts only what is still on hold by it"),
  },
  {
    name: "that nobody ends timed holds is not said",
    file: "src/cli/hold/show_timed.ts",
    text: "!(await hasKeeper(tools, folder))",
    instead: "await hasKeeper(tools, folder)",
    red: IN_EXPIRE("shows what is on hold for a time, and if nobody ends it"),
  },
  {
    name: "the keeper does not look for what is added",
    file: "src/cli/hold/expire_holds.ts",
    text: "const LOOK_MS = 30_000;",
    instead: "const LOOK_MS = 300_000_000;",
    red: IN_EXPIRE(
      "with --wait, goes on until nothing is on hold for a time, and heeds what is added",
    ),
  },
];

const METRIC_FAULTS: readonly OperatorFault[] = [
  {
    name: "metrics name every destination",
    file: "src/cli/metrics/destination_rows.ts",
    text: ".slice(0, countMax);",
    instead: ".slice(0);",
    red: IN_METRICS("behind those with the most recipients"),
  },
  {
    name: "a destination called other stands beside the others",
    file: "src/cli/metrics/destination_rows.ts",
    text: "named.filter(({ name }) => name !== OTHER)",
    instead: "named.filter(({ name }) => name !== '')",
    red: IN_METRICS("all of it with --top 0, and a destination of that name is one of them"),
  },
  {
    name: "names that look alike are two series of one name",
    file: "src/cli/metrics/destination_rows.ts",
    text: "Map.groupBy(rows, ({ name }) => name)",
    instead: "Map.groupBy(rows, (row) => row)",
    red: IN_METRICS("names from outside are escaped, cut, and one where they look alike"),
  },
  {
    name: "metrics show what can't be printed",
    file: "src/cli/metrics/destination_rows.ts",
    text: "printableText(jsonText(name).slice(0, NAME_LENGTH_MAX))",
    instead: "jsonText(name).slice(0, NAME_LENGTH_MAX)",
    red: IN_METRICS("names from outside are escaped, cut, and one where they look alike"),
  },
  {
    name: "names are cut where they have been made printable",
    file: "src/cli/metrics/destination_rows.ts",
    text: "printableText(jsonText(name).slice(0, NAME_LENGTH_MAX))",
    instead: "printableText(jsonText(name)).slice(0, NAME_LENGTH_MAX)",
    red: IN_METRICS("what a cut leaves of characters is one name where it looks alike"),
  },
  {
    name: "metrics name more destinations than it says",
    file: "src/cli/metrics/metrics.ts",
    text: "const TOP = 20;",
    instead: "const TOP = 200;",
    red: IN_METRICS("behind 20 unless told otherwise"),
  },
  {
    name: "ages are in the bucket before qshape's",
    file: "src/cli/metrics/metrics.ts",
    text: "minutes * MINUTE_SECONDS - 1",
    instead: "minutes * MINUTE_SECONDS",
    red: IN_METRICS("a message has left an age's bucket when it is as old as that"),
  },
  {
    name: "metrics take a link's name",
    file: "src/cli/metrics/metrics.ts",
    text: 'if (kind !== "file") {',
    instead: 'if (kind === "directory") {',
    red: IN_METRICS("a link"),
  },
  {
    name: "the age of an empty queue is 0",
    file: "src/cli/metrics/metric_families.ts",
    text: "totals.oldestSeconds === null",
    instead: "totals.oldestSeconds === -1",
    red: IN_METRICS("an empty queue has a depth, and no age"),
  },
  {
    name: "a record that nobody compared has no differences",
    file: "src/cli/metrics/metrics.ts",
    text: "return failure === null && !hasFailed && totals !== null",
    instead: "return totals !== null",
    red: IN_METRICS("no differences where not all could be read"),
  },
  {
    name: "metrics are for their owner to read",
    file: "src/cli/metrics/metrics.ts",
    text: "const FILE_MODE = 0o644;",
    instead: "const FILE_MODE = 0o600;",
    red: IN_METRICS("writes the whole file, readable for others, and prints nothing"),
  },
  {
    name: "a queue that can't be listed has a depth",
    file: "src/index/queue_depths.ts",
    text: "      isWhole = false;",
    instead: "      isWhole = true;",
    red: IN_METRICS(
      "messages in the other queues are counted; a queue that can't be listed is left out",
    ),
  },
];

export const HOLDING_MUTANTS = operatorMutants([
  ...HOLDING_FAULTS,
  ...COMMAND_FAULTS,
  ...METRIC_FAULTS,
]);
