//! Taking over what a lost attempt made without noting it in the state, and what was interrupted while it was made.
//!
//! WHY: Terraform stores its state every twenty seconds at most, so one that was killed leaves things that no state knows.
//! Made again they would be orphans and twins. So before the next plan each is taken into the state: the plan says what
//! it would create, the table of crate `blueprint` by which id such a thing is adopted, its tag or the log of the lost
//! attempt what only AWS knows. Whether it is there at all says the provider, which reads what it imports. That goes in
//! rounds, because the id of a route is known once its table is adopted, and so on.
//!
//! Nothing but the state changes here: a plan that would do more than adopt is not applied, and its objects are adopted
//! one by one. What is to be changed afterwards stands in the operation's own plan, for whoever has to approve it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Map, Value};
use terrane_aws::{Standing, Tagged};
use terrane_blueprint::{IMPORTS_FILE, ImportFacts, ImportId, import_id, import_rule, render_imports};
use terrane_store::{LogLevel, UnsettledAttempt};
use terrane_terraform::{Action, Change, Command, Diagnostic, PlanMode, Workspace};
use tokio::time::Instant;

use crate::{attempt::Attempt, failure::StepError, lines::Lines, script::Prepared};

/// Chains of things that are known by one another are shorter.
const ROUNDS: usize = 24;
/// Between two looks at something that is in the making.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const LINES_AT_ONCE: u32 = 5_000;
/// Where a Terraform that can't store its state leaves it.
const UNSAVED_STATE: &str = "config/errored.tfstate";

/// Ids by address.
type Found = BTreeMap<String, String>;

/// What is known from elsewhere than the plan.
struct Known {
    account: String,
    /// ARNs by address.
    tagged: BTreeMap<String, Vec<Tagged>>,
    /// Ids that lost attempts logged, by address.
    journal: BTreeMap<String, String>,
}

/// The part of `show -json` that matters here.
#[derive(Deserialize)]
struct PlanDocument {
    #[serde(default)]
    resource_changes: Vec<PlannedResource>,
}

#[derive(Deserialize)]
struct PlannedResource {
    address: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    change: PlannedChange,
}

#[derive(Deserialize)]
struct PlannedChange {
    actions: Vec<String>,
    #[serde(default)]
    after: Option<Map<String, Value>>,
}

