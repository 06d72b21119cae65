import type { Text } from "../../campaign/program.ts";
import type { CheckInReaction, Reaction } from "../../intake/reaction.ts";

/** What an event did, in sentences: one for each thing; a single one when it did nothing. */
export function reactionWords(reaction: Reaction): Text[] {
  const parts = (Object.keys(WORDS) as (keyof Reaction)[]).filter((part) => reaction[part] !== undefined);
  const said = parts.flatMap((part) => (WORDS[part] as (value: unknown) => Text[])(reaction[part]));
  return said.length > 0 ? said : [NOTHING];
}

const NOTHING: Text = {
  en: "it is kept and counts in rules; nothing waited for it",
  "zh-CN": "已保存并计入规则；没有流程在等待它",
};

type Words = { [K in keyof Required<Reaction>]: (value: NonNullable<Reaction[K]>) => Text[] };

const WORDS: Words = {
  error: (code) => [errorWords(code)],
  customer: () => [{ en: "the customer was not known and was created", "zh-CN": "客户此前未知，已新建" }],
  entered: each((segment) => ({
    en: `the customer came into the segment "${segment}"`,
    "zh-CN": `客户进入分群「${segment}」`,
  })),
  left: each((segment) => ({
    en: `the customer left the segment "${segment}"`,
    "zh-CN": `客户离开分群「${segment}」`,
  })),
  order: (what) => [ORDER[what]],
  converted: each((id) => ({ en: `met the goal of enrolment ${id}`, "zh-CN": `达成参与 ${id} 的目标` })),
  takenBack: each((id) => ({
    en: `took back the conversion of enrolment ${id}`,
    "zh-CN": `撤销了参与 ${id} 的转化`,
  })),
  exited: each((id) => ({
    en: `ended enrolment ${id}: its campaign's exitWhen holds now`,
    "zh-CN": `参与 ${id} 结束：已满足活动的 exitWhen`,
  })),
  met: each(({ step, enrolment }) => ({
    en: `ended the wait of step "${step}" of enrolment ${enrolment}`,
    "zh-CN": `结束了参与 ${enrolment} 步骤「${step}」的等待`,
  })),
  checkIns: each(checkInWords),
  survey: each(({ step, enrolment, answers, refused = [] }) => ({
    en: `answered the survey "${step}" of enrolment ${enrolment}: kept ${listed(answers)}${refused.length > 0 ? `, refused ${listed(refused)}` : ""}`,
    "zh-CN": `回答了参与 ${enrolment} 的问卷「${step}」：保留 ${listed(answers)}${refused.length > 0 ? `，未采用 ${listed(refused)}` : ""}`,
  })),
  rsvp: each(({ step, enrolment, answer, place, result }) => ({
    en: `invitation "${step}" of enrolment ${enrolment}: ${result === "too-late" ? "the answer came too late" : [answer, place && PLACE[place].en].filter(Boolean).join(", ")}`,
    "zh-CN": `参与 ${enrolment} 的邀请「${step}」：${result === "too-late" ? "回复过晚" : [answer, place && PLACE[place]["zh-CN"]].filter(Boolean).join("，")}`,
  })),
  complaint: (what) => [COMPLAINT[what]],
  consent: (what) => [CONSENT[what]],
  joined: each(({ run, enrolment }) => ({
    en: `brought the customer into ${run}${enrolment === undefined ? "" : ` as enrolment ${enrolment}`}`,
    "zh-CN": `客户加入 ${run}${enrolment === undefined ? "" : `，参与 ${enrolment}`}`,
  })),
  settling: each((run) => ({
    en: `the customer joins ${run} unless something comes in between (settle)`,
    "zh-CN": `若期间无其他事件，客户将加入 ${run}（settle）`,
  })),
  calledOff: each((run) => ({
    en: `did not join ${run} after all: something came in between`,
    "zh-CN": `最终未加入 ${run}：期间发生了其他事件`,
  })),
  waiting: each((run) => ({ en: `the customer stands in line for ${run}`, "zh-CN": `客户正在排队等待加入 ${run}` })),
  notJoined: each(({ run, reason }) => ({
    en: `did not join ${run}: ${REFUSAL[reason].en}`,
    "zh-CN": `未加入 ${run}：${REFUSAL[reason]["zh-CN"]}`,
  })),
  coupon: (what) => [COUPON[what]],
  name: (name) => [
    { en: `it came as "${name}", which meant nothing then`, "zh-CN": `收到时名为「${name}」，当时没有含义` },
  ],
  replayed: (at) => [
    { en: `some of it was recorded only when it was replayed (${at})`, "zh-CN": `其中部分在重放时才记录（${at}）` },
  ],
  identity: identityWords,
};

export const REFUSAL: Record<NonNullable<Reaction["notJoined"]>[number]["reason"], Text> = {
  over: { en: "the run takes nobody any more", "zh-CN": "该次运行不再接收新成员" },
  audience: {
    en: "the customer is not in the audience (segment, exclude, exitWhen)",
    "zh-CN": "客户不在受众内（segment、exclude、exitWhen）",
  },
  "entered-before": {
    en: "the customer has entered before, and reentry does not let them in again yet",
    "zh-CN": "客户此前已进入，reentry 尚不允许再次进入",
  },
  elsewhere: {
    en: "the customer is in another campaign of the exclusive group, or rests after one",
    "zh-CN": "客户正在互斥组的其他活动中，或处于其后的休息期",
  },
  full: { en: "the run has reached its limit", "zh-CN": "该次运行已达人数上限" },
  "too-large": { en: "its data is larger than an enrolment keeps", "zh-CN": "事件数据超出参与记录可保存的大小" },
  "no-key": {
    en: "its data lacks the field that enrolBy names",
    "zh-CN": "事件数据缺少 enrolBy 指定的字段",
  },
};

