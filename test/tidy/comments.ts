/**
 * The rules for comments: each file opens with a doc comment, what it exports is documented, nothing is left over.
 *
 * The opening comment documents the export that the file is named for, or its only one; any other has a comment
 * of its own. Tests are only asked to leave nothing over: their titles say what they are. Each offence is one
 * line: file and line, what is wrong, and what to do instead.
 */
import type { Source, SyntaxNode } from "./source.ts";

/** Written in pieces, so that this file does not offend against its own rule. */
const LEFTOVER = new RegExp(
  ["FIX", "TO", "XX"].map((half, i) => half + ["ME", "DO", "X"][i]).join("|"),
);

const DOCUMENTED: Readonly<Record<string, string>> = {
  ClassDeclaration: "class",
  FunctionDeclaration: "function",
  TSInterfaceDeclaration: "interface",
};

/** All offences of one file. */
export function commentOffences(source: Source): string[] {
  if (source.path.endsWith("_test.ts")) {
    return leftovers(source);
  }
  const remedy = "open with a doc comment: what it is, what it guarantees, how it fails";
  const opening = isOpened(source) ? [] : [`${source.path}:1: ${remedy}`];
  return [...opening, ...undocumentedExports(source), ...leftovers(source)];
}

function isOpened({ text, comments }: Source): boolean {
  const code = text.replace(/^#!.*\n/, "");
  const first = comments[0];
  return first !== undefined && isDocComment(first) && first.start === text.length - code.length;
}

function leftovers(source: Source): string[] {
  return source.comments
    .filter(({ value }) => LEFTOVER.test(value))
    .map(({ start, value }) => {
      const word = LEFTOVER.exec(value)?.[0];
      return `${source.path}:${source.lineOf(start)}: leftover ${word}: do it, or file it as an issue`;
    });
}

function undocumentedExports(source: Source): string[] {
  const exported = source.body.flatMap((node) => {
    const declared = node["declaration"] as SyntaxNode | null | undefined;
    const kind = node.type.startsWith("Export") ? DOCUMENTED[declared?.type ?? ""] : undefined;
    const name = (declared?.["id"] as { name?: string } | null)?.name ?? "default";
    return kind === undefined ? [] : [{ node, kind, name }];
  });
  const needy = exported.filter(
    ({ name }) => exported.length > 1 && !isNamedFor(name, source.path),
  );
  return needy
    .filter(({ node }) => !isDocumented(source, node.start))
    .map(({ node, kind, name }) => {
      const line = source.lineOf(node.start);
      return `${source.path}:${line}: document ${kind} ${name}: the file is not named for it`;
    });
}

/** "locked_logfile.ts" is named for LockedLogfile, and "memory/disk.ts" for MemoryDisk. */
function isNamedFor(name: string, path: string): boolean {
  const words = (path.split("/").at(-1) ?? "").replace(/\.\w+$/, "").replaceAll("_", "");
  return name.toLowerCase().endsWith(words);
}

/** Whether a doc comment ends on the line above. */
function isDocumented({ text, comments }: Source, start: number): boolean {
  return comments.some(
    (comment) =>
      isDocComment(comment) &&
      /^[ \t]*\n?[ \t]*$/.test(text.slice(comment.end, start)) &&
      comment.end <= start,
  );
}

function isDocComment({ type, value }: { type: string; value: string }): boolean {
  return type === "Block" && value.startsWith("*");
}
