import type { FastifyRequest } from "fastify";
import { type Act, audited, enter, type Target } from "../../store/audit.ts";
import type { Holder } from "../../store/api-key.ts";
import type { Database } from "../../store/database.ts";
import { holderOf } from "./auth.ts";
import { Problem, problemOf } from "../problem.ts";

/** Of a route, what decides on entries and what they say. */
interface Audited {
  method: string;
  path: string;
  exports?: true;
  audited?: false;
}

/** Whether asking the route leaves an entry. */
export function isAudited(route: Audited): boolean {
  return route.audited ?? (route.method !== "GET" || route.exports === true);
}

/** The one place where what is asked over HTTP gets into the audit log. */
export function openAudit(db: Database) {
  return {
    /** Runs a route's work between its two entries, where the route is audited. */
    async acts<T>(
      route: Audited,
      request: FastifyRequest,
      work: (note: (more: Target) => void) => Promise<T>,
    ): Promise<T> {
      if (!isAudited(route)) return work(() => undefined);
      return audited(db, actOf(route, request, holderOf(request)), work, (failure) =>
        problemOf(failure as Error).status < 500 ? "refused" : "failed",
      );
    },

    /** A guard that notes whom it has turned away from a change, if they are known. */
    denials(route: Audited, guard: (request: FastifyRequest) => Promise<void>) {
      if (!isAudited(route)) return guard;
      return async (request: FastifyRequest) => {
        try {
          await guard(request);
        } catch (failure) {
          const holder = holderOf(request) as Holder | undefined;
          if (failure instanceof Problem && failure.status === 403 && holder)
            await enter(db, actOf(route, request, holder), "denied");
          throw failure;
        }
      };
    },
  };
}

function actOf(route: Audited, request: FastifyRequest, holder: Holder | undefined): Act {
  return {
    who: holder?.name ?? "nobody",
    kind: holder?.kind ?? "nobody",
    ...(holder && { role: holder.role }),
    door: "api",
    action: `${route.method} ${route.path}`,
    target: { ...(request.params as Target) },
    request: String(request.id),
  };
}
