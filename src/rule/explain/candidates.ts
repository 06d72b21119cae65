import type { Ast, Value, Variable } from "../ast.ts";
import { dayNumber, dayOf, isDay, LARGEST } from "../value.ts";

/**
 * Values worth trying for a variable so that a part of a rule answers otherwise: what the part itself names, and the
 * nearest numbers or days on either side at which the answer turns.
 * @param today when known
 * @param flips whether the part answers otherwise with this value
 */
export function candidates(
  part: Ast,
  variable: Variable,
  found: Value,
  today: Value,
  flips: (value: Value) => boolean,
): Value[] {
  const named = typeof today === "string" ? [...literalsOf(part), today] : literalsOf(part);
  const texts = named.filter((value) => typeof value === "string");
  switch (variable.type) {
    case "boolean":
      return [true, false, null].filter(flips);
    case "string":
      return [...texts, "", null].filter(flips);
    case "strings": {
      const list = Array.isArray(found) ? found : [];
      const more = texts.map((text) => [...list, text]);
      const fewer = texts.map((text) => list.filter((element) => element !== text));
      return [...more, ...fewer, [], null].filter(flips);
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
      const turned = turning(numbers, typeof found === "number" ? found : 0, LARGEST, flips);
      return [...turned, ...[null].filter(flips)];
    }
  }
}

const DAYS = 200_000;

/** Numbers at which the answer turns: those that are named, one beside them, and the nearest upwards and downwards. */
function turning(named: number[], from = 0, furthest: number, flips: (value: number) => boolean): number[] {
  const beside = [...named, 0].flatMap((number) => [number, number - 1, number + 1]);
  const near = [1, -1].flatMap((direction) => nearest(from, direction, furthest, flips));
  return [...beside, ...near].filter((number) => Math.abs(number) <= furthest && flips(number));
}

/** Steps double until the answer turns; then the turn is closed in on. */
function nearest(from: number, direction: number, furthest: number, flips: (value: number) => boolean): number[] {
  if (flips(from)) return [from];
  let stays = 0;
  let turns = 1;
  while (!flips(from + direction * turns)) {
    stays = turns;
    turns *= 2;
    if (turns > furthest) return [];
  }
  while (turns - stays > 1) {
    const middle = Math.floor((stays + turns) / 2);
    if (flips(from + direction * middle)) turns = middle;
    else stays = middle;
  }
  return [from + direction * turns];
}

function literalsOf(ast: Ast): (string | number)[] {
  if (ast.op === "literal") {
    const values = Array.isArray(ast.value) ? ast.value : [ast.value];
    return values.filter((value) => typeof value !== "boolean");
  }
  return "args" in ast ? ast.args.flatMap(literalsOf) : [];
}
