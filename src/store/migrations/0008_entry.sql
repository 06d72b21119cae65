-- What enrolling asks of other runs, without reading their programs.
alter table runs
  add exclusive_group text,
  add priority int not null default 0, -- among runs of the group that wait for the same customer
  add exits boolean not null default false, -- its audience has an exitWhen
  add draining_at timestamptz; -- from then on nobody enters
update runs r set exclusive_group = d.body #>> '{audience,exclusive,group}' from documents d where d.hash = r.program;
create index on enrolments (campaign, entered_at);

-- Who is chosen but cannot enter yet: taken by another campaign of the group, or more than a day or the campaign may hold.
create table entries (
  run text not null references runs,
  number int not null, -- that the enrolment will have
  customer bigint not null references customers,
  key text not null default '',
  arm text not null check (arm in ('treatment', 'holdout')),
  zone text not null,
  status text not null default 'waiting'
    check (status in ('waiting', 'enrolled', 'expired', 'left', 'dropped')), -- left: no longer in the audience
  since timestamptz not null,
  expires_at timestamptz not null,
  settled_at timestamptz,
  primary key (run, number),
  unique (run, customer, key)
);
create index entries_waiting on entries (customer) where status = 'waiting';
create index entries_in_line on entries (run, number) where status = 'waiting';

-- The local day for which a zone's members of a run were last looked at, at 00:05 or after.
create table daily_looks (
  run text not null references runs,
  zone text not null,
  day int not null,
  primary key (run, zone)
);

alter table messages
  add tags text[] not null default '{}',
  add counts boolean not null default true; -- towards caps
