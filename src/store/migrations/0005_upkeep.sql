-- ── what the worker does by itself, at times ────────────────────────────────────────────────────────────────────────
create table maintenance (
  what text primary key check (what in ('score', 'segments')),
  cron text, -- null: off
  timezone text,
  next_at timestamptz, -- as Temporal said when it was last asked
  began_at timestamptz,
  ended_at timestamptz, -- null while it runs
  outcome text check (outcome in ('done', 'failed')),
  note text -- counts, or the code of what went wrong
);

-- ── membership, also of single customers when their events come ─────────────────────────────────────────────────────
-- a customer may come, go and come again while a clock stands still
alter table segment_members
  drop constraint segment_members_pkey,
  add id bigint generated always as identity primary key;
create index on segment_members (segment, customer);
create index on segment_members (customer);

-- The rule that a segment's members were last compared with as a whole: single customers are compared with the same.
create table segment_rules (
  segment text primary key,
  rule jsonb not null,
  hash text not null,
  looked_at timestamptz not null,
  scheduled boolean not null default false, -- looked at by the schedule
  triggers boolean not null default false -- some campaign is started by who comes or goes
);

-- Who came and who went, for campaigns that start by it: written only for segments with triggers, and only once members
-- were known; each row is taken once, in the transaction that acts on it.
create table segment_changes (
  id bigint generated always as identity primary key,
  segment text not null,
  customer bigint not null references customers on delete cascade,
  way text not null check (way in ('in', 'out')),
  at timestamptz not null,
  taken_at timestamptz
);
create index segment_changes_open on segment_changes (id) where taken_at is null;
create index on segment_changes (customer);

-- ── customers that turned out to be one ─────────────────────────────────────────────────────────────────────────────
create table customer_merges (
  customer_id text primary key, -- what the outside called the dropped one; it still reaches whom it was merged into
  dropped bigint not null unique, -- its internal id: links in old mail carry it
  kept bigint not null references customers,
  by text not null,
  at timestamptz not null,
  moved jsonb not null -- rows by table
);
create index on customer_merges (kept);

-- what reps noted about a customer
create index on tasks (customer) where customer is not null;

-- data that was older than the campaign allows when the run was launched all the same: [{ source, days }]
alter table runs add stale jsonb not null default '[]';
