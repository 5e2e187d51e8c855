/** Faults in how the index packs deferred mail and sums it up. */
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_DEFERRED_INDEX = redIn("src/index/deferred_index_test.ts");
const IN_READERS = redIn("src/index/directory_readers_test.ts");
const IN_INDEXED_MAIL = redIn("src/index/indexed_mail_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "ages come from the next try",
    file: "src/index/batch.ts",
    text: "this.#addColumns(0, message.arrivalSeconds, message.sizeBytes, message.sender);",
    instead: "this.#addColumns(0, mtimeSecondsOf(stamp, at), message.sizeBytes, message.sender);",
    red: IN_DEFERRED_INDEX("messages beside the one that has changed"),
  },
  {
    name: "the next try is when the message arrived",
    file: "src/index/batch.ts",
    text: "this.#nextTries.push(mtimeSecondsOf(stamp, at));",
    instead: "this.#nextTries.push(message?.arrivalSeconds ?? 0);",
    red: IN_DEFERRED_INDEX("messages beside the one that has changed"),
  },
  {
    name: "reasons with the same text are one, whatever their status",
    file: "src/index/batch.ts",
    text: "let numbers = this.#reasons.get(status);\n    if (numbers === undefined) {\n      numbers = new Map();\n      this.#reasons.set(status, numbers);",
    instead:
      'let numbers = this.#reasons.get("");\n    if (numbers === undefined) {\n      numbers = new Map();\n      this.#reasons.set("", numbers);',
    red: IN_DEFERRED_INDEX("reasons that differ in their status alone are two"),
  },
  {
    name: "a column of texts loses what it had when it grows",
    file: "src/index/packing.ts",
    text: "      larger.set(this.#heap);\n",
    instead: "",
    red: IN_READERS("as many as processors read as one does"),
  },
  {
    name: "a message counts for each of its recipients",
    file: "src/index/group_sums.ts",
    text: "if (lastMessages[group] !== first + message) {",
    instead: "if (lastMessages[group] !== -1) {",
    red: IN_INDEXED_MAIL("groups by site"),
  },
  {
    name: "a message of one batch is taken for that of another",
    file: "src/index/group_sums.ts",
    text: "    this.#messagesBefore += facts.count;\n",
    instead: "",
    red: IN_INDEXED_MAIL("groups by site"),
  },
  {
    name: "sums are lost when there are more groups",
    file: "src/index/group_sums.ts",
    text: "  larger.set(column);\n",
    instead: "",
    red: redIn("src/index/group_sums_test.ts")("more groups than there was room for"),
  },
  {
    name: "the relays of one batch are taken for those of another",
    file: "src/index/batch_selection.ts",
    text: "(relay) => relays[relay] ?? 0",
    instead: "(relay) => relay",
    red: IN_INDEXED_MAIL("out of several batches > groups by relay"),
  },
  {
    name: "the oldest of a later group arrived in 1970",
    file: "src/index/group_sums.ts",
    text: "    this.#oldest.fill(Number.POSITIVE_INFINITY, this.#groupCount, groupCount);\n",
    instead: "    this.#oldest.fill(Number.POSITIVE_INFINITY, 0, FIRST_GROUPS);\n",
    red: redIn("src/index/group_sums_test.ts")("more groups than there was room for"),
  },
  {
    name: "all reasons of a group are the one that was counted last",
    file: "src/index/group_sums.ts",
    text: "if (reason === undefined || reason.brief !== brief) {",
    instead: "if (reason === undefined) {",
    red: IN_INDEXED_MAIL("groups by site"),
  },
  {
    name: "a message is counted once for each recipient",
    file: "src/index/group_sums.ts",
    text: "if (message !== last) {",
    instead: "if (message !== -1) {",
    red: IN_INDEXED_MAIL("totals"),
  },
  {
    name: "what was summed up ahead is summed up again",
    file: "src/index/sums_ahead.ts",
    text: "if (!this.#added.has(batch.number)) {",
    instead: "if (batch.number > 0) {",
    red: IN_INDEXED_MAIL("groups by site"),
  },
  {
    name: "what was summed up ahead stays, whatever others have written",
    file: "src/index/deferred_index.ts",
    text: "if (!store.beginReading()) {",
    instead: "if (!store.beginReading() && tools.isFresh) {",
    red: redIn("src/index/index_trouble_test.ts")(
      "another command that has written behind it: that is told",
    ),
  },
  {
    name: "--older is not asked for sums",
    file: "src/index/indexed_mail.ts",
    text: "return isOfSite === null && isOfReason === null && arrivedBySeconds === null;",
    instead: "return isOfSite === null && isOfReason === null && arrivedBySeconds !== 0;",
    red: IN_INDEXED_MAIL("only who arrived then or before"),
  },
  {
    name: "what has left is counted",
    file: "src/index/batch_selection.ts",
    text: "if (live[index] !== 1 || (arrivals[index] ?? 0) > arrivedBySeconds) {",
    instead: "if ((arrivals[index] ?? 0) > arrivedBySeconds) {",
    red: IN_DEFERRED_INDEX("messages beside the one that has changed"),
  },
  {
    name: "what has left and could not be read is counted",
    file: "src/index/batch_selection.ts",
    text: "count += live[index] ?? 0;",
    instead: "count += live[index] === undefined ? 0 : 1;",
    red: IN_INDEXED_MAIL("totals"),
  },
  {
    name: "--older leaves out those that arrived just then",
    file: "src/index/batch_selection.ts",
    text: "(arrivals[index] ?? 0) > arrivedBySeconds",
    instead: "(arrivals[index] ?? 0) >= arrivedBySeconds",
    red: IN_INDEXED_MAIL("only who arrived then or before"),
  },
  {
    name: "an age that is a bucket's end falls into the next",
    file: "src/index/indexed_mail.ts",
    text: "(limit) => age <= limit",
    instead: "(limit) => age < limit",
    red: IN_INDEXED_MAIL("ages by site: one that is a bucket's end is within"),
  },
  {
    name: "--reason is not asked for the status",
    file: "src/index/indexed_mail.ts",
    text: "const parts = [statuses.at(index), reasons.at(index)]",
    instead: "const parts = [reasons.at(index)]",
    red: IN_INDEXED_MAIL("only a status"),
  },
  {
    name: "the rarest reason is told",
    file: "src/index/group_sums.ts",
    text: "reason.count > top.count ||",
    instead: "reason.count < top.count ||",
    red: IN_INDEXED_MAIL("groups by site"),
  },
  {
    name: "of reasons as frequent the last is told",
    file: "src/index/group_sums.ts",
    text: "this.#textOf(reason) < this.#textOf(top)",
    instead: "this.#textOf(reason) > this.#textOf(top)",
    red: IN_INDEXED_MAIL("groups by parent"),
  },
  {
    name: "messages come in the order of the batches",
    file: "src/index/indexed_mail.ts",
    text: "return places.sort((one, other) => (one.queueId < other.queueId ? -1 : 1));",
    instead: "return places;",
    red: IN_INDEXED_MAIL("messages, by queue ID"),
  },
  {
    name: "a message counts for each recipient where there are many groups",
    file: "src/index/group_sums.ts",
    text: "      this.#lastMessages = grown(this.#lastMessages, length);\n",
    instead: "",
    red: redIn("src/index/group_sums_test.ts")(
      "a message with many recipients at one site is one message there",
    ),
  },
];

export const INDEX_SUMS_MUTANTS = operatorMutants(FAULTS);
