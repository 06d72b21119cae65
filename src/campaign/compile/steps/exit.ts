import type { ExitDefinition } from "../../definition/steps/exit.ts";
import type { Place } from "../place.ts";

export function compileExit({ id, exit }: ExitDefinition, { assembler, next }: Place): void {
  assembler.op(id, { kind: "exit", id, reason: exit.reason }, { next });
}
