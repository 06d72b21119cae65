-- what is somebody's own: customers they look after, tasks of theirs and of their team
create index on customers (owner) where owner is not null;
create index on tasks (team);
create index on tasks (assignee) where assignee is not null;
-- the most urgent first
create index tasks_due on tasks (coalesce(due_at, 'infinity'), id) where status in ('open', 'overdue');

-- imports that came over HTTP: what was left out of them is kept here for a while
create table import_uploads (
  id text primary key,
  what text not null,
  file text not null, -- name that the sender gave it
  by text not null,
  at timestamptz not null,
  kept_until timestamptz not null, -- wall time
  summary jsonb not null,
  rejects text -- CSV; null: nothing was left out
);
create index on import_uploads (kept_until);
