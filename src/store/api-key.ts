import { createHash, randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Database } from "./database.ts";

export const ROLES = ["marketer", "ops", "sales", "service", "backend", "admin"] as const;
export type Role = (typeof ROLES)[number];

export interface ApiKey {
  name: string;
  role: Role;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
}

/** Only the key's SHA-256 is kept; the key itself is returned here once. */
export async function createApiKey(
  db: Database,
  name: string,
  role: Role,
  at: Date,
  expiresAt?: Date,
): Promise<string> {
  const key = `rk_${randomBytes(24).toString("base64url")}`;
  await sql`
    insert into api_keys (hash, name, role, created_at, expires_at)
    values (${keyHash(key)}, ${name}, ${role}, ${at}, ${expiresAt ?? null})`.execute(db);
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
}

/** The holder of a key at clock time, if it is known, not expired and not revoked. */
export async function holderOfKey(db: Database, key: string): Promise<Holder | undefined> {
  const { rows } = await sql<KeyHolder>`
    select k.name, k.role, k.person, k.team, k.public, k.types from api_keys k cross join clock c
    where k.hash = ${keyHash(key)} and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > c.virtual_anchor + (clock_timestamp() - c.real_anchor) * c.rate)`.execute(
    db,
  );
  const [found] = rows;
  if (!found) return undefined;
  const { name, role, person, team, public: open, types } = found;
  return {
    name,
    role,
    kind: "key",
    public: open,
    ...(person && { person }),
    ...(team && { team }),
    ...(types && { types }),
  };
}

interface KeyHolder extends Pick<Holder, "name" | "role" | "public"> {
  person: string | null;
  team: string | null;
  types: string[] | null;
}

export async function listApiKeys(db: Database): Promise<ApiKey[]> {
  const { rows } = await sql<ApiKey>`
    select name, role, created_at, expires_at, revoked_at from api_keys order by created_at, name`.execute(db);
  return rows;
}

/** Revokes the keys of that name; says how many were still good. */
export async function revokeApiKey(db: Database, name: string, at: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update api_keys set revoked_at = ${at} where name = ${name} and revoked_at is null`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

function keyHash(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
