import type { FastifyInstance, FastifyRequest } from "fastify";
import { InputError } from "../fault.ts";
import { textFaults } from "../intake/text.ts";
import { applyDefinition, compilePosted } from "../operate/apply.ts";
import { showCampaign } from "../operate/campaign.ts";
import type { Database } from "../store/database.ts";
import { holderOf, type openAuth } from "./auth.ts";
import { errorsOf, localeOf, Problem } from "./problem.ts";

interface Parts {
  db: Database;
  /** folder of rules/, read anew for every request: what it says now is what counts */
  rules: string;
  auth: ReturnType<typeof openAuth>;
}

/** POST /v1/campaigns/validate, PUT and GET /v1/campaigns/:id; docs/api.md describes them. */
export function campaignRoutes(app: FastifyInstance, { db, rules, auth }: Parts): void {
  const onRequest = auth("marketer");

  app.post("/v1/campaigns/validate", { onRequest }, async (request) => {
    const { program, warnings } = await orProblem(request, INVALID, async () => {
      return compilePosted(rules, storable(request.body));
    });
    return { campaign: program.campaign, warnings: errorsOf(warnings, localeOf(request)) };
  });

  app.put<{ Params: { id: string } }>("/v1/campaigns/:id", { onRequest }, async (request) => {
    const applied = await orProblem(request, REFUSED, async () => {
      return applyDefinition(db, rules, request.params.id, storable(request.body), holderOf(request).name);
    });
    return { ...applied, warnings: errorsOf(applied.warnings, localeOf(request)) };
  });

  app.get<{ Params: { id: string } }>(
    "/v1/campaigns/:id",
    { onRequest: auth("marketer", "ops", "sales", "service") },
    async (request) => {
      try {
        return await showCampaign(db, request.params.id);
      } catch (failure) {
        if (!(failure instanceof InputError)) throw failure;
        const [{ message, hint }] = failure.faults as [InputError["faults"][0]];
        const said = (locale: "en" | "zh-CN") => [message[locale], hint?.[locale]].filter(Boolean).join(": ");
        throw new Problem(404, "campaign", { en: said("en"), "zh-CN": said("zh-CN") });
      }
    },
  );
}

const INVALID = { en: "the campaign has faults", "zh-CN": "活动定义有误" };
const REFUSED = { en: "the campaign has faults; nothing was stored", "zh-CN": "活动定义有误，未保存任何内容" };

/** Of a body's JSON: twelve levels of branches in branches, and a rule in the last, are less. */
const DEEPEST = 100;

/** @throws InputError when the body holds what the database cannot */
function storable(body: unknown): unknown {
  const faults = textFaults(body, "", DEEPEST);
  if (faults.length > 0) throw new InputError(faults);
  return body;
}

/** Faults of the body become the problem's errors, in the asker's language. */
async function orProblem<T>(request: FastifyRequest, detail: Problem["detail"], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (!(failure instanceof InputError)) throw failure;
    throw new Problem(422, "bad-campaign", detail, errorsOf(failure.faults, localeOf(request)));
  }
}
