-- Some stimuli only tidy up: they may wait for others to the same cohort, until this time.
alter table stimuli add send_after timestamptz not null default '-infinity';
create index stimuli_due on stimuli (send_after) where sent_at is null;
