import { sql } from "kysely";
import { endsJourney } from "../campaign/flow.ts";
import { code, type Program } from "../campaign/program.ts";
import { minuteOf, now } from "../store/clock.ts";
import { lockCustomers } from "../store/customer.ts";
import { type Database, transaction } from "../store/database.ts";
import { loadDocument } from "../store/document.ts";
import { endEnrolments } from "../store/enrolment.ts";
import { keepData } from "../store/journey-data.ts";
import { loadRun } from "../store/run.ts";
import { insertStimuli } from "../store/stimulus.ts";
import { meetWait } from "../store/wait.ts";
import { type CallResult, type ClaimedCall, storeCall } from "../store/webhook-call.ts";

/** Stores what came of a call and lets its journey go on. @returns whether there is a stimulus to be sent */
export async function settleCall(db: Database, by: string, call: ClaimedCall, result: CallResult): Promise<boolean> {
  return transaction(db, async (tx) => {
    await lockCustomers(tx, [call.customer]);
    const { rows } = await sql<{ cohort: number | null; member: number | null; status: string }>`
      select cohort, member, status from enrolments where id = ${call.enrolment} for no key update`.execute(tx);
    // the run may have gone over to another program since the call was claimed
    const run = await loadRun(tx, call.run);
    const at = await now(tx);
    if (!(await storeCall(tx, by, result, at)) || result.status === "pending") return false;
    if (result.httpStatus !== null)
      await keepData(tx, call.step, [{ enrolment: call.enrolment, values: { status: result.httpStatus } }]);
    const outcome = code(result.status === "accepted" ? "met" : "failed");
    const { step, occurrence, enrolment } = call;
    const met = await meetWait(tx, { enrolment, step, occurrence, kind: "webhook" }, outcome, at);
    const { cohort = null, member = null, status } = rows[0] ?? {};
    if (!met || status !== "live" || cohort === null || member === null) return false;
    const program = (await loadDocument<Program>(tx, run.program)).code;
    const pc = program.instructions.findIndex((instruction) => instruction.do === "op" && instruction.step === step);
    const stimulus = { kind: "met" as const, at: minuteOf(at), pc, occurrence, outcome };
    await insertStimuli(tx, [{ run: call.run, cohort, member, stimulus }], at);
    if (endsJourney(program, pc, outcome, occurrence)) await endEnrolments(tx, [enrolment], "completed", at);
    return true;
  });
}
