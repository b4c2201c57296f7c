-- What it takes to go on with an operation whose worker was lost.

CREATE TYPE attempt_end AS ENUM
    ('succeeded', 'failed', 'cancelled', 'awaiting_approval', 'retrying', 'handed_back', 'taken_over');

-- A process id means something only within a boot and a container, and a start time (in clock ticks since the boot)
-- tells a process from a later one with the same id.
ALTER TABLE workers
    ADD COLUMN pid_namespace text,
    ADD COLUMN process_started bigint;

-- One row per claim: who worked on an operation, until when, and how that ended.
CREATE TABLE operation_attempts (
    tenant_id    uuid NOT NULL,
    operation_id uuid NOT NULL,
    attempt      integer NOT NULL CHECK (attempt > 0),
    worker_id    uuid NOT NULL REFERENCES workers,
    started_at   timestamptz NOT NULL DEFAULT now(),
    -- Until when its lease was good, noted at the end: its worker gave its last sign of life before.
    lease_until  timestamptz,
    ended        attempt_end,
    ended_at     timestamptz,
    PRIMARY KEY (operation_id, attempt),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id),
    CONSTRAINT operation_attempts_ended_has_time
        CHECK ((ended IS NULL) = (ended_at IS NULL) AND (ended IS NULL) = (lease_until IS NULL))
);
