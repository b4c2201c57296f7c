//! What stands of an environment, by its tag and by the word of each service.

use aws_config::SdkConfig;
use aws_sdk_ec2::types::{ConnectivityType, ResourceType, Tag, TagSpecification};
use aws_sdk_ecs::types::ContainerDefinition;
use terrane_aws::{Arn, AwsErrorKind, Session, Standing, Tagged};
use terrane_rig::{Emulator, Faults, Rig, RigOptions, Rule};

use crate::support::{owner, refused, session, shared};

const ENVIRONMENT: &str = "env_0193a5c0dead7eef8badf00dcafe0001";

/// An account of its own: what its owner does there, and what Terrane sees of it.
struct Place {
    owner: SdkConfig,
    session: Session,
}

impl Place {
    async fn new() -> Self {
        Self::at(shared().await).await
    }

    async fn at(emulator: &Emulator) -> Self {
        let account = emulator.fresh_account();
        Self { owner: owner(emulator, &account).await, session: session(emulator, &account).await }
    }

    fn ec2(&self) -> aws_sdk_ec2::Client {
        aws_sdk_ec2::Client::new(&self.owner)
    }

    /// What is tagged; there has to be one thing.
    async fn only(&self) -> Tagged {
        let mut tagged = self.session.tagged(ENVIRONMENT).await.unwrap();
        assert_eq!(tagged.len(), 1, "{tagged:?}");
        tagged.remove(0)
    }

    async fn standing(&self, thing: &Tagged) -> Standing {
        self.session.standing(thing).await.unwrap()
    }

    async fn vpc(&self, tags: Option<TagSpecification>) -> String {
        let made =
            self.ec2().create_vpc().cidr_block("10.0.0.0/16").set_tag_specifications(tags.map(|it| vec![it]));
        made.send().await.unwrap().vpc.unwrap().vpc_id.unwrap()
    }
}

fn of_environment(kind: ResourceType, environment: &str) -> TagSpecification {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    TagSpecification::builder()
        .resource_type(kind)
        .tags(tag("terrane:environment", environment))
        .tags(tag("terrane:address", "aws_vpc.main"))
        .build()
}

#[tokio::test]
async fn what_carries_the_tag_is_found_with_its_address_and_nothing_else() {
    let place = Place::new().await;
    let vpc = place.vpc(Some(of_environment(ResourceType::Vpc, ENVIRONMENT))).await;
    place.vpc(Some(of_environment(ResourceType::Vpc, "env_0193a5c0dead7eef8badf00dcafe0002"))).await;
    place.vpc(None).await;
    let found = place.only().await;
    assert_eq!(found.address.as_deref(), Some("aws_vpc.main"));
    assert!(found.arn.ends_with(&format!(":vpc/{vpc}")), "{}", found.arn);
    assert_eq!(place.standing(&found).await, Standing::Stands);

    place.ec2().delete_vpc().vpc_id(vpc).send().await.unwrap();
    assert_eq!(place.standing(&found).await, Standing::Gone);
}

#[tokio::test]
async fn more_than_one_page_is_read() {
    let place = Place::new().await;
    let vpc = place.vpc(None).await;
    for n in 0..60 {
        let group =
            place.ec2().create_security_group().group_name(format!("g{n}")).description("d").vpc_id(&vpc);
        let tags = of_environment(ResourceType::SecurityGroup, ENVIRONMENT);
        group.tag_specifications(tags).send().await.unwrap();
    }
    let found = place.session.tagged(ENVIRONMENT).await.unwrap();
    assert_eq!(found.len(), 60);
    assert_eq!(place.standing(&found[59]).await, Standing::Stands);
}

#[tokio::test]
async fn a_deleted_gateway_is_gone_though_the_tagging_api_lists_it() {
    let place = Place::new().await;
    let (ec2, vpc) = (place.ec2(), place.vpc(None).await);
    let subnet =
        ec2.create_subnet().vpc_id(vpc).cidr_block("10.0.0.0/24").send().await.unwrap().subnet.unwrap();
    let made = ec2
        .create_nat_gateway()
        .subnet_id(subnet.subnet_id.unwrap())
        .connectivity_type(ConnectivityType::Private)
        .tag_specifications(of_environment(ResourceType::Natgateway, ENVIRONMENT));
    let id = made.send().await.unwrap().nat_gateway.unwrap().nat_gateway_id.unwrap();
    assert_eq!(place.standing(&place.only().await).await, Standing::Stands);
    ec2.delete_nat_gateway().nat_gateway_id(id).send().await.unwrap();
    assert_eq!(place.standing(&place.only().await).await, Standing::Gone);
}

