//! A cluster of MongoDB Atlas: where it stands, how large it is, and who logs in.

use std::collections::BTreeMap;

use super::is_atlas;
use crate::{
    AtlasCluster, AtlasProject, AtlasUser, DocumentDatabaseField, Key, Nat, Network, Vpc, facts,
    profile::atlas_instance_size,
    resolve::{Conflict, LifecyclePolicy, Resolver},
    spec::{AtlasAccess, AtlasSpec, AtlasUserSpec, DataOnDestroy, DatabaseSize, DocumentDatabaseSpec, Path},
};

const DEFAULT_VERSION: &str = "8.0";
const DEFAULT_DATABASE: &str = "app";

impl Resolver<'_> {
    pub(in crate::resolve) fn atlas(
        &mut self,
        policy: LifecyclePolicy,
        network: Option<&Network>,
    ) -> Option<AtlasCluster> {
        let spec = self.spec.document_database.as_ref().filter(|spec| is_atlas(spec))?;
        let path = Path::root().key("document_database");
        self.only_of_documentdb(spec, &path);
        self.lets_in(network, &path);
        let here = path.key("atlas");
        let Some(atlas) = &spec.atlas else {
            let message =
                "is required for engine: mongodb_atlas, for example { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e }";
            self.conflict(Conflict::new(here, message).with(path.key("engine")));
            return None;
        };
        let offered = ("MongoDB Atlas", facts::ATLAS_VERSIONS);
        let version = self.document_version(spec, offered, DEFAULT_VERSION, &path.key("version"));
        let instance_size = self.atlas_size(spec, atlas, &path);
        let database =
            self.or_default(&here.key("database"), atlas.database.clone(), DEFAULT_DATABASE.to_owned());
        Some(AtlasCluster {
            name: self.names.atlas_cluster(),
            project: self.atlas_project(atlas)?,
            version,
            instance_size,
            region: self.spec.cloud.region.to_uppercase().replace('-', "_"),
            backup_retention_days: self.or_profile(
                &path.key("backup_retention_days"),
                spec.backup_retention_days,
                self.defaults.backup_retention_days,
            ),
            deletion_protection: self.protection(spec.deletion_protection, &path, policy),
            retain_backups: policy.on_destroy == DataOnDestroy::Snapshot,
            database,
            users: self.atlas_users(&atlas.users, &here.key("users")),
        })
    }

    /// Atlas lets in the addresses of the NAT gateways, so there have to be some that are known.
    fn lets_in(&mut self, network: Option<&Network>, path: &Path) {
        let at = Path::root().key("network");
        let conflict = match network.map(|network| &network.vpc) {
            Some(Vpc::Made(vpc)) if vpc.nat == Nat::None => {
                let message =
                    "MongoDB Atlas is reached through NAT, and lets in nobody else; use single or per_az";
                Conflict::new(at.key("nat"), message)
            }
            Some(Vpc::Existing(_)) => {
                let message = "MongoDB Atlas lets in NAT gateways by their addresses, which are not known of a network \
                               that was there before; leave this out, or use engine: documentdb";
                Conflict::new(at.key("existing"), message)
            }
            Some(Vpc::Made(_)) | None => return,
        };
        self.conflict(conflict.with(path.key("engine")));
    }

    /// The reader lets nothing through that says neither of the two.
    fn atlas_project(&self, atlas: &AtlasSpec) -> Option<AtlasProject> {
        match (&atlas.project_id, &atlas.org_id) {
            (Some(project_id), _) => Some(AtlasProject::Existing { project_id: project_id.clone() }),
            (None, Some(org_id)) => {
                Some(AtlasProject::Own { org_id: org_id.clone(), name: self.names.atlas_project() })
            }
            (None, None) => None,
        }
    }

    fn only_of_documentdb(&mut self, spec: &DocumentDatabaseSpec, path: &Path) {
        let three =
            "is for DocumentDB; a cluster of MongoDB Atlas has three nodes in three zones at all times";
        let keys = [
            ("high_availability", spec.high_availability.is_some(), three),
            ("replicas", spec.replicas.is_some(), three),
            (
                "encryption",
                spec.encryption.is_some(),
                "is for DocumentDB; MongoDB Atlas encrypts with a key of its own",
            ),
            (
                "log_retention_days",
                spec.log_retention_days.is_some(),
                "is for DocumentDB; MongoDB Atlas keeps its logs itself",
            ),
        ];
        for (key, _, message) in keys.into_iter().filter(|(_, given, _)| *given) {
            self.conflict(Conflict::new(path.key(key), message).with(path.key("engine")));
        }
    }

    fn atlas_size(&mut self, spec: &DocumentDatabaseSpec, atlas: &AtlasSpec, path: &Path) -> String {
        let at = path.key("size");
        if let Some(exact) = &atlas.instance_size {
            if spec.size.is_some() {
                let message = "takes size or atlas.instance_size; keep one";
                self.conflict(Conflict::new(at, message).with(path.key("atlas").key("instance_size")));
            }
            return exact.clone();
        }
        let size = match &spec.size {
            Some(DatabaseSize::Exact { .. }) => {
                let message = "names a machine of AWS; write a word, or atlas: { instance_size: M10 }";
                self.conflict(Conflict::new(at.key("instance_class"), message).with(path.key("engine")));
                return String::new();
            }
            Some(DatabaseSize::Named(size)) => *size,
            None => self.or_profile(&at, None, self.defaults.database_size),
        };
        let exact = atlas_instance_size(size);
        self.explain(&path.key("atlas").key("instance_size"), &exact, &format!("because size {size}"));
        exact.to_owned()
    }

    fn atlas_users(&mut self, specs: &BTreeMap<Key, AtlasUserSpec>, path: &Path) -> BTreeMap<Key, AtlasUser> {
        let mut seen: BTreeMap<&str, &Key> = BTreeMap::new();
        let mut users = BTreeMap::new();
        for (key, spec) in specs {
            let here = path.key(key.as_str());
            if let Some(other) = seen.insert(&spec.principal, key) {
                let message =
                    format!("is the principal of {other} too, whom Atlas knows once; put them together");
                let other = path.key(other.as_str()).key("principal");
                self.conflict(Conflict::new(here.key("principal"), message).with(other));
            }
            let access = self.or_default(&here.key("access"), spec.access, AtlasAccess::Read);
            users.insert(key.clone(), AtlasUser { principal: spec.principal.clone(), access });
        }
        users
    }

    /// What an app can't be told of a document database: of DocumentDB the URL, of Atlas all that belongs to a password.
    pub(in crate::resolve) fn check_document_field(&mut self, field: DocumentDatabaseField, at: &Path) {
        use DocumentDatabaseField::{Host, Password, Port, SecretArn, Url, Username};
        let atlas = self.spec.document_database.as_ref().is_some_and(is_atlas);
        let message = match (atlas, field) {
            (false, Url) => {
                "can't be put together, because nobody knows the password before the app starts; \
                 take host, port, username and password one by one"
            }
            (true, Port) => "MongoDB Atlas names its ports by DNS; take url",
            (true, Password | SecretArn | Username) => {
                "MongoDB Atlas has no passwords here: the app logs in with its role; take url"
            }
            (false, _) | (true, Host | Url) => return,
        };
        let engine = Path::root().key("document_database").key("engine");
        self.conflict(Conflict::new(at.clone(), message).with(engine));
    }
}
