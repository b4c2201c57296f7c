//! The door of databases, caches and document databases: a security group that lets in whoever may use them and nobody
//! else.
//!
//! WHY by security group and not by address: the range of the VPC lets in whatever somebody will ever start in it. An app
//! on ECS is let in where its variables name the database. Pods share the group of what they run on, and most of them are
//! in no file, so a cluster is let in as a whole. Where a file has neither, what connects is something that Terrane
//! doesn't know: then it is the range of the VPC. Whoever else is to come in adds a rule of their own to the group, whose
//! id is among the outputs: rules are resources of their own, so that Terraform leaves others alone.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html>

use std::collections::BTreeSet;

use terrane_domain::{InfraModel, Key, Network, Reference as Wish, Secret};

use super::{apps, kubernetes, network, part::Part};
use crate::hcl::{Block, Expr, File, Object, Reference, Resource, each_value, local, template};

/// The way in to things of one kind.
pub(super) struct Door {
    /// One security group for each of them.
    pub(super) group: Resource,
    /// The rules that let apps on ECS in; one for each app and each thing that it names.
    pub(super) from_app: Resource,
    /// The rule that lets the cluster in.
    pub(super) from_cluster: Resource,
    /// The rule that lets the VPC in.
    pub(super) from_vpc: Resource,
    /// What there is one group for each of; left out where there is only one.
    pub(super) for_each: Option<&'static str>,
    /// Entry of `locals.tf` for the apps that are let in.
    pub(super) clients: &'static str,
    /// Whether a variable of an app names one of these things.
    pub(super) leads_here: fn(&InfraModel, &Wish) -> bool,
    /// Name of the group.
    pub(super) name: fn() -> Expr,
    /// `PostgreSQL database`
    pub(super) description: &'static str,
    /// `PostgreSQL`
    pub(super) protocol: &'static str,
    pub(super) port: u16,
}

impl Door {
    /// Adds the group and its rules.
    pub(super) fn add_to(&self, file: File, model: &InfraModel, network: &Network) -> File {
        let file = file.noted(
            "Without an egress rule: it opens no connections of its own.",
            Block::of(self.group)
                .arg_if_some("for_each", self.for_each.map(local))
                .arg("name", (self.name)())
                .arg("description", self.description)
                .arg("vpc_id", network::vpc_id(network))
                .named_tags(self.group, (self.name)()),
        );
        let each = || self.for_each.map(local);
        let own = || self.group.attr("id");
        let cluster = model.kubernetes.as_ref().map(kubernetes::pods_security_group);
        if cluster.is_none() && apps::on_ecs(model).next().is_none() {
            let vpc = Source::Range(network::vpc_cidr(network));
            return file.noted(
                "Neither apps nor a cluster are part of this environment: who connects is not known here.",
                self.rule(self.from_vpc, each(), own(), template![self.protocol, " from the VPC"], vpc),
            );
        }
        let file = match cluster {
            None => file,
            Some(pods) => file.noted(
                "From all pods: they have the security group of what they run on.",
                self.rule(
                    self.from_cluster,
                    each(),
                    own(),
                    template![self.protocol, " from pods"],
                    Source::Group(pods),
                ),
            ),
        };
        if self.names(model).is_empty() {
            return file;
        }
        let group = match self.for_each {
            None => own(),
            Some(_) => self.group.via(each_value("store"), "id"),
        };
        let from = template![self.protocol, " from the app ", each_value("app")];
        let app = Source::Group(apps::SECURITY_GROUP.via(each_value("app"), "id"));
        file.noted(
            "A rule for each app that names it in its variables: another app changes none of the others.",
            self.rule(self.from_app, Some(local(self.clients)), group, from, app),
        )
    }

    /// Adds the map over which the rules for apps go.
    pub(super) fn locals(&self, part: Part, model: &InfraModel) -> Part {
        let names = self.names(model);
        if names.is_empty() {
            return part;
        }
        let entries = names.into_iter().fold(Object::new(), |object, (store, app)| match store {
            None => object.entry(app, Object::new().field("app", app)),
            // No key of a user has a dot.
            Some(store) => {
                object.entry(format!("{store}.{app}"), Object::new().field("store", store).field("app", app))
            }
        });
        part.local(self.clients, entries)
    }

    /// Which of these things is named by which app on ECS.
    fn names<'m>(&self, model: &'m InfraModel) -> BTreeSet<(Option<&'m Key>, &'m Key)> {
        let named = apps::on_ecs(model).flat_map(|(key, app, _)| {
            app.secrets.values().filter_map(move |secret| match secret {
                Secret::Reference(wish) => Some((key, wish)),
                Secret::Generated { .. } | Secret::Entry { .. } => None,
            })
        });
        let here = named.filter(|(_, wish)| (self.leads_here)(model, wish));
        here.map(|(app, wish)| (store(wish), app)).collect()
    }

    fn rule(
        &self,
        rule: Resource,
        for_each: Option<Reference>,
        group: Reference,
        description: Expr,
        source: Source,
    ) -> Block {
        let block = Block::of(rule)
            .arg_if_some("for_each", for_each)
            .arg("security_group_id", group)
            .arg("description", description);
        let block = match source {
            Source::Group(group) => block.arg("referenced_security_group_id", group),
            Source::Range(range) => block.arg("cidr_ipv4", range),
        };
        block.arg("ip_protocol", "tcp").arg("from_port", self.port).arg("to_port", self.port).tags(rule)
    }
}

/// Who is let in.
enum Source {
    Group(Reference),
    Range(Expr),
}

/// The name of what is referred to; there may be one only, without a name.
fn store(wish: &Wish) -> Option<&Key> {
    match wish {
        Wish::Database { key, .. }
        | Wish::Cache { key, .. }
        | Wish::Bucket { key, .. }
        | Wish::Registry { key, .. }
        | Wish::Secret { key, .. } => Some(key),
        Wish::DocumentDatabase { .. } => None,
    }
}
