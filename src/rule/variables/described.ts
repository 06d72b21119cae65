import type { Text } from "../text.ts";
import type { Source, Type } from "../ast.ts";

/** `any`: an event field of unknown type, which takes the type of what it is compared with */
export type DeclaredType = Type | "any";

/** A variable as the catalogue knows it. */
export interface Declared {
  name: string;
  type: DeclaredType;
  source: Source;
  label: Text;
}

/** One line of `rekindle rules vars`; `name` may hold <window>, <type>, <channel>. */
export interface Described {
  name: string;
  type: DeclaredType;
  label: Text;
  unit?: Text;
  /** table or place it is computed from */
  source: string;
}

/** A family of variables that share a prefix. */
export interface Family {
  find(name: string): Declared | undefined;
  /** names to suggest; `window` is the one that the writer used, if any */
  names(window: string): string[];
  described: Described[];
}
