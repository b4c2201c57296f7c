//! Names of cloud resources: a pure function of (environment id, environment name, kind, key).
//!
//! WHY pure: after a crash the worker must be able to say what a resource that isn't in state would be called. Every
//! name begins with the environment's prefix, `<name>-<digest>`, which is unique in an account and as good as unique in
//! the world (S3 buckets share one namespace). A [`Key`] has at most 24 characters and the prefix 33, so most names are
//! never cut. A load balancer has 32, less than a prefix can take: [`Names::fit`] cuts what is too long and puts a
//! digest of the whole in the place of the rest.

use sha2::{Digest, Sha256};

use crate::{EnvironmentId, Key, spec::EnvironmentName};

/// Characters of a digest; 40 bits.
const DIGEST_LEN: u32 = 8;
const DIGEST_ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What the document database is called, where databases have their keys.
pub(crate) const DOCUMENTS: &str = "documents";

/// The names of one environment.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    pub(crate) fn new(id: EnvironmentId, name: &EnvironmentName) -> Self {
        Self { prefix: format!("{}-{}", name.as_str(), digest_of_id(id)) }
    }

    /// `<name>-<digest>`, at most 33 characters.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// `<prefix>-<parts>`, if `longest` characters are enough for it; otherwise as much of it as fits, a hyphen and a
    /// digest of the whole, so that different names stay different.
    ///
    /// `parts` follows the rules of a [`Key`] but for its length; `longest` is the service's limit, of which the digest
    /// takes nine.
    pub(crate) fn fit(&self, parts: &str, longest: usize) -> String {
        let whole = format!("{}-{parts}", self.prefix);
        if whole.len() <= longest {
            return whole;
        }
        let room = longest.saturating_sub(DIGEST_LEN as usize + 1);
        let head: String = whole.chars().take(room).collect();
        format!("{}-{}", head.trim_end_matches('-'), digest_of_text(&whole))
    }

    /// Name tag of the VPC.
    pub(crate) fn vpc(&self) -> String {
        self.prefix.clone()
    }

    /// S3 bucket: 3 to 63 of a-z, 0-9 and hyphens, unique in the world.
    pub(crate) fn bucket(&self, key: &Key) -> String {
        self.fit(key.as_str(), 63)
    }

    /// ECR repository: 2 to 256, `/` between parts.
    pub(crate) fn repository(&self, key: &Key) -> String {
        format!("{}/{key}", self.prefix)
    }

    /// RDS instance identifier: 1 to 63, starts with a letter, no doubled or trailing hyphen.
    pub(crate) fn database(&self, key: &Key) -> String {
        self.fit(key.as_str(), 63)
    }

    /// DB instance that belongs to a database, counted from 1: as a database. Not always free: see
    /// `Resolver::identifiers`.
    pub(crate) fn database_instance(&self, key: &Key, number: usize) -> String {
        self.fit(&format!("{key}-{number}"), 63)
    }

    /// Read replica of a database, counted from 1: as a database.
    pub(crate) fn database_replica(&self, key: &Key, number: usize) -> String {
        self.fit(&format!("{key}-replica-{number}"), 63)
    }

    /// DocumentDB cluster identifier: as a database.
    pub(crate) fn documents(&self) -> String {
        self.fit(DOCUMENTS, 63)
    }

    /// DocumentDB instance identifier, counted from 1: as a database.
    pub(crate) fn documents_instance(&self, number: usize) -> String {
        self.fit(&format!("{DOCUMENTS}-{number}"), 63)
    }

    /// DocumentDB cluster parameter group: 1 to 255 letters, digits and hyphens.
    pub(crate) fn documents_parameters(&self, version: &str) -> String {
        format!("{}-{DOCUMENTS}-{}", self.prefix, version.replace('.', "-"))
    }

    /// Cluster of MongoDB Atlas: up to 64, of which the first 23 tell it from the others of its project.
    /// Source: Atlas Administration API, "Create One Cluster", `name`.
    pub(crate) fn atlas_cluster(&self) -> String {
        self.fit(DOCUMENTS, 23)
    }

    /// Project of MongoDB Atlas: up to 64.
    pub(crate) fn atlas_project(&self) -> String {
        self.prefix.clone()
    }

    /// Final snapshot of the document database: as that of a database.
    pub(crate) fn documents_final_snapshot(&self) -> String {
        format!("{}-{DOCUMENTS}-final", self.prefix)
    }

    /// Final snapshot of a database: as an identifier, up to 255.
    pub(crate) fn final_snapshot(&self, key: &Key) -> String {
        format!("{}-{key}-final", self.prefix)
    }

    /// IAM role with which RDS writes Enhanced Monitoring: up to 64.
    pub(crate) fn monitoring_role(&self, key: &Key) -> String {
        self.fit(&format!("{key}-mon"), 64)
    }

    /// ElastiCache replication group and user group: 1 to 40, starts with a letter, no doubled or trailing hyphen.
    pub(crate) fn cache(&self, key: &Key) -> String {
        self.fit(key.as_str(), 40)
    }

    /// ElastiCache user: as a replication group. For IAM authentication its name is the same as its id.
    pub(crate) fn cache_user(&self, key: &Key) -> String {
        self.fit(&format!("{key}-app"), 40)
    }

    /// The ElastiCache user `default` that can do nothing: as a replication group.
    pub(crate) fn cache_default_user(&self, key: &Key) -> String {
        self.fit(&format!("{key}-off"), 40)
    }

    /// CloudWatch log group of a cache's slow log: up to 512.
    pub(crate) fn cache_log_group(&self, key: &Key) -> String {
        format!("/aws/vendedlogs/elasticache/{}/slow", self.cache(key))
    }

    /// IAM role with which VPC flow logs are written: up to 64.
    pub(crate) fn flow_logs_role(&self) -> String {
        self.fit("flow-logs", 64)
    }

    /// EKS cluster: 1 to 100, starts with a letter or digit.
    pub(crate) fn kubernetes_cluster(&self) -> String {
        self.prefix.clone()
    }

    /// IAM role of a part of the EKS cluster: up to 64.
    pub(crate) fn kubernetes_role(&self, part: &str) -> String {
        self.fit(&format!("eks-{part}"), 64)
    }

    /// EC2 launch template of a node group: 3 to 128.
    pub(crate) fn launch_template(&self, key: &Key) -> String {
        self.fit(&format!("node-{key}"), 128)
    }

    /// CloudWatch log group: up to 512.
    pub(crate) fn flow_logs_group(&self) -> String {
        format!("/terrane/{}/flow-logs", self.prefix)
    }

    /// ECS cluster: up to 255.
    pub(crate) fn cluster(&self) -> String {
        self.prefix.clone()
    }

    /// Log group into which Container Insights writes. AWS chooses it.
    pub(crate) fn container_insights_group(&self) -> String {
        format!("/aws/ecs/containerinsights/{}/performance", self.cluster())
    }

    /// ECS service and family of its task definitions: up to 255.
    pub(crate) fn app(&self, key: &Key) -> String {
        self.fit(key.as_str(), 255)
    }

    /// ECS service that CodeDeploy deploys: up to 255, and another than the one that ECS deploys by itself, which lives
    /// for a while beside it when an app goes from one to the other. No key has an underscore, so no other app is called so.
    pub(crate) fn blue_green_app(&self, key: &Key) -> String {
        self.fit(&format!("{key}_blue_green"), 255)
    }

    /// Log group of an app or of its API: up to 512.
    pub(crate) fn app_log_group(&self, key: &Key) -> String {
        format!("/terrane/{}/apps/{key}", self.prefix)
    }

    /// Log group of the HTTP API in front of an app: up to 512. Under this beginning AWS lets its services write without
    /// a line for each group in a policy that has room for few.
    /// Source: CloudWatch Logs user guide, "Enabling logging from AWS services".
    pub(crate) fn api_log_group(&self, key: &Key) -> String {
        format!("/aws/vendedlogs/terrane/{}/apis/{key}", self.prefix)
    }

    /// IAM role of an app for a purpose: up to 64.
    pub(crate) fn app_role(&self, key: &Key, purpose: &str) -> String {
        self.fit(&format!("{key}-{purpose}"), 64)
    }

    /// Target group of an app: up to 32. The letter stands first, where no key can imitate it: `api` has the groups
    /// `a-api` and `b-api`, and an app called `b-api` has `a-b-api`.
    pub(crate) fn target_group(&self, key: &Key, letter: char) -> String {
        self.fit(&format!("{letter}-{key}"), 32)
    }

    /// Application load balancer: up to 32.
    pub(crate) fn load_balancer(&self, kind: &str) -> String {
        self.fit(kind, 32)
    }

    /// Bucket of the load balancers' access logs: as any bucket. Longer than a [`Key`], so that no bucket of the file has it.
    pub(crate) fn access_logs_bucket(&self) -> String {
        self.fit("load-balancer-access-logs", 63)
    }

    /// CloudWatch dashboard: up to 255.
    pub(crate) fn dashboard(&self) -> String {
        self.prefix.clone()
    }

    /// SNS topic for alarms: up to 256.
    pub(crate) fn alarm_topic(&self) -> String {
        self.fit("alarms", 256)
    }

    /// How the name of an entry of Secrets Manager begins: up to 486 of letters, digits and `/_+=.@-`.
    pub(crate) fn secret(&self, key: &Key) -> String {
        format!("{}/{key}-", self.prefix)
    }

    /// Budget: up to 100, no `:` and no `\`.
    pub(crate) fn budget(&self) -> String {
        format!("{}-monthly", self.prefix)
    }

    /// Vault and plan of AWS Backup: 2 to 50 letters, digits, hyphens and underscores.
    pub(crate) fn backup_vault(&self) -> String {
        self.fit("data", 50)
    }

    /// IAM role with which AWS Backup makes copies: up to 64. No key makes the same name: roles of keys have a longer end.
    pub(crate) fn backup_role(&self) -> String {
        self.fit("backup", 64)
    }

    /// KMS alias: up to 256, not below `alias/aws/`.
    pub(crate) fn key_alias(&self) -> String {
        format!("alias/terrane/{}", self.prefix)
    }
}

