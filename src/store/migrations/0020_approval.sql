-- Every program that a campaign was applied as: of which definition, by whom, and who let it be launched.
create table campaign_programs (
  campaign text not null references campaigns,
  program text not null references documents (hash),
  definition json, -- as its author wrote it, keys in their order; null: applied before it was kept
  definition_hash text, -- SHA-256 of its canonical JSON
  applied_at timestamptz not null,
  applied_by text,
  approved_at timestamptz, -- null: may not be launched yet
  approved_by text,
  primary key (campaign, program)
);
insert into campaign_programs (campaign, program, applied_at, applied_by, approved_at, approved_by)
select id, program, applied_at, approved_by, approved_at, approved_by from campaigns;

alter table campaigns add column applied_by text;
update campaigns set applied_by = approved_by;

-- What was answered to a request that changes something and may come again, for a day. Wall time, as clients know no other.
create table idempotency_keys (
  holder text not null, -- who asked
  key text not null, -- as the client has chosen it
  request text not null, -- SHA-256 of method, address and body
  claim uuid not null, -- who is at it
  claimed_until timestamptz not null, -- then whoever is at it has died
  status int,
  answer json, -- null: not done yet
  created_at timestamptz not null default clock_timestamp(),
  primary key (holder, key)
);
create index on idempotency_keys (created_at);
