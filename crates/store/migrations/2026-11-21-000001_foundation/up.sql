-- Everything that the first slice stores. See src/lib.rs for what the tables mean together.
--
-- Two habits run through it. Every table of a tenant carries tenant_id, and foreign keys are composite
-- (tenant_id, id): a row can't point at another tenant's row. And what must never be, a CHECK or a partial unique
-- index forbids, whatever a future query does.

-- The spellings of terrane_domain::lifecycle; a test compares them, in order.
CREATE TYPE environment_state AS ENUM
    ('pending', 'provisioning', 'bootstrapping', 'ready', 'updating', 'failed', 'destroying', 'destroyed');
CREATE TYPE operation_kind AS ENUM ('create', 'update', 'destroy');
CREATE TYPE operation_state AS ENUM
    ('queued', 'running', 'awaiting_approval', 'retrying', 'succeeded', 'failed', 'cancelled');
CREATE TYPE step_name AS ENUM
    ('prepare', 'render', 'init', 'plan', 'approval', 'unprotect', 'apply', 'outputs');
CREATE TYPE step_state AS ENUM ('running', 'succeeded', 'failed', 'interrupted');
CREATE TYPE log_stream AS ENUM ('stdout', 'stderr', 'engine');
CREATE TYPE data_on_destroy AS ENUM ('snapshot', 'delete');
CREATE TYPE cancel_reason AS ENUM
    ('requested', 'discarded', 'approval_expired', 'superseded', 'destroy_requested', 'inapplicable');

CREATE TABLE tenants (
    id          uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    -- What customers put into the trust policy of the role that they lend us. Ours, one per tenant and not to be
    -- guessed: AWS's answer to the confused deputy.
    external_id text NOT NULL UNIQUE DEFAULT 'terrane-' || replace(gen_random_uuid()::text, '-', ''),
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Worker processes serve every tenant: the one table without tenant_id.
CREATE TABLE workers (
    id         uuid PRIMARY KEY,
    host       text NOT NULL,
    boot_id    text,
    process_id integer NOT NULL CHECK (process_id >= 0),
    version    text NOT NULL,
    slots      integer NOT NULL CHECK (slots > 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    stopped_at timestamptz
);

CREATE TABLE environments (
    id                  uuid PRIMARY KEY,
    tenant_id           uuid NOT NULL REFERENCES tenants,
    name                text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    labels              jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
    state               environment_state NOT NULL DEFAULT 'pending',
    generation          bigint NOT NULL DEFAULT 1 CHECK (generation >= 1),
    applied_generation  bigint CHECK (applied_generation BETWEEN 1 AND generation),
    -- Raised by every claim; a write by a holder of an earlier one finds no row.
    fence               bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
    region              text NOT NULL,
    pin_blueprint       integer NOT NULL CHECK (pin_blueprint >= 0),
    pin_aws_provider    text NOT NULL,
    pin_engine          text,
    pin_engine_version  text,
    outputs             json,
    deletion_protection boolean NOT NULL DEFAULT false,
    error               json,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    destroyed_at        timestamptz,
    -- For composite foreign keys, and read backwards for a tenant's list, newest first.
    UNIQUE (tenant_id, id),
    CONSTRAINT environments_engine_and_version CHECK ((pin_engine IS NULL) = (pin_engine_version IS NULL)),
    CONSTRAINT environments_ready_is_applied CHECK (state <> 'ready' OR applied_generation IS NOT NULL),
    CONSTRAINT environments_destroyed_has_time CHECK ((state = 'destroyed') = (destroyed_at IS NOT NULL)),
    CONSTRAINT environments_destroyed_has_nothing
        CHECK (state <> 'destroyed' OR (applied_generation IS NULL AND outputs IS NULL))
);
CREATE UNIQUE INDEX environments_living_name ON environments (tenant_id, name) WHERE state <> 'destroyed';

-- The spec of every generation, as json and not jsonb: a person reads it back in the order in which it was written.
CREATE TABLE environment_specs (
    tenant_id      uuid NOT NULL,
    environment_id uuid NOT NULL,
    generation     bigint NOT NULL CHECK (generation >= 1),
    spec           json NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (environment_id, generation),
    UNIQUE (tenant_id, environment_id, generation),
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);

CREATE TABLE operations (
    id                       uuid PRIMARY KEY,
    tenant_id                uuid NOT NULL,
    environment_id           uuid NOT NULL,
    -- The order of the line. Taken under the lock on the environment, so that within one environment it is the order
    -- of the requests, whatever the clocks of the API processes say.
    sequence                 bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind                     operation_kind NOT NULL,
    state                    operation_state NOT NULL DEFAULT 'queued',
    generation               bigint NOT NULL,
    attempt                  integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    failures                 integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    -- Whether it may have changed the cloud: decides what the environment is when it ends early.
    touched                  boolean NOT NULL DEFAULT false,
    environment_state_before environment_state,
    owner                    uuid REFERENCES workers,
    -- environments.fence as the claim of this attempt left it.
    fence                    bigint,
    lease_until              timestamptz,
    next_attempt_at          timestamptz,
    cancel_requested_at      timestamptz,
    cancel_reason            cancel_reason,
    planned                  integer CHECK (planned >= 0),
    done                     integer NOT NULL DEFAULT 0 CHECK (done >= 0),
    plan_digest              text,
    approved_digest          text,
    approval_expires_at      timestamptz,
    error                    json,
    retry_of                 uuid,
    data_on_destroy          data_on_destroy,
    force                    boolean NOT NULL DEFAULT false,
    log_sequence             bigint NOT NULL DEFAULT 0,
    request_id               text,
    traceparent              text,
    created_at               timestamptz NOT NULL DEFAULT now(),
    started_at               timestamptz,
    finished_at              timestamptz,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id),
    FOREIGN KEY (tenant_id, environment_id, generation)
        REFERENCES environment_specs (tenant_id, environment_id, generation),
    FOREIGN KEY (tenant_id, retry_of) REFERENCES operations (tenant_id, id),
    CONSTRAINT operations_running_has_owner CHECK ((state = 'running') = (owner IS NOT NULL)),
    CONSTRAINT operations_running_has_lease CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CONSTRAINT operations_running_has_fence CHECK ((state = 'running') = (fence IS NOT NULL)),
    CONSTRAINT operations_over_has_time
        CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CONSTRAINT operations_retrying_has_due_time CHECK ((state = 'retrying') = (next_attempt_at IS NOT NULL)),
    CONSTRAINT operations_awaiting_has_digest CHECK (state <> 'awaiting_approval' OR plan_digest IS NOT NULL),
    CONSTRAINT operations_awaiting_has_expiry
        CHECK ((state = 'awaiting_approval') = (approval_expires_at IS NOT NULL)),
    CONSTRAINT operations_begun_was_claimed
        CHECK ((attempt > 0) = (started_at IS NOT NULL) AND (attempt > 0) = (environment_state_before IS NOT NULL)),
    CONSTRAINT operations_active_was_claimed
        CHECK (state NOT IN ('running', 'awaiting_approval', 'retrying') OR attempt > 0),
    CONSTRAINT operations_queued_is_untouched CHECK (state <> 'queued' OR (attempt = 0 AND NOT touched)),
    CONSTRAINT operations_cancelled_has_reason CHECK (state <> 'cancelled' OR cancel_reason IS NOT NULL),
    CONSTRAINT operations_failed_has_error CHECK (state <> 'failed' OR error IS NOT NULL),
    CONSTRAINT operations_destroy_data CHECK ((kind = 'destroy') OR (data_on_destroy IS NULL AND NOT force))
-- Renewals and progress rewrite rows in place: room in the page, and no index on what they change.
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX operations_one_active ON operations (environment_id)
    WHERE state IN ('running', 'awaiting_approval', 'retrying');
CREATE UNIQUE INDEX operations_one_queued_change ON operations (environment_id)
    WHERE state = 'queued' AND kind IN ('create', 'update');
CREATE UNIQUE INDEX operations_one_queued_destroy ON operations (environment_id)
    WHERE state = 'queued' AND kind = 'destroy';
-- The claim walks the first per tenant, and looks up the line of one environment in the second.
CREATE INDEX operations_waiting ON operations (tenant_id, sequence) WHERE state IN ('queued', 'retrying');
CREATE INDEX operations_open ON operations (environment_id, sequence)
    WHERE state IN ('queued', 'running', 'awaiting_approval', 'retrying');
CREATE INDEX operations_running ON operations (tenant_id) WHERE state = 'running';
CREATE INDEX operations_expiring ON operations (approval_expires_at) WHERE state = 'awaiting_approval';
CREATE INDEX operations_of_environment ON operations (environment_id, sequence);

-- Apart from operations: read by one view only, and large.
CREATE TABLE operation_plans (
    operation_id uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL,
    plan         json NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id)
);

CREATE TABLE operation_steps (
    tenant_id    uuid NOT NULL,
    operation_id uuid NOT NULL,
    attempt      integer NOT NULL CHECK (attempt > 0),
    name         step_name NOT NULL,
    state        step_state NOT NULL DEFAULT 'running',
    detail       text,
    started_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    PRIMARY KEY (operation_id, attempt, name),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id),
    CONSTRAINT operation_steps_running_has_no_end CHECK ((state = 'running') = (finished_at IS NULL))
);

