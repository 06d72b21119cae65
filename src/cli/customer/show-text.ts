import type { Home } from "../../campaign/library.ts";
import type { Text } from "../../campaign/program.ts";
import type { CustomerView } from "../../operate/customer/customer.ts";
import { shortTime } from "../list-table.ts";

const HEADS = {
  contacts: { en: "contacts", "zh-CN": "联系方式" },
  consents: { en: "consents", "zh-CN": "同意" },
  traits: { en: "traits", "zh-CN": "属性" },
  scores: { en: "scores", "zh-CN": "评分" },
  segments: { en: "segments", "zh-CN": "分群" },
  enrolments: { en: "campaigns", "zh-CN": "活动" },
  tasks: { en: "tasks", "zh-CN": "任务" },
  complaints: { en: "complaints", "zh-CN": "投诉" },
  orders: { en: "orders", "zh-CN": "订单" },
  rewards: { en: "rewards", "zh-CN": "奖励" },
  messages: { en: "messages", "zh-CN": "消息" },
  events: { en: "events", "zh-CN": "事件" },
} satisfies Record<string, Text>;

const SUPPRESSED: Text = { en: "never to be written to", "zh-CN": "不可再联系" };
const NONE: Text = { en: "–", "zh-CN": "–" };

/** As a terminal shows it, a heading and its lines each; times are the home's. */
export function customerText(
  customer: CustomerView,
  locale: keyof Text,
  { timezone, currency }: Pick<Home, "timezone" | "currency">,
): string {
  const at = (time: Date | string | null) => (time === null ? "" : shortTime(new Date(time), timezone, locale));
  const money = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = money.resolvedOptions().maximumFractionDigits ?? 2;
  const amount = (minor: number) => money.format(minor / 10 ** digits);
  const { scores, orders } = customer;
  const lines: Record<keyof typeof HEADS, string[]> = {
    contacts: customer.contacts.map(({ kind, role, value, suppressed }) => {
      const never = suppressed.length > 0 ? `  (${SUPPRESSED[locale]}: ${suppressed.join(", ")})` : "";
      return `${kind}${role === "self" ? "" : ` (${role})`}  ${value}${never}`;
    }),
    consents: customer.consents.map(
      ({ channel, topic, granted, source, at: time }) =>
        `${granted ? "✓" : "✗"} ${channel} ${topic}  ${source}, ${at(time)}`,
    ),
    traits: Object.entries(customer.traits).map(([name, value]) => `${name}  ${JSON.stringify(value)}`),
    scores: scores
      ? Object.entries({
          ...{ tier: scores.tier, stage: scores.stage, rfm: scores.rfm?.group, "lead score": scores.leadScore },
          ...{ "churn risk": scores.churnRisk?.toFixed(2), at: at(scores.scoredAt) },
        }).flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}  ${value}`]))
      : [],
    segments: customer.segments.map(({ id, name }) => `${id}  ${name[locale]}`),
    enrolments: customer.enrolments.map(({ run, arm, status, endedReason, entered, step, waits }) => {
      const where = status === "live" && step !== null ? ` @ ${step}` : "";
      const waiting = waits.map((wait) => wait.step).join(", ");
      return `${run}  ${arm}, ${endedReason ?? status}${where}${waiting && ` (… ${waiting})`}  ${at(entered)}`;
    }),
    tasks: customer.tasks.map(({ id, title, team, status, due }) => `${id}  ${title}, ${team}, ${status}  ${at(due)}`),
    complaints: customer.complaints.map(
      ({ id, severity, status, opened, note }) => `${id}  ${severity}, ${status}  ${at(opened)}  ${note ?? ""}`,
    ),
    orders: [
      ...(orders.count > 0 ? [`${orders.count}, ${amount(orders.spent)}`] : []),
      ...orders.latest.map(
        ({ orderId, paidAt, amount: paid, status }) => `${orderId}  ${amount(paid)}, ${status}  ${at(paidAt)}`,
      ),
    ],
    rewards: [
      ...(customer.points > 0 ? [`${customer.points} ${locale === "en" ? "points" : "积分"}`] : []),
      ...customer.gifts.map(({ gift, run, status, granted }) => `${gift}  ${run}, ${status}  ${at(granted)}`),
      ...customer.coupons.map(({ pool, run, status, expires }) => `${pool}  ${run}, ${status}  … ${at(expires)}`),
    ],
    messages: customer.messages.map(
      ({ id, channel, status, reason, createdAt }) =>
        `${id}  ${channel}, ${status}${reason ? ` (${reason})` : ""}  ${at(createdAt)}`,
    ),
    events: customer.events.map(({ type, source, id, occurred }) => `${type}  ${source} ${id}  ${at(occurred)}`),
  };
  return [head(customer, locale), ...sections(lines, locale)].join("\n");
}

function head({ customerId, formerly, owner, locale: language, timezone }: CustomerView, locale: keyof Text): string {
  const parts = [
    ...(owner ? [`${{ en: "sales rep", "zh-CN": "负责人" }[locale]} ${owner}`] : []),
    ...[language, timezone].filter((part) => part !== null),
    ...(formerly.length > 0 ? [`${{ en: "formerly", "zh-CN": "曾用编号" }[locale]} ${formerly.join(", ")}`] : []),
  ];
  return parts.length > 0 ? `${customerId}  ${parts.join(", ")}` : customerId;
}

function sections(lines: Record<keyof typeof HEADS, string[]>, locale: keyof Text): string[] {
  return Object.entries(HEADS).flatMap(([key, title]) => {
    const own = lines[key as keyof typeof HEADS];
    return [`\n${title[locale]}`, ...(own.length > 0 ? own : [NONE[locale]]).map((line) => `  ${line.trimEnd()}`)];
  });
}
