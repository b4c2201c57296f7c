-- What it takes to clear up after an attempt whose Terraform did not end in order.

ALTER TYPE step_name ADD VALUE 'recover' AFTER 'prepare';
ALTER TYPE step_name ADD VALUE 'adopt' AFTER 'recover';

ALTER TABLE operation_attempts
    -- It may have changed the cloud.
    ADD COLUMN touched boolean NOT NULL DEFAULT false,
    -- Its Terraform may still run, hold the lock on the state or have made what no state knows. A later attempt at the
    -- same environment clears up and takes this back.
    ADD COLUMN unsettled boolean NOT NULL DEFAULT false;

UPDATE operation_attempts SET unsettled = true, touched = true WHERE ended = 'taken_over';

CREATE INDEX operation_attempts_unsettled ON operation_attempts (operation_id) WHERE unsettled;