#[tokio::test]
async fn a_key_that_waits_for_its_deletion_says_until_when() {
    let place = Place::new().await;
    let kms = aws_sdk_kms::Client::new(&place.owner);
    let tag =
        aws_sdk_kms::types::Tag::builder().tag_key("terrane:environment").tag_value(ENVIRONMENT).build();
    let key = kms.create_key().tags(tag.unwrap()).send().await.unwrap().key_metadata.unwrap().key_id;
    let found = place.only().await;
    assert!(Arn::parse(&found.arn).unwrap().is_key());
    assert_eq!((place.standing(&found).await, &found.address), (Standing::Stands, &None));
    let deleted = kms.schedule_key_deletion().key_id(key).pending_window_in_days(7).send().await.unwrap();
    let Standing::Pending { until: Some(until) } = place.standing(&found).await else {
        panic!("not pending")
    };
    assert_eq!(until.timestamp(), deleted.deletion_date.unwrap().secs());
}

#[tokio::test]
async fn a_secret_in_its_window_is_pending_and_gone_after_it() {
    let place = Place::new().await;
    let manager = aws_sdk_secretsmanager::Client::new(&place.owner);
    let tag = aws_sdk_secretsmanager::types::Tag::builder().key("terrane:environment").value(ENVIRONMENT);
    manager.create_secret().name("s").secret_string("x").tags(tag.build()).send().await.unwrap();
    let found = place.only().await;
    assert_eq!(place.standing(&found).await, Standing::Stands);
    let deleted = manager.delete_secret().secret_id("s").recovery_window_in_days(7).send().await.unwrap();
    let Standing::Pending { until: Some(until) } = place.standing(&found).await else {
        panic!("not pending")
    };
    assert_eq!(until.timestamp(), deleted.deletion_date.unwrap().secs());
    manager.delete_secret().secret_id("s").force_delete_without_recovery(true).send().await.unwrap();
    assert_eq!(place.standing(&found).await, Standing::Gone);
}

#[tokio::test]
async fn a_revision_of_a_task_definition_stands_until_it_is_taken_out_of_use() {
    let place = Place::new().await;
    let ecs = aws_sdk_ecs::Client::new(&place.owner);
    let container = ContainerDefinition::builder().name("api").image("api").memory(128).build();
    let tag = aws_sdk_ecs::types::Tag::builder().key("terrane:environment").value(ENVIRONMENT).build();
    let register = ecs.register_task_definition().family("api").container_definitions(container).tags(tag);
    register.send().await.unwrap();
    let found = place.only().await;
    assert!(Arn::parse(&found.arn).unwrap().is_task_definition());
    assert_eq!(place.standing(&found).await, Standing::Stands);
    place.session.deregister_task_definition(&found.arn).await.unwrap();
    assert_eq!(place.standing(&found).await, Standing::Pending { until: None });

    let never = Tagged { arn: format!("{}7", found.arn), address: None };
    assert_eq!(place.standing(&never).await, Standing::Gone);
}

#[tokio::test]
async fn a_database_is_ready_or_in_the_making_and_leaves_a_snapshot() {
    let place = Place::new().await;
    let rds = aws_sdk_rds::Client::new(&place.owner);
    let tag = aws_sdk_rds::types::Tag::builder().key("terrane:environment").value(ENVIRONMENT).build();
    let made = rds
        .create_db_instance()
        .db_instance_identifier("main")
        .engine("postgres")
        .db_instance_class("db.t4g.micro")
        .allocated_storage(20)
        .master_username("owner")
        .master_user_password("not-a-secret")
        .copy_tags_to_snapshot(true)
        .tags(tag);
    made.send().await.unwrap();
    // Beside the database there is the snapshot that RDS takes by itself, which nobody keeps.
    let (mut databases, nightly): (Vec<_>, Vec<_>) = place
        .session
        .tagged(ENVIRONMENT)
        .await
        .unwrap()
        .into_iter()
        .partition(|thing| thing.arn.ends_with(":db:main"));
    let database = databases.remove(0);
    assert!(nightly.iter().all(|thing| !Arn::parse(&thing.arn).unwrap().is_kept_snapshot()), "{nightly:?}");
    assert_eq!(place.standing(&database).await, Standing::Stands);
    let deleted = rds.delete_db_instance().db_instance_identifier("main");
    deleted.final_db_snapshot_identifier("main-final-1").send().await.unwrap();
    assert_eq!(place.standing(&database).await, Standing::Gone);
    let snapshot = place.only().await;
    assert!(Arn::parse(&snapshot.arn).unwrap().is_kept_snapshot(), "{}", snapshot.arn);
    assert_eq!(place.standing(&snapshot).await, Standing::Stands);
}

