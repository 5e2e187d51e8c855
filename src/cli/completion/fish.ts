/** The completion for fish(1). Pure. */
import { sitesCommand } from "./site_names.ts";
import type { CommandWords, OptionWords, Values } from "./words.ts";

/** The script. */
export function fishScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).filter((name) => name !== "");
  return `# Completion of fastflush for fish: made by "fastflush completion fish".
function __fastflush_sites
    set -l words (commandline -opc)
    set -l where
    for i in (seq 2 (count $words))
        contains -- $words[$i] -c --config-dir --cache-dir; and set -a where $words[$i] $words[(math $i + 1)]
    end
    ${sitesCommand("$where")}
end

function __fastflush_is
    set -l command none
    for word in (commandline -opc)[2..]
        if contains -- $word ${names.join(" ")}
            set command $word
            break
        end
    end
    contains -- $command $argv
end

complete -c fastflush -f
${commands.flatMap(commandLines).join("")}`;
}

function commandLines({ name, does, options, values }: CommandWords): string[] {
  const where = `-n '__fastflush_is ${name === "" ? "none" : name}'`;
  const lines = options.map((option) => `complete -c fastflush ${where} ${optionText(option)}\n`);
  if (name !== "") {
    const at = name === "help" ? "none" : "none help";
    lines.unshift(
      `complete -c fastflush -n '__fastflush_is ${at}' -a ${name} -d ${quoted(does)}\n`,
    );
  }
  const behind = behindWords(values);
  return behind === null ? lines : [...lines, `complete -c fastflush ${where} ${behind}\n`];
}

/** What stands behind the options; null: nothing that is known. */
function behindWords(values: Values): string | null {
  if (values === "sites") {
    return "-a '(__fastflush_sites)'";
  }
  return typeof values === "string" ? null : `-a '${values.join(" ")}'`;
}

function optionText({ names, does, values }: OptionWords): string {
  const flags = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  return [...flags, ...(values === null ? [] : valueWords(values)), `-d ${quoted(does)}`].join(" ");
}

function valueWords(values: Values): string[] {
  switch (values) {
    case "sites":
      return ["-x", "-a '(__fastflush_sites)'"];
    case "files":
      return ["-x", "-a '(__fish_complete_path (commandline -ct))'"];
    case "directories":
      return ["-x", "-a '(__fish_complete_directories)'"];
    case "unknown":
      return ["-x"];
    default:
      return ["-x", `-a '${values.join(" ")}'`];
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
