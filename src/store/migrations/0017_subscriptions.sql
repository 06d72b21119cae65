-- ── what other systems are told ─────────────────────────────────────────────────────────────────────────────────────
create table subscriptions (
  id text primary key,
  url text not null,
  types text[] not null,
  batch int not null default 1 check (batch between 1 and 100), -- most events in one request
  secret text not null, -- sealed with REKINDLE_SECRET
  old_secret text, -- signs beside the new one
  old_until timestamptz, -- wall time
  status text not null default 'active' check (status in ('active', 'paused')),
  reason text, -- why it is paused
  created_at timestamptz not null,
  created_by text not null,
  told bigint not null default 0, -- events taken by the other side
  -- wall time from here on
  told_at timestamptz,
  claimed_by text, -- one process at a time, so that order is kept
  claimed_until timestamptz,
  failures int not null default 0, -- in a row, of those that another try may mend
  refusals int not null default 0, -- in a row, of those that none will
  failing_since timestamptz,
  trouble text, -- what the latest failure was
  held_until timestamptz
);

-- An event for one subscriber, written in the transaction of what it tells of.
create table notices (
  nr bigint generated always as identity primary key,
  subscription text not null references subscriptions on delete cascade,
  id uuid not null, -- the event's: made of what happened, so the same for every subscriber
  type text not null,
  subject text, -- customer_id
  at timestamptz not null,
  data jsonb not null,
  status text not null default 'pending' check (status in ('pending', 'told', 'dead')),
  attempts int not null default 0,
  -- wall time from here on
  first_tried_at timestamptz,
  retry_at timestamptz, -- set aside until then, so that those behind it go ahead
  reason text,
  http_status int,
  settled_at timestamptz,
  unique (subscription, id)
);
create index notices_pending on notices (subscription, nr) where status = 'pending';
create index notices_dead on notices (subscription, nr) where status = 'dead';
create index notices_settled on notices (settled_at) where settled_at is not null;

-- Triggers write them, set-wise, so that no way of changing a row can forget it. They are put on a table with the first
-- subscription that asks for it and taken off with the last (src/store/notice-trigger.ts): nobody else pays for them.
-- `for key share`: a subscription that is being ended goes first, or waits, so that no change fails because of it.
create function clock_now() returns timestamptz language sql stable set search_path from current as $$
  select virtual_anchor + (clock_timestamp() - real_anchor) * rate from clock
$$;

create function tell_of_enrolments() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('enrolled ' || e.id)::uuid, 'enrolled', c.customer_id, clock_now(),
      jsonb_build_object('campaign', e.campaign, 'run', e.run, 'enrolment', e.number, 'arm', e.arm)
    from became e join customers c on c.id = e.customer join subscriptions s on 'enrolled' = any (s.types)
    order by e.id for key share of s on conflict do nothing;
  else
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('ended ' || e.id)::uuid, 'ended', c.customer_id, clock_now(),
      jsonb_build_object('campaign', e.campaign, 'run', e.run, 'enrolment', e.number, 'arm', e.arm, 'reason', e.ended_reason)
    from became e join was w on w.id = e.id and w.status = 'live' join customers c on c.id = e.customer
      join subscriptions s on 'ended' = any (s.types)
    where e.status = 'ended'
    order by e.id for key share of s on conflict do nothing;
  end if;
  return null;
end $$;

create function tell_of_messages() returns trigger language plpgsql set search_path from current as $$
begin
  insert into notices (subscription, id, type, subject, at, data)
  select s.id, md5('message.' || m.status || ' ' || m.id)::uuid, 'message.' || m.status, c.customer_id, clock_now(),
    jsonb_strip_nulls(jsonb_build_object('message', m.id, 'campaign', e.campaign, 'run', m.run, 'enrolment', e.number,
      'step', m.step, 'occurrence', m.occurrence, 'channel', m.channel, 'kind', m.kind,
      'reason', case when m.status <> 'accepted' then m.reason end))
  from became m join was w on w.id = m.id and w.status <> m.status
    join enrolments e on e.id = m.enrolment join customers c on c.id = m.customer
    join subscriptions s on 'message.' || m.status = any (s.types)
  order by m.committed_seq, m.id for key share of s on conflict do nothing;
  return null;
end $$;

-- A conversion may be taken back by a refund, and made again by another order.
create function tell_of_conversions() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('converted ' || v.enrolment || ' ' || v.event)::uuid, 'converted', c.customer_id, clock_now(),
      jsonb_strip_nulls(jsonb_build_object('campaign', e.campaign, 'run', e.run, 'enrolment', e.number, 'arm', e.arm,
        'order_id', v.order_id, 'occurred', v.at))
    from became v join enrolments e on e.id = v.enrolment join customers c on c.id = v.customer
      join subscriptions s on 'converted' = any (s.types)
    order by v.reacted_seq for key share of s on conflict do nothing;
  else
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('unconverted ' || v.enrolment || ' ' || v.event)::uuid, 'unconverted', c.customer_id, clock_now(),
      jsonb_strip_nulls(jsonb_build_object('campaign', e.campaign, 'run', e.run, 'enrolment', e.number, 'arm', e.arm,
        'order_id', v.order_id))
    from was v join enrolments e on e.id = v.enrolment join customers c on c.id = v.customer
      join subscriptions s on 'unconverted' = any (s.types)
    order by v.reacted_seq for key share of s on conflict do nothing;
  end if;
  return null;
end $$;

