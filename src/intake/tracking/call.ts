import type { Fault } from "../../fault.ts";
import type { Mapping } from "../type/mapping.ts";

export type Json = Record<string, unknown>;

/** Who a call is about, as its sender names them. */
export interface Who {
  userId?: string;
  anonymousId?: string;
}

/** One call of the tracking API, its context merged with the batch's. */
export interface Call extends Who {
  json: Json;
  context: Json;
  /** it came by a key for browsers: anybody may have written it */
  public: boolean;
}

/** What a call says, before rules/ is asked what that means here. */
export interface Said {
  /** name of the event */
  name: string;
  data: Json;
  /** where the data was in the call */
  at: string;
  /** what the name means when rules/events/ says nothing of it */
  builtIn?: Mapping;
}

/** One kind of call. */
export type Read = (call: Call) => Said | Fault;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** An id as text; undefined when there is none. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