/// The bucket that holds the state of every environment of an account and region: at most 63 characters.
pub(crate) fn state_bucket(account_id: &str, region: &str) -> String {
    format!("terrane-state-{account_id}-{region}")
}

/// The place of an app among the rules of a listener, 1 to 20,000. Behind it is room for those that want the same place.
pub(crate) fn rule_place(key: &Key) -> u16 {
    let bits = Sha256::digest(key.as_str().as_bytes())
        .iter()
        .take(4)
        .fold(0, |bits, byte| bits << 8 | u32::from(*byte));
    // Less than 20,000, which fits.
    u16::try_from(bits % 20_000).unwrap_or_default() + 1
}

/// From the last 40 bits of the id. They are random; the first digits of a UUIDv7 are its time, and environments that are
/// made one after the other would differ little.
fn digest_of_id(id: EnvironmentId) -> String {
    spell(id.as_uuid().as_u128())
}

/// From the first 40 bits of the text's SHA-256: the same for ever, whichever compiler or library makes it.
fn digest_of_text(text: &str) -> String {
    spell(Sha256::digest(text.as_bytes()).iter().take(5).fold(0, |bits, byte| bits << 8 | u128::from(*byte)))
}

/// The last 40 bits as eight characters.
fn spell(bits: u128) -> String {
    (0..DIGEST_LEN)
        .rev()
        .map(|place| char::from(DIGEST_ALPHABET[((bits >> (5 * place)) & 31) as usize]))
        .collect()
}

#[cfg(test)]
mod tests;
