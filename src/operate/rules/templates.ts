import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Locale, LOCALES, type Template } from "../../campaign/library.ts";
import { error, type Fault } from "../../fault.ts";
import { hashOf } from "../../store/document.ts";
import { lintTemplate } from "../../template/lint.ts";
import { usesOf } from "../../template/uses.ts";
import { filesIn, shown } from "./folder.ts";

export interface Templates {
  templates: Record<string, Template>;
  /** names whose files have errors, or that lack a language */
  broken: string[];
}

/** rules/templates/NAME.LOCALE.mjml, each in every language. */
export async function readTemplates(folder: string, faults: Fault[]): Promise<Templates> {
  const sources = await readLocalised(folder, ".mjml", faults);
  const templates: Templates["templates"] = Object.create(null);
  const broken: string[] = [];
  for (const [name, locales] of Object.entries(sources)) {
    const own = await faultsOf(folder, name, locales);
    faults.push(...own);
    if (own.some((fault) => fault.severity === "error")) {
      broken.push(name);
      continue;
    }
    const document = {
      name,
      locales: Object.fromEntries(LOCALES.map((locale) => [locale, { mjml: locales[locale]! }])),
    };
    const uses = LOCALES.flatMap((locale) => usesOf(locales[locale]!).map((use) => ({ ...use, locale })));
    templates[name] = { hash: hashOf(document), document: document as Template["document"], uses };
  }
  return { templates, broken };
}

async function faultsOf(folder: string, name: string, locales: Partial<Record<Locale, string>>): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const locale of LOCALES) {
    const source = locales[locale];
    const file = shown(join(folder, `${name}.${locale}.mjml`));
    if (source !== undefined) faults.push(...(await lint(source, file)));
    else
      faults.push({
        ...error("", { en: `template "${name}" lacks this language`, "zh-CN": `模板 "${name}" 缺少该语言版本` }),
        file,
      });
  }
  return faults;
}

const linted = new Map<string, Promise<Fault[]>>();

/** A server reads the same templates again and again; each text is linted once. */
function lint(source: string, file: string): Promise<Fault[]> {
  const key = `${file}\n${source}`;
  const known = linted.get(key) ?? lintTemplate(source, file);
  linted.set(key, known);
  return known;
}

/** Files named NAME.LOCALE.ENDING, by name and language. */
export async function readLocalised(
  folder: string,
  ending: string,
  faults: Fault[],
): Promise<Record<string, Partial<Record<Locale, string>>>> {
  const found: Record<string, Partial<Record<Locale, string>>> = Object.create(null);
  for (const file of await filesIn(folder, ending)) {
    const parts = /^([a-z][a-z0-9-]*)\.([A-Za-z-]+)$/.exec(file.slice(0, -ending.length));
    const locale = LOCALES.find((known) => known === parts?.[2]);
    if (!parts || !locale) {
      const message = { en: `must be named NAME.LOCALE${ending}`, "zh-CN": `文件名须为 名称.语言${ending}` };
      const hint = { en: `languages: ${LOCALES.join(", ")}`, "zh-CN": `语言：${LOCALES.join("、")}` };
      faults.push({ ...error("", message, hint), file: shown(join(folder, file)) });
      continue;
    }
    found[parts[1]!] ??= {};
    found[parts[1]!]![locale] = await readFile(join(folder, file), "utf8");
  }
  return found;
}
