-- Whose places others may be waiting for: its campaign has a line of its own.
alter table runs add lined boolean not null default false;
update runs r set lined = true from documents d
where d.hash = r.program and (d.body #>> '{audience,concurrent}' is not null
  or d.body #>> '{audience,entryCap}' is not null or d.body #>> '{audience,exclusive,onConflict}' = 'queue');

-- The line of a run: when time alone lets somebody in ('infinity': nobody waits), and when it was last looked at.
create table line_looks (
  run text primary key references runs,
  due timestamptz not null, -- clock time
  looked_at timestamptz not null -- clock time
);
insert into line_looks (run, due, looked_at)
select distinct run, timestamptz '2000-01-01', timestamptz '2000-01-01' from entries where status = 'waiting';

-- Somebody's place in a run has become free. No reference to runs, so that whoever ends an enrolment locks nothing for it.
create table line_wakes (
  id bigint generated always as identity primary key,
  run text not null
);
