-- What a journey may speak of besides the customer: what brought them in, what was set on the way, what the run was
-- launched with.
alter table enrolments
  add trigger jsonb not null default '{}', -- fields of the event, or the date or segment, that enrolled them: trigger.*
  add data jsonb not null default '{}'; -- step id -> what `set` and other steps have stored: steps.<id>.*
alter table runs add params jsonb not null default '{}'; -- campaign run --set: params.*
