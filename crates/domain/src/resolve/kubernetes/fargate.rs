//! Fargate profiles: which pods run without nodes.

use std::collections::BTreeMap;

use crate::{
    FargateProfile, FargateSelector, Key,
    resolve::{Conflict, Resolver},
    spec::{FargateSpec, Path},
};

/// Name of the profile of a cluster whose file names none.
const ALL: &str = "all";

/// Where coredns and metrics-server run.
const SYSTEM: &str = "kube-system";

impl Resolver<'_> {
    pub(super) fn fargate_profiles(
        &mut self,
        spec: &FargateSpec,
        path: &Path,
    ) -> BTreeMap<Key, FargateProfile> {
        let mut profiles: BTreeMap<Key, FargateProfile> = spec
            .profiles
            .iter()
            .map(|(key, profile)| {
                let selectors = profile.selectors.iter().map(|selector| FargateSelector {
                    namespace: selector.namespace.clone(),
                    labels: selector.labels.clone(),
                });
                (key.clone(), FargateProfile { selectors: selectors.collect() })
            })
            .collect();
        if profiles.is_empty()
            && let Ok(all) = Key::parse(ALL)
        {
            let because = "because a pod that no profile takes waits for ever";
            self.explain(
                path,
                &format_args!("{{ {ALL}: {{ selectors: [{{ namespace: \"*\" }}] }} }}"),
                because,
            );
            let everything = FargateSelector { namespace: "*".to_owned(), labels: BTreeMap::new() };
            profiles.insert(all, FargateProfile { selectors: vec![everything] });
        }
        if !profiles.values().any(|profile| profile.takes(SYSTEM)) {
            let message = format!(
                "none takes the pods of {SYSTEM}, where the cluster's DNS runs; add the selector {{ namespace: {SYSTEM} }}"
            );
            self.conflict(Conflict::new(path.clone(), message));
        }
        profiles
    }
}