function identityWords({ traits = [], contacts = [], linked = 0 }: NonNullable<Reaction["identity"]>): Text[] {
  const said: Text[] = [];
  if (traits.length > 0) said.push({ en: `set the traits ${listed(traits)}`, "zh-CN": `设置了属性 ${listed(traits)}` });
  if (contacts.length > 0)
    said.push({ en: `set the contacts ${listed(contacts)}`, "zh-CN": `设置了联系方式 ${listed(contacts)}` });
  if (linked > 0)
    said.push({
      en: `${linked} earlier events of the visitor are the customer's now`,
      "zh-CN": `该访客此前的 ${linked} 个事件已归入此客户`,
    });
  return said;
}

const ORDER: Record<NonNullable<Reaction["order"]>, Text> = {
  stored: { en: "the order was stored", "zh-CN": "订单已保存" },
  known: { en: "the order was known already and counts once", "zh-CN": "订单此前已知，只计一次" },
  unknown: {
    en: "the order is not known yet; the refund is applied when it comes",
    "zh-CN": "尚无此订单；订单到达时再退款",
  },
  refunded: { en: "the refund was taken from the order", "zh-CN": "已从订单扣除退款" },
  cancelled: { en: "the order was cancelled", "zh-CN": "订单已取消" },
  "of-another-customer": {
    en: "the order_id is another customer's order: nothing was done",
    "zh-CN": "该 order_id 属于其他客户的订单：未做任何处理",
  },
};

const COMPLAINT: Record<NonNullable<Reaction["complaint"]>, Text> = {
  opened: { en: "the complaint is open: promotions are held", "zh-CN": "投诉已登记：暂停促销消息" },
  solved: { en: "the complaint is solved", "zh-CN": "投诉已解决" },
  unknown: { en: "the customer has no such open complaint", "zh-CN": "客户没有这个未解决的投诉" },
};
const CONSENT: Record<NonNullable<Reaction["consent"]>, Text> = {
  granted: { en: "the customer may be written to", "zh-CN": "客户已同意接收" },
  withdrawn: { en: "the customer may no longer be written to", "zh-CN": "客户已撤回同意" },
};
const COUPON: Record<NonNullable<Reaction["coupon"]>, Text> = {
  redeemed: { en: "the coupon is redeemed", "zh-CN": "优惠券已核销" },
  unknown: { en: "no such coupon was given to this customer", "zh-CN": "未向该客户发放此优惠券" },
};
const PLACE: Record<"seat" | "waiting" | "missed", Text> = {
  seat: { en: "has a seat", "zh-CN": "已获席位" },
  waiting: { en: "waits for a seat", "zh-CN": "等待席位" },
  missed: { en: "got no seat", "zh-CN": "未获席位" },
};
const CHECK_IN: Record<CheckInReaction["result"], Text> = {
  counted: { en: "counted", "zh-CN": "已计入" },
  already: { en: "that day counts already", "zh-CN": "当天已计入" },
  "too-late": { en: "more than 48 hours after that day ended", "zh-CN": "超过当天结束后 48 小时" },
  "not-yet": { en: "that day has not come yet", "zh-CN": "尚未到该日" },
  outside: { en: "not a day of the challenge", "zh-CN": "不在挑战日期内" },
};

function checkInWords({ enrolment, step, day, result, count, streak, points, gifts = [] }: CheckInReaction): Text {
  const line = (locale: keyof Text) =>
    [
      locale === "en"
        ? `day ${day} of "${step}", enrolment ${enrolment}: ${CHECK_IN[result].en}`
        : `参与 ${enrolment}「${step}」第 ${day} 天：${CHECK_IN[result]["zh-CN"]}`,
      count !== undefined &&
        (locale === "en" ? `${count} days, streak ${streak}` : `共 ${count} 天，连续 ${streak} 天`),
      points !== undefined && (locale === "en" ? `${points} points` : `${points} 积分`),
      ...gifts.map(({ gift, status }) => `${gift} (${status})`),
    ]
      .filter(Boolean)
      .join(locale === "en" ? ", " : "，");
  return { en: line("en"), "zh-CN": line("zh-CN") };
}

export function errorWords(code: string): Text {
  if (code === "bad-data") {
    return {
      en: "its data is not what its type needs: nothing was done",
      "zh-CN": "事件数据不符合其类型的要求：未做任何处理",
    };
  }
  return {
    en: `its data could not be worked with (${code}): nothing was done`,
    "zh-CN": `事件数据无法处理（${code}）：未做任何处理`,
  };
}

function each<T>(say: (item: T) => Text): (items: T[]) => Text[] {
  return (items) => items.map(say);
}

function listed(names: string[]): string {
  return names.length > 0 ? names.join(", ") : "–";
}
