-- What `rekindle score` works out for the whole base: everything here can be computed again from orders, events,
-- complaints and rules/, apart from the history in score_changes.

create table score_runs (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  report jsonb not null -- fitted parameters, counts used, sizes
);

-- One row per customer, as of the latest run; null = cannot be said. No foreign key: checking it would hold up whoever
-- locks customers for as long as a scoring takes.
create table customer_scores (
  customer bigint primary key,
  run bigint not null references score_runs,
  -- quintiles 1 (low) to 5 (high); null for customers who never bought
  rfm_recency smallint,
  rfm_frequency smallint,
  rfm_monetary smallint,
  rfm_group text,
  churn_risk double precision, -- 0 to 1; null also for those who bought once: the model cannot tell
  orders_30d double precision, -- expected purchases
  orders_90d double precision,
  orders_365d double precision,
  order_value bigint, -- expected value of a purchase, minor units
  value_365d bigint, -- expected value of the next 365 days, minor units
  tier text,
  tier_value double precision, -- dimensions, 0 to 100
  tier_depth double precision,
  tier_interaction double precision,
  tier_risk double precision,
  stage text,
  lead_score double precision
);
create index on customer_scores (tier);
create index on customer_scores (stage);

-- when a customer went from one tier or stage to another; the first one a customer is given is no change
create table score_changes (
  customer bigint not null,
  what text not null check (what in ('tier', 'stage')),
  run bigint not null references score_runs,
  was text not null,
  became text not null,
  at timestamptz not null,
  primary key (customer, what, run)
);
create index on score_changes (run);
