import type { StepDefinition } from "../definition/step.ts";
import type { Assembler, Label } from "./assembler.ts";

/** What a step kind is given to compile itself with. */
export interface Place {
  assembler: Assembler;
  /** where the thread goes on after the step */
  next: Label;
  /** compiles nested steps that go on at `next`; says where they begin */
  nested(steps: readonly StepDefinition[], next: Label): Label;
}
