import { type Fault, pointer, warning } from "../../fault.ts";
import { list, record } from "../definition/journey.ts";
import type { Advice } from "./advice.ts";
import type { Passed } from "./way.ts";

/** Links of which one lets the reader answer, by kind of step. */
const LINKS: Record<string, string[]> = {
  survey: ["links.survey"],
  rsvp: ["links.rsvp", "links.rsvpYes", "links.rsvpNo", "links.rsvpMaybe"],
  challenge: ["links.checkIn"],
};

/** Mails that ask for an answer and hold no link to give it. */
export const noLink: Advice = ({ way, library }) =>
  way.steps.flatMap(({ kind, body, pointer: at }): Fault[] => {
    // what else a challenge counts happens elsewhere
    const links = kind === "challenge" && body.event !== "check_in" ? undefined : LINKS[kind];
    const { template: name } = body;
    const uses = typeof name === "string" ? library.templates[name]?.uses : undefined;
    if (!links || !uses || uses.some((use) => links.includes(use.name))) return [];
    const message = {
      en: `nobody can answer from this mail: template "${String(name)}" has no ${links.join(" or ")}`,
      "zh-CN": `收到邮件的人无法作答：模板 "${String(name)}" 中没有 ${links.join(" 或 ")}`,
    };
    return [warning(`${at}${pointer(kind, "template")}`, message)];
  });

/** Ways of a call or an invitation that nobody goes, and tries that are never made. */
export const idle: Advice = ({ way }) =>
  way.steps.flatMap((step): Fault[] => {
    if (step.kind === "task") return tries(step);
    return step.kind === "rsvp" ? waitingList(step) : [];
  });

function tries({ body, pointer: at }: Passed): Fault[] {
  const again = list(body.outcomes).some((outcome) => record(outcome)?.connected === false);
  if (again || !(Number(body.attempts) > 1)) return [];
  const message = {
    en: 'is never used up: no outcome says "connected": false, so the first one closes the task',
    "zh-CN": '不会用到：没有任何结果写明 "connected": false，第一次结果就会关闭任务',
  };
  return [warning(`${at}/task/attempts`, message)];
}

function waitingList({ body, pointer: at }: Passed): Fault[] {
  const index = list(body.answers).findIndex((answer) => record(answer)?.id === "waiting-list");
  if (index < 0 || body.seats !== undefined) return [];
  const message = {
    en: 'nobody waits for a seat, since there is one for everybody: "seats" is not said',
    "zh-CN": '没有写 "seats"，人人都有席位，不会有人排队',
  };
  return [warning(`${at}${pointer("rsvp", "answers", index)}`, message)];
}
