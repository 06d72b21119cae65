-- A wait for several events, or for a condition, has event_type '*': any event of the customer's may meet it, and the
-- program says how. For a wait for all of several, which of them have come: bit i for the i-th.
alter table waits add parts int not null default 0;
