//! Every case is the output of a real run (`tests/fixtures`, made by `capture.py` there), but for
//! the few at the end, whose texts follow the format that AWS, the plugin SDK and Terraform document.

use std::fs;
use std::path::Path;

use super::*;

#[derive(Deserialize)]
struct Case {
    command: String,
    diagnostics: Vec<Diagnostic>,
}

fn captured(name: &str) -> TerraformError {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).with_extension("json");
    let case: Case = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    classify(&case.diagnostics, &command(&case.command))
}

fn command(name: &str) -> Command {
    let plan = || crate::command::PlanFile("p".to_owned());
    match name {
        "init" => Command::init(),
        "plan" => Command::plan(plan(), crate::command::PlanMode::Normal),
        "apply" => Command::Apply { plan: plan() },
        other => panic!("{other}"),
    }
}

const CAPTURED: &[(&str, &str)] = &[
    ("access_denied", "access_denied"),
    ("already_exists", "already_exists"),
    ("backend_bucket_missing", "not_found"),
    ("backend_network_refused", "network"),
    ("dependency", "dependency"),
    ("expired_token", "access_denied"),
    ("failed_condition", "invalid"),
    ("invalid_argument", "invalid"),
    ("invalid_reference", "invalid"),
    ("invalid_syntax", "invalid"),
    ("locked_local", "locked"),
    ("locked_s3", "locked"),
    ("locked_s3_unreadable", "locked"),
    ("network_refused", "network"),
    ("no_credentials", "access_denied"),
    ("protected", "protected"),
    ("provider_crash", "provider_crash"),
    ("provider_missing", "provider_missing"),
    ("provider_version_missing", "provider_missing"),
    ("quota", "quota"),
    ("service_unavailable", "unavailable"),
    ("stale_plan", "stale_plan"),
    ("state_not_saved", "state_not_saved"),
    ("throttled", "throttled"),
    ("unauthorized_encoded", "access_denied"),
];

#[test]
fn captured_failures_are_recognised() {
    for (name, kind) in CAPTURED {
        let error = captured(name);
        assert_eq!(error.kind.as_str(), *kind, "{name}: {error:#?}");
    }
}

