-- Conventions: money is bigint in minor units of the home's one currency; times are timestamptz and come from the
-- clock table, never from now(); customer, enrolment are internal bigints, customer_id is the name the outside uses.

-- ── clock and settings ──────────────────────────────────────────────────────────────────────────────────────────────
create table clock (
  one boolean primary key default true check (one),
  real_anchor timestamptz not null,
  virtual_anchor timestamptz not null,
  rate double precision not null check (rate >= 0) -- 1 = real time; 0 = stands still and is stepped (demo only)
);
insert into clock (real_anchor, virtual_anchor, rate) values (clock_timestamp(), clock_timestamp(), 1);

create table api_keys (
  hash text primary key, -- sha-256 of the key, hex
  name text not null,
  role text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

-- ── customers ───────────────────────────────────────────────────────────────────────────────────────────────────────
create table customers (
  id bigint generated always as identity primary key,
  customer_id text not null unique,
  locale text,
  timezone text,
  owner text, -- sales rep
  traits jsonb not null default '{}',
  created_at timestamptz not null
);

-- every name and address of a person is here and nowhere else (src/store/contact.ts)
create table contacts (
  id bigint generated always as identity primary key,
  customer bigint not null references customers,
  kind text not null check (kind in ('name', 'email', 'phone', 'wecom')),
  role text not null default 'self',
  value text not null,
  created_at timestamptz not null,
  unique (customer, kind, role)
);
create index on contacts (kind, lower(value));

-- no row = not contactable
create table consents (
  customer bigint not null references customers,
  channel text not null,
  topic text not null default 'promotion',
  granted boolean not null,
  source text not null,
  at timestamptz not null,
  primary key (customer, channel, topic)
);

-- by hash of the normalised address, so that it outlives an erased customer
create table suppressions (
  channel text not null,
  address_hash text not null,
  reason text not null,
  at timestamptz not null,
  primary key (channel, address_hash)
);

create table orders (
  order_id text primary key,
  customer bigint not null references customers,
  paid_at timestamptz not null,
  amount bigint not null,
  refunded bigint not null default 0,
  currency text not null,
  status text not null default 'paid' check (status in ('paid', 'refunded', 'cancelled', 'pending')),
  source text not null
);
create index on orders (customer, paid_at);

create table order_items (
  order_id text not null references orders on delete cascade,
  line int not null,
  sku text,
  category text,
  qty numeric not null default 1,
  price bigint,
  data jsonb not null default '{}', -- further fields of the line, as imported or posted
  primary key (order_id, line)
);

create table complaints (
  id text primary key,
  customer bigint not null references customers,
  severity text not null default 'medium',
  status text not null default 'open' check (status in ('open', 'solved')),
  source text not null,
  enrolment bigint,
  note text,
  opened_at timestamptz not null,
  solved_at timestamptz
);
create index on complaints (customer) where status = 'open';
create index on complaints (customer); -- who had one open at an earlier moment

-- ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────────
create table events (
  id bigint generated always as identity primary key,
  source text not null,
  event_id text not null,
  customer_id text not null, -- as posted; the customer row may be created by the reaction
  type text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  data jsonb not null default '{}',
  reacted_at timestamptz,
  customer bigint references customers,
  reaction jsonb, -- what it did: compact, for event show
  unique (source, event_id)
);
create index events_unreacted on events (id) where reacted_at is null;
create index on events (customer, type, occurred_at);

create table data_sources (
  source text primary key, -- customers, orders, order-items, events
  rows bigint not null default 0,
  updated_at timestamptz not null
);

create table imports (
  id bigint generated always as identity primary key,
  what text not null,
  file text not null,
  accepted bigint not null,
  rejected bigint not null,
  at timestamptz not null
);

-- ── definitions ─────────────────────────────────────────────────────────────────────────────────────────────────────
-- everything a run reads, by SHA-256 of its canonical JSON; never changed
create table documents (
  hash text primary key,
  kind text not null, -- program, template, policy, …
  body jsonb not null,
  created_at timestamptz not null
);

create table campaigns (
  id text primary key,
  program text not null references documents (hash),
  applied_at timestamptz not null,
  approved_at timestamptz,
  approved_by text
);

-- ── runs ────────────────────────────────────────────────────────────────────────────────────────────────────────────
create table runs (
  id text primary key, -- "winback-30-1"
  campaign text not null,
  program text not null references documents (hash),
  status text not null check (status in ('starting', 'running', 'paused', 'measuring', 'closed', 'stopped')),
  launched_at timestamptz not null,
  launch_day int not null, -- days since 1970-01-01 in the campaign's zone
  closed_at timestamptz,
  stale_accepted boolean not null default false
);

create table run_pauses (
  run text not null references runs,
  paused_at timestamptz not null,
  resumed_at timestamptz,
  primary key (run, paused_at)
);

create table run_phases (
  run text not null references runs,
  phase int not null, -- index in the program
  id text not null,
  planned_day int not null,
  start_day int not null, -- planned plus the shift of late gates
  days int not null,
  primary key (run, phase)
);

create table cohorts (
  run text not null references runs,
  cohort int not null,
  workflow_id text not null,
  zone text not null,
  size int not null,
  status text not null default 'starting' check (status in ('starting', 'live', 'ended')),
  last_number int not null default 0, -- last stimulus number given
  -- stepped clock only: the last number the workflow had digested when it came to rest, and its next due minute
  parked_number int,
  parked_due int,
  primary key (run, cohort)
);

create table enrolments (
  id bigint generated always as identity primary key,
  run text not null references runs,
  campaign text not null,
  customer bigint not null references customers,
  key text not null, -- enrolBy value; '' = the customer
  number int not null, -- within the run, from 0
  arm text not null check (arm in ('treatment', 'holdout')),
  cohort int, -- null for holdout
  member int, -- within the cohort, from 0
  zone text not null,
  status text not null default 'live' check (status in ('live', 'ended', 'measured')),
  ended_reason text,
  ended_at timestamptz,
  epoch int not null default 0,
  position int not null default 0, -- root step index of the latest op
  entered_at timestamptz not null,
  unique (run, customer, key),
  unique (run, number),
  unique (run, cohort, member)
);
create index on enrolments (customer);

-- every decision, also those not to act
create table ledger (
  enrolment bigint not null references enrolments,
  step text not null, -- op name: "invite", "days/reminder", "order/expire"
  occurrence int not null,
  attempt int not null,
  outcome int not null, -- code of src/campaign/program.ts OUTCOMES
  reasons text[] not null default '{}', -- why, most telling first: "no-consent:email", "channel-not-configured:wecom-customer"
  value int, -- minute or day, as the outcome says
  at timestamptz not null, -- the minute its transaction decided
  due timestamptz not null, -- the minute the machine issued it
  primary key (enrolment, step, occurrence, attempt)
);

create table waits (
  enrolment bigint not null references enrolments,
  step text not null, -- op name; 'goal' for the goal
  occurrence int not null,
  kind text not null check (kind in ('goal', 'event', 'task', 'survey', 'phase')),
  customer bigint not null references customers,
  event_type text, -- kinds goal, event, survey
  since timestamptz not null,
  until timestamptz, -- events that occurred later do not meet it
  status text not null default 'open' check (status in ('open', 'met', 'expired', 'dropped')),
  outcome int,
  met_by bigint references events,
  met_at timestamptz,
  primary key (enrolment, step, occurrence)
);
create index on waits (customer, event_type) where status = 'open';

-- messages to cohorts; numbered at dispatch under the cohort row's lock
create table stimuli (
  id bigint generated always as identity primary key,
  run text not null,
  cohort int not null,
  number int,
  member int not null, -- -1 = every member
  body jsonb not null, -- workflows/messages.ts Stimulus, without number and member
  created_at timestamptz not null,
  sent_at timestamptz,
  unique (run, cohort, number)
);
create index stimuli_unsent on stimuli (run, cohort, id) where sent_at is null;

-- ── effects: each unique per (enrolment, step, occurrence) ──────────────────────────────────────────────────────────
create table messages (
  id text primary key, -- also the local part of its Message-ID
  enrolment bigint not null references enrolments,
  customer bigint not null references customers,
  run text not null,
  step text not null,
  occurrence int not null,
  channel text not null,
  contact bigint not null references contacts,
  template text not null, -- document hash
  kind text not null check (kind in ('promotion', 'service', 'transactional')),
  topic text not null,
  locale text not null,
  data jsonb not null default '{}', -- template data without personal data; names are joined when rendered
  epoch int not null,
  status text not null default 'pending'
    check (status in ('pending', 'claimed', 'sending', 'accepted', 'rejected', 'unknown', 'withheld')),
  reason text,
  not_before timestamptz not null, -- clock time
  valid_until timestamptz, -- clock time; later it is withheld: expired
  attempts int not null default 0,
  claimed_until timestamptz, -- wall time lease
  claimed_by text,
  retry_at timestamptz, -- wall time
  created_at timestamptz not null,
  committed_at timestamptz, -- clock time of the commit to sending
  committed_seq bigint, -- order of commits to sending against reactions, from the sequence commit_order
  accepted_at timestamptz,
  response text,
  unique (enrolment, step, occurrence)
);
create index messages_pending on messages (channel, not_before) where status = 'pending';
create index messages_inflight on messages (status, claimed_until) where status in ('claimed', 'sending');
create index on messages (customer, created_at);
create sequence commit_order;

create table message_clicks (
  message text not null references messages,
  kind text not null check (kind in ('open', 'click', 'unsubscribe')),
  at timestamptz not null,
  primary key (message, kind)
);

create table coupon_pools (
  id text primary key,
  reserved bigint not null default 0, -- ever reserved minus released; locked to stay within the limit
  capacity bigint not null
);

create table coupons (
  code text primary key,
  pool text not null references coupon_pools,
  enrolment bigint not null references enrolments,
  step text not null,
  occurrence int not null,
  customer bigint not null references customers,
  status text not null default 'reserved' check (status in ('reserved', 'issued', 'redeemed', 'released', 'expired')),
  reserved_at timestamptz not null,
  issued_at timestamptz,
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  order_id text,
  unique (enrolment, step, occurrence)
);

create table challenges (
  enrolment bigint not null references enrolments,
  step text not null, -- the challenge's step id
  customer bigint not null references customers,
  event_type text not null,
  first_day int not null, -- local days since 1970-01-01
  days int not null,
  status text not null default 'open' check (status in ('open', 'closed')),
  closed_at timestamptz,
  closed_reason text,
  primary key (enrolment, step)
);
create index on challenges (customer);

create table check_ins (
  enrolment bigint not null references enrolments,
  step text not null,
  day int not null, -- local day it counts for
  event bigint not null references events,
  at timestamptz not null,
  primary key (enrolment, step, day)
);

create table gift_stocks (
  gift text primary key,
  stock bigint not null,
  granted bigint not null default 0
);

create table gifts (
  id bigint generated always as identity primary key,
  enrolment bigint not null references enrolments,
  key text not null, -- "days/streak-7/20547": step, reward, day
  customer bigint not null references customers,
  gift text not null,
  unit_cost bigint not null,
  status text not null default 'granted' check (status in ('granted', 'delivered', 'out-of-stock')),
  granted_at timestamptz not null,
  unique (enrolment, key)
);

create table points (
  enrolment bigint not null references enrolments,
  key text not null,
  customer bigint not null references customers,
  points int not null,
  at timestamptz not null,
  primary key (enrolment, key)
);

create table tasks (
  id text primary key, -- "winback-30-1/plan/design", "winback-30-1/17/call"
  run text not null references runs,
  kind text not null check (kind in ('plan', 'call', 'watch', 'complaint', 'budget')),
  enrolment bigint references enrolments,
  customer bigint references customers,
  step text,
  occurrence int,
  title text not null,
  team text not null,
  assignee text,
  script text,
  phase text,
  gate boolean not null default false,
  plan_after text[] not null default '{}',
  from_at timestamptz,
  due_at timestamptz,
  status text not null default 'open' check (status in ('open', 'done', 'overdue', 'closed')),
  attempts int not null default 0,
  max_attempts int not null default 1,
  outcome text,
  note text,
  created_at timestamptz not null,
  done_at timestamptz,
  done_by text,
  unique (enrolment, step, occurrence)
);
create index on tasks (run, status);

create table survey_answers (
  enrolment bigint not null references enrolments,
  step text not null,
  question text not null,
  rating int,
  answer text,
  event bigint not null references events,
  at timestamptz not null,
  primary key (enrolment, step, question)
);

create table conversions (
  enrolment bigint primary key references enrolments,
  customer bigint not null references customers,
  event bigint not null references events,
  order_id text,
  amount bigint,
  at timestamptz not null, -- when the event occurred
  reacted_seq bigint not null -- from commit_order
);

create table budget_lines (
  run text not null references runs,
  line text not null,
  planned bigint not null,
  primary key (run, line)
);

create table budget_entries (
  id bigint generated always as identity primary key,
  run text not null,
  line text not null,
  key text, -- unique per effect; null for hand-recorded entries
  amount bigint not null,
  note text,
  at timestamptz not null,
  foreign key (run, line) references budget_lines,
  unique (run, key)
);

-- token buckets, one per channel, shared by all delivery processes; wall time
create table rate_buckets (
  channel text primary key,
  tokens double precision not null,
  at timestamptz not null
);
