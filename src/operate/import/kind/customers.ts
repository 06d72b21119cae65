import { CONSENT_CHANNELS } from "../../../rule/variables/customer.ts";
import type { Field, Kind } from "./field.ts";

export const CUSTOMER_ID: Field = {
  name: "customer_id",
  type: "id",
  required: true,
  headers: [
    "客户编号",
    "客户id",
    "客户号",
    "客户编码",
    "会员编号",
    "会员id",
    "会员号",
    "会员卡号",
    "用户id",
    "用户编号",
    "用户号",
    "顾客编号",
    "顾客id",
    "买家id",
    "customer",
    "customer no",
    "customer number",
    "client id",
    "user id",
    "member id",
    "uid",
    "subject",
  ],
};

const fields: Field[] = [
  { ...CUSTOMER_ID, headers: [...CUSTOMER_ID.headers, "编号", "id"] },
  {
    name: "name",
    type: "text",
    headers: [
      "姓名",
      "客户姓名",
      "客户名称",
      "会员姓名",
      "用户姓名",
      "联系人",
      "名称",
      "称呼",
      "full name",
      "customer name",
    ],
  },
  {
    name: "email",
    type: "email",
    headers: ["邮箱", "电子邮箱", "邮箱地址", "电子邮件", "邮件", "邮件地址", "e-mail", "mail", "email address"],
  },
  {
    name: "phone",
    type: "phone",
    headers: [
      "手机",
      "手机号",
      "手机号码",
      "联系电话",
      "电话",
      "电话号码",
      "移动电话",
      "mobile",
      "mobile phone",
      "phone number",
      "telephone",
      "tel",
    ],
  },
  {
    name: "wecom_id",
    type: "id",
    headers: ["企微id", "企业微信id", "企业微信", "企微", "外部联系人id", "wecom", "external userid"],
  },
  { name: "locale", type: "locale", headers: ["语言", "首选语言", "language", "lang"] },
  { name: "timezone", type: "zone", headers: ["时区", "time zone", "tz"] },
  {
    name: "owner",
    type: "text",
    headers: [
      "负责人",
      "客户经理",
      "归属销售",
      "跟进人",
      "销售",
      "业务员",
      "归属人",
      "sales rep",
      "rep",
      "account manager",
    ],
  },
  {
    name: "consent",
    type: "yesno",
    headers: [
      "同意",
      "营销许可",
      "营销同意",
      "同意营销",
      "是否同意营销",
      "是否同意",
      "同意接收营销信息",
      "marketing consent",
      "opt in",
    ],
  },
  {
    name: "consent_email",
    type: "yesno",
    headers: ["邮件许可", "邮件同意", "同意邮件", "email consent", "email opt in"],
  },
  { name: "consent_sms", type: "yesno", headers: ["短信许可", "短信同意", "同意短信", "sms consent", "sms opt in"] },
  { name: "consent_wecom", type: "yesno", headers: ["企微许可", "企微同意", "同意企微", "wecom consent"] },
  { name: "consent_phone", type: "yesno", headers: ["电话许可", "电话同意", "同意电话", "phone consent"] },
  { name: "consent_at", type: "time", headers: ["同意时间", "许可时间", "授权时间", "consent time", "consent date"] },
];

const CHANNEL_OF: Record<string, string> = {
  consent_email: "email",
  consent_sms: "sms",
  consent_wecom: "wecom-customer",
  consent_phone: "phone",
};
const CONTACT_OF = [
  ["name", "name"],
  ["email", "email"],
  ["phone", "phone"],
  ["wecom_id", "wecom"],
] as const;

/** customer_id, locale, timezone, owner, traits, contacts, consents, consent_at */
export const customers: Kind = {
  fields,
  extras: "traits",
  roles: true,
  stage({ fields, extras, roles }) {
    const contacts = [...roles];
    for (const [field, kind] of CONTACT_OF) {
      const value = fields.get(field);
      if (value !== undefined) contacts.push({ kind, role: "self", value });
    }
    return [
      fields.get("customer_id")!,
      fields.get("locale") ?? null,
      fields.get("timezone") ?? null,
      fields.get("owner") ?? null,
      JSON.stringify(extras),
      JSON.stringify(contacts),
      JSON.stringify(consentsOf(fields)),
      fields.get("consent_at") ?? null,
    ];
  },
};

/** What a channel's own column says counts for it; the general column counts for the others. */
function consentsOf(fields: Map<string, string>): { channel: string; granted: boolean }[] {
  const said = new Map<string, boolean>();
  const general = fields.get("consent");
  if (general !== undefined) for (const channel of CONSENT_CHANNELS) said.set(channel, general === "true");
  for (const [field, channel] of Object.entries(CHANNEL_OF)) {
    const own = fields.get(field);
    if (own !== undefined) said.set(channel, own === "true");
  }
  return [...said].map(([channel, granted]) => ({ channel, granted }));
}
