import { sql } from "kysely";
import type { Role } from "./api-key.ts";
import type { Database, Tx } from "./database.ts";

/** Somebody who signs in, as others may see them. */
export interface User {
  name: string;
  role: Role;
  person: string | null;
  team: string | null;
  created_at: Date;
  password_at: Date;
  disabled_at: Date | null;
}

/** @returns whether there was none of that name */
export async function insertUser(
  tx: Tx,
  user: Pick<User, "name" | "role" | "person" | "team"> & { password: string },
  at: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into users (name, role, person, team, password, created_at, password_at)
    values (${user.name}, ${user.role}, ${user.person}, ${user.team}, ${user.password}, ${at}, ${at})
    on conflict (name) do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

/** By name; at most `limit` after the one of that name. */
export async function listUsers(db: Database, page: { limit?: number; after?: string } = {}): Promise<User[]> {
  const { rows } = await sql<User>`
    select name, role, person, team, created_at, password_at, disabled_at from users
    where name > ${page.after ?? ""} order by name limit ${page.limit ?? null}`.execute(db);
  return rows;
}

/** With the hash of the password, for signing in; also of those who may not. `kept`: as it is until the transaction ends */
export async function findUser(
  db: Database | Tx,
  name: string,
  kept = false,
): Promise<(User & { password: string }) | undefined> {
  const { rows } = await sql<User & { password: string }>`
    select name, role, person, team, created_at, password_at, disabled_at, password from users
    where name = ${name} ${kept ? sql`for share` : sql``}`.execute(db);
  return rows[0];
}

export interface UserChange {
  role?: Role;
  person?: string | null;
  team?: string | null;
  /** hash */
  password?: string;
  disabled?: boolean;
}

/** @returns the user as changed; undefined when there is none of that name */
export async function updateUser(tx: Tx, name: string, change: UserChange, at: Date): Promise<User | undefined> {
  const { role, person, team, password, disabled } = change;
  const { rows } = await sql<User>`
    update users set
      role = coalesce(${role ?? null}, role),
      person = case when ${person === undefined} then person else ${person ?? null} end,
      team = case when ${team === undefined} then team else ${team ?? null} end,
      password = coalesce(${password ?? null}, password),
      password_at = case when ${password === undefined} then password_at else ${at}::timestamptz end,
      disabled_at = case when ${disabled ?? null}::boolean is null then disabled_at
        when ${disabled ?? false} then coalesce(disabled_at, ${at}) end
    where name = ${name}
    returning name, role, person, team, created_at, password_at, disabled_at`.execute(tx);
  return rows[0];
}
