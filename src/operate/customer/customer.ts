import { sql } from "kysely";
import type { Library } from "../../campaign/library.ts";
import type { Program, Text } from "../../campaign/program.ts";
import { absent } from "../../fault.ts";
import { type Variable, variablesOf } from "../../rule/ast.ts";
import type { SegmentDefinition } from "../../rule/definition.ts";
import { holds } from "../../rule/evaluate.ts";
import { now } from "../../store/clock.ts";
import { type ContactKind, loadContacts } from "../../store/contact.ts";
import { noCustomer } from "../../store/customer.ts";
import {
  type EnrolmentView,
  type EventGlance,
  type GivenConsent,
  loadEnrolmentViews,
  loadEventGlances,
  loadGivenConsents,
  loadOrdersView,
  loadProfile,
  loadRewards,
  type OrdersView,
  type Profile,
  type Rewards,
} from "../../store/customer-profile.ts";
import { type Database, snapshot, type Tx } from "../../store/database.ts";
import { loadDocument } from "../../store/document.ts";
import { loadFacts } from "../../store/facts.ts";
import { masked } from "../../store/mask.ts";
import { type CustomerScores, loadScores } from "../../store/score/customer.ts";
import { findCustomer } from "../../store/segment.ts";
import { suppressedChannels } from "../../store/suppression.ts";
import { type ComplaintView, pageOfComplaints } from "../task/complaint.ts";
import { messagesOf, type MessageView } from "../message.ts";
import { type Asker, ownCustomers, seesOnlyOwn } from "../access/own.ts";
import { pageOfTasks, type TaskView } from "../task/list.ts";

/** Everything about one customer that whoever looks after them needs on one page. */
export interface CustomerView extends Omit<Profile, "id">, Rewards {
  contacts: {
    kind: ContactKind;
    /** "self" or whose it is */
    role: string;
    value: string;
    /** channels on which it may not be written to at all */
    suppressed: string[];
  }[];
  /** contacts are: the asker needs not know them */
  masked: boolean;
  consents: GivenConsent[];
  /** null: has not been scored yet */
  scores: (CustomerScores & { scoredAt: Date }) | null;
  /** of the library's sound segments, those that hold now */
  segments: { id: string; name: Text }[];
  /** `step`: id of the root step where it stands */
  enrolments: (Omit<EnrolmentView, "position" | "program"> & { step: string | null })[];
  tasks: TaskView[];
  complaints: ComplaintView[];
  orders: OrdersView;
  events: EventGlance[];
  messages: MessageView[];
}

/** Of orders, events, messages, … the latest so many. */
const LATEST = 10;
const ENROLMENTS = 20;

/**
 * One customer, as the asker may see them; a former name will do.
 * @throws InputError when there is no such customer, or none that the asker may see
 */
export async function showCustomer(
  db: Database,
  library: Pick<Library, "home" | "segments">,
  customerId: string,
  asker?: Asker,
): Promise<CustomerView> {
  const id = await reachCustomer(db, customerId, asker);
  // a view of their own tasks: what other teams do with the customer is not theirs
  const filter = { customer: (await loadProfile(db, id)).customerId };
  const tasks = await pageOfTasks(db, { ...filter, all: true }, { limit: LATEST }, asker);
  const complaints = await pageOfComplaints(db, { ...filter, status: "all" }, { limit: LATEST }, asker);
  return snapshot(db, async (tx) => {
    const { id: _, ...profile } = await loadProfile(tx, id);
    return {
      ...profile,
      ...(await contactsOf(tx, id, seesOnlyOwn(asker))),
      consents: await loadGivenConsents(tx, id),
      scores: (await loadScores(tx, id)) ?? null,
      segments: await segmentsOf(tx, library, id),
      enrolments: await enrolmentsOf(tx, id),
      tasks: tasks.items,
      complaints: complaints.items,
      orders: await loadOrdersView(tx, id, LATEST),
      events: await loadEventGlances(tx, id, LATEST),
      messages: await messagesOf(tx, id, LATEST, asker),
      ...(await loadRewards(tx, id, LATEST)),
    };
  });
}

/** Internal id. @throws InputError when there is no such customer, or none that the asker may see */
export async function reachCustomer(db: Database, customerId: string, asker?: Asker): Promise<number> {
  const found = await findCustomer(db, customerId);
  if (!seesOnlyOwn(asker)) {
    if (!found) throw await noCustomer(db, customerId);
    return found.id;
  }
  const { rows } = await sql`
    select 1 from customers c where c.id = ${found?.id ?? null}::bigint and ${ownCustomers(asker, "c")}`.execute(db);
  if (!found || rows.length === 0)
    throw absent(customerId, { en: "there is no such customer", "zh-CN": "没有这个客户" });
  return found.id;
}

async function contactsOf(
  tx: Tx,
  customer: number,
  hidden: boolean,
): Promise<Pick<CustomerView, "contacts" | "masked">> {
  const contacts = (await loadContacts(tx, [customer])).get(customer) ?? [];
  const suppressed = await suppressedChannels(tx, contacts);
  return {
    masked: hidden,
    contacts: contacts.map(({ kind, role, value }, i) => ({
      kind,
      role,
      value: hidden ? masked(kind, value) : value,
      suppressed: suppressed[i]!,
    })),
  };
}

async function segmentsOf(
  tx: Tx,
  { home, segments }: Pick<Library, "home" | "segments">,
  customer: number,
): Promise<CustomerView["segments"]> {
  const all = Object.entries(segments).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const variables = new Map<string, Variable>();
  for (const [, { rule }] of all) for (const variable of variablesOf(rule)) variables.set(variable.name, variable);
  const asking = { asOf: await now(tx), homeZone: home.timezone };
  const facts = await loadFacts(tx, { customers: [customer], variables: [...variables.values()], ...asking });
  return all
    .filter(([, { rule }]) => holds(rule, (name) => facts.get(customer)?.[name]))
    .map(([id, { definition }]) => ({ id, name: (definition as SegmentDefinition).name }));
}

async function enrolmentsOf(tx: Tx, customer: number): Promise<CustomerView["enrolments"]> {
  const found = await loadEnrolmentViews(tx, customer, ENROLMENTS);
  const roots = new Map<string, string[]>();
  for (const { program } of found)
    if (!roots.has(program)) roots.set(program, (await loadDocument<Program>(tx, program)).roots);
  return found.map(({ position, program, ...view }) => ({
    ...view,
    // the holdout takes no steps
    step: view.arm === "holdout" ? null : (roots.get(program)![position] ?? null),
  }));
}
