import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import type { Text } from "../../campaign/program.ts";
import { absent, InputError, nearest } from "../../fault.ts";
import { loadContacts } from "../../store/contact.ts";
import { noCustomer } from "../../store/customer.ts";
import type { Database } from "../../store/database.ts";
import { readBrand } from "../../template/brand.ts";
import { compileTemplate } from "../../template/compile.ts";
import type { TemplateData } from "../../template/data.ts";
import { lintTemplate } from "../../template/lint.ts";
import { render, type Rendered } from "../../template/render.ts";
import { sampleData } from "../../template/sample.ts";
import { previewCoupon } from "./preview-coupon.ts";
import { previewParams } from "./preview-params.ts";

/**
 * A template as one would receive it, with sample data, the coupon and parameters that a campaign sends it with and, when asked for, a
 * real customer's name and traits.
 * @throws InputError with every fault of the template, or the nearest known name
 */
export async function previewTemplate(
  rules: string,
  name: string,
  locale: keyof Text,
  customer?: Pick<TemplateData, "customer">["customer"],
): Promise<Rendered> {
  const folder = join(rules, "templates");
  const file = join(folder, `${name}.${locale}.mjml`);
  // a name is no path
  const source = /[/\\]/.test(name) ? undefined : await readFile(file, "utf8").catch(() => undefined);
  if (source === undefined) throw await unknown(folder, name, locale);
  const faults = await lintTemplate(source, file);
  if (faults.some(({ severity }) => severity === "error")) throw new InputError(faults);
  const brand = (await readBrand(rules)).name[locale];
  const sample = sampleData(brand, locale);
  const data = {
    ...sample,
    coupon: await previewCoupon(rules, name, locale, sample.coupon!),
    params: await previewParams(rules, name, locale),
  };
  return render(await compileTemplate(source, locale), customer ? { ...data, customer } : data);
}

async function unknown(folder: string, name: string, locale: keyof Text): Promise<InputError> {
  const files = await readdir(folder).catch(() => []);
  const known = files.flatMap((file) =>
    file.endsWith(`.${locale}.mjml`) ? [file.slice(0, -`.${locale}.mjml`.length)] : [],
  );
  const message = { en: `no template "${name}" in ${locale}`, "zh-CN": `没有 ${locale} 语言的模板 "${name}"` };
  return absent("NAME", message, nearest(name, known));
}

/** @throws InputError when there is no such customer */
export async function previewCustomer(db: Database, customerId: string): Promise<TemplateData["customer"]> {
  const { rows } = await sql<{ id: number; traits: Record<string, unknown> }>`
    select id, traits from customers where customer_id = ${customerId}`.execute(db);
  const found = rows[0];
  if (!found) throw await noCustomer(db, customerId);
  const contacts = (await loadContacts(db, [found.id])).get(found.id) ?? [];
  const name = contacts.find(({ kind, role }) => kind === "name" && role === "self")?.value ?? "";
  return { name, traits: found.traits };
}
