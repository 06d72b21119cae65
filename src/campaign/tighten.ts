import { DAY } from "./calendar.ts";
import { isOpen } from "./decide/window.ts";
import { inQuietHours } from "./decide/quiet.ts";
import type { Policy, Text } from "./program.ts";

/** What a campaign says of contact for itself; what it leaves out is as at home. */
export type OwnPolicy = Partial<Policy>;

/** The home's policy with what a campaign adds: of both, what allows less. */
export function tightened(home: Policy, own: OwnPolicy): Policy {
  return {
    ...home,
    ...(own.quietHours && { quietHours: own.quietHours }),
    ...(own.promotionWindow && { promotionWindow: own.promotionWindow }),
    caps: [...home.caps, ...(own.caps ?? [])],
    problemFirst: home.problemFirst || (own.problemFirst ?? false),
  };
}

export interface Loosening {
  /** keys from the policy */
  path: (string | number)[];
  message: Text;
}

/** Where a campaign would allow what the home does not. */
export function loosenings(home: Policy, own: OwnPolicy): Loosening[] {
  return [...quiet(home, own), ...window(home, own), ...caps(home, own), ...problems(home, own)];
}

function quiet(home: Policy, own: OwnPolicy): Loosening[] {
  const [theirs, ours] = [home.quietHours, own.quietHours];
  if (!theirs || !ours) return [];
  const found: Loosening[] = [];
  const open = minutes().find((minute) => inQuietHours(theirs, minute) && !inQuietHours(ours, minute));
  if (open !== undefined) {
    found.push({
      path: ["quietHours"],
      message: {
        en: `at ${clock(open)} the home is quiet: a campaign's quiet hours must cover the home's (${clock(theirs.from)} to ${clock(theirs.to)})`,
        "zh-CN": `${clock(open)} 处于全站免打扰时段：活动的免打扰时段须覆盖全站的（${clock(theirs.from)} 至 ${clock(theirs.to)}）`,
      },
    });
  }
  if (theirs.onConflict === "skip" && ours.onConflict === "defer") found.push(deferred("quietHours"));
  return found;
}

function window(home: Policy, own: OwnPolicy): Loosening[] {
  const [theirs, ours] = [home.promotionWindow, own.promotionWindow];
  if (!theirs || !ours) return [];
  const found: Loosening[] = [];
  const wide = ours.weekdays.some((day) =>
    minutes().some((minute) => isOpen(ours, day, minute) && !isOpen(theirs, day, minute)),
  );
  if (wide) {
    found.push({
      path: ["promotionWindow"],
      message: {
        en: "lets promotions leave when the home does not: a campaign's window must lie within the home's",
        "zh-CN": "允许在全站不允许的时间发送营销消息：活动的发送时段须在全站时段之内",
      },
    });
  }
  if (theirs.onConflict === "skip" && ours.onConflict === "defer") found.push(deferred("promotionWindow"));
  return found;
}

function caps(home: Policy, own: OwnPolicy): Loosening[] {
  return (own.caps ?? []).flatMap((cap, index) => {
    const { channel, sendKind, tag, days, max } = cap;
    const same = home.caps.find(
      (other) => other.channel === channel && other.sendKind === sendKind && other.tag === tag && other.days === days,
    );
    if (!same || same.max >= max) return [];
    return {
      path: ["caps", index, "max"],
      message: {
        en: `the home allows ${same.max} in ${days} day(s), this would be ${max}: a campaign may only allow less`,
        "zh-CN": `全站 ${days} 天内最多 ${same.max} 条，此处为 ${max}：活动只能更严`,
      },
    };
  });
}

function problems(home: Policy, own: OwnPolicy): Loosening[] {
  if (!home.problemFirst || own.problemFirst !== false) return [];
  const message = {
    en: "the home holds promotions while a complaint is open; no campaign may send them",
    "zh-CN": "全站规定投诉未解决时暂停营销，活动不能例外",
  };
  return [{ path: ["problemFirst"], message }];
}

function deferred(key: string): Loosening {
  return {
    path: [key, "onConflict"],
    message: {
      en: 'the home skips what falls into them; a campaign that says "defer" would send it later',
      "zh-CN": '全站对此直接跳过；活动写 "defer" 会改为稍后发送',
    },
  };
}

function minutes(): number[] {
  return Array.from({ length: DAY }, (_, minute) => minute);
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
