//! The tags that every resource carries if it can.
//!
//! WHY not the provider's `default_tags`: `terrane:address` differs for each resource. Adoption after a crash and the
//! proof that nothing is left rest on these tags, so each resource states them where a reader sees it.

use crate::hcl::{Block, Expr, Object, Resource, Text, local};

/// The environment's id.
pub(super) const ENVIRONMENT: &str = "terrane:environment";
/// The tenant's id.
pub(super) const TENANT: &str = "terrane:tenant";
/// The address in the rendered module, see [`crate::address_of_tag`].
const ADDRESS: &str = "terrane:address";

impl Block {
    /// The user's tags and Terrane's three.
    pub(super) fn tags(self, resource: Resource) -> Self {
        self.tags_object(Object::new().entry(ADDRESS, resource.address_tag()))
    }

    /// The same and `Name`, which the EC2 console shows. Not for IAM: it refuses two keys that differ in case only,
    /// and a user may have a tag `name`.
    pub(super) fn named_tags(self, resource: Resource, name: impl Into<Expr>) -> Self {
        self.tags_object(Object::new().field("Name", name).entry(ADDRESS, resource.address_tag()))
    }

    /// The same and tags by which a service or a controller finds the resource.
    pub(super) fn named_tags_and(
        self,
        resource: Resource,
        name: impl Into<Expr>,
        others: impl IntoIterator<Item = (Text, Text)>,
    ) -> Self {
        let named = Object::new().field("Name", name).entry(ADDRESS, resource.address_tag());
        self.tags_object(others.into_iter().fold(named, |object, (key, value)| object.entry(key, value)))
    }

    fn tags_object(self, own: Object) -> Self {
        self.arg("tags", Expr::call("merge", [Expr::from(local("tags")), Expr::from(own)]))
    }
}
