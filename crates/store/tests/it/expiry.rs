use std::time::Duration;

use terrane_domain::{EnvironmentId, OperationKind};
use terrane_store::{Environment, NewEnvironment, NewSpec};

use crate::support::{World, accepted, new_environment, new_spec};

const HOUR: Duration = Duration::from_secs(3600);

impl World {
    async fn create_for(&self, ttl: Duration) -> Environment {
        let new = NewEnvironment { ttl: Some(ttl), ..new_environment(self.tenant.id, "preview") };
        accepted(self.store.create_environment(new, None).await.unwrap()).environment
    }

    async fn change_to(&self, id: EnvironmentId, new: NewSpec) -> Environment {
        accepted(self.store.update_environment(self.tenant.id, id, None, new, None).await.unwrap())
            .environment
    }

    /// Lets the time of every environment that has one be over.
    async fn time_passes(&self) {
        let past = "UPDATE environments SET expires_at = now() WHERE expires_at IS NOT NULL";
        self.raw().await.batch_execute(past).await.unwrap();
    }

    async fn expire(&self) -> Vec<EnvironmentId> {
        self.store.expire_environments().await.unwrap()
    }
}

#[tokio::test]
async fn an_environment_is_destroyed_when_its_time_is_over_and_asked_for_once() {
    let world = World::new().await;
    let environment = world.create_for(HOUR).await;
    let left = environment.expires_at.unwrap() - environment.created_at;
    assert_eq!(left.to_std().unwrap(), HOUR);
    assert_eq!(world.expire().await, []);
    world.time_passes().await;
    assert_eq!(world.expire().await, [environment.id]);
    assert_eq!(world.claim().await.operation.kind, OperationKind::Destroy);
    assert_eq!(world.expire().await, [], "a destroy that fails is for a person to look at");
    assert_eq!(world.environment(environment.id).await.expires_at, None);
}

#[tokio::test]
async fn a_change_counts_anew_and_a_file_without_a_ttl_stays() {
    let world = World::new().await;
    let environment = world.create_for(HOUR).await;
    world.time_passes().await;
    let changed = world.change_to(environment.id, NewSpec { ttl: Some(HOUR), ..new_spec() }).await;
    assert!(changed.expires_at > environment.expires_at);
    assert_eq!(world.expire().await, []);
    let kept = world.change_to(environment.id, new_spec()).await;
    assert_eq!(kept.expires_at, None);
}

#[tokio::test]
async fn what_is_protected_does_not_expire() {
    let world = World::new().await;
    let environment = world.create_for(HOUR).await;
    let protected = NewSpec { ttl: Some(HOUR), deletion_protection: true, ..new_spec() };
    world.change_to(environment.id, protected).await;
    world.time_passes().await;
    assert_eq!(world.expire().await, []);
}
