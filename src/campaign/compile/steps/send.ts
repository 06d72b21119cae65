import type { SendDefinition } from "../../definition/steps/send.ts";
import type { Duration, SendKind } from "../../program.ts";
import type { Place } from "../place.ts";

const VALID_FOR: Duration = { days: 2, minutes: 0 };

/** Fields that every mail has, with what the marketer left out filled in. */
export function mail(fields: {
  channel: string[];
  template: string;
  kind: SendKind;
  topic?: string;
  validFor?: Duration;
  tags?: string[];
  ignoresCaps?: boolean;
  countsTowardsCaps?: boolean;
}) {
  return {
    channels: fields.channel,
    template: fields.template,
    sendKind: fields.kind,
    topic: fields.topic ?? fields.kind,
    validFor: fields.validFor ?? VALID_FOR,
    ...(fields.tags && { tags: fields.tags }),
    ...(fields.ignoresCaps && { ignoresCaps: true }),
    ...(fields.countsTowardsCaps === false && { countsTowardsCaps: false }),
  };
}

export function compileSend({ id, send }: SendDefinition, { assembler, next }: Place): void {
  assembler.op(id, { kind: "send", id, ...mail(send), ...(send.coupon && { coupon: send.coupon }) }, { next });
}
