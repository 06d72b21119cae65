import type { Ast, Value, Variable } from "../ast.ts";
import { dayNumber, dayOf, isDay } from "../value.ts";
import { type Range, rangeOf } from "./range.ts";

/**
 * Values worth trying for a variable so that a part of a rule answers otherwise: what the part itself names, and the
 * nearest numbers or days on either side at which the answer turns.
 * @param others what is known of the part's other variables: sides of a comparison may be made alike
 * @param flips whether the part answers otherwise with this value
 */
export function candidates(
  part: Ast,
  variable: Variable,
  found: Value,
  others: Value[],
  flips: (value: Value) => boolean,
): Value[] {
  const named = [...literalsOf(part), ...others.flat()];
  const texts = named.filter((value) => typeof value === "string");
  switch (variable.type) {
    case "boolean":
      return [true, false, null].filter(flips);
    case "string":
      return [...texts, ANY_TEXT, "", null].filter(flips);
    case "strings": {
      const list = Array.isArray(found) ? found : [];
      const more = texts.flatMap((text) => [[...list, text], [text]]);
      const fewer = list.map((element) => list.filter((other) => other !== element));
      return [...more, ...fewer, [], [ANY_TEXT], null].filter(flips);
    }
    case "date": {
      const days = texts.filter(isDay).map(dayNumber);
      const turned = turning(days, typeof found === "string" ? dayNumber(found) : days[0], DAYS, (day) =>
        flips(dayOf(day)),
      );
      return [...turned.map(dayOf), ...[null].filter(flips)];
    }
    case "number":
    case "money": {
      const numbers = named.filter((value) => typeof value === "number");
      const range = rangeOf(variable);
      const turned = turning(numbers, typeof found === "number" ? found : 0, range, flips);
      if (turned.length > 0) return [...turned, ...[null].filter(flips)];
      const finely = turning(numbers, typeof found === "number" ? found : 0, { ...range, step: FINE }, flips);
      return [...finely, ...[null].filter(flips)];
    }
  }
}

/** Stands for whatever text the rule does not name. */
export const ANY_TEXT = "*";

const FINE = 0.01;
const DAYS: Range = { least: -200_000, most: 200_000, step: 1 };

/** Numbers at which the answer turns: those that are named, one step beside them, and the nearest upwards and downwards. */
function turning(named: number[], from = 0, range: Range, flips: (value: number) => boolean): number[] {
  const { least, most, step } = range;
  const beside = [...named, 0].flatMap((number) => [number, rounded(number - step), rounded(number + step)]);
  const near = [1, -1].flatMap((direction) => nearest(from, direction, range, flips));
  return [...beside, ...near].filter((number) => number >= least && number <= most && flips(number));
}

/** Steps double until the answer turns; then the turn is closed in on. */
function nearest(from: number, direction: number, range: Range, flips: (value: number) => boolean): number[] {
  if (flips(from)) return [from];
  const { least, most, step } = range;
  // whole steps, so that what is named reads well: 0.71 rather than 0.7063
  const start = Math.round(from / step);
  const at = (steps: number) => Math.min(most, Math.max(least, rounded((start + direction * steps) * step)));
  const edge = direction > 0 ? most : least;
  let stays = 0;
  let turns = 1;
  while (!flips(at(turns))) {
    if (at(turns) === edge) return [];
    stays = turns;
    turns *= 2;
  }
  while (turns - stays > 1) {
    const middle = Math.floor((stays + turns) / 2);
    if (flips(at(middle))) turns = middle;
    else stays = middle;
  }
  return [at(turns)];
}

/** Sums of hundredths, without the dust of doubles. */
function rounded(number: number): number {
  return Math.abs(number) < 1e9 ? Number(number.toFixed(6)) : number;
}

function literalsOf(ast: Ast): (string | number)[] {
  if (ast.op === "literal") {
    const values = Array.isArray(ast.value) ? ast.value : [ast.value];
    return values.filter((value) => typeof value !== "boolean");
  }
  return "args" in ast ? ast.args.flatMap(literalsOf) : [];
}
