-- What a conversion is worth goes along: minor units, and the currency that they are of.
create or replace function tell_of_conversions() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('converted ' || v.enrolment || ' ' || v.event)::uuid, 'converted', c.customer_id, clock_now(),
      jsonb_strip_nulls(jsonb_build_object('campaign', e.campaign, 'run', e.run, 'enrolment', e.number, 'arm', e.arm,
        'order_id', v.order_id, 'amount', v.amount, 'currency', case when v.amount is not null then m.currency end,
        'occurred', v.at))
    from became v join enrolments e on e.id = v.enrolment join customers c on c.id = v.customer
      join subscriptions s on 'converted' = any (s.types)
      cross join lateral (select coalesce(
        (select o.currency from orders o where o.order_id = v.order_id),
        (select d.body ->> 'currency' from runs r join documents d on d.hash = r.program where r.id = e.run))) m (currency)
    order by v.reacted_seq for key share of s on conflict do nothing;
  else
    insert into notices (subscription, id, type, subject, at, data)
    select s.id, md5('unconverted ' || v.enrolment || ' ' || v.event)::uuid, 'unconverted', c.customer_id, clock_now(),
      jsonb_strip_nulls(jsonb_build_object('campaign', e.campaign, 'run', e.run, 'enrolment', e.number, 'arm', e.arm,
        'order_id', v.order_id))
    from was v join enrolments e on e.id = v.enrolment join customers c on c.id = v.customer
      join subscriptions s on 'unconverted' = any (s.types)
    order by v.reacted_seq for key share of s on conflict do nothing;
  end if;
  return null;
end $$;
