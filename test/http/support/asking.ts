import { createHash, randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Role } from "../../../src/store/api-key.ts";
import type { Database } from "../../../src/store/database.ts";
import type { Serving } from "../serving.ts";

/** Whoever asks; what they have of a person and a team decides what is theirs. */
export interface As {
  role: Role;
  person?: string;
  team?: string;
}
export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  /** parsed, where it is JSON */
  body: T;
  bytes: Buffer;
}
export interface Asking {
  body?: unknown;
  headers?: Record<string, string>;
}
export type Ask = <T = Record<string, unknown>>(
  as: As,
  method: string,
  path: string,
  asking?: Asking,
) => Promise<Answer<T>>;

/** Asks a running server, each asker by a key of their own. */
export function asking(db: Database, serving: () => Serving): Ask {
  const keys = new Map<string, Promise<string>>();
  return async (as, method, path, { body, headers = {} } = {}) => {
    const whose = JSON.stringify(as);
    if (!keys.has(whose)) keys.set(whose, keyOf(db, as));
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(serving().server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${await keys.get(whose)!}`,
        ...(body !== undefined && !raw && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(bytes.toString()) : undefined,
      bytes,
    };
  };
}

async function keyOf(db: Database, { role, person, team }: As): Promise<string> {
  const key = `rk_${randomBytes(24).toString("base64url")}`;
  const hash = createHash("sha256").update(key).digest("hex");
  await sql`
    insert into api_keys (hash, name, role, person, team, created_at)
    values (${hash}, ${`${role} ${person ?? ""} ${team ?? ""}`.trim()}, ${role}, ${person ?? null}, ${team ?? null}, now())`.execute(
    db,
  );
  return key;
}

/** Every item of a list, page by page. `between` happens after each page. */
export async function pages<T>(
  ask: Ask,
  as: As,
  path: string,
  between: () => Promise<unknown> = async () => undefined,
): Promise<T[]> {
  const items: T[] = [];
  for (let next: string | null | undefined; next !== null;) {
    const after = next === undefined ? "" : `${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(next)}`;
    const { status, body } = await ask<{ items: T[]; next: string | null }>(as, "GET", path + after);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    items.push(...body.items);
    next = body.next;
    await between();
  }
  return items;
}
