//! What stands of an environment, as AWS itself says it.
//!
//! Two questions, because neither answer is enough. The tagging API finds what carries an environment's tag, of every
//! service at once; but it names things for a while after they are gone, and says nothing of how they are. So each is
//! confirmed by a describe call of its own service: [`Standing`] is what that call said. A file per family of services
//! holds those calls and the words in which each service says "ready" and "failed".
//!
//! A service that nobody here can ask is [`Standing::Unknown`]: neither there nor gone.

mod answer;
mod arn;
mod balancers;
mod caches;
mod clusters;
mod databases;
mod keys;
mod network;
mod storage;
mod tasks;

use aws_sdk_resourcegroupstagging::types::{ResourceTagMapping, TagFilter};
use chrono::{DateTime, Utc};

use crate::{AwsError, Session};

pub use arn::Arn;

/// The tag that names the environment that a thing belongs to.
const ENVIRONMENT: &str = "terrane:environment";
/// The tag that names its address in the rendered module.
const ADDRESS: &str = "terrane:address";

/// Something that carries an environment's tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Its ARN.
    pub arn: String,
    /// The value of its tag `terrane:address`; `None` for what somebody else tagged.
    pub address: Option<String>,
}

/// How something is, by the word of its own service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It isn't there.
    Gone,
    /// It is there and ready.
    Stands,
    /// It is being made, changed or deleted.
    Changing {
        /// The service's word for it.
        status: String,
    },
    /// It is there and will not get well by itself.
    Failed {
        /// The service's word for it.
        status: String,
    },
    /// It can't be used any more, and AWS takes it away by itself.
    Pending {
        /// When, where AWS says so.
        until: Option<DateTime<Utc>>,
    },
    /// Of a service that isn't asked.
    Unknown,
}

impl Session {
    /// Everything in this region that carries the environment's tag, deleted things of the last hours among it.
    ///
    /// <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>
    ///
    /// # Errors
    /// If a page can't be read, for example because the role may not `tag:GetResources`.
    pub async fn tagged(&self, environment_id: &str) -> Result<Vec<Tagged>, AwsError> {
        let of_environment = TagFilter::builder().key(ENVIRONMENT).values(environment_id).build();
        let mut pages = aws_sdk_resourcegroupstagging::Client::new(&self.config)
            .get_resources()
            .tag_filters(of_environment)
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| AwsError::from_sdk("tag:GetResources", error))?;
            found.extend(tagged(item));
        }
        Ok(found)
    }

    /// How something is now, asked of the service that it belongs to. Reads only.
    ///
    /// # Errors
    /// If the service doesn't answer, or refuses. That it isn't there is no error.
    pub async fn standing(&self, thing: &Tagged) -> Result<Standing, AwsError> {
        let Some(arn) = Arn::parse(&thing.arn) else { return Ok(Standing::Unknown) };
        // On the heap: the future of each call of an SDK is large, and this one would be as large as the largest.
        match arn.service {
            "ec2" => Box::pin(network::standing(self, &arn)).await,
            "ecs" => Box::pin(tasks::standing(self, &arn)).await,
            "eks" => Box::pin(clusters::standing(self, &arn)).await,
            "elasticache" => Box::pin(caches::standing(self, &arn)).await,
            "elasticloadbalancing" => Box::pin(balancers::standing(self, &arn)).await,
            "kms" | "secretsmanager" => Box::pin(keys::standing(self, &arn)).await,
            "rds" => Box::pin(databases::standing(self, &arn)).await,
            "s3" => Box::pin(storage::standing(self, &arn)).await,
            _ => Ok(Standing::Unknown),
        }
    }

    /// Takes a revision of a task definition out of use: from then on nothing new is started from it.
    ///
    /// # Errors
    /// If ECS doesn't answer, or refuses.
    pub async fn deregister_task_definition(&self, arn: &str) -> Result<(), AwsError> {
        tasks::deregister(self, arn).await
    }
}

fn tagged(item: ResourceTagMapping) -> Option<Tagged> {
    let address = item.tags.into_iter().flatten().find(|tag| tag.key == ADDRESS).map(|tag| tag.value);
    Some(Tagged { arn: item.resource_arn?, address })
}
