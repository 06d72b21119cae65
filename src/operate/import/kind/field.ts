import type { Trouble } from "../../../intake/value/trouble.ts";
import type { Home } from "../home.ts";

/** What the value of a cell must be. */
export type FieldType =
  | "id"
  | "text"
  | "time"
  | "money"
  | "number"
  | "email"
  | "phone"
  | "locale"
  | "zone"
  | "yesno"
  | "status"
  | "currency"
  | "type"
  | "json";

export interface Field {
  name: string;
  type: FieldType;
  required?: boolean;
  /** what headers call it, the likeliest first, besides its own name */
  headers: string[];
}

/** Where a column goes. */
export type Column =
  | { to: "field"; field: Field }
  /** a trait of a customer, a field of an event or item */
  | { to: "extra"; name: string }
  /** "email:billing": an address of somebody who belongs to the customer */
  | { to: "role"; kind: "name" | "email" | "phone" | "wecom"; role: string }
  | { to: "nothing" };

/** Values for the staging table in the order of its columns; null = not said. */
export type Staged = (string | null)[];

export interface Cells {
  /** converted value of a field; undefined when there is none */
  fields: Map<string, string>;
  extras: Record<string, unknown>;
  roles: { kind: string; role: string; value: string }[];
}

/** One kind of file: what its columns are and how a line becomes a row of its staging table. */
export interface Kind {
  fields: Field[];
  /** what becomes of columns that are none of the fields */
  extras: "traits" | "data" | "nothing";
  roles?: boolean;
  /** place of the time, which should not lie in the future, among the staged values */
  time?: number;
  stage(cells: Cells, home: Home): Staged | { field: string; trouble: Trouble };
}
