ALTER TABLE environments DROP COLUMN expires_at;