-- One row per batch of lines. The key makes tailing the same bytes twice harmless; a unique key of a partitioned table
-- has to hold the partition column, hence partitions by operation id, which is a UUIDv7 and so ordered by time.
CREATE TABLE log_batches (
    tenant_id    uuid NOT NULL,
    operation_id uuid NOT NULL,
    attempt      integer NOT NULL CHECK (attempt > 0),
    step         step_name NOT NULL,
    stream       log_stream NOT NULL,
    byte_offset  bigint NOT NULL CHECK (byte_offset >= 0),
    byte_end     bigint NOT NULL,
    -- Order of writing within the operation, without a gap that could be filled later: what a reader's cursor counts.
    sequence     bigint NOT NULL CHECK (sequence > 0),
    lines        json NOT NULL,
    stored_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (operation_id, attempt, step, stream, byte_offset),
    UNIQUE (operation_id, sequence),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id),
    CONSTRAINT log_batches_has_bytes CHECK (byte_end > byte_offset)
) PARTITION BY RANGE (operation_id);
-- Takes what no month was prepared for, so that a forgotten call costs a move of rows and not a line.
CREATE TABLE log_batches_default PARTITION OF log_batches DEFAULT;

-- The smallest UUIDv7 of a moment: 48 bits of milliseconds, then zeros.
CREATE FUNCTION uuid_v7_floor(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT rpad(lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0'), 32, '0')::uuid
$$;

-- Makes the partition of the month of `moment` and of the `ahead` months after it, moving over what the default
-- partition already holds of them. Returns how many it made.
CREATE FUNCTION ensure_log_partitions(moment timestamptz, ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
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

CREATE TABLE idempotency_keys (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    key        text NOT NULL,
    digest     text NOT NULL,
    -- NULL only inside the transaction that does the work.
    response   json,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at);
