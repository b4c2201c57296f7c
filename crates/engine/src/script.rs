//! The steps of each kind of operation.
//!
//! ```text
//! create, update   prepare  (recover  adopt)  render  init  plan  (approval)  apply  outputs
//! destroy          prepare  (recover  adopt)  render  init  plan  (approval)  unprotect  apply  inventory
//! ```
//!
//! A destroy that leaves final snapshots leaves the key that encrypts them too: the key is no part of the plan that is
//! shown, and is taken out of state just before the rest goes.
//!
//! Every attempt begins at the first step in a directory of its own: steps before `apply` change nothing in the cloud,
//! and Terraform itself knows what an earlier attempt has already made. After one whose Terraform did not end in order
//! `recover` and `adopt` come between (see `recover.rs` and `adoption.rs`).

use std::{collections::BTreeMap, path::Path};

use secrecy::SecretString;
use serde_json::{Map, Value};
use terrane_aws::{Session, Target};
use terrane_blueprint::ENCRYPTION_KEY_ADDRESS;
use terrane_domain::{
    DataOnDestroy, EnvironmentSpec, InfraModel, OnDestroy, OperationKind, Pins, Problems, ResolveContext,
    Resolved, StepName,
};
use terrane_store::{EnvironmentPins, LogLevel};
use terrane_terraform::{Action, Command, OutputValue, PlanMode, Workspace};

use crate::{
    approval::{self, Decision},
    attempt::Attempt,
    failure::StepError,
    lines::Lines,
    plan,
};

/// How an attempt got to its end.
pub(crate) enum Done {
    /// Everything stands (or, after a destroy, nothing); these are its outputs.
    Succeeded { outputs: Option<Value> },
    /// The plan under this digest waits for a person.
    ApprovalNeeded { digest: String },
}

/// What the first step found out.
pub(crate) struct Prepared {
    pub(crate) resolved: Resolved,
    pub(crate) session: Session,
    /// What earlier specs come to that may stand, newest first.
    pub(crate) earlier: Vec<InfraModel>,
    pub(crate) workspace: Workspace,
}

impl Prepared {
    fn everything_that_may_stand(&self) -> InfraModel {
        self.earlier.iter().fold(self.resolved.model.clone(), |model, older| model.with_data_of(older))
    }
}

/// What a plan led to.
struct Planned {
    /// The digest under which it has to be approved first.
    ask: Option<String>,
    /// The plan file would delete something that is to stay.
    stale: bool,
}

/// Begins a step, does its work and records how it ended.
macro_rules! step {
    ($self:ident, $name:ident, $work:ident($($argument:expr),*)) => {{
        let mut step = $self.begin(StepName::$name).await?;
        // On the heap: a step's future holds those of the AWS calls that it makes, and they are large.
        let outcome = Box::pin($self.$work($($argument,)* &mut step.lines)).await;
        $self.end(step, outcome).await?
    }};
}

