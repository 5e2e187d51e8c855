/**
 * The Debian package, made of what dist/, docs/ and debian/ hold.
 *
 * Not by debhelper: of what it does, nothing is left to do here but what would have to be turned off (dh_strip makes plain
 * Bun of a compiled program), and dpkg-deb(1) can't be told of a window for xz(1) that is larger than a program. Control
 * fields and the installed size are what dpkg's own tool says. The same files and the same time make the same bytes.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { runOrThrow } from "../../lab/run.ts";
import { tarXz, writeAr } from "./archives.ts";
import {
  COMPLETION_PATHS,
  completions,
  documents,
  gzipped,
  manualPages,
  type PackageFile,
  programs,
  units,
} from "./contents.ts";
import { stage } from "./staging.ts";

/** Where a package is made. */
export interface PackageWork {
  /** The repository's folder, with dist/ up to date. */
  readonly root: string;
  /** An empty folder, for what is in between. */
  readonly scratch: string;
  /** The time of all files. */
  readonly seconds: number;
}

const PROGRAM_FOLDER = "usr/lib/fastflush";
const DOCUMENT_FOLDER = "usr/share/doc/fastflush";
const UNIT_FOLDER = "usr/lib/systemd/system";
const OVERRIDES = "usr/share/lintian/overrides/fastflush";

/** The scripts that dpkg runs. */
export const MAINTAINER_SCRIPTS = ["postinst", "prerm", "postrm"] as const;

/** All files that dpkg unpacks. */
export async function debianFiles(root: string): Promise<PackageFile[]> {
  const text = async (path: string): Promise<string> => await readFile(join(root, path), "utf8");
  return [
    ...programs(root, PROGRAM_FOLDER),
    { path: "usr/bin/fastflush", content: { linkTo: "../lib/fastflush/fastflush" } },
    ...(await manualPages(
      root,
      (name, section) => `usr/share/man/man${section}/${name}.gz`,
      gzipped,
    )),
    ...(await completions(root, (shell) => COMPLETION_PATHS[shell])),
    ...units(root, UNIT_FOLDER),
    ...documents(root, DOCUMENT_FOLDER),
    {
      path: `${DOCUMENT_FOLDER}/changelog.gz`,
      content: { bytes: gzipped(await text("CHANGELOG.md")) },
    },
    {
      path: `${DOCUMENT_FOLDER}/changelog.Debian.gz`,
      content: { bytes: gzipped(await text("debian/changelog")) },
    },
    {
      path: `${DOCUMENT_FOLDER}/copyright`,
      content: { bytes: copyright(await text("debian/copyright"), await text("NOTICE")) },
    },
    { path: OVERRIDES, content: { copyOf: join(root, "debian", "lintian-overrides") } },
  ];
}

/** To the next number of NOTICE, or its end. Debian has the text on each machine (Debian Policy 12.5). */
const APACHE_LICENSE = /^ *Apache License\n *Version 2\.0.*?(?=^\d+\. |$(?!\n))/ms;
const APACHE_PLACE = "   /usr/share/common-licenses/Apache-2.0\n";

/** What the programs contain besides, in the words of NOTICE, as a stanza of its own. */
export function copyright(own: string, notice: string): string {
  const lines = notice.replace(APACHE_LICENSE, APACHE_PLACE).trimEnd().split("\n");
  const comment = lines.map((line) => (line.trim() === "" ? " ." : ` ${line}`));
  const stanza = [
    `Files: ${PROGRAM_FOLDER}/*`,
    "Copyright: 2026 the fastflush authors, and those named below",
    "License: Expat and others",
    " Expat stands below. Of the others, Debian has LGPL-2 and Apache-2.0 in /usr/share/common-licenses.",
    "Comment:",
    ...comment,
  ];
  const [head = "", files = "", ...rest] = own.split("\n\n");
  return [head, files, stanza.join("\n"), ...rest].join("\n\n");
}

/** Makes it; returns its path in `scratch`. Throws RunError. */
export async function makeDebianPackage({ root, scratch, seconds }: PackageWork): Promise<string> {
  const tree = join(scratch, "tree");
  const control = join(scratch, "control");
  await mkdir(tree);
  await mkdir(control);
  const files = await debianFiles(root);
  await stage(tree, files, seconds);
  const fields = await controlFields(root, tree);
  await stage(
    control,
    [
      { path: "control", content: { bytes: fields } },
      { path: "md5sums", content: { bytes: await digests(tree, files) } },
      ...MAINTAINER_SCRIPTS.map((name) => ({
        path: name,
        content: { copyOf: join(root, "debian", name) },
        isProgram: true,
      })),
    ],
    seconds,
  );
  const path = join(scratch, `${nameOf(fields)}.deb`);
  const members = [
    { name: "debian-binary", bytes: Buffer.from("2.0\n") },
    { name: "control.tar.xz", bytes: await tarXz(control, seconds) },
    { name: "data.tar.xz", bytes: await tarXz(tree, seconds) },
  ];
  await writeAr(path, members, seconds);
  await rm(tree, { recursive: true });
  await rm(control, { recursive: true });
  return path;
}

/** The control file: what debian/control says, with the version of debian/changelog, architecture and size. */
async function controlFields(root: string, tree: string): Promise<string> {
  const { stdout } = await runOrThrow([
    ...["env", "-C", root, "dpkg-gencontrol", "-pfastflush", `-P${tree}`, "-f/dev/null", "-O"],
  ]);
  return stdout;
}

/** `fastflush_0.1.0-1_amd64`. */
function nameOf(fields: string): string {
  const field = (name: string): string =>
    new RegExp(`^${name}: (.*)$`, "m").exec(fields)?.[1] ?? "";
  return ["Package", "Version", "Architecture"].map(field).join("_");
}

/** As dpkg --verify and debsums(1) compare them. */
async function digests(tree: string, files: readonly PackageFile[]): Promise<string> {
  const plain = files.filter(({ content }) => !("linkTo" in content)).map(({ path }) => path);
  const lines = plain.sort().map(async (path) => {
    const hash = createHash("md5").update(await readFile(join(tree, path)));
    return `${hash.digest("hex")}  ${path}\n`;
  });
  return (await Promise.all(lines)).join("");
}
