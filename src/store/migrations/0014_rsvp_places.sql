-- Who was on the waiting list of an invitation to its end has missed it, and holds up nobody's seat.
alter table rsvp_answers drop constraint rsvp_answers_place_check, add constraint rsvp_answers_place_check
  check (place in ('seat', 'waiting', 'missed'));