impl Attempt<'_> {
    /// Goes through the steps.
    pub(crate) async fn perform(&self) -> Result<Done, StepError> {
        match self.claim.operation.kind {
            OperationKind::Create | OperationKind::Update => self.raise().await,
            OperationKind::Destroy => self.take_down().await,
        }
    }

    async fn raise(&self) -> Result<Done, StepError> {
        let prepared = step!(self, Prepare, prepare());
        if !self.claim.unsettled.is_empty() {
            step!(self, Recover, recover(&prepared));
            step!(self, Adopt, adopt(&prepared));
        }
        let Prepared { resolved, workspace, .. } = &prepared;
        step!(self, Render, render(workspace, &resolved.model));
        step!(self, Init, init(workspace));
        if let Some(digest) = step!(self, Plan, plan(&prepared, PlanMode::Normal, None)).ask {
            return Ok(Done::ApprovalNeeded { digest });
        }
        let outputs = step!(self, Apply, apply(workspace));
        let outputs = step!(self, Outputs, outputs(outputs));
        Ok(Done::Succeeded { outputs: Some(outputs) })
    }

    async fn take_down(&self) -> Result<Done, StepError> {
        // Nothing was ever applied, so there is nothing to ask the cloud about: an environment whose role can't even
        // be assumed can be taken down.
        if self.claim.touched_generation.is_none() {
            return Ok(Done::Succeeded { outputs: None });
        }
        let prepared = step!(self, Prepare, prepare());
        if !self.claim.unsettled.is_empty() {
            step!(self, Recover, recover(&prepared));
            step!(self, Adopt, adopt(&prepared));
        }
        let Prepared { resolved, workspace, session, .. } = &prepared;
        let model = self.unprotected(prepared.everything_that_may_stand(), resolved.policy.on_destroy);
        step!(self, Render, render(workspace, &model));
        step!(self, Init, init(workspace));
        let key_stays = model.leaves_what_its_key_encrypts();
        let stays = key_stays.then_some(ENCRYPTION_KEY_ADDRESS);
        let Planned { ask, stale } = step!(self, Plan, plan(&prepared, PlanMode::Destroy, stays));
        if let Some(digest) = ask {
            return Ok(Done::ApprovalNeeded { digest });
        }
        let unprotected = step!(self, Unprotect, unprotect(workspace));
        let stays = stays.filter(|_| stale);
        if let Some(digest) = step!(self, Apply, destroy(&prepared, unprotected, stays)) {
            return Ok(Done::ApprovalNeeded { digest });
        }
        step!(self, Inventory, take_inventory(session, key_stays));
        Ok(Done::Succeeded { outputs: None })
    }

    /// Who we are there, what the spec comes to, a place for state and a directory to work in.
    async fn prepare(&self, lines: &mut Lines<'_>) -> Result<Prepared, StepError> {
        let spec = terrane_domain::parse_value(&self.claim.spec).map_err(StepError::Spec)?;
        let session = self.session(&spec).await;
        let account_id = session.account_id().await?;
        if let Some(expected) = spec.cloud.account()
            && expected != account_id
        {
            return Err(StepError::WrongAccount { expected: expected.to_owned(), found: account_id });
        }
        let context = ResolveContext {
            environment_id: self.claim.environment.id,
            tenant_id: self.claim.tenant.id,
            external_id: self.claim.tenant.external_id.clone(),
            account_id,
            pins: self.pins(),
        };
        let resolved = terrane_domain::resolve(&spec, &context).map_err(StepError::Spec)?;
        lines.say(
            LogLevel::Info,
            format!(
                "working in account {} and region {}",
                resolved.model.cloud.account_id, resolved.model.cloud.region
            ),
        );
        self.lease.may_start()?;
        session.ensure_state_bucket(&resolved.model.state.bucket, &resolved.model.cloud.account_id).await?;
        let workspace = Workspace::prepare(
            &self.directory(),
            &self.engine.terraform,
            self.engine.mirror.as_ref(),
            self.correlation(),
        )?;
        let pins =
            EnvironmentPins { engine: Some(self.engine.engine_pin()), ..self.claim.environment.pins.clone() };
        self.insist(|| self.engine.store.record_pins(self.holder(), &pins)).await?;
        let earlier = self.earlier(&context, lines);
        Ok(Prepared { resolved, session, earlier, workspace })
    }

    fn earlier(&self, context: &ResolveContext, lines: &mut Lines<'_>) -> Vec<InfraModel> {
        let model = |spec: &Value| {
            let spec = terrane_domain::parse_value(spec)?;
            Ok::<_, Problems>(terrane_domain::resolve(&spec, context)?.model)
        };
        let models = self.claim.earlier_specs.iter().filter_map(|spec| {
            model(spec)
                .map_err(|problems| lines.say(LogLevel::Warn, format!("an earlier spec: {problems}")))
                .ok()
        });
        models.collect()
    }

    fn pins(&self) -> Pins {
        let pins = &self.claim.environment.pins;
        Pins { blueprint: pins.blueprint, aws_provider: pins.aws_provider.clone() }
    }

    async fn session(&self, spec: &EnvironmentSpec) -> Session {
        let operation = &self.claim.operation;
        let target = Target {
            region: spec.cloud.region.clone(),
            role: spec
                .cloud
                .role_arn
                .as_ref()
                .map(|arn| (arn.clone(), SecretString::from(self.claim.tenant.external_id.clone()))),
            session_name: format!("terrane-{}", operation.id),
        };
        self.engine.aws.session(&target).await
    }

    /// The ids that tie the call to what Terraform does, for whoever reads its environment.
    fn correlation(&self) -> Vec<(String, String)> {
        let operation = &self.claim.operation;
        let mut extra = vec![("TERRANE_OPERATION_ID".to_owned(), operation.id.to_string())];
        extra.extend(operation.request_id.iter().map(|id| ("TERRANE_REQUEST_ID".to_owned(), id.clone())));
        extra.extend(operation.traceparent.iter().map(|parent| ("TRACEPARENT".to_owned(), parent.clone())));
        extra
    }

    pub(crate) async fn render(
        &self,
        workspace: &Workspace,
        model: &InfraModel,
        lines: &mut Lines<'_>,
    ) -> Result<(), StepError> {
        let directory = workspace.config_dir();
        let files = terrane_blueprint::render(model)?;
        clear(&directory).await.map_err(StepError::WorkDirectory)?;
        let mut count = 0;
        for (name, content) in files.iter() {
            tokio::fs::write(directory.join(name), content).await.map_err(StepError::WorkDirectory)?;
            count += 1;
        }
        if let Some(source) = &self.engine.settings.terraform_override {
            let target = directory.join("terrane_override.tf");
            tokio::fs::copy(source, target).await.map_err(StepError::WorkDirectory)?;
        }
        lines.say(LogLevel::Info, format!("rendered {count} files"));
        Ok(())
    }

    pub(crate) async fn init(&self, workspace: &Workspace, lines: &mut Lines<'_>) -> Result<(), StepError> {
        self.terraform(workspace, &Command::init(), self.engine.settings.deadlines.init, lines).await?;
        Ok(())
    }

    /// Plans to a file and decides. The object `stays`, whatever the plan file says: before that is applied, it is
    /// forgotten.
    async fn plan(
        &self,
        prepared: &Prepared,
        mode: PlanMode,
        stays: Option<&str>,
        lines: &mut Lines<'_>,
    ) -> Result<Planned, StepError> {
        let workspace = &prepared.workspace;
        let command = Command::plan(workspace.plan_file("main"), mode);
        let deadline = self.engine.settings.deadlines.plan;
        let mut finished = self.terraform(workspace, &command, deadline, lines).await?;
        if mode == PlanMode::Normal && self.heal(prepared, &finished.changes, lines).await? {
            finished = self.terraform(workspace, &command, deadline, lines).await?;
        }
        let planned = finished.changes.len();
        finished.changes.retain(|change| Some(change.resource.address.as_str()) != stays);
        let stale = finished.changes.len() < planned;
        let plan = plan::summarize(&finished.changes);
        let digest = approval::digest(&plan.actions);
        self.insist(|| self.engine.store.record_plan(self.holder(), &plan, &digest)).await?;
        if mode == PlanMode::Normal {
            let models = std::iter::once(&prepared.resolved.model).chain(&prepared.earlier);
            let protected = plan::protected(&plan, models);
            if !protected.is_empty() {
                return Err(StepError::Protected { addresses: protected });
            }
        }
        let (operation, policy) = (&self.claim.operation, prepared.resolved.policy.approval);
        let approved = operation.approved_digest.as_deref();
        match approval::decide(operation.kind, policy, &plan, &digest, approved) {
            Decision::Apply(_) => Ok(Planned { ask: None, stale }),
            Decision::Ask(because) => {
                lines.say(LogLevel::Warn, because.explain());
                Ok(Planned { ask: Some(digest), stale })
            }
        }
    }

    /// Carries out the plan file and returns the outputs as they are then.
    async fn apply(
        &self,
        workspace: &Workspace,
        lines: &mut Lines<'_>,
    ) -> Result<BTreeMap<String, OutputValue>, StepError> {
        // Before the first change: whoever finds the operation abandoned has to know that the cloud may differ.
        self.insist(|| self.engine.store.mark_touched(self.holder())).await?;
        let command = Command::Apply { plan: workspace.plan_file("main") };
        let finished =
            self.terraform(workspace, &command, self.engine.settings.deadlines.apply, lines).await?;
        Ok(finished.outputs)
    }

    /// Carries out the plan to destroy all but what `stays`. If that was in state, or if protections were taken off, the
    /// plan was made on a state that is gone: it is made and judged once more.
    async fn destroy(
        &self,
        prepared: &Prepared,
        unprotected: bool,
        stays: Option<&str>,
        lines: &mut Lines<'_>,
    ) -> Result<Option<String>, StepError> {
        if let Some(address) = stays {
            self.insist(|| self.engine.store.mark_touched(self.holder())).await?;
            let forget = Command::Forget { address: address.to_owned() };
            self.terraform(&prepared.workspace, &forget, self.engine.settings.deadlines.plan, lines).await?;
            lines.say(LogLevel::Info, format!("{address} stays: it encrypts the final snapshots"));
        }
        if (unprotected || stays.is_some())
            && let Some(digest) = self.plan(prepared, PlanMode::Destroy, None, lines).await?.ask
        {
            return Ok(Some(digest));
        }
        self.apply(&prepared.workspace, lines).await?;
        Ok(None)
    }

    fn unprotected(&self, model: InfraModel, on_destroy: DataOnDestroy) -> InfraModel {
        let operation = &self.claim.operation;
        // The end of a UUIDv7 is random: two destroys of environments of one name leave two snapshots.
        let id = operation.id.to_string();
        let suffix = &id[id.len() - 8..];
        model.unprotected(match operation.data_on_destroy.unwrap_or(on_destroy) {
            DataOnDestroy::Snapshot => OnDestroy::Snapshot { suffix },
            DataOnDestroy::Delete => OnDestroy::Delete,
        })
    }

    /// Takes protections off what stands. AWS and the provider act on what *state* says (`deletion_protection`,
    /// `force_destroy`, the name of the final snapshot), so this is an apply of its own. It must not raise what a failed
    /// create never got to: only objects whose protections change are targeted. Says whether there was anything to do.
    async fn unprotect(&self, workspace: &Workspace, lines: &mut Lines<'_>) -> Result<bool, StepError> {
        let deadlines = self.engine.settings.deadlines;
        let look = Command::plan(workspace.plan_file("protections"), PlanMode::Normal);
        let finished = self.terraform(workspace, &look, deadlines.plan, lines).await?;
        let (protected, others): (Vec<_>, Vec<_>) = finished.changes.into_iter().partition(|change| {
            change.action == Action::Update && terrane_blueprint::refuses_deletion(&change.resource.kind)
        });
        if protected.is_empty() {
            lines.say(LogLevel::Info, "no protections to take off");
            return Ok(false);
        }
        let mut plan = workspace.plan_file("protections");
        if others.iter().any(|change| !matches!(change.action, Action::Noop | Action::Read)) {
            plan = workspace.plan_file("protections-only");
            let targets = protected.into_iter().map(|change| change.resource.address).collect();
            let narrow = Command::Plan { out: plan.clone(), mode: PlanMode::Normal, refresh: false, targets };
            self.terraform(workspace, &narrow, deadlines.plan, lines).await?;
        }
        self.insist(|| self.engine.store.mark_touched(self.holder())).await?;
        self.terraform(workspace, &Command::Apply { plan }, deadlines.apply, lines).await?;
        Ok(true)
    }

    /// Outputs as the API shows them: plain values by name. Sensitive ones are left out; none of ours is.
    async fn outputs(
        &self,
        outputs: BTreeMap<String, OutputValue>,
        lines: &mut Lines<'_>,
    ) -> Result<Value, StepError> {
        let shown: Map<String, Value> = outputs
            .into_iter()
            .filter(|(_, output)| !output.sensitive)
            .filter_map(|(name, output)| Some((name, output.value?)))
            .collect();
        lines.say(LogLevel::Info, format!("{} outputs", shown.len()));
        let shown = Value::Object(shown);
        self.insist(|| self.engine.store.store_outputs(self.holder(), &shown)).await?;
        Ok(shown)
    }
}

/// Takes what another model was rendered to out of a directory; what `init` made stays.
async fn clear(directory: &Path) -> std::io::Result<()> {
    let mut entries = tokio::fs::read_dir(directory).await?;
    while let Some(entry) = entries.next_entry().await? {
        if entry.path().extension().is_some_and(|extension| extension == "tf") {
            tokio::fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}
