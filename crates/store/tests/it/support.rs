//! A store on a database of its own, and short words for what tests do with it.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use terrane_domain::{
    EnvironmentId, EnvironmentState, OperationId, OperationState, Pins, Remnant, TenantId, WorkerId,
};
use terrane_store::{
    Accepted, Claim, Environment, Holder, InventoryItem, NewEnvironment, NewSpec, NewWorker, Operation,
    OperationError, Outcome, Plan, Refusal, Store, StoreSettings, Tenant, WatchedLease,
};

pub const LEASE: Duration = Duration::from_secs(30);
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A store, a tenant and a registered worker.
pub struct World {
    pub store: Store,
    pub url: String,
    pub tenant: Tenant,
    pub worker: WorkerId,
}

impl World {
    pub async fn new() -> Self {
        let url = terrane_rig::shared().await.unwrap().fresh_database().await.unwrap();
        let store = Store::new(&settings(&url)).unwrap();
        let tenant = store.ensure_tenant("acme").await.unwrap();
        let worker = store.register_worker(new_worker()).await.unwrap().id;
        Self { store, url, tenant, worker }
    }

    /// A connection past the store, for what it would never do.
    pub async fn raw(&self) -> tokio_postgres::Client {
        let (client, connection) = tokio_postgres::connect(&self.url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    pub async fn create(&self, name: &str) -> Accepted {
        accepted(self.store.create_environment(new_environment(self.tenant.id, name), None).await.unwrap())
    }

    pub async fn change(&self, environment: EnvironmentId) -> Outcome {
        self.store.update_environment(self.tenant.id, environment, None, new_spec(), None).await.unwrap()
    }

    pub async fn destroy(&self, environment: EnvironmentId) -> Outcome {
        self.store.request_destroy(self.tenant.id, environment, Default::default(), None).await.unwrap()
    }

    pub async fn cancel(&self, operation: OperationId) -> Outcome {
        self.store.cancel(self.tenant.id, operation, None).await.unwrap()
    }

    pub async fn retry(&self, operation: OperationId) -> Outcome {
        self.store.retry(self.tenant.id, operation, Default::default(), None).await.unwrap()
    }

    pub async fn try_claim(&self) -> Option<Claim> {
        self.store.claim(self.worker, LEASE).await.unwrap()
    }

    pub async fn claim(&self) -> Claim {
        self.try_claim().await.expect("something to claim")
    }

    /// The lease of a holder as a watcher on its host sees it.
    pub async fn lease(&self, holder: &Holder) -> WatchedLease {
        let leases = self.store.leases_to_watch("host").await.unwrap();
        leases.into_iter().find(|lease| lease.operation_id == holder.operation_id).expect("a lease")
    }

    /// Lets every lease run out.
    pub async fn expire_leases(&self) {
        let past = "UPDATE operations SET lease_until = now() - interval '1 second' WHERE state = 'running'";
        self.raw().await.batch_execute(past).await.unwrap();
    }

    /// An environment that stands at its first generation.
    pub async fn ready(&self, name: &str) -> Environment {
        let created = self.create(name).await;
        let claim = self.claim().await;
        assert_eq!(claim.operation.id, created.operation.id);
        self.store.succeed(&claim.holder, Some(&json!({"vpc_id": "vpc-1"}))).await.unwrap();
        self.environment(created.environment.id).await
    }

    /// A ready environment whose update waits for approval of a plan with the digest `shown`.
    pub async fn awaiting(&self, touched: bool) -> Claim {
        let environment = self.ready("waiting").await;
        accepted(self.change(environment.id).await);
        let claim = self.claim().await;
        self.store.record_plan(&claim.holder, &plan(), "shown").await.unwrap();
        if touched {
            self.store.mark_touched(&claim.holder).await.unwrap();
        }
        let state =
            self.store.await_approval(&claim.holder, "shown", Duration::from_secs(3600)).await.unwrap();
        assert_eq!(state, OperationState::AwaitingApproval);
        claim
    }

    pub async fn environment(&self, id: EnvironmentId) -> Environment {
        self.store.get_environment(self.tenant.id, id).await.unwrap().expect("the environment")
    }

    pub async fn operation(&self, id: OperationId) -> Operation {
        self.store.get_operation(self.tenant.id, id).await.unwrap().expect("the operation")
    }

    /// The state of the environment and of the operation.
    pub async fn states(&self, claim: &Claim) -> (EnvironmentState, OperationState) {
        (self.environment(claim.environment.id).await.state, self.operation(claim.operation.id).await.state)
    }
}

/// Patient: without optimisation, a password's handshake alone takes a fifth of a second of a core, and tests share
/// theirs.
pub fn settings(url: &str) -> StoreSettings {
    StoreSettings {
        wait_timeout: DEADLINE,
        connect_timeout: DEADLINE,
        call_timeout: DEADLINE * 3,
        ..StoreSettings::new(url.to_owned().into())
    }
}

pub fn new_worker() -> NewWorker {
    NewWorker { host: "host".into(), process_id: 7, place: None, version: "0.1.0".into(), slots: 3 }
}

pub fn new_environment(tenant_id: TenantId, name: &str) -> NewEnvironment {
    NewEnvironment {
        tenant_id,
        name: name.into(),
        labels: BTreeMap::from([("team".to_owned(), "platform".to_owned())]),
        region: "eu-west-1".into(),
        spec: spec(name),
        deletion_protection: false,
        ttl: None,
        pins: Pins { blueprint: 1, aws_provider: "5.100.0".into() },
        request_id: Some("req-1".into()),
        traceparent: None,
    }
}

pub fn new_spec() -> NewSpec {
    NewSpec {
        labels: BTreeMap::new(),
        spec: spec("changed"),
        deletion_protection: false,
        ttl: None,
        request_id: Some("req-2".into()),
        traceparent: None,
    }
}

/// Not in alphabetical order: the order of the keys has to survive.
pub fn spec(name: &str) -> Value {
    json!({"name": name, "cloud": {"region": "eu-west-1"}, "buckets": {}})
}

pub fn plan() -> Plan {
    Plan { actions: Vec::new(), add: 1, change: 0, remove: 1 }
}

/// A key that stays with the snapshots that it encrypts.
pub fn remnant() -> InventoryItem {
    InventoryItem {
        arn: "arn:aws:kms:eu-west-1:123456789012:key/1".to_owned(),
        address: Some("aws_kms_key.main".to_owned()),
        remnant: Remnant::Kept,
        until: None,
        status: None,
    }
}

pub fn error(kind: &str) -> OperationError {
    OperationError {
        kind: kind.into(),
        message: "AWS asked for patience".into(),
        hint: Some("Wait".into()),
        retryable: true,
        step: None,
    }
}

#[track_caller]
pub fn accepted(outcome: Outcome) -> Accepted {
    match outcome {
        Outcome::Accepted(accepted) => *accepted,
        other => panic!("expected the request to be accepted, found {other:?}"),
    }
}

#[track_caller]
pub fn refused(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused(refusal) => refusal,
        other => panic!("expected the request to be refused, found {other:?}"),
    }
}
