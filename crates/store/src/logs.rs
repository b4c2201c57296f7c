//! The lines of an operation: stored in batches by its holder, read in pages by anybody.
//!
//! A batch is named by where its bytes stand in the file that is tailed, so storing it again does nothing. Beside that
//! name it gets the operation's next number, under the lock on the operation's row: numbers become visible in their
//! order, and a reader that goes on from one never misses a smaller one that came later.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Integer, Json, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use terrane_domain::{OperationId, OperationState, StepName, TenantId};
use uuid::Uuid;

use crate::{
    claims::Holder,
    cursor::LogCursor,
    enums::{InSql as _, LogStream},
    error::{Failure, HolderError, StoreError},
    holder::held,
    json::AsJson,
    models::count,
    schema::{log_batches, operations, sql_types},
    store::Store,
};

/// How loud a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// For whoever looks for a fault in Terrane.
    Debug,
    /// What happens.
    Info,
    /// What somebody should know.
    Warn,
    /// What failed.
    Error,
}

/// A line that is to be stored; scrubbed of secrets before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLine {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// How loud it is.
    pub level: LogLevel,
    /// What it says.
    pub text: String,
    /// The resource that it is about, as an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

impl NewLine {
    /// What it counts towards the size of its log, in bytes.
    pub const fn size(&self) -> u64 {
        self.text.len() as u64
    }
}

/// Consecutive lines of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineBatch {
    /// The attempt that wrote them; the current one, or an earlier one whose end was not stored.
    pub attempt: u32,
    /// The step that wrote them.
    pub step: StepName,
    /// Where they came from.
    pub stream: LogStream,
    /// Where the first byte of the batch stands in its file.
    pub offset: u64,
    /// Where the byte after its last one stands.
    pub end: u64,
    /// The lines; at least one.
    pub lines: Vec<NewLine>,
}

/// A line as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Its place.
    pub cursor: LogCursor,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The step that wrote it.
    pub step: StepName,
    /// The attempt that wrote it.
    pub attempt: u32,
    /// Where it came from.
    pub stream: LogStream,
    /// How loud it is.
    pub level: LogLevel,
    /// What it says.
    pub text: String,
    /// The resource that it is about, as an address.
    pub resource: Option<String>,
}

/// Lines in the order in which they were stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// At most as many as were asked for.
    pub lines: Vec<LogLine>,
    /// The place of the last line, or where the reader stood if there is none: go on from here.
    pub next: Option<LogCursor>,
    /// Whether the operation is over and these are its last lines.
    pub complete: bool,
    /// Whether its lines were removed because they had been kept for long enough.
    pub removed: bool,
}

/// How much is stored of an operation's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogSize {
    /// Lines.
    pub lines: u64,
    /// Bytes of their texts.
    pub bytes: u64,
}

/// Takes the operation's next number and stores the batch under it. Parameters 1 to 3 are the operation, the worker and
/// the fence. A batch that is stored already costs a number and nothing else.
const APPEND: &str = "
WITH held AS (
    UPDATE operations o SET log_sequence = o.log_sequence + 1
    WHERE o.id = $1 AND o.owner = $2 AND o.fence = $3 AND o.state = 'running'
      AND EXISTS (SELECT FROM environments e WHERE e.id = o.environment_id AND e.fence = $3)
    RETURNING o.tenant_id, o.id, o.log_sequence
),
stored AS (
    INSERT INTO log_batches (tenant_id, operation_id, attempt, step, stream, byte_offset, byte_end, sequence, lines,
        line_count, text_bytes)
    SELECT tenant_id, id, $4, $5, $6, $7, $8, log_sequence, $9, $10, $11 FROM held
    ON CONFLICT (operation_id, attempt, step, stream, byte_offset) DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM held) AS held, (SELECT count(*) FROM stored) AS stored";

#[derive(QueryableByName)]
struct Appended {
    #[diesel(sql_type = BigInt)]
    held: i64,
    #[diesel(sql_type = BigInt)]
    stored: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = log_batches, check_for_backend(diesel::pg::Pg))]
struct BatchRow {
    attempt: i32,
    step: StepName,
    stream: LogStream,
    sequence: i64,
    lines: AsJson<Vec<NewLine>>,
}

/// How many batches are read at once: a page of many small ones takes several turns, one of few large ones doesn't
/// read what it won't show.
const BATCHES_PER_TURN: i64 = 32;

