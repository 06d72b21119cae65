import type { Declared, DeclaredType, Family } from "./described.ts";

/**
 * Variables that only some rules know: "event.amount", "steps.days.count". A name may end in ".*"; type `any` takes
 * the type of what it is compared with.
 */
export type Scope = Record<string, DeclaredType>;

export function scopeFamily(scope: Scope): Family {
  const open = Object.entries(scope).filter(([name]) => name.endsWith(".*"));
  return {
    find(name): Declared | undefined {
      const type = Object.hasOwn(scope, name) ? scope[name] : open.find(([pattern]) => inside(name, pattern))?.[1];
      return type && { name, type, source: { from: "scope" }, label: { en: name, "zh-CN": name } };
    },
    names: () => Object.keys(scope).filter((name) => !name.endsWith(".*")),
    described: Object.entries(scope).map(([name, type]) => ({
      name,
      type,
      label: { en: name, "zh-CN": name },
      source: "scope",
    })),
  };
}

function inside(name: string, pattern: string): boolean {
  const prefix = pattern.slice(0, -1);
  return name.startsWith(prefix) && name.length > prefix.length;
}
