//! ECS, which goes on describing what was deleted as `INACTIVE`.

use aws_sdk_ecs::{Client, error::ProvideErrorMetadata as _, types::TaskDefinitionStatus};

use super::{
    Arn, Standing,
    answer::{Words, first, found, judged},
};
use crate::{AwsError, Session};

const CLUSTER: Words = Words { ready: &["ACTIVE"], failed: &["FAILED"], gone: &["INACTIVE"] };
const SERVICE: Words = Words { ready: &["ACTIVE"], failed: &[], gone: &["INACTIVE"] };
const PROVIDER: Words = Words { ready: &["ACTIVE"], failed: &[], gone: &["INACTIVE"] };
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>
const TASK: Words = Words { ready: &["RUNNING"], failed: &[], gone: &["STOPPED", "DELETED"] };

pub(super) async fn standing(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let ecs = Client::new(&session.config);
    Ok(match arn.kind {
        "cluster" => {
            let call = ecs.describe_clusters().clusters(arn.id);
            let cluster = first!("ecs:DescribeClusters", call, clusters);
            judged(cluster.map(|cluster| cluster.status), &CLUSTER)
        }
        "service" => {
            let Some((cluster, _)) = arn.id.split_once('/') else { return Ok(Standing::Unknown) };
            let call = ecs.describe_services().cluster(cluster).services(arn.whole);
            let service = first!("ecs:DescribeServices", call, services);
            judged(service.map(|service| service.status), &SERVICE)
        }
        "task" => {
            let Some((cluster, _)) = arn.id.split_once('/') else { return Ok(Standing::Unknown) };
            let call = ecs.describe_tasks().cluster(cluster).tasks(arn.whole);
            let task = first!("ecs:DescribeTasks", call, tasks);
            judged(task.map(|task| task.last_status), &TASK)
        }
        "capacity-provider" => {
            let call = ecs.describe_capacity_providers().capacity_providers(arn.id);
            let provider = first!("ecs:DescribeCapacityProviders", call, capacity_providers);
            judged(provider.map(|provider| provider.status), &PROVIDER)
        }
        "task-definition" => task_definition(&ecs, arn).await?,
        _ => Standing::Unknown,
    })
}

/// A revision that is inactive starts nothing new and costs nothing. AWS keeps it for as long as it likes and says no
/// date. <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html>
async fn task_definition(ecs: &Client, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    match ecs.describe_task_definition().task_definition(arn.whole).send().await {
        Ok(answer) => {
            let status = answer.task_definition.and_then(|definition| definition.status);
            Ok(match status {
                Some(TaskDefinitionStatus::Inactive | TaskDefinitionStatus::DeleteInProgress) => {
                    Standing::Pending { until: None }
                }
                _ => Standing::Stands,
            })
        }
        // ECS has no code of its own for one that was deleted for good.
        Err(error) if error.code() == Some("ClientException") => Ok(Standing::Gone),
        Err(error) => Err(AwsError::from_sdk("ecs:DescribeTaskDefinition", error)),
    }
}

pub(super) async fn deregister(session: &Session, arn: &str) -> Result<(), AwsError> {
    Client::new(&session.config)
        .deregister_task_definition()
        .task_definition(arn)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk("ecs:DeregisterTaskDefinition", error))?;
    Ok(())
}
