import { fillBasket } from "./goods.ts";
import { drawHistory, drawStratum } from "./history.ts";
import { CUSTOMER_COLUMNS, drawPerson } from "./person.ts";
import { type Random, seeded } from "./random.ts";

export interface WorldOptions {
  seed: number;
  /** customers in all */
  base: number;
  /** customers whom the reference segment is to find, give or take */
  enrol: number;
  asOf: Date;
}

/** Lines of the three files that belong to one customer. */
export interface Household {
  customer: string;
  orders: string;
  items: string;
}

export const HEADERS: Household = {
  customer: `${CUSTOMER_COLUMNS.join(",")}\n`,
  orders: "order_id,customer_id,paid_at,amount,currency,status\n",
  items: "order_id,sku,category,qty,price\n",
};

/** A few more than are asked for, so that a campaign with that limit fills up. */
const SPARE = 1.02;
const DAY = 86_400_000;
/** The demo's home is in Asia/Shanghai, which has had no summer time since 1991. */
const OFFSET = 8 * 3_600_000;

/** The demo's customers one by one, drawn from `seed` alone. */
export function* drawWorld({ seed, base, enrol, asOf }: WorldOptions): Generator<Household> {
  const stopped = Math.min(base, Math.ceil(enrol * SPARE));
  const calendar = new Calendar(asOf);
  for (let i = 0; i < base; i++) {
    const random = seeded(seed, i);
    // spread evenly over the base: one whenever the share of the stratum passes a whole number
    const chosen = Math.floor(((i + 1) * stopped) / base) > Math.floor((i * stopped) / base);
    const history = drawHistory(random, chosen ? "mid-value stopped" : drawStratum(random), (day) =>
      calendar.month(day),
    );
    yield drawHousehold(random, i + 1, history, calendar);
  }
}

function drawHousehold(
  random: Random,
  number: number,
  history: ReturnType<typeof drawHistory>,
  calendar: Calendar,
): Household {
  const customerId = `C${String(number).padStart(7, "0")}`;
  let orders = "";
  let items = "";
  let lastYear = 0;
  history.purchases.forEach(({ day, spend }, i) => {
    const id = `O${String(number).padStart(7, "0")}-${String(i + 1).padStart(3, "0")}`;
    const basket = fillBasket(random, spend);
    if (day > -365) lastYear += basket.amount / 100;
    orders += `${id},${customerId},${calendar.time(day, openHour(random))},${major(basket.amount)},CNY,paid\n`;
    for (const { sku, category, qty, price } of basket.items)
      items += `${id},${sku},${category},${qty},${major(price)}\n`;
  });
  const person = drawPerson(random, number, history, lastYear, (day) => calendar.date(day));
  return { customer: `${person.join(",")}\n`, orders, items };
}

/** Shopping hours: seconds since midnight, most about midday and in the evening. */
function openHour(random: Random): number {
  const hour = random.chance(0.5) ? 12 + 2 * random.normal() : 20 + 1.5 * random.normal();
  return Math.floor(Math.min(Math.max(hour, 8), 23.5) * 3600) + random.int(0, 1799);
}

function major(minor: number): string {
  return `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;
}

/** Local dates of days relative to the as-of time; day 0 is its date. */
class Calendar {
  readonly #today: number;
  readonly #months = new Map<number, number>();
  readonly #dates = new Map<number, string>();

  constructor(asOf: Date) {
    this.#today = Math.floor((asOf.getTime() + OFFSET) / DAY);
  }
  month(day: number): number {
    let month = this.#months.get(day);
    if (month === undefined) this.#months.set(day, (month = new Date((this.#today + day) * DAY).getUTCMonth()));
    return month;
  }
  date(day: number): string {
    let date = this.#dates.get(day);
    if (date === undefined)
      this.#dates.set(day, (date = new Date((this.#today + day) * DAY).toISOString().slice(0, 10)));
    return date;
  }
  time(day: number, seconds: number): string {
    const [hour, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return `${this.date(day)}T${[hour, minute, second].map((part) => String(part).padStart(2, "0")).join(":")}+08:00`;
  }
}
