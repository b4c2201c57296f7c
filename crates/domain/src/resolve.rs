//! From what was said to what will be: defaults filled in, names and addresses computed, nothing left open.
//!
//! Pure. Each default that is filled in leaves a [`Reason`], so that a person can read back why a value is what it is.
//! Rules across values live here too, because they can only be judged once the defaults are known; each [`Conflict`]
//! names the values on which it rests, so that the reader of a file can leave out those that rest on a broken one.

mod apps;
mod buckets;
mod caches;
mod cloud;
mod conflict;
mod databases;
mod dns;
mod document_database;
mod ecs;
mod governance;
mod kubernetes;
mod lifecycle;
mod network;
mod observability;
mod reference;
mod registries;
mod secrets;
mod state;

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use uuid::Uuid;

pub(crate) use conflict::Conflict;
pub use lifecycle::LifecyclePolicy;

use crate::{
    EncryptionKey, EnvironmentId, Identity, InfraModel, Key, Pins, TenantId,
    names::Names,
    profile::Defaults,
    spec::{Encryption, EnvironmentSpec, Path, Problems, Profile, Sink, Size},
};

/// What a spec does not say about its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveContext {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Its owner.
    pub tenant_id: TenantId,
    /// The tenant's external id, for assuming roles.
    pub external_id: String,
    /// The account in which it stands, twelve digits: the one that the file names, or the worker's own.
    pub account_id: String,
    /// What makes it.
    pub pins: Pins,
}

impl ResolveContext {
    /// For looking at what a file would give before an environment exists: ids of zeros, and the account that the file
    /// names or `000000000000`.
    pub fn preview(spec: &EnvironmentSpec, pins: Pins) -> Self {
        Self {
            environment_id: EnvironmentId::from_uuid(Uuid::nil()),
            tenant_id: TenantId::from_uuid(Uuid::nil()),
            external_id: "shown-when-created".to_owned(),
            account_id: spec.cloud.account().unwrap_or("000000000000").to_owned(),
            pins,
        }
    }
}

/// An environment with nothing left open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resolved {
    /// What is rendered.
    pub model: InfraModel,
    /// How it lives and ends.
    pub policy: LifecyclePolicy,
    /// Why each value that the file does not give is what it is, section by section.
    pub reasons: Vec<Reason>,
}

/// Why a value that the file does not give is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Where it would stand in the file: `databases.main.high_availability`.
    pub path: String,
    /// The value, as it would be written.
    pub value: String,
    /// Why: `profile large`, `default`, or `because …`.
    pub because: String,
}

/// Fills in what a spec leaves open.
///
/// # Errors
/// Values that contradict each other. A spec that [`crate::parse`] gave has none of these; what can be left is an
/// account in `context` that is not the one in the file.
pub fn resolve(spec: &EnvironmentSpec, context: &ResolveContext) -> Result<Resolved, Problems> {
    let (resolved, mut conflicts) = Resolver::new(spec, context).run();
    if let Some(account) = spec.cloud.account().filter(|account| *account != context.account_id) {
        let path = Path::root().key("cloud").key("account_id");
        let message =
            format!("the file asks for account {account}, but Terrane acts in {}", context.account_id);
        conflicts.push(Conflict::new(path, message));
    }
    let sink = Sink::default();
    conflicts.into_iter().for_each(|conflict| sink.report(conflict.into_problem(None)));
    sink.into_result()?;
    Ok(resolved)
}

/// What is wrong with a spec as a whole, whatever the context.
pub(crate) fn conflicts(spec: &EnvironmentSpec) -> Vec<Conflict> {
    let pins = Pins { blueprint: 0, aws_provider: String::new() };
    Resolver::new(spec, &ResolveContext::preview(spec, pins)).run().1
}

struct Resolver<'a> {
    spec: &'a EnvironmentSpec,
    context: &'a ResolveContext,
    defaults: &'static Defaults,
    /// `profile small`.
    because_profile: String,
    names: Names,
    rule_places: apps::RulePlaces,
    /// Whether anything is encrypted with the environment's own key.
    wants_key: bool,
    /// Whether nothing that holds data may be deleted.
    protected: bool,
    reasons: Vec<Reason>,
    conflicts: Vec<Conflict>,
}

const DEFAULT: &str = "default";

