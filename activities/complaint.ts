import { decided } from "../src/campaign/decide/decision.ts";
import type { ComplaintStep } from "../src/campaign/program.ts";
import { openComplaints } from "../src/store/complaint.ts";
import { insertTasks } from "../src/store/task.ts";
import { effectId, type Handler } from "./context.ts";

const TITLE = { en: "Follow up on a complaint", "zh-CN": "处理客户投诉" };

/** Opens a complaint, which holds promotions, and a task of the same id to mend it, which solves it. */
export const complaint: Handler<ComplaintStep> = async (context, step) => {
  const { tx, batch, members, name, settings, time } = context;
  const rows = members.map((member) => ({
    id: effectId(context, member),
    customer: member.customer,
    enrolment: member.id,
  }));
  await openComplaints(
    tx,
    rows.map((row) => ({ ...row, severity: step.severity, source: "campaign", note: null, opened_at: time })),
  );
  await insertTasks(
    tx,
    rows.map((row) => ({
      ...row,
      run: batch.run,
      kind: "complaint",
      step: name,
      occurrence: batch.occurrence,
      title: TITLE[settings.locale],
      team: step.team,
      assignee: null,
      script: null,
      dueAt: null,
      maxAttempts: 1,
    })),
    time,
  );
  return members.map(() => decided("done"));
};
