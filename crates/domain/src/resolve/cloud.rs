//! The account, the region and the role.

use super::{Conflict, Resolver};
use crate::{
    AssumeRole, AwsCloud,
    facts::{Region, RegionLookup},
    spec::Path,
};

impl Resolver<'_> {
    pub(super) fn cloud(&mut self) -> AwsCloud {
        let cloud = &self.spec.cloud;
        let path = Path::root().key("cloud");
        if let (Some(account), Some(role)) = (&cloud.account_id, &cloud.role_arn)
            && cloud.role_account() != Some(account)
        {
            let message =
                format!("{role} is not in account {account}, which account_id names; make them agree");
            self.conflict(Conflict::new(path.key("role_arn"), message).with(path.key("account_id")));
        }
        if !matches!(Region::find(&cloud.region), RegionLookup::Known(_)) {
            self.conflict(Conflict::new(path.key("region"), "is not a region of AWS"));
        }
        let external_id = &self.context.external_id;
        AwsCloud {
            region: cloud.region.clone(),
            account_id: self.context.account_id.clone(),
            assume_role: cloud
                .role_arn
                .clone()
                .map(|role_arn| AssumeRole { role_arn, external_id: external_id.clone() }),
        }
    }
}
