-- Events of visitors whom nobody recognises are forgotten, the oldest first (src/store/anonymous.ts).
create index events_visitors on events (received_at) where customer is null and starts_with(customer_id, 'anonymous:');

-- Before an event goes, Postgres looks whether something refers to it: in each of these tables once for each event.
create index on waits (met_by) where met_by is not null;
create index on check_ins (event);
create index on survey_answers (event);
create index on conversions (event);
create index on rsvp_answers (event);
create index on settling (event);
