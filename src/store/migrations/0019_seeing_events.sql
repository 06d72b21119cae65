-- events that could not be worked with: few, and asked for by whoever mends them
create index events_failed on events (id) where reaction ? 'error';
-- when what came; a few pages a million events, and next to nothing to keep
create index events_received on events using brin (received_at) with (pages_per_range = 16, autosummarize = on);
