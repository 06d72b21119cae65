import { DAYS, type Sizes } from "./base.ts";

const QUIET = 85;
const CHECK_IN = 10;
const PAGES = ["/", "/tea/oolong", "/tea/white", "/cups", "/about", "/basket"];
const CATEGORIES = ["tea", "cups", "sets"];

/** Bodies of single CloudEvents, in turns of a hundred: 85 that nothing acts on, 10 check-ins, 5 purchases. */
export function traffic(name: string, { members, customers }: Sizes): () => string {
  let n = 0;
  let checkIns = 0;
  // the same order in every run, yet not all check-ins at once
  const kind = (turn: number) => (turn * 37) % 100;
  return () => {
    const id = `${name}-${++n}`;
    const turn = kind(n % 100);
    if (turn < QUIET) {
      const data = { page: PAGES[n % PAGES.length], title: "Teas from the hills", seconds: n % 90, visit: id };
      return body(id, "page.viewed", someone(n, customers), data);
    }
    if (turn < QUIET + CHECK_IN) {
      // every member on each of the days before anybody for the second time
      const day = DAYS[Math.floor(checkIns / members) % DAYS.length];
      return body(id, "check_in", (checkIns++ % members) + 1, { day });
    }
    const items = [{ sku: `sku-${n % 40}`, category: CATEGORIES[n % CATEGORIES.length], qty: 1, price: 64.5 }];
    return body(id, "order.paid", someone(n, customers), { order_id: `o-${id}`, amount: 64.5, items });
  };
}

/** Anybody, in no order, the same in every run. */
function someone(n: number, customers: number): number {
  return ((Math.imul(n, 0x9e3779b1) >>> 0) % customers) + 1;
}

function body(id: string, type: string, customer: number, data: object): string {
  return JSON.stringify({ specversion: "1.0", source: "bench", id, type, subject: `c${customer}`, data });
}
