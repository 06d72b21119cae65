import { sql } from "kysely";
import type { TemplateDocument } from "../campaign/library.ts";
import type { Database } from "../store/database.ts";
import { type CompiledTemplate, compileTemplate } from "./compile.ts";

const compiled = new Map<string, Promise<CompiledTemplate | undefined>>();

/**
 * A template by its document's hash, compiled once per process and language; undefined when there is none or it cannot
 * be compiled. Any language but Chinese is served in English.
 * @throws when the database cannot be asked
 */
export function storedTemplate(db: Database, hash: string, locale: string): Promise<CompiledTemplate | undefined> {
  const key = `${hash} ${locale}`;
  let template = compiled.get(key);
  if (!template) {
    if (compiled.size >= 500) compiled.clear();
    template = load(db, hash, locale);
    template.catch(() => compiled.delete(key));
    compiled.set(key, template);
  }
  return template;
}

async function load(db: Database, hash: string, locale: string): Promise<CompiledTemplate | undefined> {
  const { rows } = await sql<{ body: TemplateDocument }>`select body from documents where hash = ${hash}`.execute(db);
  const language = locale.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
  const source = rows[0]?.body.locales[language];
  return source && compileTemplate(source.mjml, language).catch(() => undefined);
}