impl Store {
    /// Stores a batch, once: whether it was new.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn append_lines(&self, holder: &Holder, batch: &LineBatch) -> Result<bool, HolderError> {
        if batch.lines.is_empty() {
            return Ok(false);
        }
        self.run_held("store log lines", async {
            let appended: Appended = diesel::sql_query(APPEND)
                .bind::<SqlUuid, _>(holder.operation_id.as_uuid())
                .bind::<SqlUuid, _>(holder.worker_id.as_uuid())
                .bind::<BigInt, _>(holder.fence.0)
                .bind::<Integer, _>(count(batch.attempt))
                .bind::<sql_types::StepName, _>(batch.step)
                .bind::<sql_types::LogStream, _>(batch.stream)
                .bind::<BigInt, _>(position(batch.offset))
                .bind::<BigInt, _>(position(batch.end))
                .bind::<Json, _>(AsJson(&batch.lines))
                .bind::<Integer, _>(i32::try_from(batch.lines.len()).unwrap_or(i32::MAX))
                .bind::<BigInt, _>(position(batch.lines.iter().map(NewLine::size).sum()))
                .get_result(&mut self.connections().get().await?)
                .await?;
            held(holder, usize::from(appended.held > 0))?;
            Ok(appended.stored > 0)
        })
        .await
    }

    /// Up to where the bytes of one file are stored: where to go on after a restart.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stored_until(
        &self,
        operation: OperationId,
        attempt: u32,
        step: StepName,
        stream: LogStream,
    ) -> Result<u64, StoreError> {
        self.run("find the end of the stored lines", async {
            let end: Option<i64> = log_batches::table
                .filter(log_batches::operation_id.eq(operation.as_uuid()))
                .filter(log_batches::attempt.eq(count(attempt)))
                .filter(log_batches::step.eq(step.in_sql()))
                .filter(log_batches::stream.eq(stream.in_sql()))
                .select(diesel::dsl::max(log_batches::byte_end))
                .first(&mut self.connections().get().await?)
                .await?;
            Ok(end.unwrap_or(0).cast_unsigned())
        })
        .await
    }

    /// How much is stored of an operation's log, of all its attempts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn log_size(&self, operation: OperationId) -> Result<LogSize, StoreError> {
        self.run("find the size of a log", async {
            let (lines, bytes): (i64, i64) = log_batches::table
                .filter(log_batches::operation_id.eq(operation.as_uuid()))
                .select((
                    sql::<BigInt>("coalesce(sum(line_count), 0)::bigint"),
                    sql::<BigInt>("coalesce(sum(text_bytes), 0)::bigint"),
                ))
                .first(&mut self.connections().get().await?)
                .await?;
            Ok(LogSize { lines: lines.cast_unsigned(), bytes: bytes.cast_unsigned() })
        })
        .await
    }

    /// At most `limit` lines after a place, or from the first. `None` if the tenant has no such operation.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn log_page(
        &self,
        tenant: TenantId,
        operation: OperationId,
        after: Option<LogCursor>,
        limit: u32,
    ) -> Result<Option<LogPage>, StoreError> {
        self.run("read log lines", async {
            let mut connection = self.connections().get().await?;
            // Before the lines: what is over writes none, so none can come between this and the next query.
            let found: Option<(OperationState, i64)> = operations::table
                .find(operation.as_uuid())
                .filter(operations::tenant_id.eq(tenant.as_uuid()))
                .select((operations::state, operations::log_sequence))
                .first(&mut connection)
                .await
                .optional()?;
            let Some((state, written)) = found else { return Ok(None) };
            let (lines, all) = read(&mut connection, operation.as_uuid(), after, limit as usize).await?;
            let next = lines.last().map(|line| line.cursor).or(after);
            let complete = state.is_over() && all;
            let removed = complete
                && lines.is_empty()
                && written > 0
                && !has_lines(&mut connection, operation.as_uuid()).await?;
            Ok(Some(LogPage { lines, next, complete, removed }))
        })
        .await
    }

    /// Makes the partitions of this month and the next two, if they are missing. Returns how many were. Called by
    /// migrations and, now and then, by workers.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ensure_log_partitions(&self) -> Result<u32, StoreError> {
        self.run("prepare log partitions", async {
            let made: i32 = diesel::select(sql::<Integer>("ensure_log_partitions(now(), 2)"))
                .get_result(&mut self.connections().get().await?)
                .await?;
            Ok(made.cast_unsigned())
        })
        .await
    }
}

async fn has_lines(connection: &mut AsyncPgConnection, operation: Uuid) -> Result<bool, Failure> {
    let any = log_batches::table.filter(log_batches::operation_id.eq(operation));
    Ok(diesel::select(diesel::dsl::exists(any)).get_result(connection).await?)
}

/// Up to `limit` lines after a place, and whether they are all there are.
async fn read(
    connection: &mut AsyncPgConnection,
    operation: Uuid,
    after: Option<LogCursor>,
    limit: usize,
) -> Result<(Vec<LogLine>, bool), Failure> {
    let mut lines = Vec::new();
    let mut from = after.map_or(0, |cursor| cursor.batch);
    loop {
        let batches: Vec<BatchRow> = log_batches::table
            .filter(log_batches::operation_id.eq(operation))
            .filter(log_batches::sequence.ge(from))
            .order(log_batches::sequence)
            .limit(BATCHES_PER_TURN)
            .select(BatchRow::as_select())
            .load(connection)
            .await?;
        let last = batches.len() < BATCHES_PER_TURN as usize;
        for batch in batches {
            from = batch.sequence + 1;
            for line in numbered(batch).filter(|line| after.is_none_or(|after| line.cursor > after)) {
                if lines.len() == limit {
                    return Ok((lines, false));
                }
                lines.push(line);
            }
        }
        if last {
            return Ok((lines, true));
        }
    }
}

fn numbered(batch: BatchRow) -> impl Iterator<Item = LogLine> {
    let BatchRow { attempt, step, stream, sequence, lines } = batch;
    lines.0.into_iter().zip(0..).map(move |(line, index)| LogLine {
        cursor: LogCursor { batch: sequence, index },
        at: line.at,
        step,
        attempt: attempt.cast_unsigned(),
        stream,
        level: line.level,
        text: line.text,
        resource: line.resource,
    })
}

fn position(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
