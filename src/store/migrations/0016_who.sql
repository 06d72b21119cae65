-- Who may: keys that are somebody's, browsers' keys, people who sign in, and what everybody did.

alter table api_keys
  add person text, -- as customers.owner and tasks.assignee name them
  add team text,
  add public boolean not null default false, -- for browsers: posts events and nothing else
  add types text[], -- event types that it may post ("cart.*"); null: all that its role may
  add last_used_on date; -- by the clock
create index on api_keys (name);

create table users (
  name text primary key, -- what they sign in with
  role text not null,
  person text,
  team text,
  password text not null, -- argon2id, as a PHC string
  created_at timestamptz not null,
  password_at timestamptz not null,
  disabled_at timestamptz
);

-- Times of sessions and of sign-ins are wall time.
create table sessions (
  hash text primary key, -- sha-256 of the cookie's token, hex
  user_name text not null references users,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index on sessions (user_name);
create index on sessions (expires_at);

-- Failures in a row, by user and by address, both as sha-256: what somebody types as a name may be their password.
create table sign_in_failures (
  what text primary key,
  failures int not null,
  last_at timestamptz not null,
  locked_until timestamptz not null
);
create index on sign_in_failures (last_at);

-- What was changed or taken out, by whom. An act is an entry before it, and one after it that says what came of it.
create table audit (
  nr bigint primary key,
  begun bigint references audit, -- of an outcome: its act
  at timestamptz not null, -- by the clock
  wall timestamptz not null,
  who text not null,
  kind text not null, -- key, session, command, nobody
  role text,
  door text not null, -- api, cli
  action text not null, -- "PUT /v1/campaigns/{id}", "campaign apply"
  target jsonb not null, -- ids and names of definitions, never of people
  outcome text, -- done, refused, failed, denied; null: an act's beginning
  request text,
  hash text not null -- sha-256 over this entry and the hash of the one before, hex
);
create unique index on audit (begun) where begun is not null;
create index on audit (who, nr);

-- The chain's end. Its lock puts entries in line, so they are written in short transactions of their own.
create table audit_end (
  one boolean primary key default true check (one),
  nr bigint not null,
  hash text not null
);
insert into audit_end (nr, hash) values (0, '');

create function audit_hash(e audit, before text) returns text language sql stable set search_path from current as $$
  select encode(sha256(convert_to(jsonb_build_array(before, e.nr, e.begun, extract(epoch from e.at), extract(epoch from e.wall),
    e.who, e.kind, e.role, e.door, e.action, e.target, e.outcome, e.request)::text, 'UTF8')), 'hex')
$$;

create function chain_audit() returns trigger language plpgsql set search_path from current as $$
declare before text;
begin
  update audit_end set nr = nr + 1 returning nr, hash into new.nr, before;
  new.hash := audit_hash(new, before);
  update audit_end set hash = new.hash;
  return new;
end $$;
create trigger audit_chained before insert on audit for each row execute function chain_audit();

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_kept before update or delete or truncate on audit for each statement execute function refuse_audit_change();
