-- A run that stands: its campaign's trigger brings members one by one (event, segment, date).
alter table runs
  add standing boolean not null default false,
  add joined int not null default 0; -- numbers given to joiners so far; whoever gives them holds the row
create index runs_standing on runs (id) where standing and draining_at is null and status in ('starting', 'running', 'paused');

-- an open cohort takes joiners until it is full or an hour old
alter table cohorts
  add open boolean not null default false,
  add opened_at timestamptz; -- clock time; null: enrolled at the launch
create unique index cohorts_open on cohorts (run, zone) where open;

-- n-th time that a customer enters a run under the same key
alter table enrolments add entry int not null default 1;
alter table enrolments drop constraint enrolments_run_customer_key_key;
alter table enrolments add unique (run, customer, key, entry);

-- of those in line, what they will enter with
alter table entries
  add entry int not null default 1,
  add trigger jsonb not null default '{}';
alter table entries drop constraint entries_run_customer_key_key;
alter table entries add unique (run, customer, key, entry);

-- who will join once the trigger's `settle` has passed without a further such event
create table settling (
  run text not null references runs,
  customer bigint not null references customers on delete cascade,
  key text not null,
  event bigint not null references events, -- the latest
  due timestamptz not null, -- clock time
  primary key (run, customer, key)
);
create index on settling (due);
create index on settling (customer);
