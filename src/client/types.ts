import type { Routes } from "./api/routes.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** "/v1/campaigns/{id}" */
export type PathOf<M extends Method> = keyof Routes extends infer R ? (R extends `${M} ${infer P}` ? P : never) : never;

export type RouteOf<M extends Method, P extends string> = Routes[`${M} ${P}` & keyof Routes];

export type AnswerOf<M extends Method, P extends string> = RouteOf<M, P>["answer"];

export interface Common {
  /** gives up waiting and trying */
  signal?: AbortSignal;
  /** under which a POST is done once; made up when left out */
  idempotencyKey?: string;
}

type Parts<R> = Omit<R, "answer">;

/** The address's own parts, which may be left out when none of them must be there. */
export type ArgumentsOf<M extends Method, P extends string> =
  {} extends Parts<RouteOf<M, P>>
    ? [options?: Parts<RouteOf<M, P>> & Common]
    : [options: Parts<RouteOf<M, P>> & Common];

/** Addresses that answer a list, page by page. */
export type ListPath = {
  [P in PathOf<"GET">]: AnswerOf<"GET", P> extends { items: unknown[]; next: string | null } ? P : never;
}[PathOf<"GET">];

export type ItemOf<P extends ListPath> = AnswerOf<"GET", P> extends { items: (infer T)[] } ? T : never;
