//! Apps on ECS: a size that Fargate sells, a way through a load balancer, and who deploys.

use std::collections::BTreeSet;

use super::super::{Conflict, DEFAULT, Resolver, dns::HostName, ecs::kind_of};
use crate::{
    BlueGreen, Deploy, EcsApp, Key, LoadBalancerKind, Observability, Route, facts,
    names::rule_place,
    spec::{AppSpec, EcsSpec, Path, TrafficShift},
};

/// The place of the rule for requests that no other app of the load balancer asks for: behind all others.
const CATCH_ALL_PLACE: u16 = 24_999;

/// Source: CodeDeploy user guide, "AppSpec 'resources' section", `CapacityProviderStrategy`.
const NOT_ON_SPOT: &str = "because CodeDeploy asks for Spot only where the AppSpec of a deployment does; ecs.capacity counts \
                           for apps that are rolling";

impl Resolver<'_> {
    pub(super) fn ecs_app(
        &mut self,
        key: &Key,
        spec: &AppSpec,
        path: &Path,
        observability: &Observability,
    ) -> EcsApp {
        let (cpu_units, memory_mib) = self.fargate_size(spec, &path.key("resources"));
        let route = self.route(key, spec, path);
        let deploy = self.deployment(key, spec, path, observability);
        EcsApp {
            name: match deploy {
                Deploy::Rolling => self.names.app(key),
                Deploy::BlueGreen(_) => self.names.blue_green_app(key),
            },
            cpu_units,
            memory_mib,
            log_group: self.names.app_log_group(key),
            task_role: self.names.app_role(key, "task"),
            execution_role: self.names.app_role(key, "execution"),
            route,
            deploy,
        }
    }

    /// The smallest size of Fargate that is no smaller than what is asked for.
    fn fargate_size(&mut self, spec: &AppSpec, path: &Path) -> (u32, u32) {
        let asked = spec.resources.clone().unwrap_or_default();
        if asked.limits.is_some() {
            let message =
                "is for Kubernetes; on ECS a copy has what it asks for to itself, so leave this out";
            self.conflict(Conflict::new(path.key("limits"), message));
        }
        let cpu = self.or_profile(&path.key("cpu"), asked.cpu, self.defaults.app_cpu);
        let memory = self.or_profile(&path.key("memory"), asked.memory, self.defaults.app_memory);
        // The reader lets nothing larger through than the largest that is sold.
        let (units, mebibytes) = facts::fargate_size(cpu.0, memory.0).unwrap_or(facts::LARGEST_FARGATE_SIZE);
        let size = format!("{units} CPU units, {mebibytes} MiB");
        let exact = u64::from(units) * 1_000 == u64::from(cpu.0) * 1_024 && mebibytes == memory.0;
        let because = if exact {
            format!("because resources ask for {cpu} and {memory}")
        } else {
            format!("because Fargate sells nothing smaller with at least {cpu} and {memory}")
        };
        self.explain(path, &size, &because);
        (units, mebibytes)
    }

    fn route(&mut self, key: &Key, spec: &AppSpec, path: &Path) -> Option<Route> {
        let expose = spec.expose.as_ref()?;
        let here = path.key("expose");
        let remedies = [
            ("ingress", expose.ingress.is_some(), "load_balancer: { host: … }"),
            ("gateway", expose.gateway.is_some(), "load_balancer: { host: … } or api_gateway: {}"),
        ];
        if let Some((word, _, remedy)) = remedies.into_iter().find(|(_, given, _)| *given) {
            let message = format!("is for Kubernetes; on ECS use {remedy}");
            self.conflict(Conflict::new(here.key(word), message));
            return None;
        }
        self.check_port(spec, path);
        let (load_balancer, host, name) = match (&expose.load_balancer, &expose.api_gateway) {
            (Some(balancer), _) => {
                let here = here.key("load_balancer");
                let _: bool = self.or_default(&here.key("internal"), balancer.internal, false);
                (kind_of(balancer), balancer.host.clone(), self.name_on_balancer(key, balancer, &here))
            }
            (None, Some(api)) => {
                let name = self.name_of_api(key, api, &here.key("api_gateway"));
                (LoadBalancerKind::Gateway, api.host.clone(), name)
            }
            (None, None) => (LoadBalancerKind::Gateway, None, HostName::default()),
        };
        let asks = match (&host, load_balancer) {
            (None, LoadBalancerKind::Public | LoadBalancerKind::Internal) => Asks::ForTheRest,
            (_, kind) => Asks::ForItsOwn(kind),
        };
        Some(Route {
            load_balancer,
            host,
            record: name.record,
            certificate: name.certificate,
            priority: self.rule_places.priority(key, asks, spec.blue_green().is_some()),
            target_group: self.names.target_group(key, 'a'),
            api_log_group: (load_balancer == LoadBalancerKind::Gateway)
                .then(|| self.names.api_log_group(key)),
        })
    }

    fn deployment(
        &mut self,
        key: &Key,
        spec: &AppSpec,
        path: &Path,
        observability: &Observability,
    ) -> Deploy {
        let here = path.key("deploy");
        if spec.deploy.is_none() {
            self.explain(&here, &"{ rolling: {} }", DEFAULT);
        }
        let Some(blue_green) = spec.blue_green() else { return Deploy::Rolling };
        let here = here.key("blue_green");
        if self.spec.ecs.as_ref().is_some_and(EcsSpec::asks_for_spot) {
            self.explain(&here, &"not on Spot", NOT_ON_SPOT);
        }
        if spec.expose.is_none() {
            let message = "has no traffic to shift; add expose: { load_balancer: {} } or { api_gateway: {} }";
            self.conflict(Conflict::new(here.clone(), message).with(path.key("expose")));
        }
        let alarms = observability.alarms.is_some();
        let because = if alarms { "because observability.alarms" } else { "because there are no alarms" };
        Deploy::BlueGreen(BlueGreen {
            shift: self.or_default(&here.key("shift"), blue_green.shift, TrafficShift::default()),
            rollback_on_alarm: self.or_because(
                &here.key("rollback_on_alarm"),
                blue_green.rollback_on_alarm,
                alarms,
                because,
            ),
            green_target_group: self.names.target_group(key, 'b'),
            role: self.names.app_role(key, "deploy"),
        })
    }

    /// Source: Application Auto Scaling user guide, "Amazon ECS and Application Auto Scaling"; and the predefined metric
    /// ALBRequestCountPerTarget, which counts for one target group: CodeDeploy moves between two.
    pub(super) fn check_requests(&mut self, spec: &AppSpec, at: &Path) {
        let message = if spec.expose.is_none() {
            "there are no requests to count; add expose: { load_balancer: {} }, or use cpu_percent"
        } else if spec.blue_green().is_some() {
            "can't be counted while CodeDeploy moves between two target groups; use cpu_percent or a rolling deployment"
        } else {
            return;
        };
        self.conflict(Conflict::new(at.clone(), message));
    }
}

