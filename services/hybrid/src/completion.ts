import type { Command } from "commander";

/** Shells for which there is completion. */
export const shells = ["bash", "zsh", "fish"] as const;

/** One of {@link shells}. */
export type Shell = (typeof shells)[number];

/** What may come next behind some words of the command line. */
interface Place {
  /** The words of the command, for example `users list`; empty for the first one. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly meaning: string }[];
}

const placesOf = (command: Command, path: readonly string[] = []): readonly Place[] => {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const words = [
    ...commands.map((each) => ({ word: each.name(), meaning: each.description() })),
    ...help
      .visibleOptions(command)
      .map(({ long, short, description }) => ({ word: long ?? short ?? "", meaning: description })),
  ];
  const below = command.commands.filter((each) => commands.includes(each));
  return [
    { path: path.join(" "), words },
    ...below.flatMap((each) => placesOf(each, [...path, each.name()])),
  ];
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Words that are commands: options and their values do not lead anywhere. */
const placeLoop = `  local place="" word
  for word in "\${before[@]}"; do
    case " $places " in *" \${place:+$place/}$word "*) place="\${place:+$place/}$word" ;; esac
  done`;

const pathsOf = (places: readonly Place[]): string =>
  places.flatMap(({ path }) => (path === "" ? [] : [path.replaceAll(" ", "/")])).join(" ");

const cases = (places: readonly Place[], line: (place: Place) => string): string =>
  places.map((place) => `    ${quoted(place.path.replaceAll(" ", "/"))}) ${line(place)} ;;`).join("\n");

const bash = (
  places: readonly Place[],
): string => `# bash completion for hybrid; eval "$(hybrid completion bash)"
_hybrid() {
  local places=${quoted(pathsOf(places))} current="\${COMP_WORDS[COMP_CWORD]}" words=""
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
${placeLoop}
  case "$place" in
${cases(places, ({ words }) => `words=${quoted(words.map(({ word }) => word).join(" "))}`)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _hybrid hybrid
`;

const described = (word: string, meaning: string): string =>
  quoted(`${word}:${meaning.replaceAll(":", "\\:")}`);

const zsh = (places: readonly Place[]): string => `#compdef hybrid
# zsh completion for hybrid; eval "$(hybrid completion zsh)"
_hybrid() {
  local places=${quoted(pathsOf(places))}
  local -a before=("\${words[@]:1:$((CURRENT-2))}") choices
${placeLoop}
  case "$place" in
${cases(
  places,
  ({ words }) => `choices=(${words.map(({ word, meaning }) => described(word, meaning)).join(" ")})`,
)}
  esac
  _describe 'hybrid' choices || _files
}
compdef _hybrid hybrid
`;

const fish = (places: readonly Place[]): string =>
  [
    "# fish completion for hybrid; hybrid completion fish | source",
    `set -g __hybrid_paths ${pathsOf(places)}`,
    "function __hybrid_at",
    '  set -l path ""',
    "  for word in (commandline -opc)[2..-1]",
    "    set -l next (string join / (string split / -- $path) $word | string trim -l -c /)",
    "    contains -- $next $__hybrid_paths; and set path $next",
    "  end",
    '  test "$path" = "$argv[1]"',
    "end",
    ...places.flatMap(({ path, words }) =>
      words.map(({ word, meaning }) => {
        const at = `-n ${quoted(`__hybrid_at "${path.replaceAll(" ", "/")}"`)} -d ${quoted(meaning)}`;
        return word.startsWith("--")
          ? `complete -c hybrid ${at} -l ${word.slice(2)}`
          : `complete -c hybrid ${at} -a ${word}`;
      }),
    ),
    "",
  ].join("\n");

const writers: Readonly<Record<Shell, (places: readonly Place[]) => string>> = { bash, zsh, fish };

/** A script for a shell that completes the commands and options of `root`, each in its place. */
export const completionScript = (root: Command, shell: Shell): string => writers[shell](placesOf(root));
