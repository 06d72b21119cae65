-- One row per customer over all paid orders, whenever they were paid: what segments ask first. Triggers keep it, set-wise
-- and in the transaction of whoever changes orders, so that no way of writing orders can forget it.
create table customer_orders (
  customer bigint primary key references customers on delete cascade,
  orders bigint not null default 0,
  spent numeric not null default 0, -- minor units, less what was refunded; sums of bigints need not be one
  smallest bigint, -- of one order, less what was refunded
  largest bigint,
  first_at timestamptz,
  last_at timestamptz
);

insert into customer_orders (customer, orders, spent, smallest, largest, first_at, last_at)
select customer, count(*), sum(amount - refunded), min(amount - refunded), max(amount - refunded), min(paid_at), max(paid_at)
from orders where status = 'paid' group by customer;

-- windows are summed from the index alone
create index orders_of_customer on orders (customer, paid_at) include (amount, refunded, status);
drop index orders_customer_paid_at_idx;

-- New orders only add, and additions commute: no lock beyond the row's own is needed.
create function add_to_customer_orders() returns trigger language plpgsql set search_path from current as $$
begin
  insert into customer_orders as s (customer, orders, spent, smallest, largest, first_at, last_at)
  select customer, count(*), sum(amount - refunded), min(amount - refunded), max(amount - refunded), min(paid_at), max(paid_at)
  from added where status = 'paid' group by customer order by customer
  on conflict (customer) do update
    set orders = s.orders + excluded.orders, spent = s.spent + excluded.spent,
        smallest = least(s.smallest, excluded.smallest), largest = greatest(s.largest, excluded.largest),
        first_at = least(s.first_at, excluded.first_at), last_at = greatest(s.last_at, excluded.last_at);
  return null;
end $$;
create trigger orders_added after insert on orders referencing new table as added
  for each statement execute function add_to_customer_orders();

-- What is taken away may have been the first, the last or the largest: summed again, after the rows are locked, so that
-- the sum sees whatever a neighbour has committed meanwhile.
create function sum_customer_orders() returns trigger language plpgsql set search_path from current as $$
declare changed bigint[];
begin
  if tg_op = 'DELETE' then
    select array_agg(distinct customer) into changed from removed where status = 'paid';
  else
    select array_agg(distinct customer) into changed from (
      (select customer, order_id, paid_at, amount - refunded from removed where status = 'paid'
        except select customer, order_id, paid_at, amount - refunded from added where status = 'paid')
      union all
      (select customer, order_id, paid_at, amount - refunded from added where status = 'paid'
        except select customer, order_id, paid_at, amount - refunded from removed where status = 'paid')) as other;
  end if;
  if changed is null then return null; end if;
  insert into customer_orders (customer) select customer from unnest(changed) as c (customer) order by customer
    on conflict do nothing;
  perform from customer_orders where customer = any(changed) order by customer for update;
  update customer_orders s
    set orders = coalesce(n.orders, 0), spent = coalesce(n.spent, 0), smallest = n.smallest, largest = n.largest,
        first_at = n.first_at, last_at = n.last_at
    from unnest(changed) as c (customer) left join (
      select customer, count(*) as orders, sum(amount - refunded) as spent, min(amount - refunded) as smallest,
             max(amount - refunded) as largest, min(paid_at) as first_at, max(paid_at) as last_at
      from orders where customer = any(changed) and status = 'paid' group by customer) n using (customer)
    where s.customer = c.customer;
  return null;
end $$;
create trigger orders_changed after update on orders referencing old table as removed new table as added
  for each statement execute function sum_customer_orders();
create trigger orders_removed after delete on orders referencing old table as removed
  for each statement execute function sum_customer_orders();
