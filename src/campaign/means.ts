import type { Duration, Text } from "./units.ts";

export interface BudgetLine {
  id: string;
  /** minor units */
  planned: number;
  items: { what: string; qty: number; unitPrice: number }[];
  /** who is told when the line is spent */
  team?: string;
  /** channels whose messages it carries, at Policy.channelCosts */
  channels?: string[];
}
export interface CouponPool {
  id: string;
  name: Text;
  /** what it gives: percent off, or minor units off */
  percentOff?: number;
  amountOff?: number;
  /** least order amount, minor units */
  minimum: number;
  validFor: Duration;
  prefix: string;
  /** how many may be reserved in all */
  limit: number;
  /** budget line that carries what codes cost */
  line?: string;
  /** minor units of one redemption */
  cost?: number;
  /** issue (default): the line sets the cost aside for each code that is out; redemption: only what was used is booked */
  bookAt?: "issue" | "redemption";
}
export interface Gift {
  id: string;
  name: Text;
  /** minor units */
  unitCost: number;
  stock: number;
  /** budget line that carries it */
  line?: string;
}

/** An address of another system. */
export interface Webhook {
  id: string;
  url: string;
  /** name of the environment variable that holds the secret which signs what is sent there */
  secret: string;
  timeoutSeconds: number;
}
