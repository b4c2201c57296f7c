//! The document database.

mod atlas;

use super::{Conflict, LifecyclePolicy, Resolver};
use crate::{
    ClusterInstance, DocumentDatabase, Network, facts,
    names::DOCUMENTS,
    profile::documentdb_instance_class,
    spec::{DatabaseSize, DocumentDatabaseSpec, DocumentEngine, Path},
};

const DEFAULT_VERSION: &str = "5.0";
const MASTER_USERNAME: &str = "terrane";

impl Resolver<'_> {
    pub(super) fn document_database(
        &mut self,
        policy: LifecyclePolicy,
        network: Option<&Network>,
    ) -> Option<DocumentDatabase> {
        let spec = self.spec.document_database.as_ref()?;
        if is_atlas(spec) {
            return None;
        }
        let path = Path::root().key("document_database");
        let defaults = self.defaults;
        let _: DocumentEngine = self.or_default(&path.key("engine"), spec.engine, DocumentEngine::Documentdb);
        if spec.atlas.is_some() {
            let message = "is for engine: mongodb_atlas; write that, or leave this out";
            self.conflict(Conflict::new(path.key("atlas"), message).with(path.key("engine")));
        }
        let offered = ("DocumentDB", facts::DOCUMENTDB_VERSIONS);
        let version = self.document_version(spec, offered, DEFAULT_VERSION, &path.key("version"));
        self.document_names(&path);
        Some(DocumentDatabase {
            identifier: self.names.documents(),
            parameter_group: self.names.documents_parameters(&version),
            family: format!("docdb{version}"),
            version: format!("{version}.0"),
            instance_class: self.document_class(spec, &path),
            instances: self.document_instances(spec, &path, network),
            backup_retention_days: self.or_profile(
                &path.key("backup_retention_days"),
                spec.backup_retention_days,
                defaults.backup_retention_days,
            ),
            deletion_protection: self.protection(spec.deletion_protection, &path, policy),
            final_snapshot: self.final_snapshot(self.names.documents_final_snapshot(), policy),
            environment_key: self.own_key(&path.key("encryption"), spec.encryption),
            log_retention_days: self.log_retention(
                &path.key("log_retention_days"),
                spec.log_retention_days,
                defaults.log_retention_days,
            ),
            master_username: MASTER_USERNAME.to_owned(),
        })
    }

    /// The version, if the product offers it.
    fn document_version(
        &mut self,
        spec: &DocumentDatabaseSpec,
        (product, offered): (&str, &[&str]),
        default: &str,
        path: &Path,
    ) -> String {
        let version = self.or_default(path, spec.version.clone(), default.to_owned());
        if !offered.contains(&version.as_str()) {
            let message = format!("unknown version \"{version}\"; {product} offers {}", offered.join(" or "));
            let engine = Path::root().key("document_database").key("engine");
            self.conflict(Conflict::new(path.clone(), message).with(engine));
        }
        version
    }

    fn document_class(&mut self, spec: &DocumentDatabaseSpec, path: &Path) -> String {
        let at = path.key("size");
        let given = match &spec.size {
            Some(DatabaseSize::Exact { instance_class }) => {
                if !facts::database_classes::documentdb_runs_on(instance_class) {
                    let message = format!(
                        "DocumentDB does not run on {instance_class}; use a class of a family r, or medium of t"
                    );
                    self.conflict(Conflict::new(at.key("instance_class"), message));
                }
                return instance_class.clone();
            }
            Some(DatabaseSize::Named(size)) => Some(*size),
            None => None,
        };
        let sizes = (given, self.defaults.database_size);
        self.of_size(&at, "instance_class", sizes, documentdb_instance_class)
    }

    fn document_instances(
        &mut self,
        spec: &DocumentDatabaseSpec,
        path: &Path,
        network: Option<&Network>,
    ) -> Vec<ClusterInstance> {
        let readers = self.readers(spec.high_availability, spec.replicas, path);
        self.cluster_instances(readers, network, |names, number| names.documents_instance(number))
    }

    /// DocumentDB's clusters and instances share their namespaces with those of RDS.
    fn document_names(&mut self, path: &Path) {
        let databases = Path::root().key("databases");
        for key in self.spec.databases.keys() {
            let ours = key
                .as_str()
                .strip_prefix(DOCUMENTS)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
            if ours {
                let message = "has the name that the document_database takes; call it otherwise";
                self.conflict(Conflict::new(databases.key(key.as_str()), message).with(path.clone()));
            }
        }
    }
}

/// Whether the document database is a cluster of MongoDB Atlas.
pub(super) fn is_atlas(spec: &DocumentDatabaseSpec) -> bool {
    spec.engine == Some(DocumentEngine::MongodbAtlas)
}