#[tokio::test]
async fn what_is_being_made_is_neither_ready_nor_gone() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let emulator = rig.emulator().await.unwrap();
    let place = Place::at(emulator).await;
    emulator.set_faults(&Faults::default().hold("ec2:nat-gateway")).await.unwrap();
    let (ec2, vpc) = (place.ec2(), place.vpc(None).await);
    let subnet =
        ec2.create_subnet().vpc_id(vpc).cidr_block("10.0.0.0/24").send().await.unwrap().subnet.unwrap();
    let made = ec2
        .create_nat_gateway()
        .subnet_id(subnet.subnet_id.unwrap())
        .connectivity_type(ConnectivityType::Private)
        .tag_specifications(of_environment(ResourceType::Natgateway, ENVIRONMENT));
    made.send().await.unwrap();
    let gateway = place.only().await;
    let pending = Standing::Changing { status: "pending".to_owned() };
    assert_eq!(place.standing(&gateway).await, pending);
    emulator.clear_faults().await.unwrap();
    assert_eq!(place.standing(&gateway).await, Standing::Stands);

    let denied = Rule::on("*", "*").fails(403, "UnauthorizedOperation", "no");
    emulator.set_faults(&Faults::default().rule(denied)).await.unwrap();
    // That somebody may not look doesn't mean that there is nothing.
    refused(place.session.standing(&gateway).await, AwsErrorKind::AccessDenied);
    refused(place.session.tagged(ENVIRONMENT).await, AwsErrorKind::AccessDenied);
    rig.stop().await;
}

/// Nothing of these kinds was ever made: each service is asked in its own words, and none takes that for an error.
#[tokio::test]
async fn what_was_never_there_is_gone_for_every_service_that_is_asked() {
    let place = Place::new().await;
    for resource in [
        "ec2:subnet/subnet-0123456789abcdef0",
        "ec2:security-group/sg-0123456789abcdef0",
        "ec2:route-table/rtb-0123456789abcdef0",
        "ec2:internet-gateway/igw-0123456789abcdef0",
        "ec2:egress-only-internet-gateway/eigw-0123456789abcdef0",
        "ec2:natgateway/nat-0123456789abcdef0",
        "ec2:elastic-ip/eipalloc-0123456789abcdef0",
        "ec2:vpc-endpoint/vpce-0123456789abcdef0",
        "ec2:network-acl/acl-0123456789abcdef0",
        "ec2:network-interface/eni-0123456789abcdef0",
        "ec2:vpc-flow-log/fl-0123456789abcdef0",
        "ec2:launch-template/lt-0123456789abcdef0",
        "ec2:instance/i-0123456789abcdef0",
        "ec2:volume/vol-0123456789abcdef0",
        "ec2:security-group-rule/sgr-0123456789abcdef0",
        "rds:db:main",
        "rds:cluster:main",
        "rds:snapshot:main",
        "rds:cluster-snapshot:main",
        "rds:subgrp:main",
        "rds:pg:main",
        "rds:cluster-pg:main",
        "elasticache:replicationgroup:main",
        "elasticache:cluster:main",
        "elasticache:snapshot:main",
        "elasticache:subnetgroup:main",
        "elasticache:parametergroup:main",
        "elasticache:usergroup:main",
        "elasticache:user:main",
        "ecs:cluster/main",
        "ecs:service/main/api",
        "eks:cluster/main",
        "eks:nodegroup/main/default/1",
        "eks:addon/main/coredns/1",
        "eks:fargateprofile/main/default/1",
        "eks:podidentityassociation/main/a-1",
        "eks:access-entry/main/role/123456789012/admin/1",
        "elasticloadbalancing:loadbalancer/app/main/1",
        "elasticloadbalancing:targetgroup/main/1",
        "elasticloadbalancing:listener/app/main/1/2",
        "elasticloadbalancing:listener-rule/app/main/1/2/3",
        "kms:key/0193a5c0-dead-4eef-8bad-f00dcafe0001",
        "secretsmanager:secret:main-AbCdEf",
    ] {
        let (service, rest) = resource.split_once(':').unwrap();
        let arn = format!("arn:aws:{service}:eu-west-1:123456789012:{rest}");
        let standing = place.session.standing(&Tagged { arn, address: None }).await;
        assert_eq!(
            standing.unwrap_or_else(|error| panic!("{resource}: {error}")),
            Standing::Gone,
            "{resource}"
        );
    }
    let bucket = Tagged { arn: "arn:aws:s3:::terrane-never-there".to_owned(), address: None };
    assert_eq!(place.standing(&bucket).await, Standing::Gone);
    for other in ["arn:aws:sns:eu-west-1:123456789012:topic", "arn:aws:ec2:eu-west-1:1:fleet/f-1", "no arn"] {
        let other = Tagged { arn: other.to_owned(), address: None };
        assert_eq!(place.standing(&other).await, Standing::Unknown, "{other:?}");
    }
}
