-- What keeps a database small that runs for years: logs that know their size and go by whole months, and workers that
-- are forgotten.

-- How much a batch holds, so that the size of an operation's log is known without reading its lines. (No CHECK: it
-- would read every batch that there is.)
ALTER TABLE log_batches
    ADD COLUMN line_count integer NOT NULL DEFAULT 0,
    ADD COLUMN text_bytes bigint NOT NULL DEFAULT 0;

-- An attempt keeps the id of its worker for good; the worker's row goes some weeks after its process.
ALTER TABLE operation_attempts DROP CONSTRAINT operation_attempts_worker_id_fkey;
CREATE INDEX operation_attempts_of_worker ON operation_attempts (worker_id);

-- Drops the oldest month of log lines that is over for `kept_for`, if every operation of that month is, too. Returns its
-- name; NULL if there is none, or if somebody is in the way: an hour later will do, and nobody may have to wait for
-- this. An operation that is not over keeps its month; later months don't wait for it.
CREATE FUNCTION drop_log_partition(kept_for interval) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    partition text;
    month timestamp;
    lower_bound uuid;
    upper_bound uuid;
BEGIN
    -- One process at a time; the others have nothing to wait for. The key spells "terrane" and 1.
    IF NOT pg_try_advisory_xact_lock(8387235716633879809) THEN
        RETURN NULL;
    END IF;
    FOR partition IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'log_batches'::regclass AND c.relname ~ '^log_batches_[0-9]{4}_[0-9]{2}$'
        ORDER BY c.relname
    LOOP
        month := to_date(right(partition, 7), 'YYYY_MM');
        EXIT WHEN (month + interval '1 month') AT TIME ZONE 'UTC' > now() - kept_for;
        lower_bound := uuid_v7_floor(month AT TIME ZONE 'UTC');
        upper_bound := uuid_v7_floor((month + interval '1 month') AT TIME ZONE 'UTC');
        -- What is over stays so, and no new operation gets an id of a month that is over: no lock is needed for this.
        CONTINUE WHEN EXISTS (
            SELECT FROM operations
            WHERE id >= lower_bound AND id < upper_bound
              AND (finished_at IS NULL OR finished_at > now() - kept_for)
        );
        -- Dropping takes both of these anyway (the foreign key's triggers stand on operations); here in the order in
        -- which whoever stores lines takes them. Everybody queues behind whoever waits for such a lock: so not for long.
        PERFORM set_config('lock_timeout', '250ms', true);
        LOCK TABLE operations, log_batches IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('DROP TABLE %I', partition);
        RETURN partition;
    END LOOP;
    RETURN NULL;
EXCEPTION WHEN lock_not_available THEN
    RETURN NULL;
END
$$;

-- As before, but it gives way like the one above: with the locks that it has by then, nobody could store a line until a
-- reader ends who is lost in the middle of a transaction. There are two months of time to try again.
CREATE OR REPLACE FUNCTION ensure_log_partitions(moment timestamptz, ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    month timestamp;
    lower_bound uuid;
    upper_bound uuid;
    partition text;
    made integer := 0;
BEGIN
    PERFORM set_config('lock_timeout', '250ms', true);
    FOR step IN 0..ahead LOOP
        month := date_trunc('month', moment AT TIME ZONE 'UTC') + make_interval(months => step);
        partition := 'log_batches_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(partition) IS NOT NULL;
        -- Two processes that start together: the second waits here, then finds the table. The locks are those that
        -- attaching takes anyway, in the order in which whoever stores lines takes them. (An advisory lock would not
        -- do: taking one does not tell the session of tables that others made meanwhile.)
        LOCK TABLE operations, log_batches IN SHARE ROW EXCLUSIVE MODE;
        CONTINUE WHEN to_regclass(partition) IS NOT NULL;
        lower_bound := uuid_v7_floor(month AT TIME ZONE 'UTC');
        upper_bound := uuid_v7_floor((month + interval '1 month') AT TIME ZONE 'UTC');
        LOCK TABLE log_batches_default IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('CREATE TABLE %I (LIKE log_batches INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition);
        EXECUTE format(
            'WITH moved AS (DELETE FROM log_batches_default WHERE operation_id >= %L AND operation_id < %L RETURNING *)
             INSERT INTO %I SELECT * FROM moved', lower_bound, upper_bound, partition);
        EXECUTE format('ALTER TABLE log_batches ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            partition, lower_bound, upper_bound);
        made := made + 1;
    END LOOP;
    RETURN made;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END
$$;
