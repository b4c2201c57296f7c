-- What a destroy leaves, and why.

ALTER TYPE step_name ADD VALUE 'inventory';

-- Apart from operations, as plans are: read by one view only.
CREATE TABLE operation_inventories (
    operation_id uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL,
    items        json NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, operation_id) REFERENCES operations (tenant_id, id)
);
