//! The closed sets of words that a file may use.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Nat;

/// A closed set of words.
pub(crate) trait Word: Copy + 'static {
    /// Every word and what it means.
    const WORDS: &'static [(&'static str, Self)];
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// The spelling in a file.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl Word for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($text, Self::$variant)),+];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// How generous the defaults are.
    #[derive(Default)]
    Profile {
        /// For trying and developing: the smallest of everything, no standby.
        #[default]
        Small => "small",
        /// For a team's daily work: room to grow, backups of a week.
        Medium => "medium",
        /// For production: a standby of everything, protection against deletion.
        Large => "large",
    }
}

words! {
    /// A cloud.
    Provider {
        /// Amazon Web Services.
        Aws => "aws",
    }
}

words! {
    /// A VPC endpoint.
    Endpoint {
        /// S3; a gateway endpoint, free of charge.
        S3 => "s3",
        /// DynamoDB; a gateway endpoint, free of charge.
        Dynamodb => "dynamodb",
        /// ECR, both its API and its image store.
        Ecr => "ecr",
        /// Secrets Manager.
        Secretsmanager => "secretsmanager",
        /// CloudWatch Logs.
        Logs => "logs",
        /// CloudWatch metrics.
        Monitoring => "monitoring",
        /// Security Token Service.
        Sts => "sts",
        /// Key Management Service.
        Kms => "kms",
        /// Systems Manager, with Session Manager.
        Ssm => "ssm",
        /// The EC2 API.
        Ec2 => "ec2",
        /// Simple Queue Service.
        Sqs => "sqs",
        /// Simple Notification Service.
        Sns => "sns",
    }
}

words! {
    /// Whose key encrypts.
    Encryption {
        /// A key that AWS manages; free of charge.
        Aws => "aws",
        /// The environment's own KMS key.
        Kms => "kms",
    }
}

words! {
    /// A database engine.
    DatabaseEngine {
        /// RDS for PostgreSQL.
        Postgres => "postgres",
    }
}

words! {
    /// A size in words.
    Size {
        /// The smallest that is sold.
        Small => "small",
        /// For a team's daily work.
        Medium => "medium",
        /// For production.
        Large => "large",
    }
}

words! {
    /// How Terraform's state is locked.
    StateLock {
        /// By an object beside the state, written on condition that it isn't there.
        S3 => "s3",
    }
}

words! {
    /// When a plan waits for a person.
    ApprovalPolicy {
        /// Each plan that changes something.
        Always => "always",
        /// A plan that would delete or replace something that holds data.
        WhenDestructive => "when_destructive",
        /// No plan.
        Never => "never",
    }
}

words! {
    /// What becomes of the data when the environment is destroyed.
    DataOnDestroy {
        /// Databases leave a final snapshot.
        Snapshot => "snapshot",
        /// Nothing is kept.
        Delete => "delete",
    }
}

impl Nat {
    /// The spelling in a file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Single => "single",
            Self::PerAz => "per_az",
        }
    }
}

impl fmt::Display for Nat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Word for Nat {
    const WORDS: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("single", Self::Single), ("per_az", Self::PerAz)];
}

impl Endpoint {
    /// Services behind the word that are reached through a gateway endpoint.
    pub(crate) const fn gateways(self) -> &'static [&'static str] {
        match self {
            Self::S3 => &["s3"],
            Self::Dynamodb => &["dynamodb"],
            _ => &[],
        }
    }

    /// Services behind the word that are reached through an interface endpoint, by AWS's suffix.
    /// Source: Amazon VPC guide, "AWS services that integrate with AWS PrivateLink".
    pub(crate) const fn interfaces(self) -> &'static [&'static str] {
        match self {
            Self::S3 | Self::Dynamodb => &[],
            Self::Ecr => &["ecr.api", "ecr.dkr"],
            Self::Secretsmanager => &["secretsmanager"],
            Self::Logs => &["logs"],
            Self::Monitoring => &["monitoring"],
            Self::Sts => &["sts"],
            Self::Kms => &["kms"],
            Self::Ssm => &["ssm", "ssmmessages", "ec2messages"],
            Self::Ec2 => &["ec2"],
            Self::Sqs => &["sqs"],
            Self::Sns => &["sns"],
        }
    }
}
