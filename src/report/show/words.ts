import type { Text } from "../../campaign/program.ts";
import type { Language } from "./format.ts";

/** Codes of the ledger, the tables and the report, as people read them. A code that is not here is shown as it is. */
const TERMS: Record<string, Text> = {
  // verdicts and readings
  exceeded: { en: "exceeded", "zh-CN": "超额完成" },
  met: { en: "met", "zh-CN": "达成" },
  missed: { en: "missed", "zh-CN": "未达成" },
  "too early": { en: "too early", "zh-CN": "尚早" },
  // runs and plans
  starting: { en: "starting", "zh-CN": "启动中" },
  running: { en: "running", "zh-CN": "进行中" },
  paused: { en: "paused", "zh-CN": "已暂停" },
  measuring: { en: "measuring", "zh-CN": "观测中" },
  closed: { en: "closed", "zh-CN": "已结束" },
  stopped: { en: "stopped", "zh-CN": "已终止" },
  done: { en: "done", "zh-CN": "完成" },
  "done late": { en: "done late", "zh-CN": "逾期完成" },
  late: { en: "late", "zh-CN": "已逾期" },
  open: { en: "open", "zh-CN": "进行中" },
  upcoming: { en: "upcoming", "zh-CN": "未开始" },
  // outcomes
  queued: { en: "queued", "zh-CN": "已入队" },
  skipped: { en: "skipped", "zh-CN": "跳过" },
  deferred: { en: "deferred", "zh-CN": "推迟" },
  failed: { en: "failed", "zh-CN": "出错" },
  waiting: { en: "waiting", "zh-CN": "等待中" },
  "wait-met": { en: "met", "zh-CN": "已发生" },
  timeout: { en: "timed out", "zh-CN": "超时" },
  overdue: { en: "overdue", "zh-CN": "逾期" },
  opened: { en: "opened", "zh-CN": "已开启" },
  scheduled: { en: "scheduled", "zh-CN": "已排期" },
  dropped: { en: "dropped", "zh-CN": "已放弃" },
  yes: { en: "yes", "zh-CN": "是" },
  no: { en: "no", "zh-CN": "否" },
  // messages
  pending: { en: "pending", "zh-CN": "待发送" },
  claimed: { en: "claimed", "zh-CN": "已领取" },
  sending: { en: "sending", "zh-CN": "发送中" },
  accepted: { en: "accepted", "zh-CN": "已送出" },
  rejected: { en: "rejected", "zh-CN": "被拒收" },
  unknown: { en: "unknown", "zh-CN": "不确定" },
  withheld: { en: "withheld", "zh-CN": "已拦截" },
  promotion: { en: "promotion", "zh-CN": "营销" },
  service: { en: "service", "zh-CN": "服务" },
  transactional: { en: "transactional", "zh-CN": "交易" },
  email: { en: "e-mail", "zh-CN": "邮件" },
  "wecom-customer": { en: "WeCom", "zh-CN": "企业微信" },
  sms: { en: "SMS", "zh-CN": "短信" },
  // reasons
  "channel-not-configured": { en: "channel not set up", "zh-CN": "渠道未配置" },
  "no-address": { en: "no address", "zh-CN": "无联系方式" },
  "no-consent": { en: "no consent", "zh-CN": "未授权" },
  "no-channel": { en: "no channel", "zh-CN": "无可用渠道" },
  refused: { en: "customer refused", "zh-CN": "客户已拒绝" },
  suppressed: { en: "suppressed", "zh-CN": "在禁发名单中" },
  "quiet-hours": { en: "quiet hours", "zh-CN": "免打扰时段" },
  "promotion-window": { en: "outside the time for promotions", "zh-CN": "不在营销时段" },
  capped: { en: "contact cap reached", "zh-CN": "达到触达上限" },
  "problem-first": { en: "open complaint: problem first", "zh-CN": "有未结投诉，先解决问题" },
  expired: { en: "no longer valid", "zh-CN": "已过有效期" },
  "checked-in": { en: "already checked in", "zh-CN": "当日已打卡" },
  "coupon-exhausted": { en: "coupon pool exhausted", "zh-CN": "优惠券已发完" },
  "out-of-stock": { en: "out of stock", "zh-CN": "缺货" },
  "budget-spent": { en: "budget line spent", "zh-CN": "预算科目已用完" },
  "demo-clock": { en: "nothing leaves on a demo clock", "zh-CN": "演示时钟下不外发" },
  "no-secret": { en: "secret not set", "zh-CN": "未配置密钥" },
  "gate-open": { en: "waits for the plan's gate", "zh-CN": "等待计划关卡" },
  superseded: { en: "superseded by the conversion", "zh-CN": "转化后作废" },
  converted: { en: "converted", "zh-CN": "已转化" },
  "exit-when": { en: "met exitWhen", "zh-CN": "符合退出条件" },
  completed: { en: "completed", "zh-CN": "走完全程" },
  // kinds of tasks
  watch: { en: "watch", "zh-CN": "指标预警" },
  complaint: { en: "complaint", "zh-CN": "投诉处理" },
  budget: { en: "budget", "zh-CN": "预算预警" },
};

/** "no-consent:email" becomes "no consent (e-mail)". */
export function term(code: string, language: Language): string {
  const [head, ...rest] = code.split(":");
  const word = TERMS[head!]?.[language] ?? head!;
  if (rest.length === 0) return word;
  const detail = rest.map((part) => TERMS[part]?.[language] ?? part).join(", ");
  return language === "en" ? `${word} (${detail})` : `${word}（${detail}）`;
}
