/**
 * The rule of the rooms: imports in src/ go along the arrows of rooms.ts, and only one room touches the machine.
 *
 * Each offence is one line: file and line, what is wrong, and what to do instead.
 */
import { dirname, join } from "node:path";
import {
  MACHINE_GLOBALS,
  MACHINE_ROOM,
  NETWORK_GLOBALS,
  NETWORK_MEMBERS,
  PACKAGES,
  PROGRAM_USES,
  PROGRAMS,
  ROOMS,
} from "./rooms.ts";
import { Source } from "./source.ts";

const ADD_AN_EFFECT =
  "add an interface to effects/, implement it in sys/ and in memory/, and pass it in";

/** All offences of one file, given by its path in the project ("src/wire/reply.ts") and its text. */
export function importOffences(path: string, text: string): string[] {
  if (path.endsWith("_test.ts")) {
    return [];
  }
  const from = roomOf(path);
  if (from === null) {
    return [
      `${path}: in no room: move it into one, or add its folder to ROOMS or PROGRAMS in rooms.ts`,
    ];
  }
  const source = new Source(path, text);
  return [
    ...source.imports().flatMap(({ line, name }) => {
      const offence = importOffence(path, from, name);
      return offence === null ? [] : [`${path}:${line}: imports ${name}: ${offence}`];
    }),
    ...globalOffences(source, from),
  ];
}

/** The room of a file in src/, "" for a program, null for a file that belongs nowhere. */
function roomOf(path: string): string | null {
  const [, room = "", ...rest] = path.split("/");
  if (rest.length === 0) {
    return PROGRAMS.includes(room) ? "" : null;
  }
  return room in ROOMS ? room : null;
}

function importOffence(path: string, from: string, name: string): string | null {
  if (!name.startsWith(".")) {
    return outsideOffence(from, name);
  }
  if (!name.endsWith(".ts")) {
    return "end it with .ts, as the file is called";
  }
  const target = join(dirname(path), name);
  if (!target.startsWith("src/") || target.endsWith("_test.ts")) {
    return "src/ stands on its own: move the shared part into a room";
  }
  const to = roomOf(target);
  if (from === "" || to === from) {
    return null;
  }
  return to === ""
    ? "nothing imports a program: move the shared part into a room"
    : arrow(from, to);
}

function arrow(from: string, to: string | null): string | null {
  const { imports, why } = ROOMS[from] ?? { imports: [], why: "" };
  if (to !== null && imports.includes(to)) {
    return null;
  }
  const rule = `${from} may import ${imports.join(", ") || "nothing"} (${why})`;
  return `${rule}: pass it in as an argument, or move the shared part into a room that both may import`;
}

/** Modules that are not of this project. */
function outsideOffence(from: string, name: string): string | null {
  if (name === "bun:test") {
    return "tests only: name the file *_test.ts, or move what tests share to test/support/";
  }
  if (/^(node|bun):|^bun$/.test(name)) {
    return from === MACHINE_ROOM
      ? null
      : `only ${MACHINE_ROOM} touches the machine: ${ADD_AN_EFFECT}`;
  }
  // A file of a package is that package's.
  if (PACKAGES[name.split("/")[0] ?? ""]?.imports.includes(from)) {
    return null;
  }
  return "no third-party code in a service that runs with a mail system's rights: write the part that is needed";
}

function globalOffences(source: Source, from: string): string[] {
  const network = [
    ...source.globalsUsed(NETWORK_GLOBALS),
    ...source.membersUsed(["Bun"]).filter(({ name }) => NETWORK_MEMBERS.includes(name)),
  ].map(
    ({ line, name }) => `${source.path}:${line}: uses ${name}: the service talks to no network`,
  );
  const machine = source
    .membersUsed(MACHINE_GLOBALS)
    .filter(({ name }) => from !== MACHINE_ROOM && !(from === "" && PROGRAM_USES.includes(name)))
    .map(
      ({ line, name }) =>
        `${source.path}:${line}: uses ${name}: only ${MACHINE_ROOM} touches the machine: ${ADD_AN_EFFECT}`,
    );
  return [...network, ...machine];
}
