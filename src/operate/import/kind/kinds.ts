import { customers } from "./customers.ts";
import { events } from "./events.ts";
import type { Kind } from "./field.ts";
import { orderItems } from "./order-items.ts";
import { orders } from "./orders.ts";

export const KINDS = { customers, orders, "order-items": orderItems, events } satisfies Record<string, Kind>;
export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as KindName[];