impl Attempt<'_> {
    /// Brings the state up to what the lost attempts made, and so ends what has to be cleared up after them.
    pub(crate) async fn adopt(&self, prepared: &Prepared, lines: &mut Lines<'_>) -> Result<(), StepError> {
        let workspace = &prepared.workspace;
        if self.claim.unsettled.iter().any(|left| left.touched) {
            let known = self.known(prepared).await?;
            // Oldest first: what an earlier spec declares and the present one doesn't has to be known to be taken down.
            for model in prepared.earlier.iter().rev().chain([&prepared.resolved.model]) {
                self.render(workspace, model, lines).await?;
                self.init(workspace, lines).await?;
                self.push_unsaved_states(workspace, lines).await?;
                let found = self.find(prepared, &known, lines).await?;
                self.take_over(workspace, found, lines).await?;
            }
        }
        self.insist(|| self.engine.store.settle(self.holder())).await?;
        for left in &self.claim.unsettled {
            self.remove_directory(&self.directory_of(left)).await;
        }
        Ok(())
    }

    /// Terraform itself refuses a state that is older than the stored one, or another one's.
    async fn push_unsaved_states(
        &self,
        workspace: &Workspace,
        lines: &mut Lines<'_>,
    ) -> Result<(), StepError> {
        for left in &self.claim.unsettled {
            let file = self.directory_of(left).join(UNSAVED_STATE);
            if !file.exists() {
                continue;
            }
            let attempt = left.record.attempt;
            let push = Command::PushState { file: file.clone() };
            let ran = self.run(workspace, &push, self.engine.settings.deadlines.plan, lines).await?;
            lines.say(
                LogLevel::Warn,
                if ran.exit.succeeded() {
                    format!("stored the state that attempt {attempt} could not save")
                } else {
                    format!("the state that attempt {attempt} could not save is out of date: what it made is adopted")
                },
            );
            tokio::fs::remove_file(&file).await.map_err(StepError::WorkDirectory)?;
        }
        Ok(())
    }

    async fn known(&self, prepared: &Prepared) -> Result<Known, StepError> {
        let tagged = self.tagged(prepared).await?;
        let mut journal = BTreeMap::new();
        let operations: BTreeSet<_> =
            self.claim.unsettled.iter().map(|left: &UnsettledAttempt| left.operation_id).collect();
        for operation in operations {
            let mut after = None;
            loop {
                let tenant = self.claim.tenant.id;
                let page = self.engine.store.log_page(tenant, operation, after, LINES_AT_ONCE).await;
                let Some(page) = page.map_err(StepError::Store)? else { break };
                let made = page
                    .lines
                    .iter()
                    .filter_map(|line| Some((line.resource.clone()?, made_id(&line.text)?.to_owned())));
                journal.extend(made);
                if page.lines.len() < LINES_AT_ONCE as usize {
                    break;
                }
                after = page.next;
            }
        }
        let account = prepared.resolved.model.cloud.account_id.clone();
        Ok(Known { account, tagged, journal })
    }

    async fn tagged(&self, prepared: &Prepared) -> Result<BTreeMap<String, Vec<Tagged>>, StepError> {
        let environment = self.claim.environment.id.to_string();
        let mut by_address: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for thing in prepared.session.tagged(&environment).await? {
            if let Some(address) = thing.address.as_deref().and_then(terrane_blueprint::address_of_tag) {
                by_address.entry(address).or_default().push(thing);
            }
        }
        Ok(by_address)
    }

    /// Plans with imports until nothing more is found. What is found is there: the provider has read it.
    async fn find(
        &self,
        prepared: &Prepared,
        known: &Known,
        lines: &mut Lines<'_>,
    ) -> Result<Found, StepError> {
        let workspace = &prepared.workspace;
        let deadline = self.engine.settings.deadlines.plan;
        let (mut found, mut absent) = (Found::new(), BTreeSet::new());
        for _ in 0..ROUNDS {
            write_imports(workspace, &found).await?;
            let plan = workspace.plan_file("adoption");
            let command = Command::plan(plan.clone(), PlanMode::Normal);
            let ran = self.run(workspace, &command, deadline, lines).await?;
            if !ran.exit.succeeded() {
                let missing = not_there(&found, &ran.exit.diagnostics);
                if missing.is_empty() {
                    self.verdict(&command, &ran.exit, ran.interrupted)?;
                }
                absent.extend(missing.into_iter().filter_map(|address| found.remove_entry(&address)));
                continue;
            }
            let show = Command::ShowPlan { plan };
            let shown = self.run(workspace, &show, deadline, lines).await?;
            self.verdict(&show, &shown.exit, shown.interrupted)?;
            let document: PlanDocument = shown.run.document().map_err(StepError::Plan)?;
            let before = found.len();
            for create in document.resource_changes.iter().filter(|planned| planned.is_create()) {
                if let Some(id) = self.id_of(prepared, create, known, lines).await? {
                    let entry = (create.address.clone(), id);
                    if !absent.contains(&entry) {
                        found.extend([entry]);
                    }
                }
            }
            if found.len() == before {
                return Ok(found);
            }
        }
        Err(StepError::EndlessAdoption)
    }

    /// The id under which a planned resource would be adopted, if it may be there.
    async fn id_of(
        &self,
        prepared: &Prepared,
        create: &PlannedResource,
        known: &Known,
        lines: &mut Lines<'_>,
    ) -> Result<Option<String>, StepError> {
        let is_slow = import_rule(&create.kind).is_some_and(|rule| rule.slow);
        let mut living = Vec::new();
        for thing in known.tagged.get(&create.address).into_iter().flatten() {
            let standing = if is_slow {
                self.settled(prepared, thing, lines).await?
            } else {
                prepared.session.standing(thing).await?
            };
            match standing {
                Standing::Gone | Standing::Pending { .. } => {}
                Standing::Failed { status } => {
                    lines.say(LogLevel::Warn, format!("{} is {status}: {}", create.address, thing.arn));
                    living.push(thing.arn.as_str());
                }
                Standing::Stands | Standing::Changing { .. } | Standing::Unknown => {
                    living.push(thing.arn.as_str());
                }
            }
        }
        if let [first, others @ ..] = &living[..]
            && !others.is_empty()
        {
            let text = format!(
                "{} is there more than once: {first} is adopted, {}",
                create.address,
                others.join(", ")
            );
            lines.say(LogLevel::Warn, format!("{text} not"));
        }
        let nothing = Map::new();
        let facts = ImportFacts {
            planned: create.change.after.as_ref().unwrap_or(&nothing),
            arn: living.first().copied(),
            journal_id: known.journal.get(&create.address).map(String::as_str),
            account: Some(&known.account),
        };
        Ok(match import_id(&create.kind, &facts) {
            ImportId::Known(id) => Some(id),
            ImportId::NotYet | ImportId::Never(_) => None,
        })
    }

    /// How something is once it isn't being made or changed any more, or when patience is over.
    async fn settled(
        &self,
        prepared: &Prepared,
        thing: &Tagged,
        lines: &mut Lines<'_>,
    ) -> Result<Standing, StepError> {
        let give_up = Instant::now() + self.engine.settings.deadlines.plan;
        let mut told = false;
        loop {
            self.lease.may_start()?;
            let standing = prepared.session.standing(thing).await?;
            let Standing::Changing { status } = &standing else { return Ok(standing) };
            if Instant::now() >= give_up {
                return Ok(standing);
            }
            if !std::mem::replace(&mut told, true) {
                lines.say(LogLevel::Info, format!("{} is {status}: waiting until it is done", thing.arn));
                self.store_lines(lines).await?;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = self.stop.wait() => return Err(StepError::Stopped),
            }
        }
    }

    /// Takes what was found into the state and changes nothing else.
    async fn take_over(
        &self,
        workspace: &Workspace,
        found: Found,
        lines: &mut Lines<'_>,
    ) -> Result<(), StepError> {
        if found.is_empty() {
            return write_imports(workspace, &found).await;
        }
        let deadlines = self.engine.settings.deadlines;
        for (address, id) in &found {
            lines.say(LogLevel::Warn, format!("adopting {address}: {id} is there and not in the state"));
        }
        let plan = workspace.plan_file("adoption-only");
        let targets = found.keys().cloned().collect();
        let narrow = Command::Plan { out: plan.clone(), mode: PlanMode::Normal, refresh: false, targets };
        let planned = self.terraform(workspace, &narrow, deadlines.plan, lines).await?;
        self.insist(|| self.engine.store.mark_touched(self.holder())).await?;
        if planned.changes.iter().all(only_adopts) {
            self.terraform(workspace, &Command::Apply { plan }, deadlines.apply, lines).await?;
            write_imports(workspace, &Found::new()).await?;
        } else {
            write_imports(workspace, &Found::new()).await?;
            for (address, id) in &found {
                let import = Command::Import { address: address.clone(), id: id.clone() };
                self.terraform(workspace, &import, deadlines.plan, lines).await?;
            }
        }
        self.engine.metrics.adoptions.inc_by(found.len() as u64);
        Ok(())
    }

    /// Takes the taint off what was interrupted while it was made and got well all the same: else the plan would
    /// replace a database because somebody stopped waiting for it. What failed stays tainted. Whether anything changed.
    pub(crate) async fn heal(
        &self,
        prepared: &Prepared,
        changes: &[Change],
        lines: &mut Lines<'_>,
    ) -> Result<bool, StepError> {
        let tainted: Vec<_> =
            changes.iter().filter(|change| change.reason.as_deref() == Some("tainted")).collect();
        if tainted.is_empty() {
            return Ok(false);
        }
        let tagged = self.tagged(prepared).await?;
        let mut healed = false;
        for change in tainted {
            let address = &change.resource.address;
            let mut stands = false;
            for thing in tagged.get(address).into_iter().flatten() {
                match self.settled(prepared, thing, lines).await? {
                    Standing::Stands => stands = true,
                    Standing::Failed { status } => {
                        lines.say(
                            LogLevel::Warn,
                            format!("{address} was interrupted and is {status}: it is replaced"),
                        );
                    }
                    _ => {}
                }
            }
            if stands {
                let untaint = Command::Untaint { address: address.clone() };
                self.terraform(&prepared.workspace, &untaint, self.engine.settings.deadlines.plan, lines)
                    .await?;
                self.engine.metrics.untaints.inc();
                lines.say(
                    LogLevel::Info,
                    format!("{address} was interrupted while it was made, and is sound"),
                );
                healed = true;
            }
        }
        Ok(healed)
    }
}

