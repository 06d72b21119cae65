import type { ComplaintDefinition } from "../../definition/steps/complaint.ts";
import type { Place } from "../place.ts";

export function compileComplaint({ id, complaint }: ComplaintDefinition, { assembler, next }: Place): void {
  assembler.op(id, { kind: "complaint", id, severity: complaint.severity, team: complaint.to }, { next });
}