impl<'a> Resolver<'a> {
    fn new(spec: &'a EnvironmentSpec, context: &'a ResolveContext) -> Self {
        let profile = spec.profile.unwrap_or_default();
        let defaults = Defaults::of(profile);
        Self {
            spec,
            context,
            defaults,
            because_profile: format!("profile {profile}"),
            names: Names::new(context.environment_id, &spec.name),
            rule_places: apps::RulePlaces::default(),
            // A profile whose default it is has the key even while nothing uses it.
            wants_key: defaults.encryption == Encryption::Kms,
            protected: defaults.deletion_protection,
            reasons: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    fn run(mut self) -> (Resolved, Vec<Conflict>) {
        let root = Path::root();
        let _: Profile = self.or_default(&root.key("profile"), self.spec.profile, Profile::default());
        let cloud = self.cloud();
        let policy = self.policy();
        self.protected = policy.deletion_protection;
        let network = self.network();
        let kubernetes = self.kubernetes();
        let buckets = self.each(&self.spec.buckets, "buckets", Self::bucket);
        let registries = self.each(&self.spec.registries, "registries", Self::registry);
        let databases = self.databases(policy, network.as_ref());
        let caches = self
            .each(&self.spec.caches, "caches", |this, key, spec, path| this.cache(key, spec, path, policy));
        let document_database = self.document_database(policy, network.as_ref());
        let atlas = self.atlas(policy, network.as_ref());
        let secrets = self.each(&self.spec.secrets, "secrets", Self::generated_secret);
        let governance = self.governance(&buckets);
        let observability = self.observability(&databases, &caches);
        let dns = self.dns();
        let apps = self.apps(&observability, kubernetes.as_ref());
        self.way_in(network.as_ref());
        let ecs = self.ecs(network.as_ref(), &apps, &observability, policy);
        let state = self.state();
        let identity = Identity {
            environment_id: self.context.environment_id,
            tenant_id: self.context.tenant_id,
            name: self.spec.name.as_key().clone(),
            name_prefix: self.names.prefix().to_owned(),
            pins: self.context.pins.clone(),
        };
        let tags = self.spec.tags.clone();
        // Last, when every block has said whether it wants the key.
        let encryption_key = self.encryption_key();
        let model = InfraModel {
            identity,
            cloud,
            tags,
            encryption_key,
            network,
            kubernetes,
            buckets,
            registries,
            databases,
            ecs,
            apps,
            dns,
            observability,
            caches,
            document_database,
            atlas,
            secrets,
            governance,
            protected: policy.deletion_protection,
            state,
        };
        (Resolved { model, policy, reasons: self.reasons }, self.conflicts)
    }

    fn each<T, M>(
        &mut self,
        specs: &BTreeMap<Key, T>,
        section: &str,
        mut resolve: impl FnMut(&mut Self, &Key, &T, &Path) -> M,
    ) -> BTreeMap<Key, M> {
        let section = Path::root().key(section);
        specs
            .iter()
            .map(|(key, spec)| (key.clone(), resolve(self, key, spec, &section.key(key.as_str()))))
            .collect()
    }

    /// Whether a thing is encrypted with the environment's own key, which then exists; `path` is that of the choice.
    fn own_key(&mut self, path: &Path, given: Option<Encryption>) -> bool {
        let own = self.or_profile(path, given, self.defaults.encryption) == Encryption::Kms;
        self.wants_key |= own;
        own
    }

    fn encryption_key(&self) -> Option<EncryptionKey> {
        self.wants_key.then(|| EncryptionKey {
            alias: self.names.key_alias(),
            deletion_window_days: self.defaults.key_deletion_window_days,
        })
    }

    fn conflict(&mut self, conflict: Conflict) {
        self.conflicts.push(conflict);
    }

    fn or_profile<T: fmt::Display>(&mut self, path: &Path, given: Option<T>, default: T) -> T {
        let because = self.because_profile.clone();
        self.or_because(path, given, default, &because)
    }

    fn or_default<T: fmt::Display>(&mut self, path: &Path, given: Option<T>, default: T) -> T {
        self.or_because(path, given, default, DEFAULT)
    }

    /// What a size in words stands for, where the file names nothing exact; `path` is that of the size, and `exact` is what
    /// would be written below it.
    fn of_size(
        &mut self,
        path: &Path,
        exact: &str,
        (given, default): (Option<Size>, Size),
        of: fn(Size) -> &'static str,
    ) -> String {
        let size = self.or_profile(path, given, default);
        let found = of(size);
        self.explain(&path.key(exact), &found, &format!("because size {size}"));
        found.to_owned()
    }

    /// Refuses something of another region than that of the environment. `message` gets the one that it is of.
    fn check_region(&mut self, arn: &str, at: Path, message: impl FnOnce(&str) -> String) {
        let region = arn.split(':').nth(3).unwrap_or_default();
        if region != self.spec.cloud.region {
            let of_cloud = Path::root().key("cloud").key("region");
            self.conflict(Conflict::new(at, message(region)).with(of_cloud));
        }
    }

    fn or_because<T: fmt::Display>(&mut self, path: &Path, given: Option<T>, default: T, because: &str) -> T {
        given.unwrap_or_else(|| {
            self.explain(path, &default, because);
            default
        })
    }

    fn explain(&mut self, path: &Path, value: &impl fmt::Display, because: &str) {
        self.reasons.push(Reason {
            path: path.to_string(),
            value: value.to_string(),
            because: because.to_owned(),
        });
    }
}
