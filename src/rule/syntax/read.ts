import { type Fault, error, nearest, pointer as join } from "../../fault.ts";
import { LARGEST, SMALLEST } from "../value.ts";
import { exampleOf, INSTEAD, isOperator, OPERATORS, type Operator } from "./operators.ts";
import type { Syntax, Table } from "./tree.ts";

const DEEPEST = 30;
const MOST_NODES = 2_000;
/** Have the object form of an aggregate. */
const TABLES: string[] = ["orders", "events"] satisfies Table[];
const isTable = (name: string): name is Table => TABLES.includes(name);

/** JSON to tree: shapes, operator names and numbers of arguments; every fault at once. */
export function readSyntax(json: unknown, pointer: string, faults: Fault[]): Syntax {
  let nodes = 0;

  function read(value: unknown, at: string, depth: number): Syntax {
    nodes++;
    if (depth > DEEPEST || nodes > MOST_NODES) {
      // said once: what lies below or behind would only repeat it
      if (depth > DEEPEST || nodes === MOST_NODES + 1) {
        fault(
          at,
          { en: "the rule is too large", "zh-CN": "规则过大" },
          { en: "split it into segments", "zh-CN": "请拆分为多个分群" },
        );
      }
      return { kind: "wrong", pointer: at };
    }
    if (Array.isArray(value)) return { kind: "list", items: readAll(value, at, depth), pointer: at };
    if (typeof value === "object" && value !== null) return readObject(value as Record<string, unknown>, at, depth);
    return readLiteral(value, at);
  }

  function readAll(values: unknown[], at: string, depth: number): Syntax[] {
    return values.map((value, i) => read(value, at + join(i), depth + 1));
  }

  function readLiteral(value: unknown, at: string): Syntax {
    // JSON can write −0 but keeps only 0
    const written = value === 0 ? 0 : (value as boolean | number | string);
    const literal: Syntax = { kind: "literal", value: written, pointer: at };
    if (typeof value === "boolean") return literal;
    if (typeof value === "number") {
      const size = Math.abs(value);
      if (size === 0 || (size >= SMALLEST && size <= LARGEST)) return literal;
      fault(at, { en: "the number is too large or too small", "zh-CN": "数值过大或过小" });
    } else if (typeof value === "string") {
      if (!/\p{Surrogate}|\0/u.test(value)) return literal;
      fault(at, { en: "the text holds characters that cannot be stored", "zh-CN": "文本含有无法存储的字符" });
    } else {
      const hint = { en: 'ask with {"missing": ["name"]}', "zh-CN": '请用 {"missing": ["变量名"]} 判断缺失' };
      fault(at, { en: "null is not a value in a rule", "zh-CN": "规则中不能使用 null" }, hint);
    }
    return { kind: "wrong", pointer: at };
  }

  function readObject(object: Record<string, unknown>, at: string, depth: number): Syntax {
    const keys = Object.keys(object);
    const name = keys[0];
    if (name === undefined || keys.length > 1) {
      fault(
        at,
        {
          en: `an object with one operator was expected, found ${keys.length} keys`,
          "zh-CN": `此处应为只含一个运算符的对象，实际有 ${keys.length} 个键`,
        },
        { en: 'join conditions with {"and": [ … ]}', "zh-CN": '多个条件请用 {"and": [ … ]} 连接' },
      );
      return { kind: "wrong", pointer: at };
    }
    const inner = at + join(name);
    if (isTable(name)) return readAggregate(name, object[name], at, inner, depth);
    if (!isOperator(name)) {
      const instead = Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
      const hint = instead
        ? { en: `write ${instead}`, "zh-CN": `请改用 ${instead}` }
        : nearest(name, [...Object.keys(OPERATORS), ...TABLES]);
      fault(inner, { en: `unknown operator "${name}"`, "zh-CN": `未知运算符 "${name}"` }, hint);
      return { kind: "wrong", pointer: at };
    }
    return readCall(name, object[name], at, inner, depth);
  }

  function readCall(op: Operator, value: unknown, place: string, at: string, depth: number): Syntax {
    // a single argument may stand without its brackets
    const args = Array.isArray(value) ? readAll(value, at, depth) : [read(value, at, depth + 1)];
    const [least, most] = OPERATORS[op];
    if (args.length < least || args.length > most) {
      const range = most === Infinity ? `${least}+` : least === most ? `${least}` : `${least}–${most}`;
      const message = {
        en: `"${op}" takes ${range} arguments, found ${args.length}`,
        "zh-CN": `"${op}" 需要 ${range} 个参数，实际有 ${args.length} 个`,
      };
      const example = exampleOf(op);
      fault(at, message, { en: `such as ${example}`, "zh-CN": `例如 ${example}` });
      return { kind: "wrong", pointer: at };
    }
    return { kind: "call", op, args, pointer: at, place };
  }

  function readAggregate(table: Table, value: unknown, place: string, at: string, depth: number): Syntax {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const example =
        table === "orders"
          ? '{"orders": {"sum": "amount", "within": "180d"}}'
          : '{"events": {"type": "check_in", "count": "events", "within": "30d"}}';
      fault(
        at,
        { en: "an object was expected", "zh-CN": "此处应为对象" },
        { en: `such as ${example}`, "zh-CN": `例如 ${example}` },
      );
      return { kind: "wrong", pointer: at };
    }
    const { where, ...fields } = value as Record<string, unknown>;
    const filter = where === undefined ? undefined : read(where, `${at}/where`, depth + 1);
    return { kind: "aggregate", table, fields, pointer: at, place, ...(filter && { where: filter }) };
  }

  function fault(at: string, ...rest: Parameters<typeof error> extends [string, ...infer R] ? R : never): void {
    faults.push(error(at, ...rest));
  }

  return read(json, pointer, 0);
}
