-- Steps that touch the world: budget lines that stop at their limit, webhooks, invitations with seats, and sends that
-- wait for a complaint to be solved.

alter table waits drop constraint waits_kind_check, add constraint waits_kind_check
  check (kind in ('goal', 'event', 'condition', 'task', 'survey', 'phase', 'complaint', 'webhook', 'rsvp'));
-- what is held until a customer's complaints are solved
create index waits_held on waits (customer) where kind = 'complaint' and status = 'open';

alter table gifts drop constraint gifts_status_check, add constraint gifts_status_check
  check (status in ('granted', 'delivered', 'out-of-stock', 'budget-spent'));

-- What is booked on a line, so that its limit can be kept without summing up its entries. The trigger keeps it in the
-- transaction of whoever books.
alter table budget_lines add booked bigint not null default 0;
update budget_lines l set booked = coalesce((select sum(amount) from budget_entries b where b.run = l.run and b.line = l.line), 0);
create function book_on_lines() returns trigger language plpgsql set search_path from current as $$
begin
  update budget_lines l set booked = l.booked + a.amount
  from (select run, line, sum(amount) as amount from added group by run, line) a
  where l.run = a.run and l.line = a.line;
  return null;
end $$;
create trigger budget_entries_added after insert on budget_entries referencing new table as added
  for each statement execute function book_on_lines();

create table webhook_calls (
  id text primary key, -- "winback-30-1/17/tell-crm"; the webhook-id by which the other side tells a repeat
  enrolment bigint not null references enrolments,
  customer bigint not null references customers,
  run text not null,
  step text not null, -- op name
  occurrence int not null,
  hook text not null, -- name in the program's webhooks
  body jsonb not null, -- what the step's body came to, when it was decided
  epoch int not null,
  status text not null default 'pending' check (status in ('pending', 'claimed', 'accepted', 'failed', 'withheld')),
  reason text,
  http_status int, -- of the latest answer
  attempts int not null default 0,
  retry_at timestamptz, -- wall time
  claimed_until timestamptz, -- wall time lease
  claimed_by text,
  valid_until timestamptz not null, -- clock time; later it is withheld: expired
  created_at timestamptz not null,
  done_at timestamptz,
  unique (enrolment, step, occurrence)
);
create index webhook_calls_pending on webhook_calls (created_at) where status in ('pending', 'claimed');

create table rsvp_seats (
  run text not null references runs,
  step text not null, -- the rsvp's step id
  seats int not null, -- locked to stay within them
  primary key (run, step)
);
create table rsvp_answers (
  enrolment bigint not null references enrolments,
  step text not null,
  run text not null,
  answer text not null check (answer in ('yes', 'no', 'maybe')), -- the latest
  place text check (place in ('seat', 'waiting')), -- of a yes
  event bigint not null references events, -- the order in which those who wait get seats
  at timestamptz not null,
  primary key (enrolment, step)
);
create index on rsvp_answers (run, step, place, event);
