import type { Minute } from "../../campaign/program.ts";

/** Something a simulated person does at a time. */
export type Act = () => Promise<void>;

/** What simulated people are going to do, by slot: they look at their phones at no particular minute. */
export class Agenda {
  private readonly slots = new Map<Minute, Act[]>();
  private readonly width: number;

  /** `width` in minutes: acts within it are gathered, so that the clock has fewer stops */
  constructor(width: number) {
    this.width = width;
  }

  add(at: Minute, act: Act): void {
    const slot = this.slotOf(at);
    const acts = this.slots.get(slot);
    if (acts) acts.push(act);
    else this.slots.set(slot, [act]);
  }

  slotOf(at: Minute): Minute {
    return Math.ceil(at / this.width) * this.width;
  }

  next(): Minute | null {
    return this.slots.size > 0 ? Math.min(...this.slots.keys()) : null;
  }

  /** Takes out what is to be done by `now`. */
  take(now: Minute): Act[] {
    const due = [...this.slots.keys()].filter((slot) => slot <= now).sort((a, b) => a - b);
    return due.flatMap((slot) => {
      const acts = this.slots.get(slot)!;
      this.slots.delete(slot);
      return acts;
    });
  }
}

/** Does acts side by side, at most `width` at once. */
export async function perform(acts: Act[], width: number): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let act = acts[next++]; act; act = acts[next++]) await act();
  };
  await Promise.all(Array.from({ length: Math.min(width, acts.length) }, lane));
}
