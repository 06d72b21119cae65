import { z } from "zod";
import { previewCustomer, previewTemplate } from "../../operate/campaign/preview.ts";
import { schemas } from "../../operate/rules/schemas.ts";
import { validate } from "../../operate/campaign/validate.ts";
import { absent, nearest } from "../../fault.ts";
import { SUGGESTED_WINDOWS } from "../../rule/window.ts";
import type { LongWork } from "../long-work.ts";
import type { Parts } from "../parts.ts";
import { errorsOf } from "../problem.ts";
import { type AnyRoute, route } from "../route.ts";
import { name, problemError, text } from "../schema.ts";

const locale = z.enum(["en", "zh-CN"]).optional().meta({ description: "as Accept-Language says when left out" });

/** What marketers write: the folder rules/ of the server, as it is at the moment of the request. */
export function ruleRoutes({ db, config, library }: Parts, long: LongWork): AnyRoute[] {
  // made when first asked for: nobody shall wait for them who starts a server
  let written: Map<string, string> | undefined;
  return [
    route({
      method: "GET",
      path: "/v1/rules/validate",
      tag: "rules",
      summary: {
        en: "Checks all of rules/: every fault with file, place and what to write instead",
        "zh-CN": "检查整个 rules/：每处错误附文件、位置与改法",
      },
      roles: ["marketer", "ops"],
      answer: z.object({
        files: z.number().int(),
        errors: z.array(problemError),
        warnings: z.array(problemError),
      }),
      async handle({ locale: language }) {
        const { files, faults } = await long(() => validate(config.rules));
        const of = (severity: "error" | "warning") =>
          errorsOf(
            faults.filter((fault) => fault.severity === severity),
            language,
          );
        return { files, errors: of("error"), warnings: of("warning") };
      },
    }),
    route({
      method: "GET",
      path: "/v1/rules/vars",
      tag: "rules",
      summary: {
        en: "The variables that rules may use, with type, unit and source",
        "zh-CN": "规则可用的变量，含类型、单位与来源",
      },
      roles: ["marketer", "ops"],
      answer: z.object({
        variables: z.array(
          z.looseObject({ name: z.string(), type: z.string(), label: text, unit: text.optional(), source: z.string() }),
        ),
        events: z.array(z.string()),
        campaigns: z.array(z.string()),
        windows: z.array(z.string()).meta({ description: "such as are usual; any from 1d to 1095d will do" }),
      }),
      async handle() {
        const { catalogue } = (await library()).library;
        const { described: variables, events, campaigns } = catalogue;
        return { variables, events, campaigns, windows: [...SUGGESTED_WINDOWS] };
      },
    }),
    route({
      method: "GET",
      path: "/v1/rules/schema/{name}",
      tag: "rules",
      summary: {
        en: "The JSON Schema of one kind of file in rules/: campaign, segment, coupon, …",
        "zh-CN": "rules/ 中一类文件的 JSON Schema：campaign、segment、coupon……",
      },
      roles: ["marketer", "ops"],
      params: z.object({ name }),
      answer: z.looseObject({}),
      async handle({ params }) {
        written ??= new Map(Object.entries(schemas()).map(([file, made]) => [file.replace(".schema.json", ""), made]));
        const content = written.get(params.name);
        if (content !== undefined) return JSON.parse(content) as object;
        const message = { en: "there is no such kind of file", "zh-CN": "没有这种文件" };
        throw absent(params.name, message, nearest(params.name, [...written.keys()]));
      },
    }),
    route({
      method: "GET",
      path: "/v1/templates",
      tag: "templates",
      summary: { en: "Names of the sound templates", "zh-CN": "无误模板的名称" },
      roles: ["marketer", "ops"],
      answer: z.object({ items: z.array(z.object({ name: z.string() })) }),
      async handle() {
        const { templates } = (await library()).library;
        return { items: Object.keys(templates).map((each) => ({ name: each })) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/templates/{name}/preview",
      tag: "templates",
      summary: { en: "A template as its reader will see it", "zh-CN": "读者将看到的模板" },
      roles: ["marketer", "ops"],
      params: z.object({ name }),
      query: z.object({
        locale,
        customer: name.optional().meta({ description: "with this customer's name and traits" }),
      }),
      answer: z.object({ subject: z.string(), html: z.string(), text: z.string() }),
      async handle({ params, query, locale: language }) {
        const customer = query.customer === undefined ? undefined : await previewCustomer(db, query.customer);
        const mail = await previewTemplate(config.rules, params.name, query.locale ?? language, customer);
        return { subject: mail.subject, html: mail.html, text: mail.text };
      },
    }),
  ];
}
