import { digitsOf } from "../campaign/currency.ts";
import { error, type Fault, pointer } from "../fault.ts";
import type { ContactKind } from "../store/contact.ts";
import { parseEmail, parsePhone } from "./value/address.ts";
import { bare } from "./value/bare.ts";
import { traitValue } from "./value/extra.ts";
import { isTrouble, type Trouble } from "./value/trouble.ts";
import { parseLocale, parseZone } from "./value/word.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What customer.identified says, as it is stored. */
export interface Identity {
  /** typed as traits.json says; null takes a trait away */
  traits?: Record<string, unknown>;
  /** only until the reaction has moved them to the contacts; then the kinds alone */
  contacts?: Partial<Record<ContactKind, string>> | ContactKind[];
  locale?: string;
  timezone?: string;
  /** a visitor's name for themselves before they were known */
  anonymous_id?: string;
  /** what a device says of itself: taken where nothing better is known */
  device?: { locale?: string; timezone?: string };
}

type Words = Pick<Vocabulary, "traits" | "currency">;
type Read = (text: string) => string | Trouble;

const CONTACTS: Record<ContactKind, Read> = {
  name: (text) => text.trim(),
  email: parseEmail,
  phone: parsePhone,
  wecom: (text) => text.trim(),
};
const LONGEST = 500;

/** Traits as their declared types store them, addresses checked; undeclared traits stay as they are, no rule can name them. */
export function typedIdentity(
  data: Record<string, unknown>,
  words: Words,
): { data: Record<string, unknown>; faults: Fault[] } {
  const faults: Fault[] = [];
  const kept: Record<string, unknown> = { ...data };
  const traits = Object.entries((data.traits ?? {}) as Record<string, unknown>);
  if (traits.length > 0) kept.traits = Object.fromEntries(traits.flatMap(([name, value]) => typed(name, value)));
  const contacts = Object.entries((data.contacts ?? {}) as Record<string, unknown>);
  if (contacts.length > 0)
    kept.contacts = Object.fromEntries(contacts.flatMap(([kind, value]) => address(kind, value)));
  for (const [name, parse] of [
    ["locale", parseLocale],
    ["timezone", parseZone],
  ] as const) {
    const said = data[name];
    if (typeof said === "string") kept[name] = word(`/${name}`, said, parse);
  }

  function typed(name: string, value: unknown): [string, unknown][] {
    const known = traitNamed(name, words);
    if (value === null || known === undefined) return [[known ?? name, value]];
    const text = typeof value === "string" ? value.trim() : JSON.stringify(value);
    const at = pointer("traits", name);
    const { type } = words.traits[known]!;
    if (typeof value === "object" && !(type === "strings" && Array.isArray(value))) {
      faults.push(error(at, { en: "is not a single value", "zh-CN": "不是单个值" }));
      return [];
    }
    const stored = traitValue(text, value, type, { currency: words.currency, exponent: digitsOf(words.currency) });
    if (isTrouble(stored)) faults.push(error(at, stored.reason, stored.hint));
    return stored === undefined || isTrouble(stored) ? [] : [[known, stored]];
  }
  function address(kind: string, value: unknown): [string, string][] {
    const at = pointer("contacts", kind);
    const parse = Object.hasOwn(CONTACTS, kind) ? CONTACTS[kind as ContactKind] : undefined;
    if (!parse) {
      const known = {
        en: `known: ${Object.keys(CONTACTS).join(", ")}`,
        "zh-CN": `可用：${Object.keys(CONTACTS).join("、")}`,
      };
      faults.push(error(at, { en: "is no kind of contact", "zh-CN": "不是联系方式的种类" }, known));
      return [];
    }
    if (value === null || value === "") return [];
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text !== "string" || text.length > LONGEST) {
      faults.push(
        error(at, { en: `must be a text of at most ${LONGEST}`, "zh-CN": `必须是不超过 ${LONGEST} 个字符的文本` }),
      );
      return [];
    }
    const stored = word(at, text, parse);
    return stored === undefined || stored === "" ? [] : [[kind, stored]];
  }
  function word(at: string, text: string, parse: Read): string | undefined {
    const found = parse(text);
    if (!isTrouble(found)) return found;
    faults.push(error(at, found.reason, found.hint));
    return undefined;
  }
  return { data: kept, faults };
}

/** The same data without the addresses: of which kinds they were. */
export function withoutAddresses(type: string, data: Record<string, unknown>): Record<string, unknown> {
  const { contacts } = data;
  if (type !== "customer.identified" || typeof contacts !== "object" || contacts === null || Array.isArray(contacts))
    return data;
  return { ...data, contacts: Object.keys(contacts) };
}

/** By the declared traits, how each may be called otherwise: a body may name a hundred thousand. */
const called = new WeakMap<Words["traits"], ReadonlyMap<string, string>>();

/** The declared trait that a name means: "companySize" and "公司规模" are company_size. */
function traitNamed(name: string, { traits }: Words): string | undefined {
  if (Object.hasOwn(traits, name)) return name;
  let names = called.get(traits);
  if (!names) {
    const pairs = Object.entries(traits).flatMap(([trait, { labels }]) =>
      [trait, ...labels].map((one): [string, string] => [bare(one), trait]),
    );
    // of two traits that are called alike the first is meant
    names = new Map(pairs.reverse());
    called.set(traits, names);
  }
  return names.get(bare(name));
}
