import { error, type Fault, pointer } from "../../fault.ts";
import { list, record, stepsOf } from "../definition/journey.ts";
import type { Library } from "../library.ts";
import type { Check } from "./check.ts";

/** What costs is booked on a line of the campaign's budget, so the line must be there; a channel has one line and a price. */
export const lines: Check = (definition, library) => {
  const own = list(record(definition.budget)?.lines).map((line) => record(line) ?? {});
  const known = new Set(own.map((line) => line.id));
  const steps = [...stepsOf(definition.journey)].flatMap((step) =>
    given(step.kind, step.body).flatMap(({ kind, name, at }): Fault[] => {
      const line = lineOf(library, kind, name);
      return line === undefined || known.has(line) ? [] : [unknownLine(kind, String(name), line, step.pointer + at)];
    }),
  );
  return [...steps, ...channelFaults(own, library)];
};

interface Given {
  kind: "gift" | "coupon";
  name: unknown;
  at: string;
}

function given(kind: string | undefined, body: unknown): Given[] {
  const fields = record(body);
  switch (kind) {
    case "gift":
    case "coupon":
      return [{ kind, name: fields?.give, at: pointer(kind, "give") }];
    case "send":
      return [{ kind: "coupon", name: fields?.coupon, at: pointer("send", "coupon") }];
    case "challenge":
      return list(fields?.gifts).map((reward, index) => ({
        kind: "gift",
        name: record(reward)?.gift,
        at: pointer("challenge", "gifts", index, "gift"),
      }));
    default:
      return [];
  }
}

function lineOf(library: Library, kind: Given["kind"], name: unknown): string | undefined {
  const all = kind === "gift" ? library.gifts : library.coupons;
  return typeof name === "string" && Object.hasOwn(all, name) ? all[name]!.line : undefined;
}

function unknownLine(kind: Given["kind"], name: string, line: string, at: string): Fault {
  const what = kind === "gift" ? { en: "gift", "zh-CN": "礼品" } : { en: "coupon pool", "zh-CN": "优惠券池" };
  const message = {
    en: `${what.en} "${name}" is booked on budget line "${line}", which this campaign does not have`,
    "zh-CN": `${what["zh-CN"]} "${name}" 计入预算科目 "${line}"，而本活动没有该科目`,
  };
  return error(at, message, { en: "add the line to /budget/lines", "zh-CN": "请在 /budget/lines 中添加该科目" });
}

function channelFaults(own: Record<string, unknown>[], library: Library): Fault[] {
  const seen = new Map<unknown, unknown>();
  return own.flatMap((line, index) =>
    list(line.channels).flatMap((channel, i): Fault[] => {
      const at = `/budget/lines${pointer(index, "channels", i)}`;
      if (seen.has(channel)) {
        const message = {
          en: `"${String(channel)}" is paid by line "${String(seen.get(channel))}" already`,
          "zh-CN": `"${String(channel)}" 已由科目 "${String(seen.get(channel))}" 承担`,
        };
        return [error(at, message)];
      }
      seen.set(channel, line.id);
      if (typeof channel !== "string" || library.policy.channelCosts?.[channel] !== undefined) return [];
      const message = { en: `nobody knows what a message by "${channel}" costs`, "zh-CN": `"${channel}" 没有单价` };
      const hint = { en: "say it in policy.json: channelCosts", "zh-CN": "请在 policy.json 的 channelCosts 中填写" };
      return [error(at, message, hint)];
    }),
  );
}
