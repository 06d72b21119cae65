import type { SetDefinition } from "../../definition/steps/set.ts";
import type { Place } from "../place.ts";

export function compileSet({ id, set }: SetDefinition, { assembler, next }: Place): void {
  assembler.op(id, { kind: "set", id, ...set }, { next });
}
