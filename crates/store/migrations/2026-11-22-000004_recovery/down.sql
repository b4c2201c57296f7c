-- Postgres can't take a value out of an enum; the two steps stay known.
ALTER TABLE operation_attempts DROP COLUMN touched, DROP COLUMN unsettled;
