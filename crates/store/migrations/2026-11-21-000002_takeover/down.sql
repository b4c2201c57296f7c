DROP TABLE operation_attempts;
ALTER TABLE workers DROP COLUMN process_started, DROP COLUMN pid_namespace;
DROP TYPE attempt_end;
