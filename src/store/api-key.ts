import { createHash, randomBytes } from "node:crypto";
import { sql } from "kysely";
import { CLOCK_NOW } from "./clock.ts";
import type { Database, Tx } from "./database.ts";

export const ROLES = ["marketer", "ops", "sales", "service", "backend", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** What a key may, besides its role. */
export interface KeyLimits {
  person?: string;
  team?: string;
  public?: boolean;
  types?: string[];
  expiresAt?: Date;
  /** requests; what is usual for its role when left out */
  perSecond?: number;
}

export interface ApiKey {
  name: string;
  role: Role;
  person: string | null;
  team: string | null;
  public: boolean;
  types: string[] | null;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  /** "2026-04-01", by the clock */
  last_used_on: string | null;
}

/** Only the key's SHA-256 is kept; the key itself is returned here once. */
export async function createApiKey(
  db: Database | Tx,
  name: string,
  role: Role,
  at: Date,
  limits: KeyLimits = {},
): Promise<string> {
  const key = `${limits.public ? "pk" : "rk"}_${randomBytes(24).toString("base64url")}`;
  await sql`
    insert into api_keys (hash, name, role, created_at, expires_at, person, team, public, types, per_second)
    values (${keyHash(key)}, ${name}, ${role}, ${at}, ${limits.expiresAt ?? null}, ${limits.person ?? null},
      ${limits.team ?? null}, ${limits.public ?? false}, ${limits.types ?? null}::text[],
      ${limits.perSecond ?? null})`.execute(db);
  return key;
}

/** Who asks: whose a key is, or who signed in. */
export interface Holder {
  name: string;
  role: Role;
  kind: "key" | "session";
  /** as customers.owner and tasks.assignee name them; sales and service see what is theirs */
  person?: string;
  team?: string;
  /** a browser's key: posts events and nothing else */
  public: boolean;
  /** event types that it may post, such as "check_in" or "cart.*"; absent: all that its role may */
  types?: string[];
  /** requests that its key may make; absent: what is usual for its role */
  perSecond?: number;
}

/** The holder of a key at clock time, if it is known, not expired and not revoked; the day of its use is noted. */
export async function holderOfKey(db: Database, key: string): Promise<Holder | undefined> {
  const { rows } = await sql<KeyHolder>`
    with clock_now as (
      select ${CLOCK_NOW} as at from clock
    ), found as (
      select k.hash, k.name, k.role, k.person, k.team, k.public, k.types, k.per_second, c.at::date as day
      from api_keys k cross join clock_now c
      where k.hash = ${keyHash(key)} and k.revoked_at is null and (k.expires_at is null or k.expires_at > c.at)
    ), used as (
      update api_keys k set last_used_on = f.day from found f
      where k.hash = f.hash and k.last_used_on is distinct from f.day
    )
    select name, role, person, team, public, types, per_second as "perSecond" from found`.execute(db);
  const [found] = rows;
  if (!found) return undefined;
  const { person, team, types, perSecond, ...rest } = found;
  return {
    ...{ ...rest, kind: "key", ...(person && { person }), ...(team && { team }), ...(types && { types }) },
    ...(perSecond && { perSecond }),
  };
}

interface KeyHolder extends Pick<Holder, "name" | "role" | "public"> {
  person: string | null;
  team: string | null;
  types: string[] | null;
  perSecond: number | null;
}

/** Newest last; at most `limit` after the key of that hash. */
export async function listApiKeys(
  db: Database | Tx,
  page: { limit?: number; after?: string; name?: string } = {},
): Promise<(ApiKey & { hash: string })[]> {
  const named = page.name === undefined ? sql`` : sql`and name = ${page.name}`;
  const { rows } = await sql<ApiKey & { hash: string }>`
    select hash, name, role, person, team, public, types, created_at, expires_at, revoked_at, last_used_on::text
    from api_keys
    where (${page.after ?? null}::text is null
      or (created_at, hash) > (select created_at, hash from api_keys where hash = ${page.after ?? null})) ${named}
    order by created_at, hash limit ${page.limit ?? null}`.execute(db);
  return rows;
}

/** Revokes the keys of that name; says how many were still good. */
export async function revokeApiKey(db: Database, name: string, at: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update api_keys set revoked_at = ${at} where name = ${name} and revoked_at is null
      and (expires_at is null or expires_at > ${at})`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

interface GoodKey extends ApiKey {
  hash: string;
  per_second: number | null;
}

/** Locks those of that name that are good at a time, newest first. */
export async function lockGoodKeys(tx: Tx, name: string, at: Date): Promise<GoodKey[]> {
  const { rows } = await sql<GoodKey>`
    select hash, name, role, person, team, public, types, created_at, expires_at, revoked_at, last_used_on::text,
      per_second
    from api_keys where name = ${name} and revoked_at is null and (expires_at is null or expires_at > ${at})
    order by created_at desc, hash for update`.execute(tx);
  return rows;
}

/** They end then, unless they end before. */
export async function expireKeys(tx: Tx, hashes: string[], at: Date): Promise<void> {
  await sql`
    update api_keys set expires_at = least(expires_at, ${at}::timestamptz) where hash = any(${hashes}::text[])`.execute(
    tx,
  );
}

function keyHash(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
