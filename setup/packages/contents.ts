/**
 * What goes into the packages, and where it comes from: manual pages, completions, documents and units by folder, so that
 * one more of them is packaged without being named here.
 *
 * Throws where a file that must be there is not, and a RunError where dist/fastflush does not run.
 */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { runOrThrow } from "../../lab/run.ts";
import { COMPLETED_SHELLS } from "../../src/cli/completion/completion.ts";

/** A file of a package. */
export interface PackageFile {
  /** From the package's root, without a slash at its beginning. */
  readonly path: string;
  readonly content:
    | { readonly copyOf: string }
    | { readonly bytes: string | Uint8Array }
    | { readonly linkTo: string };
  readonly isProgram?: boolean;
}

/** The programs, in the order in which they lie in a package: alike things close together. */
const PROGRAMS = ["flush", "fastflush"] as const;

/** Where each shell looks for what packages bring. */
export const COMPLETION_PATHS: Readonly<Record<(typeof COMPLETED_SHELLS)[number], string>> = {
  bash: "usr/share/bash-completion/completions/fastflush",
  zsh: "usr/share/zsh/vendor-completions/_fastflush",
  fish: "usr/share/fish/vendor_completions.d/fastflush.fish",
};

/** What packages of Debian's hold themselves to (Debian Policy 12.1, 12.7). */
const GZIP_LEVEL = 9;

/** Neither a name nor a time: the same bytes of the same text. */
export function gzipped(text: string | Uint8Array): Uint8Array {
  return gzipSync(text, { level: GZIP_LEVEL });
}

/** The service and the command, side by side as `fastflush install` looks for them. */
export function programs(root: string, folder: string): PackageFile[] {
  return PROGRAMS.map((name) => ({
    path: `${folder}/${name}`,
    content: { copyOf: join(root, "dist", name) },
    isProgram: true,
  }));
}

/** The manual pages: all files of docs/man, whose ends are their sections. */
export async function manualPages(
  root: string,
  place: (name: string, section: string) => string,
  pack: (text: Uint8Array) => Uint8Array,
): Promise<PackageFile[]> {
  const pages = filesOf(join(root, "docs", "man"), /\.[1-8]$/).map(async (file) => ({
    path: place(basename(file), file.slice(-1)),
    content: { bytes: pack(await readFile(file)) },
  }));
  return await Promise.all(pages);
}

/** What the shells complete with, as the packaged command itself prints it. */
export async function completions(
  root: string,
  place: (shell: (typeof COMPLETED_SHELLS)[number]) => string,
): Promise<PackageFile[]> {
  const scripts = COMPLETED_SHELLS.map(async (shell) => ({
    path: place(shell),
    content: {
      bytes: (await runOrThrow([join(root, "dist", "fastflush"), "completion", shell])).stdout,
    },
  }));
  return await Promise.all(scripts);
}

/** README and what it leads to; LICENSE and the changelog have other places in Debian. */
export function documents(root: string, folder: string): PackageFile[] {
  const pages = ["README.md", "ARCHITECTURE.md", "THREATS.md", "NOTICE"];
  const others = [...new Bun.Glob("{docs,contrib}/**").scanSync({ cwd: root })].filter(
    (path) => !path.startsWith("docs/man/") && !UNIT.test(path),
  );
  return [...pages, ...others.sort()].map((path) => ({
    path: `${folder}/${path}`,
    content: { copyOf: join(root, path) },
  }));
}

const UNIT = /\.(?:service|timer)$/;

/** Where units of systemd are kept in the repository. */
const UNIT_FILES = "{contrib,docs}/**/*.{service,timer}";

/** The units of systemd. None is enabled by a package. */
export function units(root: string, folder: string): PackageFile[] {
  const found = [...new Bun.Glob(UNIT_FILES).scanSync({ cwd: root })].sort();
  return found.map((path) => ({
    path: `${folder}/${basename(path)}`,
    content: { copyOf: join(root, path) },
  }));
}

function filesOf(folder: string, pattern: RegExp): string[] {
  const names = readdirSync(folder).filter((name) => pattern.test(name));
  return names.sort().map((name) => join(folder, name));
}
