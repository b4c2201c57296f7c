//! The tables as diesel sees them; `migrations/` is the truth, and a test compares the two.

/// Postgres enums. Their Rust sides are in `enums`.
pub(crate) mod sql_types {
    macro_rules! postgres_enum {
        ($($name:ident => $type:literal),+ $(,)?) => {$(
            #[derive(diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
            #[diesel(postgres_type(name = $type))]
            pub struct $name;
        )+};
    }
    postgres_enum! {
        EnvironmentState => "environment_state",
        OperationKind => "operation_kind",
        OperationState => "operation_state",
        StepName => "step_name",
        StepState => "step_state",
        LogStream => "log_stream",
        DataOnDestroy => "data_on_destroy",
        CancelReason => "cancel_reason",
        AttemptEnd => "attempt_end",
    }
}

diesel::table! {
    tenants (id) {
        id -> Uuid,
        name -> Text,
        external_id -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    workers (id) {
        id -> Uuid,
        host -> Text,
        boot_id -> Nullable<Text>,
        process_id -> Integer,
        version -> Text,
        slots -> Integer,
        started_at -> Timestamptz,
        seen_at -> Timestamptz,
        stopped_at -> Nullable<Timestamptz>,
        pid_namespace -> Nullable<Text>,
        process_started -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::EnvironmentState;

    environments (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        name -> Text,
        labels -> Jsonb,
        state -> EnvironmentState,
        generation -> BigInt,
        applied_generation -> Nullable<BigInt>,
        fence -> BigInt,
        region -> Text,
        pin_blueprint -> Integer,
        pin_aws_provider -> Text,
        pin_engine -> Nullable<Text>,
        pin_engine_version -> Nullable<Text>,
        outputs -> Nullable<Json>,
        deletion_protection -> Bool,
        error -> Nullable<Json>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        destroyed_at -> Nullable<Timestamptz>,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    environment_specs (environment_id, generation) {
        tenant_id -> Uuid,
        environment_id -> Uuid,
        generation -> BigInt,
        spec -> Json,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::{CancelReason, DataOnDestroy, EnvironmentState, OperationKind, OperationState};

    operations (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        environment_id -> Uuid,
        sequence -> BigInt,
        kind -> OperationKind,
        state -> OperationState,
        generation -> BigInt,
        attempt -> Integer,
        failures -> Integer,
        touched -> Bool,
        environment_state_before -> Nullable<EnvironmentState>,
        owner -> Nullable<Uuid>,
        fence -> Nullable<BigInt>,
        lease_until -> Nullable<Timestamptz>,
        next_attempt_at -> Nullable<Timestamptz>,
        cancel_requested_at -> Nullable<Timestamptz>,
        cancel_reason -> Nullable<CancelReason>,
        planned -> Nullable<Integer>,
        done -> Integer,
        plan_digest -> Nullable<Text>,
        approved_digest -> Nullable<Text>,
        approval_expires_at -> Nullable<Timestamptz>,
        error -> Nullable<Json>,
        retry_of -> Nullable<Uuid>,
        data_on_destroy -> Nullable<DataOnDestroy>,
        force -> Bool,
        log_sequence -> BigInt,
        request_id -> Nullable<Text>,
        traceparent -> Nullable<Text>,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::AttemptEnd;

    operation_attempts (operation_id, attempt) {
        tenant_id -> Uuid,
        operation_id -> Uuid,
        attempt -> Integer,
        worker_id -> Uuid,
        started_at -> Timestamptz,
        lease_until -> Nullable<Timestamptz>,
        ended -> Nullable<AttemptEnd>,
        ended_at -> Nullable<Timestamptz>,
        touched -> Bool,
        unsettled -> Bool,
    }
}

diesel::table! {
    operation_inventories (operation_id) {
        operation_id -> Uuid,
        tenant_id -> Uuid,
        items -> Json,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    operation_plans (operation_id) {
        operation_id -> Uuid,
        tenant_id -> Uuid,
        plan -> Json,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::{StepName, StepState};

    operation_steps (operation_id, attempt, name) {
        tenant_id -> Uuid,
        operation_id -> Uuid,
        attempt -> Integer,
        name -> StepName,
        state -> StepState,
        detail -> Nullable<Text>,
        started_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::{LogStream, StepName};

    log_batches (operation_id, attempt, step, stream, byte_offset) {
        tenant_id -> Uuid,
        operation_id -> Uuid,
        attempt -> Integer,
        step -> StepName,
        stream -> LogStream,
        byte_offset -> BigInt,
        byte_end -> BigInt,
        sequence -> BigInt,
        lines -> Json,
        stored_at -> Timestamptz,
        line_count -> Integer,
        text_bytes -> BigInt,
    }
}

diesel::table! {
    idempotency_keys (tenant_id, key) {
        tenant_id -> Uuid,
        key -> Text,
        digest -> Text,
        response -> Nullable<Json>,
        expires_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    workers,
    environments,
    environment_specs,
    operations,
    operation_attempts,
    operation_inventories,
    operation_plans,
    operation_steps,
    log_batches,
    idempotency_keys,
);
