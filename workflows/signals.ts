import { defineSignal } from "@temporalio/workflow";
import { type Numbered, SIGNALS } from "./messages.ts";

/** Stimuli for a cohort, in ascending numbers; one with a number already digested is ignored. */
export const stimuliSignal = defineSignal<[Numbered[]]>(SIGNALS.stimuli);
/** A run looks again at where it stands (its timer does the same in real time). */
export const lookSignal = defineSignal(SIGNALS.look);
