//! What a worker does to the store, step by step, without a worker.

use std::time::Duration;

use chrono::{DateTime, Utc};
use terrane_domain::{OperationState, StepName};
use terrane_store::{
    Claim, Holder, LineBatch, LogLevel, LogStream, NewLine, NewWorker, OperationError, Plan, PlannedAction,
    Store,
};

use super::TestApp;

/// A registered worker that does only what the test says.
pub struct TestWorker {
    /// Its door to the database.
    pub store: Store,
    worker: terrane_domain::WorkerId,
    written: u64,
}

impl TestWorker {
    pub async fn new(app: &TestApp) -> Self {
        let store = app.store();
        let new = NewWorker {
            host: "test".to_owned(),
            place: None,
            process_id: std::process::id(),
            version: "0.0.0".to_owned(),
            slots: 1,
        };
        let worker = store.register_worker(new).await.unwrap().id;
        Self { store, worker, written: 0 }
    }

    /// Claims the operation that is next.
    pub async fn claim(&self) -> Claim {
        self.store.claim(self.worker, Duration::from_secs(300)).await.unwrap().expect("an operation waits")
    }

    /// Writes lines of the apply, as one batch.
    pub async fn write(&mut self, holder: &Holder, lines: &[&str]) {
        let offset = self.written;
        self.written += lines.iter().map(|line| line.len() as u64 + 1).sum::<u64>();
        let line = |text: &&str| NewLine {
            at: DateTime::<Utc>::UNIX_EPOCH,
            level: LogLevel::Info,
            text: (*text).to_owned(),
            resource: None,
        };
        let batch = LineBatch {
            attempt: holder.attempt,
            step: StepName::Apply,
            stream: LogStream::Stdout,
            offset,
            end: self.written,
            lines: lines.iter().map(line).collect(),
        };
        assert!(self.store.append_lines(holder, &batch).await.unwrap());
    }

    /// Plans to replace a database and stops for a person.
    pub async fn stop_for_approval(&self, holder: &Holder, digest: &str) {
        let replaced = PlannedAction {
            address: "aws_db_instance.this[\"main\"]".to_owned(),
            resource_type: "aws_db_instance".to_owned(),
            action: "replace".to_owned(),
            reason: Some("cannot_update".to_owned()),
            holds_data: true,
        };
        let plan = Plan { actions: vec![replaced], add: 1, change: 0, remove: 1 };
        self.store.record_plan(holder, &plan, digest).await.unwrap();
        let state = self.store.await_approval(holder, digest, Duration::from_secs(3600)).await.unwrap();
        assert_eq!(state, OperationState::AwaitingApproval);
    }

    /// Ends the operation as failed.
    pub async fn fail(&self, holder: &Holder) {
        let error = OperationError {
            kind: "quota".to_owned(),
            message: "The limit of VPCs is reached.".to_owned(),
            hint: Some("Ask AWS to raise vpc/L-F678F1CE.".to_owned()),
            retryable: false,
            step: Some(StepName::Apply),
        };
        self.store.fail(holder, &error).await.unwrap();
    }
}
