import { absent, nearest, refuse } from "../fault.ts";
import { createApiKey, listApiKeys, revokeApiKey, type Role, ROLES } from "../store/api-key.ts";
import { now } from "../store/clock.ts";
import type { Database } from "../store/database.ts";

/** @returns the key, which is shown this once @throws InputError for an unknown role or a bad name */
export async function createKey(
  db: Database,
  { name, role, days }: { name: string; role: string; days?: number },
): Promise<string> {
  if (!ROLES.includes(role as Role)) {
    throw refuse("--role", { en: `there is no role "${role}"`, "zh-CN": `没有角色 "${role}"` }, nearest(role, ROLES));
  }
  if (name.trim() === "" || name.length > 100) {
    throw refuse("--name", { en: "a name of 1 to 100 characters is needed", "zh-CN": "名称需为 1 到 100 个字符" });
  }
  const at = await now(db);
  const expires = days === undefined ? undefined : new Date(at.getTime() + days * 86_400_000);
  return createApiKey(db, name, role as Role, at, expires);
}

/** @throws InputError when there is no good key of that name */
export async function revokeKey(db: Database, name: string): Promise<number> {
  const revoked = await revokeApiKey(db, name, await now(db));
  if (revoked > 0) return revoked;
  const good = (await listApiKeys(db)).filter((key) => key.revoked_at === null).map((key) => key.name);
  throw absent(name, { en: "no key of this name is in use", "zh-CN": "没有使用中的同名密钥" }, nearest(name, good));
}
