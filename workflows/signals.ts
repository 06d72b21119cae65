import { defineSignal } from "@temporalio/workflow";
import type { Numbered } from "./messages.ts";

/** Stimuli for a cohort, in ascending numbers; one with a number already digested is ignored. */
export const stimuliSignal = defineSignal<[Numbered[]]>("stimuli");
/** A run looks again at where it stands (its timer does the same in real time). */
export const lookSignal = defineSignal("look");
