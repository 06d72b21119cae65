import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import {
  type Completion,
  ENDED,
  type Enrolment,
  type Frame,
  type Op,
  pack,
  unpack,
} from "../src/campaign/enrolment.ts";
import { advance, enrol, nextDue, outstanding } from "../src/campaign/machine.ts";
import type { Minute } from "../src/campaign/program.ts";
import type { Batch, CohortActivities, CohortInput, Completed } from "./contract.ts";
import type { Numbered, Stimulus } from "./messages.ts";
import { stimuliSignal } from "./signals.ts";

const { loadCode, act, endCohort } = proxyActivities<CohortActivities>({
  startToCloseTimeout: "2 minutes",
  // a worker that dies with a batch in hand holds it up no longer than this
  heartbeatTimeout: "10 seconds",
  retry: { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "1 minute" },
});
// a marker in the history instead of three events; it only notes where the cohort rests
const { park } = proxyLocalActivities<CohortActivities>({ startToCloseTimeout: "10 seconds" });

const WEEK = 7 * 24 * 60;
/** events; the server ends a workflow at some 50,000 */
const LONGEST = 25_000;

/** Carries one cohort of enrolments through a program: the machine's driver on Temporal. */
export async function cohort(input: CohortInput): Promise<void> {
  const driver = new CohortDriver(input);
  // before the first await, so that no signal is missed
  setHandler(stimuliSignal, (stimuli) => driver.receive(stimuli));
  await driver.run();
}

class CohortDriver {
  private readonly input: CohortInput;
  private frame!: Frame;
  private members: Enrolment[] = [];
  private alive = 0;
  private open: boolean;
  /** stimuli that arrived, not yet digested; `ahead` holds those whose predecessors are still on their way */
  private inbox: Numbered[] = [];
  private ahead = new Map<number, Numbered>();
  private received: number;
  private digested: number;
  private completions: { batch: Batch; completed: Completed[] }[] = [];
  private out = new Map<string, Batch>();
  private inFlight = 0;
  private parked = "";
  /** minutes for which a timer runs; none is cancelled, since one that fires early does no harm */
  private readonly armed = new Set<Minute>();
  private rang = false;

  constructor(input: CohortInput) {
    this.input = input;
    this.open = input.open === true;
    this.received = input.last;
    this.digested = input.last;
    this.receive(input.ahead ?? []);
  }

  receive(stimuli: Numbered[]): void {
    for (const numbered of stimuli) if (numbered.number > this.received) this.ahead.set(numbered.number, numbered);
    for (let next = this.ahead.get(this.received + 1); next; next = this.ahead.get(this.received + 1)) {
      this.ahead.delete(next.number);
      this.received = next.number;
      this.inbox.push(next);
    }
  }

  async run(): Promise<void> {
    const { program, zone, size, states, startAt, resumes = 0 } = this.input;
    this.frame = { code: await loadCode(program), zone };
    const began = this.now();
    if (states) this.restore(states);
    else if (!this.open) {
      this.members = Array.from({ length: size }, (_, number) => enrol(this.frame, number));
      this.alive = size;
      this.all({ kind: "start", at: startAt, resumes });
    }
    while (this.lives()) {
      this.digest();
      if (this.lives() && this.isLong(began)) await this.startOver();
      this.dispatch();
      if (!this.lives() && this.inFlight === 0) break;
      await this.rest();
    }
    await endCohort(this.input.run, this.input.cohort);
  }

  /** Somebody is under way, or may still come. */
  private lives(): boolean {
    return this.alive > 0 || this.open;
  }

