import type { History } from "./history.ts";
import { drawName } from "./names.ts";
import type { Random } from "./random.ts";

export const CUSTOMER_COLUMNS = [
  "customer_id",
  "name",
  "email",
  "phone",
  "wecom_id",
  "locale",
  "timezone",
  "owner",
  "consent_email",
  "consent_sms",
  "consent_wecom",
  "consent_phone",
  "city",
  "tier",
  "industry",
  "birthday",
  "member_since",
];

const CITIES = [
  "上海",
  "上海",
  "北京",
  "北京",
  "广州",
  "深圳",
  "杭州",
  "成都",
  "南京",
  "武汉",
  "苏州",
  "西安",
  "重庆",
  "天津",
  "青岛",
  "厦门",
];
const INDUSTRIES = ["制造", "零售", "教育", "餐饮", "互联网", "金融", "医疗", "物流", "建筑", "文化"];
/** Reserved for examples (RFC 2606): no mail to them can ever reach anybody. */
const MAIL_DOMAINS = ["mail.example", "post.example", "office.example", "company.example"];
const REPS = 12;

/** One line of customers.csv. @param spentLastYear CNY */
export function drawPerson(
  random: Random,
  number: number,
  history: History,
  spentLastYear: number,
  dateOf: (day: number) => string,
): string[] {
  const locale = random.chance(0.88) ? "zh-CN" : "en";
  const { name, latin } = drawName(random, locale);
  const id = `C${String(number).padStart(7, "0")}`;
  const email = random.chance(0.99) ? `${latin}${number}@${random.pick(MAIL_DOMAINS)}` : "";
  // no Chinese mobile number begins with 12, so nobody's telephone rings
  const phone = random.chance(0.97) ? `12${String(random.int(0, 999_999_999)).padStart(9, "0")}` : "";
  const wecom = random.chance(0.45) ? `wm${String(number).padStart(7, "0")}` : "";
  const tier = spentLastYear >= 50_000 ? "gold" : spentLastYear >= 5_000 ? "silver" : "bronze";
  return [
    id,
    name,
    email,
    phone,
    wecom,
    locale,
    "Asia/Shanghai",
    tier === "bronze" ? "" : `rep-${String(random.int(1, REPS)).padStart(2, "0")}`,
    email && consent(random, 0.96),
    phone && consent(random, 0.7),
    wecom && consent(random, 0.92),
    phone && consent(random, 0.85),
    random.pick(CITIES),
    tier,
    random.pick(INDUSTRIES),
    dateOf(-random.int(20 * 365, 65 * 365)),
    dateOf(history.joined),
  ];
}

/** Of those who have not agreed, some were never asked. */
function consent(random: Random, share: number): string {
  const drawn = random.unit();
  return drawn < share ? "yes" : drawn < share + (1 - share) * 0.7 ? "no" : "";
}
