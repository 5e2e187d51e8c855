/** The completion for bash(1), which needs nothing beside bash. Pure. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: bash's own syntax, not JavaScript's
import { sitesCommand } from "./site_names.ts";
import type { CommandWords, OptionWords, Values } from "./words.ts";

/** The script. */
export function bashScript(commands: readonly CommandWords[]): string {
  const [program] = commands;
  const before = namesOf(program?.options.filter(({ values }) => values !== null) ?? []);
  return `# Completion of fastflush for bash: made by "fastflush completion bash".
_fastflush_sites() {
  ${sitesCommand('"$@"')}
}

_fastflush() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= words= i
  local where=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    ${before.join(" | ")})
      where+=("\${COMP_WORDS[i]}" "\${COMP_WORDS[i + 1]}")
      ((++i))
      ;;
    -*) ;;
    *)
      command=\${COMP_WORDS[i]}
      break
      ;;
    esac
  done
  case $command:$prev in
${commands.flatMap(valueCases).join("")}  *)
    case $command:$cur in
${commands.map(wordCase).join("")}    esac
    ;;
  esac
  # No name has a character that compgen would expand.
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _fastflush fastflush
`;
}

/** For values of options: behind which option, of which command. */
function valueCases({ name, options }: CommandWords): string[] {
  return options.flatMap((option) =>
    option.values === null
      ? []
      : [
          `  ${option.names.map((each) => `${name}:${each}`).join(" | ")})\n    ${assign(option.values)}\n    ;;\n`,
        ],
  );
}

/** For all else: options where a dash was typed, or what stands behind them. */
function wordCase(command: CommandWords, _: number, commands: readonly CommandWords[]): string {
  const { name, options, values } = command;
  const others = commands.map((each) => each.name).filter((each) => each !== "");
  const body = name === "" || name === "help" ? `words='${others.join(" ")}'` : assign(values);
  return `    ${name}:-*) words='${namesOf(options).join(" ")}' ;;\n    ${name}:*)\n      ${body}\n      ;;\n`;
}

function assign(values: Values): string {
  switch (values) {
    case "sites":
      return 'words=$(_fastflush_sites "${where[@]}")';
    case "files":
      return 'compopt -o filenames\n    mapfile -t COMPREPLY < <(compgen -f -- "$cur")\n    return';
    case "directories":
      return 'compopt -o filenames\n    mapfile -t COMPREPLY < <(compgen -d -- "$cur")\n    return';
    case "unknown":
      return "return";
    default:
      return `words='${values.join(" ")}'`;
  }
}

function namesOf(options: readonly OptionWords[]): string[] {
  return options.flatMap(({ names }) => names);
}
