-- Where a migration to another program has put a cohort's members: recover goes on from there.
alter table cohorts add base jsonb; -- { states, last }: packed as in histories; the last stimulus heard by then

create table run_migrations (
  run text not null references runs,
  at timestamptz not null,
  was text not null, -- document hashes
  became text not null,
  members int not null,
  primary key (run, at)
);
