//! Operations: shown, and decided about.

use bytes::Bytes;
use terrane_domain::{OperationId, OperationKind};
use terrane_store::{LogCursor, Operation, RetryRequest, Tenant};

use super::{Answer, Inner, Service, Subject, settle};
use crate::{
    error::{Error, Refusal},
    http::{Caller, Write},
    views::{LogPageView, OperationView, PlanView, StepList},
};

/// What a person can decide about an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Carry out the plan that was shown.
    Approve {
        /// The digest of the plan that was looked at.
        digest: Option<String>,
    },
    /// Don't carry it out.
    Discard,
    /// Stop it.
    Cancel,
    /// Do it again.
    Retry,
}

impl Decision {
    /// In which states it can be made, for the words of a refusal.
    const fn needed(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "Only an operation that is awaiting_approval can be approved.",
            Self::Discard => {
                "Only an operation that is awaiting_approval can be discarded; cancel it instead."
            }
            Self::Cancel => "Only an operation that isn't over can be cancelled.",
            Self::Retry => {
                "Only an operation that failed or was cancelled can be retried; PUT the file to change something."
            }
        }
    }
}

impl Service {
    /// Carries out a decision.
    pub async fn decide(
        &self,
        write: Write,
        id: &str,
        decision: Decision,
        body: Bytes,
    ) -> Result<Answer, Error> {
        let id = parse_id(id)?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&write.caller.tenant).await?;
            let idempotency = write.idempotency(&body);
            let store = &inner.store;
            let outcome = match &decision {
                Decision::Approve { digest } => {
                    store.approve(tenant.id, id, digest.as_deref(), idempotency).await?
                }
                Decision::Discard => store.discard(tenant.id, id, idempotency).await?,
                Decision::Cancel => store.cancel(tenant.id, id, idempotency).await?,
                Decision::Retry => {
                    let request = RetryRequest {
                        request_id: Some(write.correlation.request_id.to_string()),
                        traceparent: write.correlation.traceparent(),
                    };
                    store.retry(tenant.id, id, request, idempotency).await?
                }
            };
            let settled = settle(outcome, Subject::Operation { id, needed: decision.needed() })?;
            inner.answer(&tenant, settled).await
        })
        .await
    }

    /// Shows one operation.
    pub async fn get_operation(&self, caller: Caller, id: &str) -> Result<OperationView, Error> {
        let id = parse_id(id)?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&caller.tenant).await?;
            let operation = inner.operation(&tenant, id).await?;
            let inventory = match operation.kind {
                OperationKind::Destroy => inner.store.inventory(tenant.id, id).await?,
                OperationKind::Create | OperationKind::Update => None,
            };
            Ok(OperationView::from(operation).with_inventory(inventory))
        })
        .await
    }

    /// Lists its steps.
    pub async fn list_steps(&self, caller: Caller, id: &str) -> Result<StepList, Error> {
        let id = parse_id(id)?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&caller.tenant).await?;
            let steps = inner.store.steps(tenant.id, id).await?;
            let steps = steps.ok_or_else(|| Refusal::OperationNotFound(id.to_string()))?;
            Ok(StepList { items: steps.into_iter().map(Into::into).collect() })
        })
        .await
    }

    /// Shows its plan.
    pub async fn get_plan(&self, caller: Caller, id: &str) -> Result<PlanView, Error> {
        let id = parse_id(id)?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&caller.tenant).await?;
            let operation = inner.operation(&tenant, id).await?;
            let plan = inner.store.plan(tenant.id, id).await?.ok_or(Refusal::PlanNotFound)?;
            Ok(PlanView::new(plan, operation.plan_digest))
        })
        .await
    }

    /// One page of its log, behind the cursor `after`.
    pub async fn read_log(
        &self,
        caller: Caller,
        id: &str,
        after: Option<String>,
        limit: u32,
    ) -> Result<LogPageView, Error> {
        let id = parse_id(id)?;
        let after = after.as_deref().map(parse_log_cursor).transpose()?;
        self.run(|inner| async move {
            let tenant = inner.tenant(&caller.tenant).await?;
            let page = inner.store.log_page(tenant.id, id, after, limit).await?;
            let page = page.ok_or_else(|| Refusal::OperationNotFound(id.to_string()))?;
            Ok(page.into())
        })
        .await
    }
}

impl Inner {
    async fn operation(&self, tenant: &Tenant, id: OperationId) -> Result<Operation, Error> {
        let found = self.store.get_operation(tenant.id, id).await?;
        found.ok_or_else(|| Refusal::OperationNotFound(id.to_string()).into())
    }
}

fn parse_id(text: &str) -> Result<OperationId, Error> {
    text.parse().map_err(|_| Refusal::OperationId(text.chars().take(64).collect()).into())
}

fn parse_log_cursor(text: &str) -> Result<LogCursor, Error> {
    text.parse().map_err(|_| {
        Refusal::Query("after: send the 'cursor' of a line, as it is (also as Last-Event-ID)".to_owned())
            .into()
    })
}