/// The places among the rules of the listeners that are given away. They are asked for in the order of the apps' names.
#[derive(Debug, Default)]
pub(in crate::resolve) struct RulePlaces {
    taken: BTreeSet<(LoadBalancerKind, u16)>,
}

impl RulePlaces {
    /// The priority of an app's rule. Its place comes out of the app's name, so that another app rarely moves it: of two
    /// that want one place the later name gets the next.
    ///
    /// A place has two priorities. The rule of an app that begins to be deployed by CodeDeploy is another resource, which
    /// is made while the rule before it still stands, and no listener has two rules of one priority.
    /// Source: Elastic Load Balancing API reference, `CreateRule`: priorities go from 1 to 50,000.
    fn priority(&mut self, key: &Key, asks: Asks, by_code_deploy: bool) -> u16 {
        let place = match asks {
            Asks::ForTheRest => CATCH_ALL_PLACE,
            Asks::ForItsOwn(kind) => {
                let mut place = rule_place(key);
                while !self.taken.insert((kind, place)) {
                    place += 1;
                }
                place
            }
        };
        place * 2 + u16::from(by_code_deploy)
    }
}

/// Which requests the rule of an app asks for.
#[derive(Debug, Clone, Copy)]
enum Asks {
    /// Those for its host, or from its API, on a load balancer of this kind.
    ForItsOwn(LoadBalancerKind),
    /// What no other app of the load balancer asks for.
    ForTheRest,
}
