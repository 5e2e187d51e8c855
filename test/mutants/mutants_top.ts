/** Faults in top: what counts as come and gone, what keys do, what is shown and drawn, what is released, and how it ends. */
import { type OperatorFault, operatorMutants, redIn } from "./operator_fault.ts";

const IN_FLOW = redIn("src/cli/top/flow_test.ts");
const IN_SPARKLINE = redIn("src/cli/top/sparkline_test.ts");
const IN_STATE = redIn("src/cli/top/top_state_test.ts");
const IN_LINES = redIn("src/cli/top/screen_lines_test.ts");
const IN_PAINTER = redIn("src/cli/top/painter_test.ts");
const IN_POINTED_AT = redIn("src/cli/top/pointed_at_test.ts");
const IN_TOP = redIn("src/cli/top/top_test.ts");
const IN_SCREEN = redIn("src/sys/screen_test.ts");
const IN_DELIVERY = redIn("src/following/ids_in_delivery_test.ts");
const IN_INDEX = redIn("src/index/deferred_index_test.ts");

const FAULTS: readonly OperatorFault[] = [
  {
    name: "another grouping ends the filter",
    file: "src/cli/top/top_state.ts",
    text: "isReversed, filter };\n  return { state: { ...state, by,",
    instead: 'isReversed, filter: "" };\n  return { state: { ...state, by,',
    red: IN_STATE("of another grouping keeps the filter and the order"),
  },
  {
    name: "SIGQUIT leaves the terminal as it was drawn on",
    file: "src/sys/screen.ts",
    text: '"SIGHUP", "SIGQUIT"]',
    instead: '"SIGHUP"]',
    red: IN_SCREEN("is given back by SIGQUIT, which ends the process"),
  },
  {
    name: "top takes who is missing once for gone",
    file: "src/cli/top/flow.ts",
    text: "if (moment < this.#moment - 1) {",
    instead: "if (moment < this.#moment) {",
    red: IN_FLOW("missing once is not gone"),
  },
  {
    name: "top takes who is being delivered for gone",
    file: "src/cli/top/flow.ts",
    text: "if (!isInDelivery(queueId)) {",
    instead: "if (queueId !== null) {",
    red: IN_FLOW("being delivered is not gone"),
  },
  {
    name: "top overlooks that a message has left one of its groups",
    file: "src/cli/top/flow.ts",
    text: "      count(went, lacking(known.groups, groups));\n",
    instead: "",
    red: IN_FLOW("delivered to one of two groups"),
  },
  {
    name: "top's rates are of all times",
    file: "src/cli/top/flow.ts",
    text: "this.#changes.filter(({ fromMs }) => fromMs >= atMs - WINDOW_MS)",
    instead: "this.#changes",
    red: IN_FLOW("the last minute alone"),
  },
  {
    name: "top keeps messages without bounds",
    file: "src/cli/top/flow.ts",
    text: "if (this.#known.size >= this.#messagesMax) {",
    instead: "if (this.#messagesMax < 0) {",
    red: IN_FLOW("of more messages than are kept nothing is known, now and later"),
  },
  {
    name: "a sparkline shows every change as a trend",
    file: "src/cli/top/sparkline.ts",
    text: "range < most * STEADY_SHARE ?",
    instead: "range === 0 ?",
    red: IN_SPARKLINE("steady, but for less than a tenth"),
  },
  {
    name: "a history never forgets",
    file: "src/cli/top/history.ts",
    text: "!next.has(name) && later.some((count) => count > 0)",
    instead: "!next.has(name)",
    red: IN_SPARKLINE("goes on where a group has none, and is forgotten after a while"),
  },
  {
    name: "the selection stays in its place, whoever comes there",
    file: "src/cli/top/list_state.ts",
    text: "selected: place === -1 ? within(list.selected, shown.length) : place",
    instead: "selected: within(list.selected, shown.length)",
    red: IN_STATE("keeps the selection with its destination, wherever that goes"),
  },
  {
    name: "the selection goes beyond the end",
    file: "src/cli/top/list_state.ts",
    text: "return Math.max(0, Math.min(index, count - 1));",
    instead: "return Math.max(0, index);",
    red: IN_STATE("G down"),
  },
  {
    name: "a filter goes by upper and lower case",
    file: "src/cli/top/list_state.ts",
    text: "kind.textOf(row).toLowerCase().includes(wanted)",
    instead: "kind.textOf(row).includes(wanted)",
    red: IN_STATE("/ g r e y"),
  },
  {
    name: "letters of a filter are commands",
    file: "src/cli/top/top_state.ts",
    text: "return state.isTyping ? still(typed(state, key)) : commanded(state, key);",
    instead: "return commanded(state, key);",
    red: IN_STATE("q in a filter is a letter"),
  },
  {
    name: "a look at what is no longer shown is shown",
    file: "src/cli/top/top_state.ts",
    text: "if (sample.by !== state.by) {",
    instead: "if (sample.by === null) {",
    red: IN_STATE("of another grouping than is shown changes nothing"),
  },
  {
    name: "S sends where nothing is selected",
    file: "src/cli/top/top_state.ts",
    text: '      return { state, wish: canSend(state) ? "send" : "nothing" };',
    instead: '      return { state, wish: "send" };',
    red: IN_STATE("S without a destination does nothing"),
  },
  {
    name: "on a narrow screen columns overflow",
    file: "src/cli/top/screen_layout.ts",
    text: "while (shown.length > 1 && leastWidth(shown) > screenColumns) {",
    instead: "while (shown.length > 7) {",
    red: IN_LINES("40 x 24: as many lines, each as wide"),
  },
  {
    name: "a wide character counts as one column",
    file: "src/cli/top/text_cell.ts",
    text: "return ASCII_ONLY.test(text) ? text.length : stringWidth(text);",
    instead: "return text.length;",
    red: IN_LINES("80 x 24: as many lines, each as wide"),
  },
  {
    name: "text in ASCII is not",
    file: "src/cli/top/text_cell.ts",
    text: 'isAscii ? text.replace(NOT_ASCII, "?") : text',
    instead: "text",
    red: IN_LINES("in ASCII"),
  },
  {
    name: "every line is drawn each time",
    file: "src/cli/top/painter.ts",
    text: "      text === this.#shown[index] ?",
    instead: "      text === null ?",
    red: IN_PAINTER("sends all lines first, and then those that have changed"),
  },
  {
    name: "what names a parent domain releases all below it",
    file: "src/cli/top/pointed_at.ts",
    text: ".filter((site) => parentDomain(site) === name);",
    instead: ".filter((site) => site.endsWith(name));",
    red: IN_POINTED_AT("parent co.uk"),
  },
  {
    name: "a site whose name is a list stands for others",
    file: "src/cli/top/pointed_at.ts",
    text: "first === site && ",
    instead: "first !== undefined && ",
    red: IN_POINTED_AT("site a.com,b.com"),
  },
  {
    name: "a site that begins with @ stands for all below it",
    file: "src/cli/top/pointed_at.ts",
    text: '!site.startsWith("@") && ',
    instead: "",
    red: IN_POINTED_AT("site @two.com"),
  },
  {
    name: "top goes on looking while it is paused",
    file: "src/cli/top/live_view.ts",
    text: "if (!this.#state.isPaused) {",
    instead: "if (this.#state !== null) {",
    red: IN_TOP("does not look while it is paused, unless it is told to"),
  },
  {
    name: "top looks as often, however long a look takes",
    file: "src/cli/top/live_view.ts",
    text: "Math.max(this.#options.intervalSeconds, leastMs / MS_PER_SECOND)",
    instead: "Math.max(this.#options.intervalSeconds, leastMs * 0)",
    red: IN_TOP("looks less often where a look takes long: a tenth of a processor"),
  },
  {
    name: "top ends where the queue can't be read once",
    file: "src/cli/top/live_view.ts",
    text: "      if (!(caught instanceof CommandError)) {\n        throw caught;\n      }\n      this.#state = withTrouble",
    instead:
      "      if (caught !== null) {\n        throw caught;\n      }\n      this.#state = withTrouble",
    red: IN_TOP("tells that the queue can't be read, and goes on"),
  },
  {
    name: "top draws where it can't",
    file: "src/cli/top/top.ts",
    text: "if (!once && !terminal.canOpenScreen) {",
    instead: "if (!once && terminal.isUtf8 === null) {",
    red: IN_TOP("without a terminal"),
  },
  {
    name: "an exit leaves the alternate screen",
    file: "src/sys/screen.ts",
    text: '    listen("exit", () => this.leave());\n',
    instead: "",
    red: IN_SCREEN("is given back by a process that exits"),
  },
  {
    name: "what is said beside an open screen is written over it",
    file: "src/sys/terminal.ts",
    text: "      kept = texts;\n",
    instead: "",
    red: IN_SCREEN("keeps what is said beside it until it is left, each text once"),
  },
  {
    name: "who is in incoming is not being delivered",
    file: "src/following/ids_in_delivery.ts",
    text: '["incoming", "active"]',
    instead: '["active"]',
    red: IN_DELIVERY("those in incoming and active, hashed or not, and nobody else"),
  },
  {
    name: "a message is in the groups of the one before it too",
    file: "src/index/indexed_mail.ts",
    text: "      act(index, groups);\n      groups.clear();\n",
    instead: "      act(index, groups);\n",
    red: IN_INDEX("messages beside the one that has changed"),
  },
];

/** As a table. */
export const TOP_MUTANTS = operatorMutants(FAULTS);
