-- Campaigns that are launched at times; the worker makes Temporal do as these rows say.
create table campaign_schedules (
  campaign text primary key references campaigns,
  cron text not null,
  timezone text not null,
  overlap text not null check (overlap in ('skip', 'queue', 'parallel')),
  catch_up int not null, -- minutes
  wanted text not null default 'on' check (wanted in ('on', 'paused', 'off')),
  known boolean not null default false, -- Temporal has been told
  since timestamptz not null, -- launches due before are none of its business
  confirmed_by text, -- who said yes to writing to real people; null: nobody was asked
  confirmed_at timestamptz
);

-- What became of each time that a launch was due.
create table launches (
  campaign text not null,
  due timestamptz not null,
  outcome text not null check (outcome in ('launched', 'waiting', 'skipped', 'refused')),
  run text references runs,
  reason jsonb, -- in both languages
  at timestamptz not null,
  primary key (campaign, due)
);
create index on launches (campaign) where outcome = 'waiting';
