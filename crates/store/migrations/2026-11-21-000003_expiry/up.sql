-- `lifecycle.ttl`: when an environment is destroyed by itself; NULL once that was asked for, by whomever.
ALTER TABLE environments ADD COLUMN expires_at timestamptz;
CREATE INDEX environments_expiring ON environments (expires_at) WHERE expires_at IS NOT NULL;
