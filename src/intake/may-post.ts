import { error, type Fault } from "../fault.ts";
import type { Holder } from "../store/api-key.ts";

/** What a browser could invent to its user's gain, or against another's will. */
const NEVER_PUBLIC = ["order.*", "coupon.*", "complaint.*", "consent.*", "gift.*", "customer.identified"];

/**
 * @param type the type that acts: of a mapped event the one it is mapped to
 * @param source as the event names it; absent where we name it
 * @returns why the holder may not post it
 */
export function mayPost(
  holder: Pick<Holder, "name" | "public" | "types">,
  type: string,
  source?: string,
): Fault | undefined {
  if (holder.public && NEVER_PUBLIC.some((pattern) => covers(pattern, type))) {
    return error("/type", {
      en: `a public key may not post ${type}`,
      "zh-CN": `公开密钥不可提交 ${type} 事件`,
    });
  }
  // else a browser could use up the ids of a backend's events, which would then count as known
  const own = publicSource(holder);
  if (holder.public && source !== undefined && source !== own && !source.startsWith(`${own}/`)) {
    return error("/source", {
      en: `of events that come by this public key the source is "${own}"`,
      "zh-CN": `通过该公开密钥提交的事件，source 必须为 "${own}"`,
    });
  }
  if (holder.types === undefined || holder.types.some((pattern) => covers(pattern, type))) return undefined;
  const hint = holder.types.join(", ");
  return error(
    "/type",
    { en: `this key may not post ${type}`, "zh-CN": `该密钥不可提交 ${type} 事件` },
    { en: `it may post: ${hint}`, "zh-CN": `可提交：${hint}` },
  );
}

/** What a file does that events of these types could do as well; of any type where none is named. */
const IMPORTS = {
  customers: ["customer.identified", "consent.changed"],
  orders: ["order.paid", "order.refunded", "order.cancelled"],
  "order-items": ["order.paid"],
  events: ["*"],
};

/** @returns why the holder may not import such a file: a key for certain events must not do by a file what it may not post */
export function mayImport(
  holder: Pick<Holder, "name" | "public" | "types">,
  what: keyof typeof IMPORTS,
): Fault | undefined {
  for (const type of IMPORTS[what]) {
    const denied = mayPost(holder, type);
    if (denied) return denied;
  }
  return undefined;
}

function publicSource({ name }: Pick<Holder, "name">): string {
  return `public:${name}`;
}

/** "cart.*" covers "cart.updated", not "cart" and not "carts.updated". */
export function covers(pattern: string, type: string): boolean {
  return pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
