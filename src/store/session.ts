import { createHash, randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Holder, Role } from "./api-key.ts";
import type { Database, Tx } from "./database.ts";

/** Wall time: nobody stays signed in longer, and not through so long without a request. */
const LONGEST_HOURS = 12;
const IDLE_HOURS = 1;

/** @returns the token of a new session, which only its cookie keeps, and when it ends at the latest */
export async function insertSession(tx: Tx, user: string): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(32).toString("base64url");
  const { rows } = await sql<{ expires_at: Date }>`
    insert into sessions (hash, user_name, created_at, seen_at, expires_at)
    select ${tokenHash(token)}, ${user}, t, t, t + make_interval(hours => ${LONGEST_HOURS}) from clock_timestamp() t
    returning expires_at`.execute(tx);
  return { token, expiresAt: rows[0]!.expires_at };
}

/** Who signed in for a session that is neither over nor idle for too long; looked up anew for each request. */
export async function holderOfSession(
  db: Database,
  token: string,
): Promise<{ holder: Holder; expiresAt: Date } | undefined> {
  const { rows } = await sql<{
    name: string;
    role: Role;
    person: string | null;
    team: string | null;
    expires_at: Date;
  }>`
    with found as (
      select s.hash, s.seen_at, s.expires_at, u.name, u.role, u.person, u.team
      from sessions s join users u on u.name = s.user_name
      where s.hash = ${tokenHash(token)} and u.disabled_at is null and s.expires_at > clock_timestamp()
        and s.seen_at > clock_timestamp() - make_interval(hours => ${IDLE_HOURS})
    ), seen as (
      update sessions s set seen_at = clock_timestamp() from found f
      where s.hash = f.hash and f.seen_at < clock_timestamp() - interval '1 minute'
    )
    select name, role, person, team, expires_at from found`.execute(db);
  const [found] = rows;
  if (!found) return undefined;
  const { name, role, person, team, expires_at: expiresAt } = found;
  const holder: Holder = {
    name,
    role,
    kind: "session",
    public: false,
    ...(person && { person }),
    ...(team && { team }),
  };
  return { holder, expiresAt };
}

export async function endSession(db: Database | Tx, token: string): Promise<number> {
  const { numAffectedRows } = await sql`delete from sessions where hash = ${tokenHash(token)}`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

export async function endSessionsOf(db: Database | Tx, user: string): Promise<number> {
  const { numAffectedRows } = await sql`delete from sessions where user_name = ${user}`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** Those that nobody can use any more. */
export async function dropOldSessions(tx: Tx): Promise<void> {
  await sql`
    delete from sessions where expires_at < clock_timestamp()
      or seen_at < clock_timestamp() - make_interval(hours => ${IDLE_HOURS})`.execute(tx);
}

function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
