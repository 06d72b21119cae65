-- Who was in a segment when, as far as somebody looked: one row per stay.
create table segment_members (
  segment text not null,
  customer bigint not null references customers on delete cascade,
  entered_at timestamptz not null, -- the look that found them in
  left_at timestamptz, -- the look that found them gone
  primary key (segment, customer, entered_at)
);
create unique index segment_members_now on segment_members (segment, customer) where left_at is null;

create table segment_looks (
  segment text not null,
  at timestamptz not null,
  members bigint not null,
  entered bigint not null,
  left_it bigint not null,
  primary key (segment, at)
);
