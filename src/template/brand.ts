import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Text } from "../campaign/program.ts";

/** Who writes: what mails are signed with. */
export interface Brand {
  name: Text;
}

const home = z.object({ brand: z.object({ en: z.string(), "zh-CN": z.string() }) });

/** From rules/home.json; without one, our own name. */
export async function readBrand(rules: string): Promise<Brand> {
  const text = await readFile(join(rules, "home.json"), "utf8").catch(() => undefined);
  const parsed = text === undefined ? undefined : home.safeParse(JSON.parse(text));
  return { name: parsed?.data?.brand ?? { en: "Rekindle", "zh-CN": "Rekindle" } };
}
