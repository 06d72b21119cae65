import type { ClaimedMessage } from "../store/message-claim.ts";
import type { Links } from "../template/data.ts";
import { type LinkPayload, linkUrl, signLink } from "../template/link.ts";

export interface LinkSigner {
  secret: string;
  /** what links start with */
  publicUrl: string;
}

const DAY = 86_400_000;
/** Ways out must still work when somebody finds an old mail. */
const LONG = 400 * DAY;

/** The links of one message. `at` is clock time. */
export function linksOf(message: ClaimedMessage, signer: LinkSigner, at: Date): Links {
  const { challenge, survey, rsvp } = message.data;
  const base = { m: message.id, e: message.enrolment, c: message.customer };
  const link = (payload: Omit<LinkPayload, "m" | "e" | "c">, lifetime: number) =>
    linkUrl(signer.publicUrl, signLink(signer.secret, { ...base, ...payload }, at.getTime() + lifetime));
  return {
    unsubscribe: link({ k: "unsubscribe" }, LONG),
    preferences: link({ k: "preferences" }, LONG),
    shop: link({ k: "click" }, LONG),
    // usable until the challenge is over, and two days longer since a late check-in counts that long
    ...(challenge && {
      checkIn: link({ k: "check-in", s: challenge.step, d: challenge.day }, (challenge.days - challenge.day + 3) * DAY),
    }),
    ...(rsvp && {
      rsvp: link({ k: "rsvp", s: rsvp.step }, 60 * DAY),
      rsvpYes: link({ k: "rsvp", s: rsvp.step, a: "yes" }, 60 * DAY),
      rsvpNo: link({ k: "rsvp", s: rsvp.step, a: "no" }, 60 * DAY),
      rsvpMaybe: link({ k: "rsvp", s: rsvp.step, a: "maybe" }, 60 * DAY),
    }),
    ...(survey && { survey: link({ k: "survey", s: survey.step }, 60 * DAY) }),
  };
}
