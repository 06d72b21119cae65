-- How far a run that members join by a date has looked through the customers of a zone, for their latest local day.
create table date_looks (
  run text not null references runs,
  zone text not null,
  day int not null, -- local days since 1970-01-01
  after bigint not null default 0, -- customers up to this one are done
  done boolean not null default false,
  primary key (run, zone)
);
create index on customers (timezone);
