//! How many apps one load balancer has room for.
//!
//! AWS raises some of these quotas when it is asked, which a file can't say: what goes beyond is refused rather than found
//! out half-way through an apply. Rules (100 of a load balancer) need no look: an app has one, and 60 apps are the most.

use std::collections::BTreeMap;

use super::{Conflict, Resolver};
use crate::{App, Deploy, EcsApp, Key, LoadBalancer, LoadBalancerKind, spec::Path};

/// Inbound, and outbound, rules of a security group: that of a load balancer has an outbound one for each app.
/// Source: VPC user guide, "Amazon VPC quotas".
const RULES_OF_A_SECURITY_GROUP: usize = 60;

/// Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers".
const TARGET_GROUPS: usize = 100;

/// 25 and the default one of the listener. Source: as above.
const CERTIFICATES: usize = 26;

impl Resolver<'_> {
    pub(super) fn check_quotas(
        &mut self,
        kind: LoadBalancerKind,
        balancer: &LoadBalancer,
        apps: &BTreeMap<Key, App>,
    ) {
        let on_it = || {
            let is_on_it =
                |app: &&EcsApp| app.route.as_ref().is_some_and(|route| route.load_balancer == kind);
            apps.values().filter_map(App::on_ecs).filter(is_on_it)
        };
        let is_blue_green = |app: &&EcsApp| matches!(app.deploy, Deploy::BlueGreen(_));
        let count = on_it().count();
        let target_groups = count + on_it().filter(is_blue_green).count();
        let certificates = balancer.certificates.len();
        for (found, most, what) in [
            (count, RULES_OF_A_SECURITY_GROUP, "rules of its security group, one for each app"),
            (target_groups, TARGET_GROUPS, "target groups, two for each app that is blue_green"),
            (certificates, CERTIFICATES, "certificates"),
        ] {
            if found > most {
                let message = format!(
                    "those on the {} load balancer need {found} {what}; AWS gives it {most}, so put some on another kind of \
                     load balancer, or into another environment",
                    kind.as_str()
                );
                self.conflict(Conflict::new(Path::root().key("apps"), message));
            }
        }
    }
}
