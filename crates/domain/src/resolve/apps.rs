//! Apps: what runs, in how many copies, with which variables.

mod fargate;
mod pods;

use std::collections::BTreeMap;

pub(super) use fargate::RulePlaces;

use super::{Conflict, Resolver};
use crate::{
    App, AppRuntime, Database, DatabaseField, Image, Key, Kubernetes, Observability, Scaling, Secret,
    spec::{
        AppSpec, Architecture, AutoscalingSpec, ImageSpec, Path, Reference, Runtime, SecretField, SecretSpec,
    },
};

const DEFAULT_HEALTH_PATH: &str = "/";
const DEFAULT_CPU_PERCENT: u16 = 60;

impl Resolver<'_> {
    pub(super) fn apps(
        &mut self,
        observability: &Observability,
        cluster: Option<&Kubernetes>,
    ) -> BTreeMap<Key, App> {
        let apps = self.each(&self.spec.apps, "apps", |this, key, spec, path| {
            this.app(key, spec, path, observability, cluster)
        });
        self.check_cluster_routes(&apps);
        self.check_names(&apps);
        apps
    }

    fn app(
        &mut self,
        key: &Key,
        spec: &AppSpec,
        path: &Path,
        observability: &Observability,
        cluster: Option<&Kubernetes>,
    ) -> App {
        let runtime = self.runtime(spec, path);
        let (replicas, scaling) = self.copies(spec, path, runtime);
        let architecture = match runtime {
            Runtime::Ecs => {
                self.or_default(&path.key("architecture"), spec.architecture, Architecture::default())
            }
            Runtime::Kubernetes => self.pod_architecture(spec, cluster, &path.key("architecture")),
        };
        let health_path = match spec.port {
            Some(_) => {
                self.or_default(&path.key("health"), spec.health.clone(), DEFAULT_HEALTH_PATH.to_owned())
            }
            None => spec.health.clone().unwrap_or_else(|| DEFAULT_HEALTH_PATH.to_owned()),
        };
        App {
            image: self.image(&spec.image, &path.key("image")),
            architecture,
            command: spec.command.clone().unwrap_or_default(),
            port: spec.port,
            health_path,
            replicas,
            scaling,
            env: spec.env.clone(),
            secrets: self.secrets(spec, path),
            runtime: match runtime {
                Runtime::Ecs => AppRuntime::Ecs(self.ecs_app(key, spec, path, observability)),
                Runtime::Kubernetes => AppRuntime::Kubernetes(self.kubernetes_app(key, spec, path, cluster)),
            },
        }
    }

    /// Who is exposed listens somewhere.
    fn check_port(&mut self, spec: &AppSpec, path: &Path) {
        if spec.port.is_none() {
            let message = "needs to know the port on which the app listens; add port: 8000";
            self.conflict(Conflict::new(path.key("expose"), message).with(path.key("port")));
        }
    }

    /// What runs the app; a conflict if that isn't there.
    fn runtime(&mut self, spec: &AppSpec, path: &Path) -> Runtime {
        let [kubernetes, ecs] = ["kubernetes", "ecs"].map(|section| Path::root().key(section));
        let at = path.key("runtime");
        let (has_kubernetes, has_ecs) = (self.spec.kubernetes.is_some(), self.spec.ecs.is_some());
        let (runtime, conflict) = match (spec.runtime, has_kubernetes, has_ecs) {
            (Some(Runtime::Kubernetes), true, _) | (None, true, false) => return Runtime::Kubernetes,
            (Some(Runtime::Ecs), _, true) | (None, false, true) => return Runtime::Ecs,
            (Some(runtime @ Runtime::Kubernetes), false, _) => {
                let message = "there is no cluster; add the section kubernetes: {}, or use ecs";
                (runtime, Conflict::new(at, message).with(kubernetes))
            }
            (Some(runtime @ Runtime::Ecs), _, false) => {
                let message = "there is no cluster; add the section ecs: {}, or use kubernetes";
                (runtime, Conflict::new(at, message).with(ecs))
            }
            (None, true, true) => {
                let message = "is required where the file has both kubernetes and ecs; write one of them";
                (Runtime::Ecs, Conflict::new(at, message).with(path.clone()).with(kubernetes).with(ecs))
            }
            (None, false, false) => {
                let message = "has nothing to run on; add the section ecs: {} or kubernetes: {}";
                (Runtime::Ecs, Conflict::new(path.clone(), message).with(kubernetes).with(ecs))
            }
        };
        self.conflict(conflict);
        runtime
    }

    fn image(&mut self, spec: &ImageSpec, path: &Path) -> Image {
        match spec {
            ImageSpec::Named(name) => Image::Named(name.clone()),
            ImageSpec::Registry { registry, tag } => {
                if !self.spec.registries.contains_key(registry) {
                    let known: Vec<&str> = self.spec.registries.keys().map(Key::as_str).collect();
                    let message = if known.is_empty() {
                        format!(
                            "\"{registry}\" names no registry, and there are none; add registries: {{ {registry}: {{}} }}"
                        )
                    } else {
                        format!("\"{registry}\" names no registry; registries: {}", known.join(", "))
                    };
                    let registries = Path::root().key("registries");
                    self.conflict(Conflict::new(path.key("registry"), message).with(registries));
                }
                Image::Registry { registry: registry.clone(), tag: tag.clone() }
            }
        }
    }

    /// How many copies there are, and when there are more.
    fn copies(&mut self, spec: &AppSpec, path: &Path, runtime: Runtime) -> (u16, Option<Scaling>) {
        let replicas = path.key("replicas");
        let Some(autoscaling) = &spec.autoscaling else {
            return (self.or_profile(&replicas, spec.replicas, self.defaults.app_replicas), None);
        };
        let here = path.key("autoscaling");
        let min = match (autoscaling.min, spec.replicas) {
            (Some(min), _) => min,
            (None, Some(given)) => {
                self.explain(&here.key("min"), &given, "because replicas");
                given
            }
            (None, None) => self.or_profile(&here.key("min"), None, self.defaults.app_replicas),
        };
        let max = self.or_because(
            &here.key("max"),
            autoscaling.max,
            min.saturating_mul(4),
            "because four times the least",
        );
        if max < min {
            let message = format!("{max} is less than the least number of copies, which is {min}");
            self.conflict(
                Conflict::new(here.key("max"), message).with(here.key("min")).with(replicas.clone()),
            );
        }
        let begins_with = self.or_because(&replicas, spec.replicas, min, "because autoscaling.min");
        if !(min..=max.max(min)).contains(&begins_with) {
            let message = format!("{begins_with} is not between {min} and {max}, where autoscaling keeps it");
            self.conflict(Conflict::new(replicas, message).with(here.clone()));
        }
        (begins_with, Some(self.scaling(spec, autoscaling, (min, max), runtime, &here)))
    }

    fn scaling(
        &mut self,
        spec: &AppSpec,
        autoscaling: &AutoscalingSpec,
        (min, max): (u16, u16),
        runtime: Runtime,
        path: &Path,
    ) -> Scaling {
        let AutoscalingSpec { cpu_percent, memory_percent, requests_per_target, .. } = *autoscaling;
        let given = cpu_percent.is_some() || memory_percent.is_some() || requests_per_target.is_some();
        let cpu_percent = match given {
            true => cpu_percent,
            false => Some(self.or_default(&path.key("cpu_percent"), cpu_percent, DEFAULT_CPU_PERCENT)),
        };
        match runtime {
            Runtime::Ecs if requests_per_target.is_some() => {
                self.check_requests(spec, &path.key("requests_per_target"));
            }
            Runtime::Ecs => {}
            Runtime::Kubernetes => self.check_pod_autoscaling(spec, path),
        }
        Scaling { min, max, cpu_percent, memory_percent, requests_per_target }
    }

    fn secrets(&mut self, spec: &AppSpec, path: &Path) -> BTreeMap<String, Secret> {
        let here = path.key("secrets");
        for name in spec.secrets.keys().filter(|name| spec.env.contains_key(*name)) {
            let conflict = Conflict::new(here.key(name), "is in env too; keep one");
            self.conflict(conflict.with(path.key("env").key(name)));
        }
        self.check_database_url(spec, path);
        let mut secrets = BTreeMap::new();
        for (name, secret) in &spec.secrets {
            let secret = match (&secret.from, &secret.secret) {
                (Some(reference), _) => {
                    let from = here.key(name).key("from");
                    if self.check_reference(reference, &from)
                        && let Reference::DocumentDatabase { field } = reference
                    {
                        self.check_document_field(*field, &from);
                    }
                    match reference {
                        Reference::Secret { key, field: SecretField::Value } => {
                            self.check_part(key, secret.key.as_deref(), &here.key(name).key("key"));
                            Secret::Generated { secret: key.clone(), key: secret.key.clone() }
                        }
                        reference => Secret::Reference(reference.clone()),
                    }
                }
                (None, Some(entry)) => Secret::Entry { name: entry.clone(), key: secret.key.clone() },
                // The reader lets nothing through that says neither.
                (None, None) => continue,
            };
            secrets.insert(name.clone(), secret);
        }
        secrets
    }

    /// Whether a secret with a random value has the key that is asked for.
    fn check_part(&mut self, secret: &Key, key: Option<&str>, at: &Path) {
        let (Some(key), Some(spec)) = (key, self.spec.secrets.get(secret)) else { return };
        let keys = spec.keys.as_deref().unwrap_or_default();
        if keys.iter().any(|known| known == key) {
            return;
        }
        let message = if keys.is_empty() {
            format!("secrets.{secret} is a single value; leave this out, or give it keys: [{key}]")
        } else {
            format!("secrets.{secret} has no such key; keys: {}", keys.join(", "))
        };
        let path = Path::root().key("secrets").key(secret.as_str()).key("keys");
        self.conflict(Conflict::new(at.clone(), message).with(path));
    }

    /// The URL of a database brings two variables of its own, which must be free.
    fn check_database_url(&mut self, spec: &AppSpec, path: &Path) {
        let is_url = |secret: &SecretSpec| {
            matches!(secret.from, Some(Reference::Database { field: DatabaseField::Url, .. }))
        };
        let here = path.key("secrets");
        let mut urls = spec.secrets.iter().filter(|(_, secret)| is_url(secret)).map(|(name, _)| name);
        let Some(first) = urls.next() else { return };
        let first_path = here.key(first);
        for second in urls {
            let message = format!(
                "the URL of a second database: its user and password would take the place of those of {first}; \
                 take host, username and password one by one"
            );
            self.conflict(Conflict::new(here.key(second), message).with(first_path.clone()));
        }
        for name in Database::LIBPQ_VARIABLES {
            let places = [(spec.env.contains_key(name), "env"), (spec.secrets.contains_key(name), "secrets")];
            if let Some((_, section)) = places.into_iter().find(|(taken, _)| *taken) {
                let message = format!("comes with the URL of a database in secrets.{first}; leave this out");
                let conflict = Conflict::new(path.key(section).key(name), message);
                self.conflict(conflict.with(first_path.clone()));
            }
        }
    }
}
