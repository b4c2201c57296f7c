//! ARNs, taken apart.

/// The parts of `arn:partition:service:region:account:kind/id` that tell one thing from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// All of it.
    pub whole: &'a str,
    /// For example `ec2`.
    pub service: &'a str,
    /// For example `natgateway`; empty where the service has one kind only.
    pub kind: &'a str,
    /// What follows the kind, with whatever separators it has itself.
    pub id: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of an ARN; `None` for any other text.
    ///
    /// Services write `kind/id`, `kind:id` or the id alone.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    #[must_use]
    pub fn parse(whole: &'a str) -> Option<Self> {
        let mut parts = whole.splitn(6, ':');
        let (prefix, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (_region, _account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        if prefix != "arn" || service.is_empty() || resource.is_empty() {
            return None;
        }
        let (kind, id) = resource.split_once([':', '/']).unwrap_or(("", resource));
        Some(Self { whole, service, kind, id })
    }

    /// The parts of an id of the form `one/two/...`.
    pub(crate) fn path(&self) -> impl Iterator<Item = &'a str> {
        self.id.split('/')
    }

    /// Whether it is a snapshot of a database or a cache that somebody asked for. What AWS takes by itself every night
    /// goes with the database; its name begins with `rds:` or `automatic.`.
    #[must_use]
    pub fn is_kept_snapshot(&self) -> bool {
        let is_snapshot = matches!(
            (self.service, self.kind),
            ("rds", "snapshot" | "cluster-snapshot") | ("elasticache", "snapshot")
        );
        is_snapshot && !self.id.starts_with("rds:") && !self.id.starts_with("automatic.")
    }

    /// Whether it is a revision of a task definition.
    #[must_use]
    pub fn is_task_definition(&self) -> bool {
        (self.service, self.kind) == ("ecs", "task-definition")
    }

    /// Whether it is a key of KMS.
    #[must_use]
    pub fn is_key(&self) -> bool {
        (self.service, self.kind) == ("kms", "key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(arn: &str) -> Option<(&str, &str, &str)> {
        Arn::parse(arn).map(|arn| (arn.service, arn.kind, arn.id))
    }

    #[test]
    fn each_way_in_which_services_write_a_resource_is_read() {
        let ec2 = "arn:aws:ec2:eu-west-1:123456789012:natgateway/nat-1";
        assert_eq!(parts(ec2), Some(("ec2", "natgateway", "nat-1")));
        let task = "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:7";
        assert_eq!(parts(task), Some(("ecs", "task-definition", "api:7")));
        let snapshot = "arn:aws-cn:rds:cn-north-1:123456789012:snapshot:rds:main-2026-01-01";
        assert_eq!(parts(snapshot), Some(("rds", "snapshot", "rds:main-2026-01-01")));
        assert_eq!(parts("arn:aws:s3:::uploads"), Some(("s3", "", "uploads")));
        for other in ["", "arn:aws:s3", "urn:aws:s3:::uploads", "arn:aws:::1:", "arn:aws:s3:::"] {
            assert_eq!(parts(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_snapshot_that_was_asked_for_is_kept() {
        let kept = |resource: &str| {
            let arn = format!("arn:aws:rds:eu-west-1:123456789012:{resource}");
            Arn::parse(&arn).is_some_and(|arn| arn.is_kept_snapshot())
        };
        assert!(kept("snapshot:main-final-1") && kept("cluster-snapshot:main-final-1"));
        assert!(!kept("snapshot:rds:main-2026-01-01") && !kept("db:main"));
    }
}