-- Plan rows and watches are nobody's: they have no customer. A title is the campaign's text, never a person's name.
create function tell_of_tasks() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5(n.type || ' ' || t.id)::uuid, n.type, c.customer_id, clock_now(),
      jsonb_strip_nulls(jsonb_build_object('task', t.id, 'campaign', r.campaign, 'run', t.run, 'kind', t.kind, 'team', t.team,
        'title', t.title, 'due', t.due_at,
        'line', case when n.type = 'budget.spent' then substr(t.id, length(t.run || '/budget/') + 1) end))
    from became t join runs r on r.id = t.run left join customers c on c.id = t.customer
      cross join lateral (select case when t.kind = 'budget' then 'budget.spent' else 'task.created' end) n (type)
      join subscriptions s on n.type = any (s.types)
    order by t.id for key share of s on conflict do nothing;
  else
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('task.' || t.status || ' ' || t.id)::uuid, 'task.' || t.status, c.customer_id, clock_now(),
      jsonb_strip_nulls(jsonb_build_object('task', t.id, 'campaign', r.campaign, 'run', t.run, 'kind', t.kind, 'team', t.team,
        'title', t.title, 'due', t.due_at, 'outcome', t.outcome))
    from became t join was w on w.id = t.id and w.status <> t.status
      join runs r on r.id = t.run left join customers c on c.id = t.customer
      join subscriptions s on 'task.' || t.status = any (s.types)
    order by t.id for key share of s on conflict do nothing;
  end if;
  return null;
end $$;

create function tell_of_coupons() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('coupon.' || k.status || ' ' || k.code)::uuid, 'coupon.' || k.status, c.customer_id, clock_now(),
      jsonb_build_object('code', k.code, 'pool', k.pool, 'campaign', e.campaign, 'run', e.run, 'enrolment', e.number,
        'expires', k.expires_at)
    from became k join enrolments e on e.id = k.enrolment join customers c on c.id = k.customer
      join subscriptions s on 'coupon.' || k.status = any (s.types)
    order by k.code for key share of s on conflict do nothing;
  else
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('coupon.' || k.status || ' ' || k.code)::uuid, 'coupon.' || k.status, c.customer_id, clock_now(),
      jsonb_strip_nulls(jsonb_build_object('code', k.code, 'pool', k.pool, 'campaign', e.campaign, 'run', e.run,
        'enrolment', e.number, 'expires', k.expires_at, 'order_id', k.order_id))
    from became k join was w on w.code = k.code and w.status <> k.status
      join enrolments e on e.id = k.enrolment join customers c on c.id = k.customer
      join subscriptions s on 'coupon.' || k.status = any (s.types)
    order by k.code for key share of s on conflict do nothing;
  end if;
  return null;
end $$;

create function tell_of_gifts() returns trigger language plpgsql set search_path from current as $$
begin
  insert into notices (subscription, id, type, subject, at, data)
  select s.id, md5('gift.granted ' || g.id)::uuid, 'gift.granted', c.customer_id, clock_now(),
    jsonb_build_object('gift', g.gift, 'campaign', e.campaign, 'run', e.run, 'enrolment', e.number)
  from became g join enrolments e on e.id = g.enrolment join customers c on c.id = g.customer
    join subscriptions s on 'gift.granted' = any (s.types)
  where g.status = 'granted'
  order by g.id for key share of s on conflict do nothing;
  return null;
end $$;

create function tell_of_points() returns trigger language plpgsql set search_path from current as $$
begin
  insert into notices (subscription, id, type, subject, at, data)
  select s.id, md5('points.granted ' || p.enrolment || ' ' || p.key)::uuid, 'points.granted', c.customer_id, clock_now(),
    jsonb_build_object('points', p.points, 'campaign', e.campaign, 'run', e.run, 'enrolment', e.number)
  from became p join enrolments e on e.id = p.enrolment join customers c on c.id = p.customer
    join subscriptions s on 'points.granted' = any (s.types)
  order by p.enrolment, p.key for key share of s on conflict do nothing;
  return null;
end $$;

create function tell_of_complaints() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('complaint.opened ' || k.id)::uuid, 'complaint.opened', c.customer_id, clock_now(),
      jsonb_build_object('complaint', k.id, 'severity', k.severity)
    from became k join customers c on c.id = k.customer join subscriptions s on 'complaint.opened' = any (s.types)
    where k.status = 'open'
    order by k.id for key share of s on conflict do nothing;
  else
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('complaint.solved ' || k.id)::uuid, 'complaint.solved', c.customer_id, clock_now(),
      jsonb_build_object('complaint', k.id, 'severity', k.severity)
    from became k join was w on w.id = k.id and w.status = 'open' join customers c on c.id = k.customer
      join subscriptions s on 'complaint.solved' = any (s.types)
    where k.status = 'solved'
    order by k.id for key share of s on conflict do nothing;
  end if;
  return null;
end $$;

-- A run may be paused and resumed many times: the moment is part of what happened.
create function tell_of_runs() returns trigger language plpgsql set search_path from current as $$
declare at timestamptz := clock_now();
begin
  if tg_op = 'INSERT' then
    insert into notices (subscription, id, type, at, data)
    select s.id, md5('run.launched ' || r.id)::uuid, 'run.launched', at, jsonb_build_object('campaign', r.campaign, 'run', r.id)
    from became r join subscriptions s on 'run.launched' = any (s.types)
    order by r.id for key share of s on conflict do nothing;
  else
    insert into notices (subscription, id, type, at, data)
    select s.id, md5('run.' || n.became || ' ' || r.id || ' ' || at::text)::uuid, 'run.' || n.became, at,
      jsonb_build_object('campaign', r.campaign, 'run', r.id)
    from became r join was w on w.id = r.id and w.status <> r.status
      cross join lateral (select case when w.status = 'paused' and r.status in ('starting', 'running') then 'resumed'
        else r.status end) n (became)
      join subscriptions s on 'run.' || n.became = any (s.types)
    order by r.id for key share of s on conflict do nothing;
  end if;
  return null;
end $$;