#[test]
fn every_captured_failure_is_in_the_table() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    files.sort();
    assert_eq!(files, CAPTURED.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[test]
fn messages_say_what_happened_and_nothing_internal() {
    let all: Vec<String> =
        CAPTURED.iter().map(|(name, _)| format!("{name}: {}", captured(name).message)).collect();
    for message in &all {
        for internal in ["RequestID", "HostID", "123456789012", "StatusCode", "Zm9vYmFy", "\n"] {
            assert!(!message.contains(internal), "{message}");
        }
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    access_denied: aws_vpc.main: The role is not allowed to call ec2:CreateVpc
    already_exists: aws_ecr_repository.app: creating ECR Repository (app): operation error ECR: CreateRepository, RepositoryAlreadyExistsException: The repository with name 'app' already exists in the registry with id '************'
    backend_bucket_missing: Failed to get existing workspaces: S3 bucket "state" does not exist.
    backend_network_refused: Failed to get existing workspaces: Unable to list objects in S3 bucket "state" with prefix "env:/": operation error S3: ListObjectsV2, request send failed, Get "http://127.0.0.1:48667/state?list-type=2&max-keys=1000&prefix=env%3A%2F": dial tcp 127.0.0.1:48667: connect: connection refused
    dependency: aws_vpc.main: creating EC2 VPC: operation error EC2: CreateVpc, api error DependencyViolation: The vpc 'vpc-0a1b2c3d' has dependencies and cannot be deleted.
    expired_token: provider["registry.terraform.io/hashicorp/aws"]: The cloud refused access: Retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, api error ExpiredToken: The security token included in the request is expired
    failed_condition: Subnet 1 is in another VPC.
    invalid_argument: aws_vpc.main: expected cidr_block to contain a valid Value, got: 10.0.0.0/33 with err: invalid CIDR address: 10.0.0.0/33 (main.tf, line 17)
    invalid_reference: Reference to undeclared input variable (main.tf, line 1)
    invalid_syntax: Unclosed configuration block (main.tf, line 1)
    locked_local: The state is locked by worker@host-1 since 2026-11-21 13:13:43 UTC
    locked_s3: The state is locked by worker@host-1 since 2026-01-02 03:04:05 UTC
    locked_s3_unreadable: The state is locked by another run
    network_refused: aws_vpc.main: creating EC2 VPC: operation error EC2: CreateVpc, request send failed, Post "http://127.0.0.1:60285/": dial tcp 127.0.0.1:60285: connect: connection refused
    no_credentials: provider["registry.terraform.io/hashicorp/aws"]: The cloud refused access: No valid credential sources found
    protected: terraform_data.store["main"]: protected against deletion, and the plan would delete or replace it
    provider_crash: aws_vpc.main: Plugin did not respond
    provider_missing: Could not retrieve the list of available versions for provider hashicorp/absent: provider registry.terraform.io/hashicorp/absent was not found in any of the search locations
    provider_version_missing: Could not retrieve the list of available versions for provider hashicorp/aws: no available releases match the given constraints 99.0.0
    quota: aws_vpc.main: creating EC2 VPC: operation error EC2: CreateVpc, api error VpcLimitExceeded: The maximum number of VPCs has been reached.
    service_unavailable: aws_vpc.main: creating EC2 VPC: operation error EC2: CreateVpc, api error Unavailable: The service is unavailable. Please try again shortly.
    stale_plan: The state has changed since the plan was made
    state_not_saved: The state could not be saved
    throttled: aws_vpc.main: creating EC2 VPC: operation error EC2: CreateVpc, api error RequestLimitExceeded: Request limit exceeded.
    unauthorized_encoded: aws_vpc.main: The role is not allowed to call ec2:CreateVpc
    "#);
}

#[test]
fn the_holder_of_a_lock_is_named() {
    let ErrorKind::Locked(holder) = captured("locked_s3").kind else { panic!("not locked") };
    assert_eq!(holder.id, "3f5b6d86-4f0a-2d9a-0f0b-5c3c5f1f8a11");
    assert_eq!(holder.who, "worker@host-1");
    assert_eq!(holder.operation, "OperationTypeApply");
    assert_eq!(holder.created.unwrap().to_rfc3339(), "2026-01-02T03:04:05.678901+00:00");
}

/// Not captured: these need an account, hours or a clumsy provider.
#[test]
fn documented_failures_are_recognised() {
    let cases = [
        (
            "creating EKS Cluster (main): waiting for completion: timeout while waiting for state to become 'ACTIVE' (last state: 'CREATING', timeout: 30m0s)",
            "timeout",
        ),
        (
            "creating ELBv2 Load Balancer: operation error Elastic Load Balancing v2: CreateLoadBalancer, https response error StatusCode: 400, RequestID: x, TooManyLoadBalancers: The maximum number of load balancers has been reached",
            "quota",
        ),
        (
            "creating RDS DB Instance (x): operation error RDS: CreateDBInstance, https response error StatusCode: 400, RequestID: x, DBInstanceAlreadyExists: DB instance already exists",
            "already_exists",
        ),
        (
            "creating RDS DB Instance (x): operation error RDS: CreateDBInstance, https response error StatusCode: 400, RequestID: x, InstanceQuotaExceeded: quota",
            "quota",
        ),
        (
            "deleting S3 Bucket (x): operation error S3: DeleteBucket, https response error StatusCode: 409, RequestID: x, HostID: y, api error BucketNotEmpty: The bucket you tried to delete is not empty",
            "not_empty",
        ),
        (
            "modifying RDS DB Instance (x): operation error RDS: ModifyDBInstance, https response error StatusCode: 400, RequestID: x, InvalidDBInstanceState: busy",
            "dependency",
        ),
        (
            "operation error EC2: RunInstances, https response error StatusCode: 500, RequestID: x, api error InsufficientInstanceCapacity: none",
            "capacity",
        ),
        (
            "creating IAM Role (x): operation error IAM: CreateRole, https response error StatusCode: 409, RequestID: x, EntityAlreadyExists: Role with name x already exists.",
            "already_exists",
        ),
        (
            "creating IAM Role (x): operation error IAM: CreateRole, https response error StatusCode: 400, RequestID: x, api error MalformedPolicyDocument: bad",
            "invalid",
        ),
        (
            "deleting RDS DB Instance (x): operation error RDS: DeleteDBInstance, https response error StatusCode: 400, RequestID: x, api error InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again.",
            "protected",
        ),
        (
            "deleting ELBv2 Load Balancer (x): operation error Elastic Load Balancing v2: DeleteLoadBalancer, https response error StatusCode: 400, RequestID: x, OperationNotPermitted: Load balancer 'x' cannot be deleted because deletion protection is enabled",
            "protected",
        ),
        (
            "deleting Backup Vault (x): operation error Backup: DeleteBackupVault, https response error StatusCode: 400, RequestID: x, InvalidRequestException: Backup vault cannot be deleted because it contains recovery points.",
            "not_empty",
        ),
        ("Cannot assume IAM Role", "access_denied"),
        (
            "operation error ECS: CreateService, https response error StatusCode: 400, RequestID: x, api error ThrottlingException: Rate exceeded",
            "throttled",
        ),
        ("reading X: context canceled", "cancelled"),
        ("something nobody has seen", "unknown"),
    ];
    for (summary, kind) in cases {
        let error = classify(&[Diagnostic::error(summary, "")], &command("apply"));
        assert_eq!(error.kind.as_str(), kind, "{summary}");
    }
}

#[test]
fn of_several_errors_the_one_that_no_retry_cures_decides_and_the_state_comes_first() {
    let throttled = Diagnostic::error("api error Throttling: slow", "");
    let denied = Diagnostic::error("api error AccessDenied: no", "");
    let unsaved = Diagnostic::error("Failed to save state", "");
    let unknown = Diagnostic::error("odd", "");
    let kind = |errors: &[&Diagnostic]| {
        let errors: Vec<Diagnostic> = errors.iter().map(|&error| error.clone()).collect();
        classify(&errors, &command("apply")).kind
    };
    assert_eq!(kind(&[&throttled, &unknown]), ErrorKind::Throttled);
    assert_eq!(kind(&[&throttled, &denied]), ErrorKind::AccessDenied);
    assert_eq!(kind(&[&denied, &unsaved, &throttled]), ErrorKind::StateNotSaved);
    assert_eq!(kind(&[]), ErrorKind::Unknown);
}

#[test]
fn warnings_are_no_reason() {
    let warning = Diagnostic { severity: crate::Severity::Warning, ..Diagnostic::error("AccessDenied", "") };
    assert_eq!(classify(&[warning], &command("plan")).kind, ErrorKind::Unknown);
}
