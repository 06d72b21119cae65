import type { Command } from "commander";
import { COMMANDS } from "./commands.zh-CN.ts";
import { WORDS } from "./words.zh-CN.ts";

/** Help and usage errors in Chinese; what has no words there stays English. Call before commands are added. */
export function speakChinese(program: Command): void {
  program
    .helpOption("-h, --help", "显示帮助")
    .helpCommand("help [command]", "显示命令的帮助")
    .configureHelp({
      styleTitle: said,
      styleCommandDescription: said,
      styleSubcommandDescription: said,
      styleArgumentDescription: said,
      styleOptionDescription: said,
    })
    .configureOutput({ outputError: (text, write) => write(text.split("\n").map(complaint).join("\n")) });
}

function said(text: string): string {
  const [, words, given] = /^(.*?)((?: \((?:choices|default): .*)?)$/s.exec(text)!;
  const own = COMMANDS[words!] ?? WORDS[words!] ?? words!;
  return own + given!.replaceAll("(choices: ", "(可选：").replace(/(\(|, )default: /, "$1默认：");
}

const COMPLAINTS: [RegExp, string][] = [
  [/^error: unknown command '(.*)'$/, "错误：没有命令 '$1'"],
  [/^error: unknown option '(.*)'$/, "错误：没有选项 '$1'"],
  [/^error: missing required argument '(.*)'$/, "错误：缺少参数 '$1'"],
  [/^error: required option '(.*)' not specified$/, "错误：必须给出选项 '$1'"],
  [/^error: option '(.*)' argument missing$/, "错误：选项 '$1' 缺少值"],
  [/^error: too many arguments.*$/, "错误：参数过多"],
  [
    /^error: option '(.*)' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/,
    "错误：选项 '$1' 的值 '$2' 无效，可选：$3",
  ],
  [
    /^error: command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\.$/,
    "错误：参数 '$2' 的值 '$1' 无效，可选：$3",
  ],
  [
    /^error: option '(.*)' argument '(.*)' is invalid\. A whole number from (\d+) to (\d+) is wanted\.$/,
    "错误：选项 '$1' 的值 '$2' 无效，应为 $3 至 $4 的整数",
  ],
  [/^error: option '(.*)' argument '(.*)' is invalid\./, "错误：选项 '$1' 的值 '$2' 无效："],
  [/^\(Did you mean (?:one of )?(.*)\?\)$/, "（是否想写 $1？）"],
];

function complaint(line: string): string {
  const [pattern, words] = COMPLAINTS.find(([one]) => one.test(line)) ?? [];
  return pattern ? line.replace(pattern, words!) : line;
}
