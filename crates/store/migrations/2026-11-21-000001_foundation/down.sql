DROP TABLE idempotency_keys, log_batches, operation_steps, operation_plans, operations, environment_specs, environments,
    workers, tenants;
DROP FUNCTION ensure_log_partitions(timestamptz, integer), uuid_v7_floor(timestamptz);
DROP TYPE environment_state, operation_kind, operation_state, step_name, step_state, log_stream, data_on_destroy,
    cancel_reason;
