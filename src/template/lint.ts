import { LiquidError, type Template } from "liquidjs";
import type { Text } from "../campaign/program.ts";
import { error, type Fault, nearest, warning } from "../fault.ts";
import { translate } from "./compile.ts";
import { VARIABLES } from "./data.ts";
import { textLiquid } from "./liquid.ts";
import { pathOf } from "./path.ts";

/** All that is wrong with one template file, by line. The language is taken from the file's name, else English. */
export async function lintTemplate(source: string, file: string): Promise<Fault[]> {
  const faults = structure(source);
  const parsed = parse(source);
  if ("fault" in parsed) faults.push(parsed.fault);
  else faults.push(...unknownVariables(parsed.liquid), ...(await mjml(source, localeOf(file))));
  return faults.map((fault) => ({ ...fault, file }));
}

export function localeOf(file: string): keyof Text {
  return file.endsWith(".zh-CN.mjml") ? "zh-CN" : "en";
}

function structure(source: string): Fault[] {
  const faults: Fault[] = [];
  for (const tag of ["mjml", "mj-head", "mj-body"]) {
    if (!new RegExp(`<${tag}[\\s>]`).test(source)) faults.push(missing(tag));
  }
  if (!/<mj-title[^>]*>\s*\S[\s\S]*?<\/mj-title>/.test(source)) {
    faults.push(missing("mj-title", { en: "it is the mail's subject", "zh-CN": "它是邮件主题" }));
  }
  if (!/<mj-preview[\s>]/.test(source)) {
    faults.push(
      warning(lineOf(source, "<mj-head"), {
        en: "no <mj-preview>: inboxes will show the first words of the mail beside its subject",
        "zh-CN": "缺少 <mj-preview>：收件箱会在主题旁显示正文开头",
      }),
    );
  }
  if (/<mj-include[\s>]/.test(source)) {
    faults.push(
      error(lineOf(source, "<mj-include"), {
        en: "<mj-include> is not allowed: a template is one file",
        "zh-CN": "不允许 <mj-include>：一个模板只能是一个文件",
      }),
    );
  }
  return faults;
}

function missing(tag: string, hint?: Text): Fault {
  return error("line 1", { en: `<${tag}> is missing`, "zh-CN": `缺少 <${tag}>` }, hint);
}

function parse(source: string): { liquid: Template[] } | { fault: Fault } {
  try {
    return { liquid: textLiquid.parse(source) };
  } catch (failure) {
    if (!(failure instanceof LiquidError)) throw failure;
    const [row] = failure.token.getPosition();
    const what = failure.originalError?.message ?? failure.message;
    return { fault: error(`line ${row}`, { en: `Liquid: ${what}`, "zh-CN": `Liquid 语法错误：${what}` }) };
  }
}

function unknownVariables(liquid: Template[]): Fault[] {
  const { globals } = textLiquid.analyzeSync(liquid, { partials: false });
  return Object.values(globals)
    .flat()
    .filter((variable) => !isKnown(pathOf(variable)))
    .map((variable) => {
      const name = pathOf(variable).join(".");
      return error(
        `line ${variable.location.row}`,
        { en: `unknown variable "${name}"`, "zh-CN": `未知变量 "${name}"` },
        nearest(name, VARIABLES),
      );
    });
}

/** `coupon` alone is fine too: templates ask whether there is one. */
function isKnown(path: string[]): boolean {
  return VARIABLES.some((known) => {
    const parts = known.split(".");
    if (parts.at(-1) === "**") return path[0] === parts[0];
    return path.length <= parts.length && path.every((part, i) => parts[i] === "*" || parts[i] === part);
  });
}

async function mjml(source: string, locale: keyof Text): Promise<Fault[]> {
  try {
    const { errors, lost } = await translate(source, locale);
    return [
      ...errors.map(({ line, message }) => error(`line ${line}`, { en: message, "zh-CN": `MJML：${message}` })),
      ...lost.map((piece) =>
        error(
          lineOf(source, piece),
          { en: `${piece} stands between components and would be lost`, "zh-CN": `${piece} 位于组件之间，会丢失` },
          { en: `write <mj-raw>${piece}</mj-raw>`, "zh-CN": `请写成 <mj-raw>${piece}</mj-raw>` },
        ),
      ),
    ];
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : String(failure);
    return [error("line 1", { en: `MJML: ${message}`, "zh-CN": `MJML：${message}` })];
  }
}

function lineOf(source: string, piece: string): string {
  return `line ${source.slice(0, Math.max(0, source.indexOf(piece))).split("\n").length}`;
}
