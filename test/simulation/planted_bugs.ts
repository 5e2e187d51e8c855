/** Bugs that could have been made, each of which the simulation must find: it proves nothing otherwise. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of other files, not of this one
import type { Fault } from "../mutants/mutant.ts";

const LOGFILE = "src/record/locked_logfile.ts";

/** The table. */
export const PLANTED_BUGS: readonly Fault[] = [
  {
    name: "a log is used that somebody else has locked",
    file: LOGFILE,
    text: "if (!locked || status.linkCount === 0) {",
    instead: "if (status.linkCount === 0) {",
  },
  {
    name: "nobody looks, behind a write, whether the log is still there",
    file: LOGFILE,
    text: 'return this.isVanished ? "vanished" : ids.length;',
    instead: "return ids.length;",
  },
  {
    name: "a short write counts as a whole one",
    file: LOGFILE,
    text: "      done += taken;",
    instead: "      done = bytes.length;",
  },
  {
    name: "an unterminated last line is appended to",
    file: LOGFILE,
    text: "entryLines(ids, !this.#endsInNewline())",
    instead: "entryLines(ids, false)",
  },
  {
    name: "an add is answered with OK whatever the close of its log says",
    file: LOGFILE,
    text: "closeWritten(this.#files, this.#file);",
    instead: "this.#files.close(this.#file);",
  },
  {
    name: "an add to a log that is being sent is answered before it is certain to be there",
    file: "src/flush/logfiles_in_use.ts",
    text: "      this.log.confirm();\n",
    instead: "",
  },
  {
    name: "an add goes through a log whose end is being cut off",
    file: "src/flush/logfiles_in_use.ts",
    text: "this.#isBeingCut = cut !== null;",
    instead: "this.#isBeingCut = false;",
  },
  {
    name: "an add that could not be written is answered with OK",
    file: "src/flush/add.ts",
    text: "      return STATUS.fail;",
    instead: "      return STATUS.ok;",
  },
  {
    name: "nobody notes that an entry is missing",
    file: "src/flush/add.ts",
    text: "      this.#owesUnmark = !unmarkRebuilt(this.#tools);\n      return",
    instead: "      return",
  },
  {
    name: "a rebuild does not learn of an add that another process could not write",
    file: "src/record/rebuilt_marker.ts",
    text: "of [REBUILDING, REBUILT]",
    instead: "of [REBUILT]",
  },
  {
    name: "the record is marked as complete before its last entries are written",
    file: "src/flush/rebuild.ts",
    text: "    await this.#write();\n    const isComplete = isAll && !this.#hasFailed && !this.#adds.owesUnmark && this.#mark();",
    instead:
      "    const isComplete = isAll && !this.#hasFailed && !this.#adds.owesUnmark && this.#mark();\n    await this.#write();",
  },
  {
    name: "a message is gone that one look has missed",
    file: "src/flush/logfile_pass.ts",
    text: 'isGone(this.#tools, id) ? "gone" : "kept"',
    instead: '"gone"',
  },
  {
    name: "lines are copied over themselves",
    file: "src/record/log_pass.ts",
    text: "if (staying.length <= this.#blockStart - this.#kept) {",
    instead: "if (staying.length >= 0) {",
  },
  {
    name: "a released message is due when it would have been anyway",
    file: "src/queue/release.ts",
    text: "if (tools.files.setTimes(path, now)) {",
    instead: "if (now > 0 && tools.files.isThere(path)) {",
  },
  {
    name: "a flush releases all that a log names",
    file: "src/flush/site_choice.ts",
    text: "    domain === wanted || (wanted",
    instead: "    domain !== null || (wanted",
  },
  {
    name: "messages on hold count as gone",
    file: "src/queue/find_message.ts",
    text: '["deferred", "incoming", "active", "hold"] as const',
    instead: '["deferred", "incoming", "active"] as const',
  },
  {
    name: "the last wake-up is forgotten",
    file: "src/flush/wake_ups.ts",
    text: "    if (this.#hasWoken) {\n",
    instead: "    if (this.#hasWoken) {\n      this.#next?.cancel();\n      return null;\n",
  },
  {
    name: "a client that says nothing is waited for, for ever",
    file: "src/master/session.ts",
    text: "      this.#take(this.#reader.timedOut());\n",
    instead: "",
  },
  {
    name: "a client is served that was gone before it was greeted",
    file: "src/master/server.ts",
    text: "    return connection.write(GREETING);",
    instead: "    connection.write(GREETING);\n    return true;",
  },
  {
    name: "a log that was sent is not closed",
    file: "src/flush/logfiles_in_use.ts",
    text: "    log.close();\n  }\n\n  #givenBack",
    instead: "    void log;\n  }\n\n  #givenBack",
  },
];
