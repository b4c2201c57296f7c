//! Networks in every form in which they are rendered.

use std::collections::BTreeMap;

use terrane_domain::*;

use super::{aurora, full, key, minimal, provisioned};

/// A VPC of the environment's own, with endpoints and flow logs.
pub fn network(zones: u8, nat: Nat) -> Network {
    Network {
        name: "dev-anna-4f2a91c0".to_owned(),
        vpc: Vpc::Made(made(zones, nat)),
        flow_logs: Some(FlowLogs {
            log_group: "/terrane/dev-anna-4f2a91c0/flow-logs".to_owned(),
            role_name: "dev-anna-4f2a91c0-flow-logs".to_owned(),
            retention_days: 90,
        }),
    }
}

pub fn made(zones: u8, nat: Nat) -> MadeVpc {
    let zone = |at: u8| Zone {
        name: format!("eu-west-1{}", char::from(b'a' + at)),
        position: at,
        public: format!("10.40.{}.0/24", 96 + at).parse().unwrap(),
        private: format!("10.40.{}.0/19", 32 * at).parse().unwrap(),
        isolated: format!("10.40.{}.0/24", 112 + at).parse().unwrap(),
    };
    MadeVpc {
        cidr: "10.40.0.0/16".parse().unwrap(),
        zones: (0..zones).map(zone).collect(),
        nat,
        ipv6: false,
        gateway_endpoints: vec!["s3".to_owned()],
        interface_endpoints: ["ecr.api", "ecr.dkr", "secretsmanager"].map(str::to_owned).into(),
    }
}

/// With flow logs.
pub fn of(vpc: MadeVpc) -> Network {
    Network { vpc: Vpc::Made(vpc), ..network(2, Nat::None) }
}

/// Neither interface endpoints nor flow logs.
pub fn network_without_interfaces() -> Network {
    let vpc = MadeVpc { interface_endpoints: Vec::new(), ..made(2, Nat::Single) };
    Network { flow_logs: None, ..of(vpc) }
}

/// Nothing but subnets without a way out.
pub fn bare() -> Network {
    let none = Vec::new();
    let vpc = MadeVpc { gateway_endpoints: none.clone(), interface_endpoints: none, ..made(2, Nat::None) };
    Network { flow_logs: None, ..of(vpc) }
}

/// A VPC that was there before, with subnets of every kind.
pub fn existing() -> Network {
    let ids = |first: char| {
        ["a", "b"].map(|last| format!("subnet-{first}a1b2c3d4e5f6071{last}")).into_iter().collect()
    };
    let vpc = ExistingVpc {
        vpc_id: "vpc-0a1b2c3d4e5f60718".to_owned(),
        public_subnet_ids: ids('1'),
        private_subnet_ids: ids('2'),
        isolated_subnet_ids: ids('3'),
    };
    Network { vpc: Vpc::Existing(vpc), ..network(2, Nat::None) }
}

/// Environments in networks of other kinds than the usual one.
pub fn all() -> Vec<(&'static str, InfraModel)> {
    let mut dual_stack = full();
    dual_stack.network = Some(of(MadeVpc { ipv6: true, ..made(3, Nat::PerAz) }));
    let mut closed_dual_stack = minimal();
    closed_dual_stack.network = Some(of(MadeVpc { ipv6: true, ..made(2, Nat::None) }));

    let mut in_existing = full();
    in_existing.network = Some(existing());

    let mut in_private = minimal();
    let Vpc::Existing(vpc) = existing().vpc else { panic!() };
    let vpc = ExistingVpc { public_subnet_ids: Vec::new(), isolated_subnet_ids: Vec::new(), ..vpc };
    in_private.network = Some(Network { vpc: Vpc::Existing(vpc), flow_logs: None, ..existing() });
    let mut database = aurora("dev-anna-4f2a91c0-main", provisioned());
    database.environment_key = false;
    if let DatabaseKind::Cluster(cluster) = &mut database.kind {
        cluster.instances.iter_mut().for_each(|instance| instance.zone = None);
    }
    in_private.databases = BTreeMap::from([(key("main"), database)]);

    vec![
        ("dual_stack", dual_stack),
        ("closed_dual_stack", closed_dual_stack),
        ("in_existing", in_existing),
        ("in_private", in_private),
    ]
}
