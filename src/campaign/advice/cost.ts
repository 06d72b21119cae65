import { type Fault, pointer, warning } from "../../fault.ts";
import { mostRewards } from "../volume.ts";
import { list, record } from "../definition/journey.ts";
import type { Text } from "../program.ts";
import type { Advice, Advised } from "./advice.ts";
import { sizeOf } from "./size.ts";

/** A cost per head that the budget exceeds even when everybody takes part. */
export const costPerHead: Advice = (campaign) => {
  const { program, library } = campaign;
  const size = sizeOf(campaign);
  const planned = program.budget.reduce((sum, line) => sum + line.planned, 0);
  if (!size || size.treated === 0 || planned === 0) return [];
  return program.goal.targets.flatMap(({ metric, atMost, basis }, index): Fault[] => {
    if (metric !== "cost_per_participant" || atMost === undefined || atMost * size.treated >= planned) return [];
    const money = (minor: number) => (minor / 10 ** library.catalogue.exponent).toFixed(library.catalogue.exponent);
    const spent: Text =
      basis === "planned"
        ? { en: "the budget", "zh-CN": "预算" }
        : { en: "the budget, once it is spent,", "zh-CN": "预算用完时" };
    const message = {
      en: `cannot be met: ${spent.en} comes to ${money(planned / size.treated)} each, even if all ${size.treated} take part`,
      "zh-CN": `无法达成：即使 ${size.treated} 人全部参与，${spent["zh-CN"]}人均也有 ${money(planned / size.treated)}`,
    };
    return [warning(`/goal/targets${pointer(index)}/atMost`, message)];
  });
};

/** Gifts that everybody is promised, of which there are fewer. Streaks are left out: who keeps one cannot be foretold. */
export const stock: Advice = (campaign) => {
  const { library, way } = campaign;
  const size = sizeOf(campaign);
  if (!size) return [];
  return way.steps.flatMap((step): Fault[] =>
    promised(step).flatMap(({ gift, pieces, at }): Fault[] => {
      const left = library.gifts[gift]?.stock ?? Infinity;
      const most = pieces * size.treated;
      if (most <= left) return [];
      const message = {
        en: `may take ${most} pieces of "${gift}" (${size.treated} customers, ${pieces} each), but there are ${left}: the rest get none`,
        "zh-CN": `最多需要 ${most} 件 "${gift}"（${size.treated} 人，每人 ${pieces} 件），而库存只有 ${left} 件：其余的人得不到`,
      };
      return [warning(at, message)];
    }),
  );
};

/** On the journey's first level, so everybody comes by. */
const ROOT = /^\/journey\/\d+$/;

function promised({ kind, body, pointer: at }: Advised["way"]["steps"][number]) {
  if (kind === "gift" && ROOT.test(at)) return [{ gift: String(body.give), pieces: 1, at: `${at}/gift/give` }];
  if (kind !== "challenge") return [];
  return list(body.gifts).flatMap((item, index) => {
    const { gift, every } = record(item) ?? {};
    if (typeof gift !== "string" || typeof every !== "number") return [];
    const pieces = mostRewards({ every }, Number(body.days));
    return [{ gift, pieces, at: `${at}${pointer("challenge", "gifts", index, "gift")}` }];
  });
}
