import type { CouponDefinition } from "../../definition/steps/coupon.ts";
import { DEFAULT_VALIDITY } from "../../decide/validity.ts";
import type { Place } from "../place.ts";

export function compileCoupon({ id, coupon }: CouponDefinition, { assembler, next }: Place): void {
  const { give: pool, kind: sendKind, validFor = DEFAULT_VALIDITY } = coupon;
  assembler.op(id, { kind: "coupon", id, pool, sendKind, validFor }, { next });
}
