import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import iconv from "iconv-lite";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommand } from "../src/cli/run.ts";
import { testSchema } from "./support/schema.ts";

/** A purchase as a line of CDNOW's log has it: " 00001 19970101  1   11.77" is customer, day, discs, dollars. */
interface Purchase {
  customer: string;
  /** days since 1970 */
  day: number;
  discs: number;
  cents: number;
}

const CUSTOMERS = 2_000;
const TODAY = dayOf("1998-06-30");
const { url, schema } = await testSchema();
const folder = await mkdtemp(join(tmpdir(), "outsider's shop "));
const rules = join(folder, "rules");
const log = generate(19970101);
const environment = { ...process.env };

beforeAll(async () => {
  await cp("rules", rules, { recursive: true, filter: (path) => !path.includes(join("rules", "campaigns")) });
  await cp("test/outsider", rules, { recursive: true });
  Object.assign(process.env, { DATABASE_URL: url, REKINDLE_SCHEMA: schema, REKINDLE_LANG: "en" });
  Object.assign(process.env, { REKINDLE_HOME: join(folder, "home"), REKINDLE_RULES: rules });
});
afterAll(async () => {
  process.env = environment;
  await rm(folder, { recursive: true });
});

test("a purchase log with headers and an encoding from elsewhere comes in at the first go, in dollars", async () => {
  const lines = log.map(({ customer, day, discs, cents }, i) => {
    const dollars = (cents / 100).toFixed(2);
    return `${customer},CD-${i + 1},${iso(day).replaceAll("-", "")},${dollars},${discs}`;
  });
  await save("orders.csv", ["用户ID,订单号,付款时间,实付金额,张数", ...lines]);
  const people = Array.from({ length: CUSTOMERS }, (_, i) => {
    const id = nameOf(i);
    const mail = i % 20 === 3 ? "" : `c${id}@mail.example`;
    return `${id},${mail},${i % 4 === 0 ? "zh-CN" : "en"},${i % 10 === 1 ? "" : i % 10 === 2 ? "否" : "是"}`;
  });
  await save("customers.csv", ["用户ID,邮箱,语言,邮件同意", ...people]);

  expect(await json("import", "customers", join(folder, "customers.csv"))).toMatchObject({
    lines: CUSTOMERS,
    created: CUSTOMERS,
    rejected: 0,
  });
  expect(await json("import", "orders", join(folder, "orders.csv"))).toMatchObject({
    lines: log.length,
    created: log.length,
    rejected: 0,
    newCustomers: 0,
  });
});

test("a segment as of a day long ago counts whom one's own sum over the log counts", async () => {
  const own = members(log, TODAY);
  expect(own.length).toBeGreaterThan(50);
  // the log has what tells the edges apart: a purchase 60 and 59 days ago, one at the year's first moment, gifts for nothing
  for (const day of [TODAY - 60, TODAY - 59, TODAY - 364, TODAY - 365])
    expect(log.some((p) => p.day === day)).toBe(true);
  expect(log.some(({ cents }) => cents === 0)).toBe(true);
  expect(await json("segment", "count", "quiet-collectors", "--as-of", "1998-06-30")).toMatchObject({
    members: own.length,
    customers: CUSTOMERS,
  });
  const shown = await json("segment", "members", "quiet-collectors", "--as-of", "1998-06-30", "--limit", "2000");
  expect((shown as unknown as { customer: string }[]).map(({ customer }) => customer)).toEqual(own);
});

test("a campaign of one's own passes, is applied, planned in dollars and tried", async () => {
  // the warning: "playlist.voted" is an event of one's own
  const checked = await said("validate");
  expect(`${checked.out}\n${checked.errors}`).toContain("0 error(s), 1 warning(s)");
  expect((await said("campaign", "apply", "encore-12")).out).toContain("encore-12 applied");

  const launch = ["--launch", "1998-06-30T18:00"];
  const own = members(log, TODAY);
  const { out: plan } = await said("campaign", "plan", "encore-12", ...launch);
  expect(plan).toMatch(new RegExp(`in the audience\\s+│\\s+${own.length} │`));
  expect(plan).toMatch(/Total\s+│ \$800\.00/);

  const { out: tried } = await said("campaign", "try", "encore-12", "--customer", reachable(own), ...launch);
  expect(tried).toContain("is in the audience; times are of America/New_York");
  for (const step of ["hello", "voted", "worth", "listen/open", "listen/day #7", "listen/close", "ask/branch"])
    expect(tried).toContain(`  ${step} `);
  expect(tried).toMatch(/1998-07-\d\d 10:00 .* listen\/day /);
});

/** What the segment says, by hand: three purchases, none for 60 days, over 100 dollars in a year. */
function members(purchases: Purchase[], today: number): string[] {
  const all = new Map<string, Purchase[]>();
  for (const purchase of purchases) all.set(purchase.customer, [...(all.get(purchase.customer) ?? []), purchase]);
  return [...all].flatMap(([customer, own]) => {
    const last = Math.max(...own.map(({ day }) => day));
    // 365 times 24 hours before the end of today begin with the day 364 days ago
    const year = own.filter(({ day }) => day >= today - 364).reduce((sum, { cents }) => sum + cents, 0);
    return own.length >= 3 && today - last >= 60 && year > 10_000 ? [customer] : [];
  });
}

/** Someone who has an address and said yes. */
function reachable(ids: string[]): string {
  return ids.find((id) => {
    const i = Number(id) - 1;
    return i % 20 !== 3 && i % 10 > 2;
  })!;
}

/** Customers who begin in the first quarter of 1997 and buy until mid-1998, some never again; the same for a seed. */
function generate(seed: number): Purchase[] {
  const random = xoroshiro128plus(seed);
  const draw = (least: number, most: number) => uniformInt(random, least, most);
  const start = dayOf("1997-01-01");
  return Array.from({ length: CUSTOMERS }, (_, i) => {
    const purchases: Purchase[] = [];
    const pace = draw(5, 250);
    const worth = draw(300, 5_000);
    let day = start + draw(0, 89);
    do {
      const discs = draw(1, 5);
      const cents = draw(0, 200) === 0 ? 0 : discs * worth + draw(0, 99);
      purchases.push({ customer: nameOf(i), day, discs, cents });
      day += draw(0, 2 * pace);
    } while (day <= TODAY && draw(0, 9) > 0);
    return purchases;
  }).flat();
}

function nameOf(i: number): string {
  return String(i + 1).padStart(5, "0");
}
function dayOf(date: string): number {
  return Date.parse(date) / 86_400_000;
}
function iso(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

async function save(name: string, lines: string[]): Promise<void> {
  await writeFile(join(folder, name), iconv.encode(lines.map((line) => `${line}\r\n`).join(""), "gb18030"));
}

/** Runs a line as a shell would. @returns what it printed */
async function said(...line: string[]): Promise<{ out: string; errors: string }> {
  const out: string[] = [];
  const errors: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((text) => void out.push(String(text)));
  const error = vi.spyOn(console, "error").mockImplementation((text) => void errors.push(String(text)));
  try {
    expect(await runCommand(line), `${line.join(" ")}\n${errors.join("\n")}`).toBe(0);
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
  return { out: out.join("\n"), errors: errors.join("\n") };
}
async function json(...line: string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await said(...line, "--json")).out) as Record<string, unknown>;
}
