-- Of each event, Postgres looked up its customer once more than whoever reacts to it, and holds that customer's lock, has
-- just done. The other half of the key stays: a customer with events is not deleted.
alter table events drop constraint events_customer_fkey;

create function keep_customers_of_events() returns trigger language plpgsql set search_path from current as $$
begin
  if exists (select from events where customer = old.id) then
    raise foreign_key_violation using message = 'events refer to this customer';
  end if;
  return null;
end $$;
create constraint trigger customers_of_events after delete on customers
  for each row execute function keep_customers_of_events();

-- an event has a customer from its reaction on: until then it needs no place here
create index events_of_customer on events (customer, type, occurred_at) where customer is not null;
drop index events_customer_type_occurred_at_idx;
