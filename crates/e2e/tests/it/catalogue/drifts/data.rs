//! What holds data, and the key that encrypts it.

use super::{Drift, drift};

pub(super) const DRIFTS: &[Drift] = &[
    drift(
        &["buckets"],
        "aws_s3_bucket.main",
        "aws_s3_bucket_public_access_block.main/*",
        "
s3 = client('s3')
own = (b['Name'] for b in s3.list_buckets()['Buckets'] if not b['Name'].startswith('terrane-state-'))
bucket = first(b for b in own if is_of(s3.get_bucket_tagging(Bucket=b)['TagSet'], 'aws_s3_bucket.main'))
s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={
    'BlockPublicAcls': False, 'IgnorePublicAcls': True, 'BlockPublicPolicy': True, 'RestrictPublicBuckets': True})
return 'aws_s3_bucket_public_access_block.main/' + key(s3.get_bucket_tagging(Bucket=bucket)['TagSet'])
",
    ),
    // The bucket for the logs of load balancers.
    drift(
        &["ecs"],
        "aws_s3_bucket.load_balancer_logs",
        "aws_s3_bucket_lifecycle_configuration.load_balancer_logs",
        "
s3 = client('s3')
own = (b['Name'] for b in s3.list_buckets()['Buckets'] if not b['Name'].startswith('terrane-state-'))
bucket = first(b for b in own if is_of(s3.get_bucket_tagging(Bucket=b)['TagSet'], 'aws_s3_bucket.load_balancer_logs'))
s3.delete_bucket_lifecycle(Bucket=bucket)
",
    ),
    drift(
        &["buckets"],
        "aws_s3_bucket_cors_configuration.main",
        "aws_s3_bucket_cors_configuration.main/*",
        "
from botocore.exceptions import ClientError
s3 = client('s3')
for bucket in s3.list_buckets()['Buckets']:
    try:
        rules = s3.get_bucket_cors(Bucket=bucket['Name'])['CORSRules']
    except ClientError:
        continue
    rules[0]['AllowedOrigins'] = ['*']
    s3.put_bucket_cors(Bucket=bucket['Name'], CORSConfiguration={'CORSRules': rules})
    return 'aws_s3_bucket_cors_configuration.main/' + key(s3.get_bucket_tagging(Bucket=bucket['Name'])['TagSet'])
",
    ),
    drift(
        &["buckets"],
        "aws_s3_bucket_logging.main",
        "aws_s3_bucket_logging.main/*",
        "
s3 = client('s3')
buckets = (b['Name'] for b in s3.list_buckets()['Buckets'])
bucket = first(b for b in buckets if 'LoggingEnabled' in s3.get_bucket_logging(Bucket=b))
s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
return 'aws_s3_bucket_logging.main/' + key(s3.get_bucket_tagging(Bucket=bucket)['TagSet'])
",
    ),
    drift(
        &["registries"],
        "aws_ecr_repository.main",
        "aws_ecr_repository.main/*",
        "
ecr = client('ecr')
repository = first(ecr.describe_repositories()['repositories'])
other = {'MUTABLE': 'IMMUTABLE', 'IMMUTABLE': 'MUTABLE'}[repository['imageTagMutability']]
ecr.put_image_tag_mutability(repositoryName=repository['repositoryName'], imageTagMutability=other)
",
    ),
    drift(
        &["databases"],
        "aws_db_instance.main",
        "aws_db_instance.main/*",
        "
rds = client('rds')
database = first(rds.describe_db_instances()['DBInstances'])
rds.modify_db_instance(DBInstanceIdentifier=database['DBInstanceIdentifier'], BackupRetentionPeriod=9, ApplyImmediately=True)
",
    ),
    drift(
        &["databases"],
        "aws_rds_cluster.main",
        "aws_rds_cluster.main/*",
        "
rds = client('rds')
cluster = first(rds.describe_db_clusters()['DBClusters'])
rds.modify_db_cluster(DBClusterIdentifier=cluster['DBClusterIdentifier'], BackupRetentionPeriod=9, ApplyImmediately=True)
",
    ),
    drift(
        &["document_database"],
        "aws_docdb_cluster.main",
        "aws_docdb_cluster.main",
        "
docs = client('docdb')
cluster = first(docs.describe_db_clusters()['DBClusters'])
docs.modify_db_cluster(DBClusterIdentifier=cluster['DBClusterIdentifier'], BackupRetentionPeriod=9, ApplyImmediately=True)
",
    ),
    drift(
        &["caches"],
        "aws_elasticache_replication_group.main",
        "aws_elasticache_replication_group.main/*",
        "
cache = client('elasticache')
group = first(cache.describe_replication_groups()['ReplicationGroups'])
cache.modify_replication_group(ReplicationGroupId=group['ReplicationGroupId'], SnapshotRetentionLimit=9, ApplyImmediately=True)
",
    ),
    drift(
        &["secrets"],
        "aws_secretsmanager_secret.main",
        "aws_secretsmanager_secret.main/*",
        "
secrets = client('secretsmanager')
secret = first(s for s in secrets.list_secrets()['SecretList'] if is_of(s.get('Tags'), 'aws_secretsmanager_secret.main'))
secrets.update_secret(SecretId=secret['ARN'], Description='changed by hand')
return address(secret['Tags'])
",
    ),
    drift(
        &[],
        "aws_kms_key.main",
        "aws_kms_key.main",
        "
kms = client('kms')
own = (k['KeyId'] for k in kms.list_keys()['Keys']
    if kms.describe_key(KeyId=k['KeyId'])['KeyMetadata']['KeyManager'] == 'CUSTOMER')
kms.disable_key_rotation(KeyId=first(own))
",
    ),
];
