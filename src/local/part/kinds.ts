import { inbox } from "./inbox.ts";
import type { PartKind } from "./part.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { temporal } from "./temporal.ts";
import type { Part } from "../wire.ts";

/** In the order in which they start; they stop in the reverse. */
export const kinds: Record<Part, PartKind> = { postgres, temporal, redis, inbox };
