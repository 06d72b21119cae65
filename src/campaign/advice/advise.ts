import type { Fault } from "../../fault.ts";
import type { Advice, Advised } from "./advice.ts";
import { idle, noLink } from "./answer.ts";
import { calendar } from "./calendar.ts";
import { promotionFirst } from "./complaint.ts";
import { costPerHead, stock } from "./cost.ts";
import { coupon } from "./coupon.ts";
import { gate } from "./gate.ts";
import { forestalled, lateOffer, nothingConverts } from "./goal.ts";
import { tinyHoldout } from "./holdout.ts";
import { line } from "./line.ts";
import { challengeDays, lateAnswers, phase } from "./phase.ts";
import { quiet } from "./quiet.ts";
import { reentry } from "./reentry.ts";
import { rules } from "./rules.ts";
import { since } from "./since.ts";
import { template } from "./template.ts";
import { unknownYet } from "./unknown-yet.ts";
import { unmeasured } from "./unmeasured.ts";
import { unreachable } from "./unreachable.ts";
import { wayOf } from "./way.ts";

const ALL: Advice[] = [
  rules,
  unknownYet,
  since,
  unreachable,
  phase,
  challengeDays,
  lateAnswers,
  gate,
  unmeasured,
  nothingConverts,
  lateOffer,
  forestalled,
  promotionFirst,
  costPerHead,
  stock,
  coupon,
  quiet,
  template,
  noLink,
  idle,
  tinyHoldout,
  reentry,
  calendar,
  line,
];

/** What a colleague would say of a campaign that is without faults: each piece of advice a warning with its reason. */
export function advise(campaign: Omit<Advised, "way">): Fault[] {
  const advised: Advised = { ...campaign, way: wayOf(campaign.definition) };
  return ALL.flatMap((advice) => advice(advised));
}
