import type { Random } from "./random.ts";

export interface Item {
  sku: string;
  category: string;
  qty: number;
  /** minor units */
  price: number;
}

/** What the demo's shop sells: for each category list prices in CNY, ascending. */
const SHELVES: [category: string, prices: number[]][] = [
  ["tea", [29, 58, 98, 168, 288, 588]],
  ["coffee", [25, 49, 89, 139, 259]],
  ["snacks", [9.9, 19.9, 39, 69, 129]],
  ["office", [15, 36, 79, 199, 499, 1299]],
  ["gifts", [45, 99, 199, 399, 899, 1999]],
  ["electronics", [59, 149, 329, 799, 1599, 3999]],
];

/** Things for about `spend` CNY; what the order costs is exactly the sum of its items. */
export function fillBasket(random: Random, spend: number): { items: Item[]; amount: number } {
  const lines = spend < 60 ? 1 : random.int(1, 3);
  const cut = Array.from({ length: lines }, () => 0.5 + random.unit());
  const sum = cut.reduce((a, b) => a + b, 0);
  const items = cut.map((part) => takeItem(random, (spend * part) / sum));
  return { items, amount: items.reduce((total, { qty, price }) => total + qty * price, 0) };
}

/** As many of one thing as the money buys, at the price agreed on: list price give or take, in steps of 0.10. */
function takeItem(random: Random, money: number): Item {
  const [category, prices] = random.pick(SHELVES);
  const affordable = prices.filter((price) => price <= money * 1.3);
  // large orders are many of something, not one of the dearest
  const place = affordable.length === 0 ? 0 : random.int(0, affordable.length - 1);
  const qty = Math.max(1, Math.round(money / prices[place]!));
  const price = Math.max(10, Math.round((money / qty) * 10) * 10);
  return { sku: `${category.slice(0, 3).toUpperCase()}-${place + 1}`, category, qty, price };
}
