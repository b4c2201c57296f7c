//! A VPC that is there already, and what makes no sense beside it.

use crate::{
    ExistingVpc,
    resolve::{Conflict, Resolver},
    spec::{ExistingNetworkSpec, NetworkSpec, Path},
};

impl Resolver<'_> {
    pub(super) fn existing_vpc(
        &mut self,
        spec: &NetworkSpec,
        existing: &ExistingNetworkSpec,
        path: &Path,
    ) -> ExistingVpc {
        let at = path.key("existing");
        self.refuse_what_is_made(spec, path, &at);
        self.refuse_doubles(existing, &at);
        if existing.isolated_subnet_ids.is_none() {
            let private = format!("[{}]", existing.private_subnet_ids.join(", "));
            let because = "because databases and caches then stand with the workloads";
            self.explain(&at.key("isolated_subnet_ids"), &private, because);
        }
        ExistingVpc {
            vpc_id: existing.vpc_id.clone(),
            public_subnet_ids: existing.public_subnet_ids.clone().unwrap_or_default(),
            private_subnet_ids: existing.private_subnet_ids.clone(),
            isolated_subnet_ids: existing.isolated_subnet_ids.clone().unwrap_or_default(),
        }
    }

    /// What says how a VPC is made says nothing of one that is there.
    fn refuse_what_is_made(&mut self, spec: &NetworkSpec, path: &Path, existing: &Path) {
        // Of a second interface endpoint with private DNS AWS says that its domain conflicts with that of the first.
        // Source: AWS PrivateLink guide, "Access an AWS service using an interface VPC endpoint".
        let made = [
            ("cidr", spec.cidr.is_some(), "the VPC of existing has its addresses"),
            (
                "availability_zones",
                spec.availability_zones.is_some(),
                "the subnets of existing have their zones",
            ),
            (
                "nat",
                spec.nat.is_some(),
                "how the subnets of existing reach the internet is said by their route tables",
            ),
            ("ipv6", spec.ipv6.is_some(), "whether there is IPv6 is said by the subnets of existing"),
            (
                "endpoints",
                spec.endpoints.is_some(),
                "they would change the route tables of existing, and a second endpoint of a service is refused by AWS",
            ),
        ];
        for (key, _, reason) in made.into_iter().filter(|(_, is_given, _)| *is_given) {
            let message = format!("{reason}; take one of the two out");
            self.conflict(Conflict::new(path.key(key), message).with(existing.clone()));
        }
    }

    /// A subnet has one route table, so it is of one kind.
    fn refuse_doubles(&mut self, existing: &ExistingNetworkSpec, at: &Path) {
        let of = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
        let lists = [
            ("private_subnet_ids", existing.private_subnet_ids.clone()),
            ("public_subnet_ids", of(&existing.public_subnet_ids)),
            ("isolated_subnet_ids", of(&existing.isolated_subnet_ids)),
        ];
        for (index, (name, ids)) in lists.iter().enumerate() {
            for (place, id) in ids.iter().enumerate() {
                let Some((other, _)) = lists[..index].iter().find(|(_, others)| others.contains(id)) else {
                    continue;
                };
                let hint = match *name {
                    "isolated_subnet_ids" => {
                        "without isolated_subnet_ids databases stand in the private ones"
                    }
                    _ => "a subnet with a route to an internet gateway is public, any other private",
                };
                let message = format!("\"{id}\" is one of {other} too; {hint}");
                self.conflict(Conflict::new(at.key(name).index(place), message).with(at.key(other)));
            }
        }
    }
}
