-- W3C traceparent of what last happened to a row, so that one trace leads from the request to the mail; null unless
-- traces are collected (src/watch/trace.ts)
alter table events add trace text;
alter table stimuli add trace text;
alter table messages add trace text;

-- requests a second that a key may make; null: what is usual for its role (src/http/guard/limit.ts)
alter table api_keys add per_second int check (per_second > 0);
