import { createHash } from "node:crypto";
import { daysBetween, returns } from "./calendar.ts";
import { type Asked, factOf, filteredFact } from "./facts.ts";
import { type Found, Money } from "./value.ts";

/** A customer, with what was already found out. */
export interface Subject extends Asked {
  segments: Record<string, unknown>;
  known: Map<string, Found>;
}

type Read = (name: string) => Found;

/**
 * What docs/rules.md says that a rule gives: by direct recursion over its JSON and over raw rows, with types found on the
 * way. Shares nothing with src/rule.
 */
export function reference(json: unknown, subject: Subject): Found {
  return valueOf(json, subject, (name) => lookUp(name, subject), []);
}

export function referenceHolds(json: unknown, subject: Subject): boolean {
  return isYes(reference(json, subject));
}

function isYes(found: Found): boolean {
  return found === true || (Array.isArray(found) && found.length > 0);
}

function lookUp(name: string, subject: Subject): Found {
  const { known } = subject;
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = factOf(name, subject);
  if (found === undefined) throw new Error(`the reference does not know ${name}`);
  known.set(name, found);
  return found;
}

function valueOf(json: unknown, subject: Subject, read: Read, elements: string[]): Found {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json as Found;
  const [op, given] = Object.entries(json)[0] as [string, unknown];
  if (op === "orders" || op === "events") return filtered(op, given as Record<string, unknown>, subject);
  const args: unknown[] = Array.isArray(given) ? given : [given];
  const of = (arg: unknown) => valueOf(arg, subject, read, elements);
  const yes = (arg: unknown) => isYes(of(arg));
  switch (op) {
    case "and":
      return args.every(yes);
    case "or":
      return args.some(yes);
    case "!":
      return !yes(args[0]);
    case "if": {
      const at = args.findIndex((arg, i) => i % 2 === 0 && i + 1 < args.length && yes(arg));
      if (at >= 0) return of(args[at + 1]);
      return args.length % 2 === 1 ? of(args.at(-1)) : null;
    }
    case "var":
      if (args[0] === "") return elements.at(-1)!;
      return read(args[0] as string) ?? (args.length > 1 ? of(args[1]) : null);
    case "missing":
      return args.filter((name) => isMissing(read(name as string))) as string[];
    case "missing_some": {
      const names = args[1] as string[];
      const missing = names.filter((name) => isMissing(read(name)));
      return names.length - missing.length >= (args[0] as number) ? [] : missing;
    }
    case "cat": {
      const parts = args.map((arg) => (typeof arg === "number" ? String(arg) : (of(arg) as string | null)));
      return parts.includes(null) ? null : parts.join("");
    }
    case "in":
      return isIn(of(args[0]), of(args[1]) as Found | number[]);
    case "some":
    case "all":
    case "none": {
      const list = (of(args[0]) ?? []) as string[];
      const fitting = list.filter((each) => isYes(valueOf(args[1], subject, read, [...elements, each]))).length;
      return op === "some" ? fitting > 0 : op === "none" ? fitting === 0 : list.length > 0 && fitting === list.length;
    }
    case "segment":
      return yes(subject.segments[args[0] as string]);
    case "days_since": {
      const date = of(args[0]) as string | null;
      return date === null ? null : daysBetween(date, read("today") as string);
    }
    case "is_today": {
      const [date, calendar = "solar", within = 0] = [of(args[0]), args[1], args[2]] as [
        string | null,
        string?,
        number?,
      ];
      return date !== null && returns(date, read("today") as string, calendar, within);
    }
    case "bucket": {
      const hash = createHash("md5")
        .update(`${args[0] as string}/${subject.customer.id}`)
        .digest("hex");
      return Number(BigInt(`0x${hash.slice(0, 15)}`) % BigInt(args[1] as number));
    }
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compared(op, args.map(of));
    default:
      return calculated(op, args.map(of));
  }
}

function filtered(op: "orders" | "events", given: Record<string, unknown>, subject: Subject): Found {
  const key = JSON.stringify([op, given]);
  const before = subject.known.get(key);
  if (before !== undefined) return before;
  const { where = true, ...asked } = given;
  const fits = (fields: Record<string, Found>) => isYes(valueOf(where, subject, (name) => fields[name] ?? null, []));
  const found = filteredFact(op, asked, subject, fits);
  if (found === undefined) throw new Error(`the reference does not know ${key}`);
  subject.known.set(key, found);
  return found;
}

function isMissing(found: Found): boolean {
  return found === null || found === "";
}

/** Two values beside each other: a written number beside money is one of major units; what does not fit is missing. */
function alike(left: Found, right: Found): [number | string | boolean, number | string | boolean] | undefined {
  if (left === null || right === null) return undefined;
  const plain = (one: Found, beside: Found) =>
    one instanceof Money ? one.minor : beside instanceof Money ? minorOf(one as number) : one;
  const [a, b] = [plain(left, right), plain(right, left)];
  return typeof a === typeof b && typeof a !== "object" ? [a as number, b as number] : undefined;
}

function minorOf(major: number): number {
  return Number((major * 100).toFixed(0));
}

function compared(op: string, values: Found[]): boolean {
  return values.slice(1).every((right, i) => {
    const pair = alike(values[i]!, right);
    if (!pair) return false;
    const [a, b] = pair;
    const [less, same] = [a < b, a === b];
    if (op === "==") return same;
    if (op === "!=") return !same;
    return op.startsWith("<") ? less || (op === "<=" && same) : (!less && !same) || (op === ">=" && same);
  });
}

function isIn(needle: Found, hay: Found | number[]): boolean {
  if (needle === null || hay === null) return false;
  if (typeof hay === "string") return hay.indexOf(needle as string) >= 0;
  if (needle instanceof Money) return (hay as number[]).some((each) => minorOf(each) === needle.minor);
  return (hay as Found[]).some((each) => each === needle);
}

function calculated(op: string, values: Found[]): Found {
  if (values.includes(null)) return null;
  const amounts = values.filter((value) => value instanceof Money).length;
  const scales = amounts > 0 && ["+", "-", "min", "max"].includes(op);
  const numbers = values.map((value) =>
    value instanceof Money ? value.minor : scales ? minorOf(value as number) : (value as number),
  );
  const [first, second] = numbers as [number, number];
  const like = (result: number) => (amounts > 0 ? new Money(result) : result);
  switch (op) {
    case "+":
      return like(numbers.reduce((sum, each) => sum + each));
    case "-":
      return like(numbers.length === 1 ? -first : first - second);
    case "*":
      return like(numbers.reduce((product, each) => product * each));
    case "/":
      if (second === 0) return null;
      return amounts === 2 ? first / second : like(first / second);
    case "%":
      if (second === 0 || numbers.some((each) => !Number.isInteger(each) || Math.abs(each) > 1e15)) return null;
      return first % second;
    case "min":
      return like(numbers.reduce((least, each) => (each < least ? each : least)));
    case "max":
      return like(numbers.reduce((most, each) => (each > most ? each : most)));
    default:
      throw new Error(`the reference does not know ${op}`);
  }
}
