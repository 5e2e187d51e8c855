/** The completion for zsh(1): a function for its completion system. Pure. */
import { sitesCommand } from "./site_names.ts";
import type { CommandWords, OptionWords, Values } from "./words.ts";

/** The script; it may be sourced, or stand in a directory of $fpath as _fastflush. */
export function zshScript(commands: readonly CommandWords[]): string {
  const [program] = commands;
  const before = program?.options.filter(({ values }) => values !== null) ?? [];
  return `#compdef fastflush
# Completion of fastflush for zsh: made by "fastflush completion zsh".
_fastflush_sites() {
  compadd -- \${(f)"$(${sitesCommand('"$@"')})"}
}

_fastflush_commands() {
  local -a names=(${commands.flatMap(commandText).join(" ")})
  _describe command names
}

_fastflush() {
  local cur=$words[CURRENT] prev=$words[CURRENT-1] command= i
  local -a where options
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
    ${before.flatMap(({ names }) => names).join("|")})
      where+=($words[i] $words[i+1])
      ((i++))
      ;;
    -*) ;;
    *)
      command=$words[i]
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
}

if [[ $funcstack[1] == _fastflush ]]; then
  _fastflush "$@"
else
  compdef _fastflush fastflush
fi
`;
}

function commandText({ name, does }: CommandWords): string[] {
  return name === "" ? [] : [described(name, does)];
}

function optionTexts({ names, does }: OptionWords): string[] {
  return names.map((name) => described(name, does));
}

/** A name with what it does, as _describe wants it, in quotes. */
function described(name: string, does: string): string {
  const text = `${name}:${does.replaceAll("\\", "\\\\").replaceAll(":", "\\:")}`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function valueCases({ name, options }: CommandWords): string[] {
  return options.flatMap(({ names, values }) =>
    values === null
      ? []
      : [`  ${names.map((each) => `${name}:${each}`).join("|")}) ${complete(values)} ;;\n`],
  );
}

function wordCase({ name, options, values }: CommandWords): string {
  const rest = name === "" || name === "help" ? "_fastflush_commands" : complete(values);
  const texts = options.flatMap(optionTexts).join(" ");
  return `    ${name}:-*)\n      options=(${texts})\n      _describe option options\n      ;;\n    ${name}:*) ${rest} ;;\n`;
}

function complete(values: Values): string {
  switch (values) {
    case "sites":
      return "_fastflush_sites $where";
    case "files":
      return "_files";
    case "directories":
      return "_files -/";
    case "unknown":
      return "_message value";
    default:
      return `compadd -- ${values.join(" ")}`;
  }
}