  /** Time for a fresh history? Best while nothing is out: the activities of a history that ends are decided twice. */
  private isLong(began: Minute): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (!continueAsNewSuggested && this.now() - began <= WEEK) return false;
    return this.inFlight === 0 || historyLength > LONGEST;
  }

  /** Everything that has arrived goes to the machine, then time itself. */
  private digest(): void {
    const completions = this.completions;
    this.completions = [];
    for (const { batch, completed } of completions) this.complete(batch, completed);
    const inbox = this.inbox;
    this.inbox = [];
    for (const numbered of inbox) {
      this.hear(numbered);
      this.digested = numbered.number;
    }
    if (this.input.clock === "timer") {
      const at = this.now();
      if (this.due() <= at) this.all({ kind: "clock", at });
    }
  }

  private hear({ member, stimulus }: Numbered): void {
    if (stimulus.kind === "close") this.open = false;
    else if (member < 0) {
      if (stimulus.kind === "end") this.open = false;
      this.all(stimulus);
    } else {
      if (stimulus.kind === "start") this.admit(member);
      this.take(member, stimulus);
    }
  }

  /** Members of an open cohort are numbered as they come. */
  private admit(member: number): void {
    if (!this.open) return;
    for (let number = this.members.length; number <= member; number++) {
      this.members.push(enrol(this.frame, number));
      this.alive += 1;
    }
  }

  private complete(batch: Batch, completed: Completed[]): void {
    const { pc, occurrence, attempt, epoch } = batch;
    for (const { outcome, at, value, members } of completed) {
      const completion: Completion = {
        kind: "done",
        at,
        pc,
        occurrence,
        attempt,
        epoch,
        outcome,
        ...(value !== undefined && { value }),
      };
      for (const member of members) this.take(member, completion);
    }
  }

  private all(stimulus: Stimulus): void {
    for (let member = 0; member < this.members.length; member++) {
      if (stimulus.kind === "clock" && nextDue(this.members[member]!) > stimulus.at) continue;
      this.take(member, stimulus);
    }
  }

  private take(member: number, stimulus: Stimulus | Completion): void {
    const before = this.members[member];
    if (!before || before.status === ENDED) return;
    const { enrolment, ops } = advance(this.frame, before, stimulus);
    this.members[member] = enrolment;
    if (enrolment.status === ENDED) this.alive -= 1;
    for (const op of ops) this.enqueue(member, op);
  }

  /** Ops of one step and occurrence that are due in the same minute leave as one batch. */
  private enqueue(member: number, op: Op): void {
    const key = `${op.pc}/${op.occurrence}/${op.attempt}/${op.epoch}/${op.due}`;
    const batch = this.out.get(key);
    if (batch) batch.members.push(member);
    else {
      const { run, cohort: number, program } = this.input;
      this.out.set(key, { run, cohort: number, program, ...op, members: [member] });
    }
  }

  private dispatch(): void {
    for (const batch of this.out.values()) {
      this.inFlight += 1;
      // never awaited: its completion is a stimulus like any other
      void act(batch).then((completed) => {
        this.inFlight -= 1;
        this.completions.push({ batch, completed });
      });
    }
    this.out.clear();
  }

  private async rest(): Promise<void> {
    this.rang = false;
    const awake = () => this.inbox.length > 0 || this.completions.length > 0 || this.rang;
    if (this.input.clock === "timer") this.arm(this.due());
    else if (this.inFlight === 0 && !awake()) await this.park();
    await condition(awake);
  }

  /** Sees to it that a timer fires at `due` or before. */
  private arm(due: Minute): void {
    if (due === Infinity || Math.min(...this.armed) <= due) return;
    this.armed.add(due);
    void sleep(Math.max(1, due * 60_000 - Date.now())).then(() => {
      this.armed.delete(due);
      this.rang = true;
    });
  }

  /** Tells the stepped clock that all up to `digested` is done and when there is work again. */
  private async park(): Promise<void> {
    const due = this.due();
    const place = `${this.digested}/${due}`;
    if (place === this.parked) return;
    this.parked = place;
    await park(this.input.run, this.input.cohort, this.digested, due === Infinity ? null : due);
  }

  private due(): Minute {
    let due = Infinity;
    for (const member of this.members) if (member.status !== ENDED) due = Math.min(due, nextDue(member));
    return due;
  }

  private now(): Minute {
    return Math.floor(Date.now() / 60_000);
  }

  private restore(states: number[][]): void {
    this.members = states.map((packed) => unpack(this.frame, packed));
    this.alive = this.members.filter((member) => member.status !== ENDED).length;
    this.members.forEach((enrolment, member) => {
      if (enrolment.status !== ENDED) for (const op of outstanding(this.frame, enrolment)) this.enqueue(member, op);
    });
  }

  /** A fresh history. Ops that are out are issued again (the ledger answers for those already decided). */
  private async startOver(): Promise<void> {
    await condition(allHandlersFinished);
    this.digest();
    const states = this.members.map(pack);
    const ahead = [...this.ahead.values()];
    const { open } = this;
    await continueAsNew<typeof cohort>({
      ...this.input,
      ...(this.input.open && { open }),
      last: this.digested,
      states,
      ahead,
    });
  }
}
