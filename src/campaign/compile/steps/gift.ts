import type { GiftDefinition } from "../../definition/steps/gift.ts";
import { DEFAULT_VALIDITY } from "../../decide/validity.ts";
import type { Place } from "../place.ts";

export function compileGift({ id, gift }: GiftDefinition, { assembler, next }: Place): void {
  const { give, kind: sendKind, validFor = DEFAULT_VALIDITY } = gift;
  assembler.op(id, { kind: "gift", id, gift: give, sendKind, validFor }, { next });
}