impl PlannedResource {
    fn is_create(&self) -> bool {
        self.mode == "managed" && self.change.actions == ["create"]
    }
}

async fn write_imports(workspace: &Workspace, found: &Found) -> Result<(), StepError> {
    let file = workspace.config_dir().join(IMPORTS_FILE);
    if found.is_empty() {
        return match tokio::fs::remove_file(&file).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StepError::WorkDirectory(error))
            }
            _ => Ok(()),
        };
    }
    let blocks = render_imports(found.iter().map(|(address, id)| (address.as_str(), id.as_str())))?;
    tokio::fs::write(file, blocks).await.map_err(StepError::WorkDirectory)
}

/// Which of the imports failed because there is nothing to import.
fn not_there(found: &Found, diagnostics: &[Diagnostic]) -> Vec<String> {
    const SAYS: [&str; 5] =
        ["non-existent", "couldn't find resource", "empty result", "NotFound", "does not exist"];
    let missing = diagnostics.iter().filter(|diagnostic| {
        diagnostic.is_error()
            && SAYS.iter().any(|says| diagnostic.summary.contains(says) || diagnostic.detail.contains(says))
    });
    let named = missing.flat_map(|diagnostic| {
        found.keys().filter(|address| {
            // Terraform quotes the address in its text, with the quotes of a key escaped.
            diagnostic.address.as_ref() == Some(*address)
                || diagnostic.detail.contains(&format!("{address:?}"))
        })
    });
    named.cloned().collect()
}

