/**
 * Reads TypeScript for the house rules: what a file imports, which globals it uses, what it exports and says.
 *
 * Parsed, not searched: what stands in a comment or a string is no import. Types and values count alike, since a
 * type ties two rooms together as well. A file that cannot be parsed throws.
 */
import { type Comment, parseSync } from "oxc-parser";

/** Something at a line of a file. */
export interface Found {
  /** From 1. */
  readonly line: number;
  readonly name: string;
}

/** A node of the syntax tree, as far as these rules look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A parsed file. */
export class Source {
  readonly nodes: readonly SyntaxNode[];
  readonly body: readonly SyntaxNode[];
  readonly comments: readonly Comment[];

  constructor(
    readonly path: string,
    readonly text: string,
  ) {
    const parsed = parseSync(path, text);
    if (parsed.errors.length > 0) {
      throw new SyntaxError(`parse ${path}: ${parsed.errors[0]?.message}`);
    }
    this.body = parsed.program.body as unknown as SyntaxNode[];
    this.nodes = this.body.flatMap((node) => [...walk(node)]);
    this.comments = parsed.comments;
  }

  /** The line that a character stands in, from 1. */
  lineOf(offset: number): number {
    return this.text.slice(0, offset).split("\n").length;
  }

  /** All modules named by static, re-exporting, type, dynamic and require imports; "?" for a computed one. */
  imports(): Found[] {
    return this.nodes.flatMap((node) => {
      const named = importedFrom(node);
      return named === null
        ? []
        : [{ line: this.lineOf(node.start), name: stringOf(named) ?? "?" }];
    });
  }

  /**
   * Uses of members of these global objects, as "Bun.listen"; "Bun.*" where it is handed on whole or taken
   * apart. Types (`Bun.Socket`) are no use.
   */
  membersUsed(objects: readonly string[]): Found[] {
    const members = new Map<unknown, string>();
    for (const node of this.nodes) {
      if (node.type === "MemberExpression") {
        const { object, property } = node as unknown as Record<"object" | "property", SyntaxNode>;
        members.set(object, node["computed"] === true ? "*" : String(property["name"]));
      }
    }
    return this.#identifiers(objects).map(({ node, name }) => ({
      line: this.lineOf(node.start),
      name: `${name}.${members.get(node) ?? "*"}`,
    }));
  }

  /** Uses of these names as values that no import or declaration of the file's own explains. */
  globalsUsed(names: readonly string[]): Found[] {
    return this.#identifiers(names).map(({ node, name }) => ({
      line: this.lineOf(node.start),
      name,
    }));
  }

  /** Identifiers that stand for a value, not for a property's name or a type. */
  #identifiers(names: readonly string[]): { node: SyntaxNode; name: string }[] {
    const labels = new Set<unknown>();
    for (const node of this.nodes) {
      if (node["computed"] !== true) {
        labels.add(node.type === "MemberExpression" ? node["property"] : node["key"]);
      }
      labels.add(node.type === "TSQualifiedName" ? node["left"] : node["typeName"]);
    }
    return this.nodes.flatMap((node) => {
      const name = node.type === "Identifier" ? String(node["name"]) : "";
      return names.includes(name) && !labels.has(node) ? [{ node, name }] : [];
    });
  }
}

/** The node that names the module, where this node imports one. */
function importedFrom(node: SyntaxNode): unknown {
  switch (node.type) {
    case "ImportDeclaration":
    case "ImportExpression":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
    case "TSImportType":
      return node["source"] ?? node["argument"] ?? null;
    case "TSExternalModuleReference":
      return node["expression"];
    case "CallExpression":
      return isRequire(node["callee"] as SyntaxNode) ? (node["arguments"] as unknown[])[0] : null;
    default:
      return null;
  }
}

/** `require`, `require.resolve`, `import.meta.require` and what else is called so. */
function isRequire(callee: SyntaxNode): boolean {
  const { object, property } = callee as Partial<Record<string, SyntaxNode>>;
  return [callee, object, property].some((node) => node?.["name"] === "require");
}

/** The value of a string literal; null for any other node. */
export function stringOf(node: unknown): string | null {
  const value = (node as { value?: unknown } | undefined)?.value;
  return typeof value === "string" ? value : null;
}

/** A node and all nodes below it. */
function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") {
        yield* walk(child);
      }
    }
  }
}
