import { type Fault, warning } from "../../fault.ts";
import { record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";
import { spoken } from "./days.ts";
import { DAY, minutes } from "./way.ts";

/** Waits for a phase that has begun with the launch, or is over before anybody comes by. */
export const phase: Advice = ({ way }) =>
  way.steps.flatMap(({ kind, body, pointer, earliest }): Fault[] => {
    const name = String(record(body.until)?.phase);
    const span = kind === "wait" ? way.phases.get(name) : undefined;
    if (!span || earliest === Infinity) return [];
    const at = `${pointer}/wait/until/phase`;
    if (way.phases.keys().next().value === name) {
      const message = {
        en: `"${name}" begins with the launch, so nobody ever waits here`,
        "zh-CN": `"${name}" 随启动即开始，这里不会等待`,
      };
      return [warning(at, message)];
    }
    if (earliest < span.to) return [];
    const [reached, over] = [spoken(Math.floor(earliest / DAY) * DAY), spoken(span.to)];
    const message = {
      en: `"${name}" is over before anybody gets here: it ends ${over.en} after the launch, the steps before take ${reached.en}`,
      "zh-CN": `走到这里时 "${name}" 已结束：该阶段在启动后 ${over["zh-CN"]}结束，而之前的步骤至少需要 ${reached["zh-CN"]}`,
    };
    return [warning(at, message)];
  });

/** A challenge that goes on when its phase is over, as far as one can tell beforehand. */
export const challengeDays: Advice = ({ way }) =>
  way.steps.flatMap(({ id, kind, body, pointer, earliest }): Fault[] => {
    if (kind !== "challenge" || earliest === Infinity) return [];
    const found = [...way.phases].find(([, span]) => earliest >= span.from && earliest < span.to - DAY);
    if (!found) return [];
    const [name, span] = found;
    const left = Math.ceil((span.to - earliest) / DAY);
    const days = Number(body.days);
    if (days <= left) return [];
    const message = {
      en: `"${id}" takes ${days} days, but of phase "${name}" at most ${left} are left when it begins`,
      "zh-CN": `"${id}" 需要 ${days} 天，而开始时阶段 "${name}" 最多只剩 ${left} 天`,
    };
    return [warning(`${pointer}/challenge/days`, message)];
  });

/** Answers that come in when the last phase is over are in no report that is written in it. */
export const lateAnswers: Advice = ({ way }) => {
  const end = Math.max(0, ...[...way.phases.values()].map((span) => span.to));
  if (end === 0) return [];
  return way.steps.flatMap(({ kind, body, pointer, earliest }): Fault[] => {
    const within = kind === "survey" ? minutes(body.within) : 0;
    if (within === 0 || earliest === Infinity || earliest + within <= end) return [];
    const message = {
      en: `answers are taken until ${spoken(earliest + within).en} after the launch at least, but the last phase ends after ${spoken(end).en}`,
      "zh-CN": `问卷至少收到启动后 ${spoken(earliest + within)["zh-CN"]}，而最后一个阶段在 ${spoken(end)["zh-CN"]}后结束`,
    };
    const hint = { en: 'a shorter "within", or a longer phase', "zh-CN": '请缩短 "within" 或延长阶段' };
    return [warning(`${pointer}/survey/within`, message, hint)];
  });
};
