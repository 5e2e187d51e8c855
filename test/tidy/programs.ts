/**
 * The rule for programs: what the project runs by name, set-up installs, or every Debian has.
 *
 * Seen are commands given as an array that begins with a literal, to the functions that run commands. What a
 * shell script runs is out of sight.
 */
import { basename } from "node:path";
import { DEBIAN_PACKAGES } from "../../setup/debian_packages.mjs";
import { type Source, type SyntaxNode, stringOf } from "./source.ts";

/** Functions, by name, whose first argument is a command: of Bun, of lab/ and of setup/. */
const RUNNERS = ["spawn", "spawnSync", "run", "runOrThrow", "ask", "step", "handOver"];

/** Programs of Debian's essential packages, apt, and what runs the project itself. */
const EVERYWHERE: readonly string[] = [
  ...["apt-get", "bash", "chmod", "cp", "debconf-set-selections", "df", "dpkg-deb"],
  ...["dpkg-query", "env"],
  ...["flock", "getent"],
  ...["mkfifo", "node", "npm", "setpriv", "sh", "sync", "taskset", "touch", "unshare"],
];

/** All offences of one file. */
export function programOffences(source: Source): string[] {
  const known = [...EVERYWHERE, ...DEBIAN_PACKAGES.flatMap(({ programs }) => programs)];
  return source.nodes.flatMap((node) => {
    const program = programRun(node);
    if (program === null || known.includes(basename(program))) {
      return [];
    }
    const where = `${source.path}:${source.lineOf(node.start)}`;
    return [
      `${where}: runs ${program}: add it to setup/debian_packages.mjs with its package, or do without`,
    ];
  });
}

/** The name of the program that a call runs; null where this is no such call. */
function programRun(node: SyntaxNode): string | null {
  if (node.type !== "CallExpression") {
    return null;
  }
  const callee = node["callee"] as SyntaxNode;
  const called = (callee["property"] ?? callee) as SyntaxNode;
  const [command] = node["arguments"] as SyntaxNode[];
  if (!RUNNERS.includes(String(called["name"])) || command?.type !== "ArrayExpression") {
    return null;
  }
  return stringOf((command["elements"] as SyntaxNode[])[0]);
}
