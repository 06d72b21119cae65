import { error, type Fault } from "../fault.ts";
import type { Holder } from "../store/api-key.ts";

/** What a browser could invent to its user's gain, or against another's will. */
const NEVER_PUBLIC = ["order.*", "coupon.*", "complaint.*", "consent.*", "gift.*"];

/** @param type the type that acts: of a mapped event the one it is mapped to @returns why the holder may not post it */
export function mayPost(holder: Pick<Holder, "public" | "types">, type: string): Fault | undefined {
  if (holder.public && NEVER_PUBLIC.some((pattern) => covers(pattern, type))) {
    return error("/type", {
      en: `a public key may not post ${type}`,
      "zh-CN": `公开密钥不可提交 ${type} 事件`,
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

/** "cart.*" covers "cart.updated", not "cart" and not "carts.updated". */
export function covers(pattern: string, type: string): boolean {
  return pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
