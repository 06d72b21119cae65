import { absent, error, type Fault, InputError, nearest, refuse } from "../../fault.ts";
import {
  type ApiKey,
  createApiKey,
  expireKeys,
  listApiKeys,
  lockGoodKeys,
  revokeApiKey,
  type Role,
} from "../../store/api-key.ts";
import { now } from "../../store/clock.ts";
import { type Database, transaction } from "../../store/database.ts";
import { roleOf, scopeFaults, unknownRole } from "./role.ts";

export interface NewKey {
  name: string;
  role: string;
  /** stops working after so many days */
  days?: number;
  /** whose tasks and customers it sees: sales, service */
  team?: string;
  person?: string;
  /** for browsers: posts events and nothing else */
  public?: boolean;
  /** event types that it may post: "check_in", "cart.*" */
  types?: string[];
  /** requests a second; what is usual for its role when left out */
  perSecond?: number;
}

export type KeyView = Omit<ApiKey, "hash">;

/** What a new key may be asked for with, and is shown once. */
export interface MadeKey {
  key: string;
  name: string;
  role: Role;
}

const TYPE = /^(?:[^\s*,]{1,256}|[^\s*,]{1,255}\*)$/;

/** @throws InputError with every fault: unknown role, bad name or one that is in use, limits that do not go together */
export async function createKey(db: Database, asked: NewKey): Promise<MadeKey> {
  const at = await now(db);
  const role = roleOf(asked.role);
  const faults = [...nameFaults(asked), ...limitFaults(asked)];
  if (!role) faults.unshift(unknownRole(asked.role));
  if (faults.length > 0) throw new InputError(faults);
  const { name, days, team, person, types, perSecond } = asked;
  const key = await transaction(db, async (tx) => {
    if ((await lockGoodKeys(tx, name, at)).length > 0) throw nameInUse(name);
    return createApiKey(tx, name, role!, at, {
      ...(days !== undefined && { expiresAt: new Date(at.getTime() + days * 86_400_000) }),
      ...(team && { team }),
      ...(person && { person }),
      ...(types && { types }),
      ...(perSecond !== undefined && { perSecond }),
      public: asked.public ?? false,
    });
  });
  return { key, name, role: role! };
}

/**
 * A new key that may what the newest good one of its name may; those there were work for as long as `grace`.
 * @param grace hours
 */
export async function rotateKey(db: Database, name: string, grace: number): Promise<MadeKey & { until: Date }> {
  const at = await now(db);
  const until = new Date(at.getTime() + grace * 3_600_000);
  const made = await transaction(db, async (tx) => {
    const good = await lockGoodKeys(tx, name, at);
    const [last] = good;
    if (!last) return undefined;
    const lives = last.expires_at && last.expires_at.getTime() - last.created_at.getTime();
    const key = await createApiKey(tx, name, last.role, at, {
      ...(lives && { expiresAt: new Date(at.getTime() + lives) }),
      ...(last.team && { team: last.team }),
      ...(last.person && { person: last.person }),
      ...(last.types && { types: last.types }),
      ...(last.per_second && { perSecond: last.per_second }),
      public: last.public,
    });
    const hashes = good.map((one) => one.hash);
    await expireKeys(tx, hashes, until);
    return { key, name, role: last.role, until };
  });
  if (!made) throw await noGoodKey(db, name);
  return made;
}

/** @throws InputError when there is no good key of that name */
export async function revokeKey(db: Database, name: string): Promise<number> {
  const revoked = await revokeApiKey(db, name, await now(db));
  if (revoked > 0) return revoked;
  throw await noGoodKey(db, name);
}

/** `after`: hash of the last one seen */
export async function listKeys(
  db: Database,
  page: { limit?: number; after?: string } = {},
): Promise<(KeyView & { hash: string })[]> {
  return listApiKeys(db, page);
}

function nameFaults({ name }: NewKey): Fault[] {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._:@-]{0,99}$/u.test(name)) return [];
  return [
    error("/name", {
      en: "a name has 1 to 100 letters, digits, spaces, . _ : @ -",
      "zh-CN": "名称为 1 到 100 个字母、数字、空格或 . _ : @ -",
    }),
  ];
}

function limitFaults({ role, team, person, public: open, types }: NewKey): Fault[] {
  const faults: Fault[] = [];
  if (open && role !== "backend") {
    faults.push(error("/role", { en: "a public key has role backend", "zh-CN": "公开密钥的角色必须为 backend" }));
  }
  faults.push(...scopeFaults(role, { team, person }, "keys"));
  const bad = (types ?? []).filter((type) => !TYPE.test(type));
  if (bad.length > 0 || types?.length === 0) {
    faults.push(
      error(
        "/types",
        { en: `"${bad.join(", ")}" is not an event type`, "zh-CN": `"${bad.join(", ")}" 不是事件类型` },
        { en: "check_in,cart.*", "zh-CN": "check_in,cart.*" },
      ),
    );
  }
  return faults;
}

function nameInUse(name: string): InputError {
  return refuse(
    "/name",
    { en: `a key named "${name}" is in use`, "zh-CN": `名为 "${name}" 的密钥正在使用` },
    { en: `key rotate "${name}" replaces it`, "zh-CN": `可用 key rotate "${name}" 更换` },
  );
}

async function noGoodKey(db: Database, name: string): Promise<InputError> {
  const at = await now(db);
  const good = (await listApiKeys(db)).filter((key) => !key.revoked_at && (!key.expires_at || key.expires_at > at));
  const names = [...new Set(good.map((key) => key.name))];
  return absent(name, { en: "no key of this name is in use", "zh-CN": "没有使用中的同名密钥" }, nearest(name, names));
}
