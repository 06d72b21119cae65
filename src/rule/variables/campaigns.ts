import type { EnrolmentFact, Type } from "../ast.ts";
import type { Text } from "../text.ts";
import type { Declared, Described, Family } from "./described.ts";

const ANY: Text = { en: "a campaign", "zh-CN": "任一活动" };
const ONE: Text = { en: "<campaign>", "zh-CN": "<campaign>" };

/** What is asked of enrolments; `name` with the campaign left out. */
const FACTS: { asked: EnrolmentFact; type: Type; name: (campaign?: string) => string; label: (of: Text) => Text }[] = [
  {
    asked: "live",
    type: "boolean",
    name: (campaign) => `campaigns.${campaign === undefined ? "" : `${campaign}.`}enrolled`,
    label: (of) => ({ en: `taking part in ${of.en} now`, "zh-CN": `正在参加${of["zh-CN"]}` }),
  },
  {
    asked: "converted",
    type: "boolean",
    name: (campaign) => `campaigns.${campaign === undefined ? "" : `${campaign}.`}converted`,
    label: (of) => ({ en: `has ever converted in ${of.en}`, "zh-CN": `曾在${of["zh-CN"]}中转化` }),
  },
  {
    asked: "since_last",
    type: "number",
    name: (campaign) => `days_since.last_enrolment${campaign === undefined ? "" : `.${campaign}`}`,
    label: (of) => ({ en: `days since the last enrolment in ${of.en}`, "zh-CN": `距最近一次加入${of["zh-CN"]}的天数` }),
  },
];

/** State in campaigns, as it is at the moment of asking. @param known ids of the home's campaigns */
export function campaignFamily(known: string[]): Family {
  const every = FACTS.flatMap((fact) => [undefined, ...known].map((campaign) => ({ fact, campaign })));
  const byName = new Map(every.map((one) => [one.fact.name(one.campaign), one]));
  return {
    find(name): Declared | undefined {
      const found = byName.get(name);
      if (!found) return undefined;
      const { fact, campaign } = found;
      const { asked, type } = fact;
      const of = campaign === undefined ? ANY : { en: campaign, "zh-CN": ` ${campaign} ` };
      const source = { from: "enrolments" as const, asked, ...(campaign !== undefined && { campaign }) };
      return { name, type, source, label: fact.label(of) };
    },
    names: () => [...byName.keys()],
    described: [undefined, "<campaign>"].flatMap((campaign) =>
      FACTS.map(({ asked, type, name, label }): Described => ({
        name: name(campaign),
        type,
        label: label(campaign === undefined ? ANY : ONE),
        ...(asked === "since_last" && { unit: { en: "calendar days", "zh-CN": "自然日" } }),
        source: asked === "converted" ? "conversions" : "enrolments",
      })),
    ),
  };
}
