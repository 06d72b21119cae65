import type { PointsDefinition } from "../../definition/steps/points.ts";
import { DEFAULT_VALIDITY } from "../../decide/validity.ts";
import type { Place } from "../place.ts";

export function compilePoints({ id, points }: PointsDefinition, { assembler, next }: Place): void {
  const { give, kind: sendKind, validFor = DEFAULT_VALIDITY } = points;
  assembler.op(id, { kind: "points", id, points: give, sendKind, validFor }, { next });
}