/// Whether a change of a plan leaves the world as it is.
fn only_adopts(change: &Change) -> bool {
    matches!(change.action, Action::Import | Action::Noop | Action::Read)
}

/// The id in "aws_vpc.main: Creation complete after 2s [id=vpc-1]".
fn made_id(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(": Creation complete after ")?;
    rest.split_once(" [id=")?.1.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_from_the_line_that_says_that_something_was_made() {
        assert_eq!(made_id("aws_vpc.main: Creation complete after 2s [id=vpc-1]"), Some("vpc-1"));
        let odd = "aws_x.y[\"[id=no]\"]: Creation complete after 1m2s [id=arn:aws:x:[y]]";
        assert_eq!(made_id(odd), Some("arn:aws:x:[y]"));
        assert_eq!(made_id("aws_vpc.main: Modifications complete after 2s [id=vpc-1]"), None);
        assert_eq!(made_id("aws_vpc.main: Creating..."), None);
    }

    #[test]
    fn what_the_provider_does_not_find_is_told_from_what_it_may_not_read() {
        let found: Found = [("aws_vpc.main", "vpc-1"), ("aws_subnet.private[\"a\"]", "subnet-1")]
            .map(|(address, id)| (address.to_owned(), id.to_owned()))
            .into();
        let error = |summary: &str, detail: &str, address: Option<&str>| {
            serde_json::from_value::<Diagnostic>(serde_json::json!({
                "severity": "error", "summary": summary, "detail": detail, "address": address,
            }))
            .unwrap()
        };
        let existing = "Cannot import non-existent remote object";
        let text = r#"While attempting to import an existing object to "aws_subnet.private[\"a\"]", the provider detected that no object exists with the given id."#;
        assert_eq!(not_there(&found, &[error(existing, text, None)]), ["aws_subnet.private[\"a\"]"]);
        let read = error("reading EC2 VPC: couldn't find resource", "", Some("aws_vpc.main"));
        assert_eq!(not_there(&found, &[read]), ["aws_vpc.main"]);
        let denied = error("reading EC2 VPC: AccessDenied", "", Some("aws_vpc.main"));
        assert!(not_there(&found, &[denied]).is_empty());
        let another = error(existing, "", Some("aws_vpc.other"));
        assert!(not_there(&found, &[another]).is_empty());
    }
}
