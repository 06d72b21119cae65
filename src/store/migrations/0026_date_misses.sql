-- Local days on which nobody looked for whom a date brings, and for which it was too late afterwards.
create table date_misses (
  run text not null references runs,
  zone text not null,
  day int not null, -- local days since 1970-01-01
  customers int not null, -- whose day it was
  noted_at timestamptz not null,
  primary key (run, zone, day)
);
