DROP FUNCTION drop_log_partition(interval);
DROP INDEX operation_attempts_of_worker;
-- Attempts of workers that were forgotten would break the constraint: only new ones are held to it.
ALTER TABLE operation_attempts
    ADD CONSTRAINT operation_attempts_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES workers NOT VALID;
ALTER TABLE log_batches DROP COLUMN text_bytes, DROP COLUMN line_count;
CREATE OR REPLACE FUNCTION ensure_log_partitions(moment timestamptz, ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    month timestamp;
    lower_bound uuid;
    upper_bound uuid;
    partition text;
    made integer := 0;
BEGIN
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
END
$$;
