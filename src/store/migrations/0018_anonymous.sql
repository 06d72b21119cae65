-- Events of visitors who are not known yet: nobody's, until they turn out to be a customer's past.
create index events_anonymous on events (customer_id) where customer is null and starts_with(customer_id, 'anonymous:');
