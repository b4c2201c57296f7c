//! What is wrong with a file is said with its path, its line and what to do about it.

use terrane_domain::{Format, parse};

use crate::{problems, with_base};

/// A section added to a valid file, the path of its only problem, and the message.
#[rustfmt::skip]
const BAD_SECTIONS: &[(&str, &str, &str)] = &[
    // Keys and kinds
    ("netwrok: {}", "netwrok", "unknown key; did you mean \"network\"?"),
    ("zzz: 1", "zzz", "unknown key; expected name, profile, labels, tags, cloud, network, kubernetes, buckets, registries, databases, caches, document_database, secrets, ecs, apps, dns, observability, governance, state or lifecycle"),
    ("network: { natt: single }", "network.natt", "unknown key; did you mean \"nat\"?"),
    ("network: { flow-logs: {} }", "network.flow-logs", "unknown key; did you mean \"flow_logs\"?"),
    ("network: { flow_logs: { days: 7 } }", "network.flow_logs.days", "unknown key; expected retention_days"),
    ("network: 10.0.0.0/16", "network", "expected a mapping, found \"10.0.0.0/16\""),
    ("network: [nat]", "network", "expected a mapping, found a list"),
    ("network: true", "network", "expected a mapping, found true"),
    ("databases: [main]", "databases", "expected a mapping of names, found a list"),
    ("buckets: { uploads: yes }", "buckets.uploads", "expected a mapping, found \"yes\""),
    ("\"a.b c\": 1", "\"a.b c\"", "unknown key; expected name, profile, labels, tags, cloud, network, kubernetes, buckets, registries, databases, caches, document_database, secrets, ecs, apps, dns, observability, governance, state or lifecycle"),

    // Words
    ("profile: larg", "profile", "unknown value \"larg\"; expected small, medium or large"),
    ("profile: 1", "profile", "expected small, medium or large, found 1"),
    ("network: { nat: one }", "network.nat", "unknown value \"one\"; expected none, single or per_az"),
    ("network: { nat: per-az }", "network.nat", "unknown value \"per-az\"; expected none, single or per_az"),
    ("network: { nat: }", "network.nat", "is empty; expected none, single or per_az, or leave the line out"),
    ("network: { nat: false }", "network.nat", "expected none, single or per_az, found false"),
    ("network: { endpoints: [s3, sqss] }", "network.endpoints[1]", "unknown value \"sqss\"; expected s3, dynamodb, ecr, secretsmanager, logs, monitoring, sts, kms, ssm, ec2, sqs or sns; did you mean \"sqs\"?"),
    ("network: { endpoints: [s3, s3] }", "network.endpoints[1]", "is in the list twice; keep one"),
    ("network: { endpoints: s3 }", "network.endpoints", "expected a list of services, such as [s3, ecr], found \"s3\""),
    ("state: { lock: redis }", "state.lock", "unknown value \"redis\"; expected s3 or dynamodb"),
    ("state: { lock: dynamodb }", "state.lock", "lock: dynamodb needs lock_table, the name of a table that exists"),
    ("state: { lock_table: locks }", "state.lock_table", "is used by lock: dynamodb only; write that, or leave the table out"),
    ("state: { lock: dynamodb, lock_table: \"a b\" }", "state.lock_table", "\"a b\" is not the name of a DynamoDB table; use 3 to 255 of letters, digits, _, . and -"),
    ("state: { kms_key_arn: alias/x }", "state.kms_key_arn", "\"alias/x\" is not the ARN of a KMS key; expected arn:aws:kms:<region>:<account id>:key/<key id>"),
    ("state: { kms_key_arn: \"arn:aws:kms:us-east-1:222222222222:key/1234abcd\" }", "state.kms_key_arn", "is a key of us-east-1, but the state bucket is in eu-west-1; S3 needs one of its own region"),
    ("databases: { main: { engine: mysql } }", "databases.main.engine", "unknown value \"mysql\"; expected postgres or aurora_postgres"),
    ("lifecycle: { approval: sometimes }", "lifecycle.approval", "unknown value \"sometimes\"; expected always, when_destructive or never"),
    ("lifecycle: { on_destroy: { data: keep } }", "lifecycle.on_destroy.data", "unknown value \"keep\"; expected snapshot or delete"),
    ("lifecycle: { on_destroy: delete }", "lifecycle.on_destroy", "expected a mapping, found \"delete\""),
    ("buckets: { uploads: { encryption: AES256 } }", "buckets.uploads.encryption", "unknown value \"AES256\"; expected aws or kms"),
    ("buckets: { uploads: { versioning: yes } }", "buckets.uploads.versioning", "expected true or false, found \"yes\""),
    ("buckets: { uploads: { versioning: 1 } }", "buckets.uploads.versioning", "expected true or false, found 1"),
    ("network: { flow_logs: true }", "network.flow_logs", "write {} to turn it on with its defaults, or false to turn it off"),
    ("network: { flow_logs: 90 }", "network.flow_logs", "expected a mapping, found 90"),

    // Names
    ("network: { existing: { vpc_id: vpc-0a1b2c3d4e5f60718, private_subnet_ids: [subnet-0a1b2c3d4e5f60721, subnet-0a1b2c3d4e5f60722] } }\ndocument_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "network.existing", "MongoDB Atlas lets in NAT gateways by their addresses, which are not known of a network that was there before; leave this out, or use engine: documentdb"),
    ("kubernetes: { node_groups: { gpu: { instance_types: [g6.xlarge], accelerator: nvidia, min: 1, taints: { nvidia.com/gpu: { value: \"true\", effect: no_schedule } } } } }", "kubernetes.node_groups", "has no node for coredns and the other addons: each group begins without nodes or keeps pods off; add general: {}"),
    ("databases: { main: { storage: 100 GiB, restore_from: { snapshot: a } } }", "databases.main.version", "is needed with restore_from; give that of the snapshot, or a later one to upgrade to"),
    ("databases: { main: { version: \"16\", restore_from: { snapshot: a } } }", "databases.main.storage", "is needed with restore_from; give that of the snapshot, or more"),
    ("kubernetes: { endpoint: { public_cidrs: [10.0.0.0/16] } }", "kubernetes.endpoint.public_cidrs[0]", "10.0.0.0/16 is no range of the internet, which EKS asks for; from inside the VPC the API server is reached with private: true"),
    ("databases: { main: { engine: aurora_postgres, version: \"16\", restore_from: { snapshot: \"arn:aws:rds:us-east-1:222222222222:cluster-snapshot:a\" } } }", "databases.main.restore_from.snapshot", "is a snapshot of us-east-1; copy it to eu-west-1 and give the ARN of the copy"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d4e5f60718, private_subnet_ids: [subnet-0a1b2c3d4e5f60721, subnet-0a1b2c3d4e5f60722] } }\nkubernetes: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: {} } } }", "apps.a.expose.load_balancer", "is reached from the internet, but network.existing names no public_subnet_ids; add them, or set internal: true"),
    ("buckets: { uploads: { acl: everybody } }", "buckets.uploads.acl", "unknown value \"everybody\"; expected private, public-read, public-read-write, authenticated-read, aws-exec-read, log-delivery-write, bucket-owner-read or bucket-owner-full-control"),
    ("profile: large\nbuckets: { uploads: { acl: public-read, ownership: object_writer } }", "buckets.uploads.acl", "public-read opens the bucket to strangers, who can't read what the environment's KMS key encrypts; set encryption: aws"),
    ("databases: { main: { version: \"16\", storage: 100 GiB, restore_from: { snapshot: before-friday }, encryption: kms } }", "databases.main.encryption", "can't be chosen with restore_from: the instance has the key of its snapshot; leave this out, or copy the snapshot with the key that you want and restore from the copy"),
    ("buckets: { uploads: { acl: public-read } }", "buckets.uploads.acl", "public-read needs ACLs, which ownership bucket_owner_enforced turns off; set ownership: bucket_owner_preferred"),
    ("buckets: { uploads: { cors: [{}] } }", "buckets.uploads.cors[0].origins", "is required, for example [https://app.acme.example]"),
    ("buckets: { uploads: { cors: [{ origins: [] }] } }", "buckets.uploads.cors[0].origins", "is empty; name at least one origin"),
    ("buckets: { uploads: { cors: [{ origins: [app.acme.example/x] }] } }", "buckets.uploads.cors[0].origins[0]", "\"app.acme.example/x\" is not an origin; expected one such as https://app.acme.example, with at most one * and no path"),
    ("buckets: { uploads: { cors: [{ origins: [\"*\"], methods: [PATCH] }] } }", "buckets.uploads.cors[0].methods[0]", "unknown value \"PATCH\"; expected GET, HEAD, PUT, POST or DELETE"),
    ("buckets: { uploads: { cors: [{ origins: [\"*\"], headers: [\"a b\"] }] } }", "buckets.uploads.cors[0].headers[0]", "\"a b\" is not the name of a header; use letters, digits, - and _, with at most one *"),
    ("buckets: { uploads: { access_logs: { bucket: nowhere } }, logs: {} }", "buckets.uploads.access_logs.bucket", "\"nowhere\" names no bucket; buckets: logs"),
    ("buckets: { uploads: { access_logs: { bucket: uploads } } }", "buckets.uploads.access_logs.bucket", "is the bucket itself, whose log would grow by being written; name another bucket"),
    ("buckets: { uploads: { access_logs: { bucket: logs } }, logs: { encryption: kms } }", "buckets.uploads.access_logs.bucket", "S3 can't write logs under a key of yours; set encryption: aws for buckets.logs"),
    ("buckets: { uploads: { access_logs: { bucket: logs, prefix: /x } }, logs: {} }", "buckets.uploads.access_logs.prefix", "\"/x\" is no beginning of a name; use up to 128 of letters, digits and !-_.*'()/, not / first"),
    ("buckets: { Uploads: {} }", "buckets.Uploads", "\"Uploads\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("buckets: { up--loads: {} }", "buckets.up--loads", "\"up--loads\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("registries: { api_v2: {} }", "registries.api_v2", "\"api_v2\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("databases: { main-: {} }", "databases.main-", "\"main-\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("databases: { 1st: {} }", "databases.1st", "\"1st\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("databases: { a-name-of-twenty-five-char: {} }", "databases.a-name-of-twenty-five-char", "\"a-name-of-twenty-five-char\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),

    // Network
    ("network: { cidr: 10.0.0.0 }", "network.cidr", "\"10.0.0.0\" is not an address range; expected one such as 10.0.0.0/16"),
    ("network: { cidr: 10.0.0.0/33 }", "network.cidr", "\"10.0.0.0/33\" is not an address range; expected one such as 10.0.0.0/16"),
    ("network: { cidr: \"fd00::/16\" }", "network.cidr", "\"fd00::/16\" is not an address range; expected one such as 10.0.0.0/16"),
    ("network: { cidr: 10.40.1.0/16 }", "network.cidr", "10.40.1.0/16 has bits set outside its prefix; did you mean 10.40.0.0/16?"),
    ("network: { cidr: 10.0.0.0/8 }", "network.cidr", "10.0.0.0/8 is too large for a VPC; AWS allows /16 to /28"),
    ("network: { cidr: 10.0.0.0/29 }", "network.cidr", "10.0.0.0/29 is too small for a VPC; AWS allows /16 to /28"),
    ("network: { cidr: 8.8.0.0/16 }", "network.cidr", "8.8.0.0/16 is not a private range; choose one inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10"),
    ("network: { cidr: 10.40.0.0/26, availability_zones: 3 }", "network.cidr", "10.40.0.0/26 is too small: 3 zones need 9 subnets of at least /27; use /22 or larger"),
    ("network: { cidr: 10.40.0.0/23 }", "network.cidr", "10.40.0.0/23 is too small: 2 zones need 6 subnets of at least /27; use /22 or larger"),
    ("network: { availability_zones: 1 }", "network.availability_zones", "expected a number of zones from 2 to 6, or a list of their names, found 1"),
    ("network: { availability_zones: 4 }", "network.availability_zones", "eu-west-1 has 3 zones; 4 are too many"),
    ("network: { availability_zones: \"3\" }", "network.availability_zones", "expected a number of zones from 2 to 6, or a list of their names, found \"3\""),
    ("network: { availability_zones: [eu-west-1a] }", "network.availability_zones", "names 1; expected 2 to 6, because a database needs two"),
    ("network: { availability_zones: [eu-west-1a, eu-west-1a] }", "network.availability_zones[1]", "is in the list twice; keep one"),
    ("network: { availability_zones: [eu-west-1a, eu-west-1x] }", "network.availability_zones[1]", "\"eu-west-1x\" is not a zone of eu-west-1; zones: eu-west-1a, eu-west-1b, eu-west-1c"),
    ("network: { availability_zones: [eu-west-1a, us-east-1b] }", "network.availability_zones[1]", "\"us-east-1b\" is not a zone of eu-west-1; zones: eu-west-1a, eu-west-1b, eu-west-1c"),
    ("network: { availability_zones: [eu-west-1a, \"${x}\"] }", "network.availability_zones[1]", "\"${x}\" is not the name of a zone; expected one such as eu-west-1a"),
    ("network: { ipv6: yes }", "network.ipv6", "expected true or false, found \"yes\""),
    ("network: { existing: vpc-0a1b2c3d4e5f60718 }", "network.existing", "expected a mapping, found \"vpc-0a1b2c3d4e5f60718\""),
    ("network: { existing: { private_subnet_ids: [subnet-0a1b2c3d4e5f60711, subnet-0a1b2c3d4e5f60712] } }", "network.existing.vpc_id", "is required, for example vpc-0a1b2c3d4e5f60718"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d } }", "network.existing.private_subnet_ids", "is required, for example [subnet-0a1b2c3d4e5f60718, subnet-0b2c3d4e5f6071829]"),
    ("network: { existing: { vpc_id: main, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e] } }", "network.existing.vpc_id", "\"main\" is not the id of a VPC; expected vpc- and 17 of 0-9 and a-f (8 for an old one)"),
    ("network: { existing: { vpc_id: vpc-0A1B2C3D, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e] } }", "network.existing.vpc_id", "\"vpc-0A1B2C3D\" is not the id of a VPC; expected vpc- and 17 of 0-9 and a-f (8 for an old one)"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, vpc-0a1b2c3d] } }", "network.existing.private_subnet_ids[1]", "\"vpc-0a1b2c3d\" is not the id of a subnet; expected subnet- and 17 of 0-9 and a-f (8 for an old one)"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d] } }", "network.existing.private_subnet_ids", "names 1; expected 2 to 6, one of each zone"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3d] } }", "network.existing.private_subnet_ids[1]", "is in the list twice; keep one"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: subnet-0a1b2c3d } }", "network.existing.private_subnet_ids", "expected a list of subnets by id, found \"subnet-0a1b2c3d\""),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e], public_subnet_ids: [] } }", "network.existing.public_subnet_ids", "names 0; expected 2 to 6, one of each zone"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e], public_subnet_ids: [subnet-0a1b2c30, subnet-0a1b2c3e] } }", "network.existing.public_subnet_ids[1]", "\"subnet-0a1b2c3e\" is one of private_subnet_ids too; a subnet with a route to an internet gateway is public, any other private"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e], isolated_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c30] } }", "network.existing.isolated_subnet_ids[0]", "\"subnet-0a1b2c3d\" is one of private_subnet_ids too; without isolated_subnet_ids databases stand in the private ones"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e] }, cidr: 10.0.0.0/16 }", "network.cidr", "the VPC of existing has its addresses; take one of the two out"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e] }, availability_zones: 3 }", "network.availability_zones", "the subnets of existing have their zones; take one of the two out"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e] }, nat: single }", "network.nat", "how the subnets of existing reach the internet is said by their route tables; take one of the two out"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e] }, ipv6: true }", "network.ipv6", "whether there is IPv6 is said by the subnets of existing; take one of the two out"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e] }, endpoints: [s3] }", "network.endpoints", "they would change the route tables of existing, and a second endpoint of a service is refused by AWS; take one of the two out"),
    ("network: { existing: { vpc_id: vpc-0a1b2c3d, private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e] } }\necs: {}\napps: { api: { image: nginx, port: 80, health: /, expose: { load_balancer: {} } } }", "apps.api.expose.load_balancer", "is reached from the internet, but network.existing names no public_subnet_ids; add them, or set internal: true"),
    ("network: { flow_logs: { retention_days: 31 } }", "network.flow_logs.retention_days", "expected 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, found 31"),

    // Buckets and registries
    ("buckets: { uploads: { lifecycle: { expire_after_days: 0 } } }", "buckets.uploads.lifecycle.expire_after_days", "expected a whole number from 1 to 36500, found 0"),
    ("buckets: { uploads: { lifecycle: { expire_after_days: 1.5 } } }", "buckets.uploads.lifecycle.expire_after_days", "expected a whole number from 1 to 36500, found 1.5"),
    ("buckets: { uploads: { lifecycle: { expire_after_days: \"30\" } } }", "buckets.uploads.lifecycle.expire_after_days", "expected a whole number from 1 to 36500, found text; write 30 without quotes"),
    ("buckets: { uploads: { lifecycle: { glacier_after_days: 90, expire_after_days: 90 } } }", "buckets.uploads.lifecycle.expire_after_days", "90 must be more than glacier_after_days, which is 90"),
    ("buckets: { uploads: { lifecycle: { expire_old_versions_after_days: 9 } } }", "buckets.uploads.lifecycle.expire_old_versions_after_days", "there are no old versions without versioning; set versioning: true or leave this out"),
    ("registries: { api: { keep_last: -1 } }", "registries.api.keep_last", "expected a whole number from 1 to 1000, found -1"),
    ("registries: { api: { keep_last: 99999999999999999999 } }", "registries.api.keep_last", "expected a whole number from 1 to 1000, found 99999999999999999999"),

    // Kubernetes
    ("kubernetes: { version: 1.35 }", "kubernetes.version", "1.35 must be quoted: \"1.35\""),
    ("kubernetes: { version: \"1.29\" }", "kubernetes.version", "unknown version \"1.29\"; EKS offers 1.33, 1.34, 1.35 or 1.36"),
    ("kubernetes: { version: \"1.35.2\" }", "kubernetes.version", "\"1.35.2\" is a patch version; write the minor one, \"1.35\": AWS installs patches by itself"),
    ("kubernetes: { support: long }", "kubernetes.support", "unknown value \"long\"; expected standard or extended"),
    ("kubernetes: { endpoint: { private: false } }", "kubernetes.endpoint.private", "nodes reach the API server through its private endpoint; it can't be off"),
    ("kubernetes: { endpoint: { public_cidrs: [0.0.0.0/0] } }", "kubernetes.endpoint.public_cidrs[0]", "0.0.0.0/0 opens the API server to strangers; name the networks from which you work, each /8 or smaller"),
    ("kubernetes: { endpoint: { public_cidrs: [203.0.113.7/24] } }", "kubernetes.endpoint.public_cidrs[0]", "203.0.113.7/24 has bits set outside its prefix; did you mean 203.0.113.0/24?"),
    ("kubernetes: { endpoint: { public_cidrs: [office] } }", "kubernetes.endpoint.public_cidrs[0]", "\"office\" is not an address range; expected one such as 203.0.113.0/24"),
    ("kubernetes: { logs: { types: [adit] } }", "kubernetes.logs.types[0]", "unknown value \"adit\"; expected api, audit, authenticator, controllerManager or scheduler; did you mean \"audit\"?"),
    ("kubernetes: { logs: { retention_days: 2 } }", "kubernetes.logs.retention_days", "expected 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, found 2"),
    ("kubernetes: { access: { dev: { policy: view } } }", "kubernetes.access.dev.principal", "is required, for example \"arn:aws:iam::222222222222:role/Developers\""),
    ("kubernetes: { access: { dev: { principal: \"arn:aws:sts::222222222222:assumed-role/Dev/anna\", policy: view } } }", "kubernetes.access.dev.principal", "\"arn:aws:sts::222222222222:assumed-role/Dev/anna\" is not the ARN of a role or a user; expected arn:aws:iam::<account id>:role/<name>"),
    ("kubernetes: { access: { dev: { principal: \"arn:aws:iam::222222222222:role/Dev\", policy: cluster_admin, namespaces: [apps] } } }", "kubernetes.access.dev", "cluster_admin is about the whole cluster; leave namespaces out, or use admin"),
    ("kubernetes: { access: { dev: { principal: \"arn:aws:iam::222222222222:role/Dev\", policy: view, namespaces: [] } } }", "kubernetes.access.dev.namespaces", "names no namespace; leave it out to allow all"),
    ("kubernetes: { access: { dev: { principal: \"arn:aws:iam::222222222222:role/Dev\", policy: view, namespaces: [My_Apps] } } }", "kubernetes.access.dev.namespaces[0]", "\"My_Apps\" is not a namespace; use 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit"),
    ("kubernetes: { access: { a: { principal: \"arn:aws:iam::222222222222:role/Dev\", policy: view }, b: { principal: \"arn:aws:iam::222222222222:role/Dev\", policy: edit } } }", "kubernetes.access.b.principal", "is the principal of a too, and a cluster knows each principal once; put them together"),
    ("kubernetes: { node_groups: { a: { instance_types: [m7i.xlrge] } } }", "kubernetes.node_groups.a.instance_types[0]", "\"m7i.xlrge\" is not an instance type that a node can have; did you mean \"m7i.xlarge\"?"),
    ("kubernetes: { node_groups: { a: { instance_types: [general] } } }", "kubernetes.node_groups.a.instance_types[0]", "\"general\" is not an instance type that a node can have; expected one such as m7i.xlarge"),
    ("kubernetes: { node_groups: { a: { instance_types: [] } } }", "kubernetes.node_groups.a.instance_types", "names 0 instance types; expected 1 to 20"),
    ("kubernetes: { node_groups: { a: { instance_types: [m7i.large, m7g.large] } } }", "kubernetes.node_groups.a.instance_types[1]", "\"m7g.large\" is arm64, but \"m7i.large\" is x86_64; one group has one architecture"),
    ("kubernetes: { node_groups: { a: { instance_types: [g6.xlarge] } } }", "kubernetes.node_groups.a.instance_types[0]", "\"g6.xlarge\" needs an image with drivers; set accelerator: nvidia"),
    ("kubernetes: { node_groups: { a: { accelerator: nvidia, instance_types: [inf2.xlarge] } } }", "kubernetes.node_groups.a.instance_types[0]", "\"inf2.xlarge\" needs an image with drivers; set accelerator: neuron"),
    ("kubernetes: { node_groups: { a: { accelerator: nvidia, instance_types: [m7i.large] } } }", "kubernetes.node_groups.a.instance_types[0]", "\"m7i.large\" has no accelerator of nvidia; use a type such as g6.xlarge"),
    ("kubernetes: { node_groups: { a: { instance_types: [g4ad.xlarge] } } }", "kubernetes.node_groups.a.instance_types[0]", "\"g4ad.xlarge\" has accelerators for which EKS has no image; use another type"),
    ("kubernetes: { node_groups: { a: { accelerator: neuron, image: bottlerocket, instance_types: [inf2.xlarge] } } }", "kubernetes.node_groups.a.image", "EKS has no Bottlerocket with drivers for neuron; use al2023"),
    ("kubernetes: { node_groups: { a: { image: al2 } } }", "kubernetes.node_groups.a.image", "unknown value \"al2\"; expected al2023 or bottlerocket"),
    ("kubernetes: { node_groups: { a: { min: 4, max: 2 } } }", "kubernetes.node_groups.a.max", "2 is less than min, which is 4"),
    ("kubernetes: { node_groups: { a: { min: 1, max: 2, desired: 3 } } }", "kubernetes.node_groups.a.desired", "3 is not between min, which is 1, and max, which is 2"),
    ("kubernetes: { node_groups: { a: { max: 0 } } }", "kubernetes.node_groups.a.max", "expected a whole number from 1 to 450, found 0"),
    ("kubernetes: { node_groups: { a: { disk: 8 GiB } } }", "kubernetes.node_groups.a.disk", "\"8 GiB\" is out of range; expected 20 GiB to 16384 GiB"),
    ("kubernetes: { node_groups: { a: { disk: 50 } } }", "kubernetes.node_groups.a.disk", "50 must be quoted: \"50\""),
    ("kubernetes: { node_groups: { a: { labels: { kubernetes.io/role: web } } } }", "kubernetes.node_groups.a.labels.\"kubernetes.io/role\"", "\"kubernetes.io/role\" is reserved by Kubernetes; nodes can't give it to themselves"),
    ("kubernetes: { node_groups: { a: { labels: { pool: \"\" } } } }", "kubernetes.node_groups.a.labels.pool", "is empty, which EKS refuses in a label; give it a value"),
    ("kubernetes: { node_groups: { a: { taints: { dedicated: { value: gpu } } } } }", "kubernetes.node_groups.a.taints.dedicated.effect", "is required, for example no_schedule"),
    ("kubernetes: { node_groups: { a: { taints: { dedicated: { effect: NoSchedule } } } } }", "kubernetes.node_groups.a.taints.dedicated.effect", "unknown value \"NoSchedule\"; expected no_schedule, prefer_no_schedule or no_execute"),
    ("kubernetes: { auto_mode: true, node_groups: { a: {} } }", "kubernetes.node_groups", "auto_mode makes the nodes itself; take node_groups out, or auto_mode"),
    ("kubernetes: { auto_mode: true, addons: [aws-ebs-csi-driver] }", "kubernetes.addons", "auto_mode brings its own driver for EBS; take aws-ebs-csi-driver out"),
    ("kubernetes: { auto_mode: true, controllers: [cluster-autoscaler] }", "kubernetes.controllers", "auto_mode makes and removes nodes itself; take cluster-autoscaler out"),
    ("kubernetes: { fargate: { profiles: { apps: { selectors: [] } } } }", "kubernetes.fargate.profiles.apps.selectors", "holds 0 selectors; expected 1 to 5"),
    ("kubernetes: { fargate: { profiles: { apps: {} } } }", "kubernetes.fargate.profiles.apps.selectors", "is required, for example [{ namespace: apps }]"),
    ("kubernetes: { fargate: { profiles: { apps: { selectors: [{ namespace: My_Apps }] } } } }", "kubernetes.fargate.profiles.apps.selectors[0].namespace", "\"My_Apps\" is not a namespace; use 1 to 63 of a-z, 0-9 and -, with * for any text and ? for any character"),
    ("kubernetes: { fargate: { profiles: { eks-apps: { selectors: [{ namespace: \"*\" }] } } } }", "kubernetes.fargate", "\"eks-apps\" begins with eks-, which EKS keeps for itself; choose another"),
    ("kubernetes: { fargate: { profiles: { apps: { selectors: [{ namespace: apps }] } } } }", "kubernetes.fargate.profiles", "none takes the pods of kube-system, where the cluster's DNS runs; add the selector { namespace: kube-system }"),
    ("kubernetes: { fargate: {}, auto_mode: true }", "kubernetes.fargate", "auto_mode makes the nodes itself; take fargate out, or auto_mode"),
    ("kubernetes: { fargate: {}, node_groups: { gpu: { accelerator: nvidia, instance_types: [g6.xlarge] } } }", "kubernetes.node_groups", "fargate runs every pod without nodes, and has no GPUs; take node_groups out, or fargate"),
    ("kubernetes: { fargate: {}, addons: [aws-ebs-csi-driver] }", "kubernetes.addons", "pods on Fargate mount no volumes of EBS; take aws-ebs-csi-driver out"),
    ("kubernetes: { controllers: [external-dns] }", "kubernetes.controllers", "has no zone for external-dns to write in; add dns: { zone: … }, or take external-dns out"),
    ("kubernetes: { fargate: {}, controllers: [cluster-autoscaler] }", "kubernetes.controllers", "there are no nodes to scale on Fargate; take cluster-autoscaler out"),
    ("kubernetes: { fargate: { profiles: { system: { selectors: [{ namespace: kube-system }] } } } }\napps: { api: { image: nginx } }", "apps.api", "runs in the namespace apps, which no Fargate profile takes; add the selector { namespace: apps }"),
    ("kubernetes: { addons: [coredns] }", "kubernetes.addons[0]", "unknown value \"coredns\"; expected aws-ebs-csi-driver or metrics-server"),
    ("kubernetes: {}\nnetwork: { nat: none }", "network.nat", "nodes fetch images and call AWS through NAT; use single or per_az"),

    // Governance
    ("governance: { permissions_boundary: Boundary }", "governance.permissions_boundary", "\"Boundary\" is not the ARN of a policy; expected arn:aws:iam::<account id>:policy/<name>"),
    ("governance: { permissions_boundary: \"arn:aws:iam::222222222222:role/Boundary\" }", "governance.permissions_boundary", "\"arn:aws:iam::222222222222:role/Boundary\" is not the ARN of a policy; expected arn:aws:iam::<account id>:policy/<name>"),
    ("governance: { budget: { emails: [ops@acme.example] } }", "governance.budget.monthly_usd", "is required, for example 500"),
    ("governance: { budget: { monthly_usd: 500 } }", "governance.budget", "tells nobody; give emails: [ops@acme.example], or the ARN of an SNS topic as topic"),
    ("governance: { budget: { monthly_usd: 99.5, emails: [ops@acme.example] } }", "governance.budget.monthly_usd", "expected a whole number from 1 to 10000000, found 99.5"),
    ("governance: { budget: { monthly_usd: 500, emails: [] } }", "governance.budget.emails", "names 0; expected 1 to 10, which is as many as a budget may have"),
    ("governance: { budget: { monthly_usd: 500, emails: [ops] } }", "governance.budget.emails[0]", "\"ops\" is not an e-mail address; expected one such as ops@acme.example"),
    ("governance: { budget: { monthly_usd: 500, topic: ops } }", "governance.budget.topic", "\"ops\" is not the ARN of an SNS topic; expected arn:aws:sns:<region>:<account id>:<name>"),
    ("governance: { budget: { monthly_usd: 500, emails: [ops@acme.example], alert_at_percent: [10, 20, 30, 40, 50] } }", "governance.budget.alert_at_percent", "names 5; expected 1 to 4, which is as many as a budget may have"),
    ("governance: { budget: { monthly_usd: 500, emails: [ops@acme.example], alert_at_percent: [80, 80] } }", "governance.budget.alert_at_percent[1]", "is in the list twice; keep one"),
    ("governance: { backup: {} }", "governance.backup", "has nothing to copy: there is no database, and no bucket that keeps versions"),
    ("governance: { backup: {} }\nbuckets: { a: { versioning: false } }", "governance.backup", "has nothing to copy: there is no database, and no bucket that keeps versions"),
    ("governance: { backup: { schedule: \"cron(0 1 * * ? *)\" } }\ndatabases: { main: {} }", "governance.backup.schedule", "unknown value \"cron(0 1 * * ? *)\"; expected daily, weekly or monthly"),
    ("governance: { backup: { retention_days: 100, cold_storage_after_days: 30 } }\ndatabases: { main: {} }", "governance.backup.retention_days", "100 is too short: what moves to cold storage after 30 days has to stay there for 90; use 120 or more"),
    ("lifecycle: { deletion_protection: true }\nbuckets: { a: { force_destroy: true } }", "buckets.a.force_destroy", "can't be on while lifecycle.deletion_protection is; leave it out, or turn that off"),
    ("profile: large\nregistries: { a: { force_destroy: true } }", "registries.a.force_destroy", "can't be on while lifecycle.deletion_protection is; leave it out, or turn that off"),
    ("lifecycle: { deletion_protection: true }\ndatabases: { a: { deletion_protection: false } }", "databases.a.deletion_protection", "can't be off while lifecycle.deletion_protection is on, which protects all that holds data; leave it out, or turn that off and protect single databases"),
    ("lifecycle: { deletion_protection: true }\ndocument_database: { deletion_protection: false }", "document_database.deletion_protection", "can't be off while lifecycle.deletion_protection is on, which protects all that holds data; leave it out, or turn that off and protect single databases"),

    // Secrets
    ("secrets: { key: { length: 8 } }", "secrets.key.length", "expected a whole number from 16 to 1024, found 8"),
    ("secrets: { key: { alphabet: base64 } }", "secrets.key.alphabet", "unknown value \"base64\"; expected alphanumeric, printable, hex or digits"),
    ("secrets: { key: { keys: [] } }", "secrets.key.keys", "names 0 keys; expected 1 to 20, or leave it out for a single value"),
    ("secrets: { key: { keys: [a-b] } }", "secrets.key.keys[0]", "\"a-b\" is not a key; use 1 to 64 of A-Z, a-z, 0-9 and _, not starting with a digit"),
    ("secrets: { key: { keys: [a, A] } }", "secrets.key.keys", "names \"A\" twice, but for its case; keep one"),
    ("secrets: { key: { version: 0 } }", "secrets.key.version", "expected a whole number from 1 to 1000000, found 0"),
    ("secrets: { key: { recovery_days: 3 } }", "secrets.key.recovery_days", "AWS keeps what is deleted for 7 to 30 days, or not at all; 3 is neither"),
    ("secrets: { key: { value: hunter2 } }", "secrets.key.value", "unknown key; expected length, alphabet, keys, version or recovery_days"),
    ("secrets: { session_key: {} }", "secrets.session_key", "\"session_key\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("lifecycle: { deletion_protection: true }\nsecrets: { key: { recovery_days: 0 } }", "secrets.key.recovery_days", "can't be 0 while lifecycle.deletion_protection is on: a secret that is deleted at once is lost; use 7 to 30"),
    ("ecs: {}\nsecrets: { key: {} }\napps: { api: { image: nginx, secrets: { A: { from: secrets.kee.value } } } }", "apps.api.secrets.A.from", "\"secrets.kee.value\" names no secret; secrets: key"),
    ("ecs: {}\nsecrets: { key: {} }\napps: { api: { image: nginx, secrets: { A: { from: secrets.key.url } } } }", "apps.api.secrets.A.from", "\"secrets.key.url\" ends in \"url\", which can't be referred to; expected value or arn"),
    ("ecs: {}\nsecrets: { key: {} }\napps: { api: { image: nginx, secrets: { A: { from: secrets.key.value, key: access } } } }", "apps.api.secrets.A.key", "secrets.key is a single value; leave this out, or give it keys: [access]"),
    ("ecs: {}\nsecrets: { key: { keys: [access, refresh] } }\napps: { api: { image: nginx, secrets: { A: { from: secrets.key.value, key: token } } } }", "apps.api.secrets.A.key", "secrets.key has no such key; keys: access, refresh"),
    ("ecs: {}\nsecrets: { key: { keys: [access] } }\napps: { api: { image: nginx, secrets: { A: { from: secrets.key.arn, key: access } } } }", "apps.api.secrets.A", "takes from, or secret and key; keep one"),

    // Databases
    ("databases: { main: { version: 17.1 } }", "databases.main.version", "17.1 must be quoted: \"17.1\""),
    ("databases: { main: { version: 17 } }", "databases.main.version", "17 must be quoted: \"17\""),
    ("databases: { main: { version: \"17.1\" } }", "databases.main.version", "\"17.1\" is a minor version; write the major one, \"17\": AWS upgrades minor versions by itself"),
    ("databases: { main: { version: \"9\" } }", "databases.main.version", "unknown version \"9\"; RDS offers 14, 15, 16, 17 or 18"),
    ("databases: { main: { size: tiny } }", "databases.main.size", "unknown value \"tiny\"; expected small, medium or large"),
    ("databases: { main: { size: db.r7g.large } }", "databases.main.size", "an exact size is written { instance_class: db.r7g.large }"),
    ("databases: { main: { size: {} } }", "databases.main.size.instance_class", "is required, for example db.r7g.large"),
    ("databases: { main: { size: { instance_class: m5.large } } }", "databases.main.size.instance_class", "\"m5.large\" is not an instance class of RDS; expected one such as db.r7g.large"),
    ("databases: { main: { size: { instance_class: db.r7g.lrge } } }", "databases.main.size.instance_class", "\"db.r7g.lrge\" is not an instance class of RDS; expected one such as db.r7g.large"),
    ("databases: { main: { storage: 20 } }", "databases.main.storage", "expected an amount of storage with its unit, such as \"20 GiB\", found 20"),
    ("databases: { main: { storage: 20 GB } }", "databases.main.storage", "expected an amount of storage with its unit, such as \"20 GiB\", found \"20 GB\""),
    ("databases: { main: { storage: 5 GiB } }", "databases.main.storage", "\"5 GiB\" is out of range; expected 20 GiB to 59392 GiB"),
    ("databases: { main: { storage: 100 GiB, max_storage: 105 GiB } }", "databases.main.max_storage", "105 GiB must be at least 10 % more than the storage of 100 GiB; use 110 GiB or more"),
    ("databases: { main: { backup_retention_days: 36 } }", "databases.main.backup_retention_days", "expected a whole number from 0 to 35, found 36"),
    ("databases: { main: { high_availability: \"true\" } }", "databases.main.high_availability", "expected true or false, found \"true\""),
    ("databases: { main: { enhanced_monitoring: { interval_seconds: 20 } } }", "databases.main.enhanced_monitoring.interval_seconds", "expected 1, 5, 10, 15, 30 or 60, found 20"),
    ("databases: { main: { database_name: my-app } }", "databases.main.database_name", "\"my-app\" is not a name; use 1 to 63 of a-z, 0-9 and _, starting with a letter"),
    ("databases: { main: { master_username: admin } }", "databases.main.master_username", "\"admin\" is reserved by Postgres or RDS; choose another name"),
    ("databases: { main: { database_name: pg_app } }", "databases.main.database_name", "\"pg_app\" is reserved by Postgres or RDS; choose another name"),

    ("databases: { main: { engine: aurora_postgres, version: \"18\" } }", "databases.main.version", "\"18\" is no version of Aurora PostgreSQL, which offers 14, 15, 16, 17"),
    ("databases: { main: { engine: aurora_postgres, storage: 20 GiB } }", "databases.main.storage", "is not for aurora_postgres, whose storage grows by itself; leave it out"),
    ("databases: { main: { engine: aurora_postgres, size: { instance_class: db.t4g.micro } } }", "databases.main.size.instance_class", "Aurora PostgreSQL does not run on db.t4g.micro; use a class of the families r and x, or medium or large of t"),
    ("databases: { main: { engine: aurora_postgres, size: { instance_class: db.m7g.large } } }", "databases.main.size.instance_class", "Aurora PostgreSQL does not run on db.m7g.large; use a class of the families r and x, or medium or large of t"),
    ("databases: { main: { engine: aurora_postgres, size: small, capacity: { min: 1, max: 2 } } }", "databases.main.size", "says what a capacity already says; drop one of them"),
    ("databases: { main: { engine: aurora_postgres, backup_retention_days: 0 } }", "databases.main.backup_retention_days", "0 turns backups off, which aurora_postgres can't do without; use 1 or more"),
    ("databases: { main: { engine: aurora_postgres, high_availability: true, replicas: 0 } }", "databases.main.replicas", "0 leaves no reader that could take over, which high_availability needs; use 1 or more"),
    ("databases: { main: { engine: aurora_postgres, capacity: { min: 0.7, max: 2 } } }", "databases.main.capacity.min", "expected a number of ACUs from 0 to 256 in steps of 0.5, found 0.7"),
    ("databases: { main: { engine: aurora_postgres, capacity: { min: 0, max: 0.5 } } }", "databases.main.capacity.max", "expected a number of ACUs from 1 to 256 in steps of 0.5, found 0.5"),
    ("databases: { main: { engine: aurora_postgres, capacity: { min: 1, max: 257 } } }", "databases.main.capacity.max", "expected a number of ACUs from 1 to 256 in steps of 0.5, found 257"),
    ("databases: { main: { engine: aurora_postgres, capacity: { min: 8, max: 2 } } }", "databases.main.capacity", "max of 2 is less than min of 8"),
    ("databases: { main: { engine: aurora_postgres, capacity: { min: 8 } } }", "databases.main.capacity.max", "is required, for example 8"),
    ("databases: { main: { capacity: { min: 1, max: 2 } } }", "databases.main.capacity", "is only for aurora_postgres; give a size, or use engine: aurora_postgres"),
    ("databases: { main: { replicas: 1, backup_retention_days: 0 } }", "databases.main.backup_retention_days", "0 turns backups off, which a database with replicas can't do without; use 1 or more"),
    ("databases: { main: { version: \"16\", storage: 100 GiB, replicas: 1, restore_from: { snapshot: a } } }", "databases.main.master_username", "is needed with restore_from and replicas; give the name of the user that the snapshot has"),
    ("databases: { main: { replicas: 16 } }", "databases.main.replicas", "expected a whole number from 0 to 15, found 16"),
    ("databases: { main: { replicas: 1 }, main-replica-1: {} }", "databases.main-replica-1", "has an instance of the same name as main has, dev-anna-aaaaaaaa-main-replica-1; call one of the two otherwise"),
    ("databases: { main: { engine: aurora_postgres }, main-1: {} }", "databases.main-1", "has an instance of the same name as main has, dev-anna-aaaaaaaa-main-1; call one of the two otherwise"),
    ("databases: { main: { restore_from: { snapshot: a--b } } }", "databases.main.restore_from.snapshot", "\"a--b\" is no snapshot; expected its name, or arn:aws:rds:<region>:<account id>:snapshot:<name>"),
    ("databases: { main: { restore_from: { snapshot: \"arn:aws:rds:eu-west-1:222222222222:db:main\" } } }", "databases.main.restore_from.snapshot", "\"arn:aws:rds:eu-west-1:222222222222:db:main\" is no snapshot; expected its name, or arn:aws:rds:<region>:<account id>:snapshot:<name>"),

    // Caches
    ("caches: { a: { engine: memcached } }", "caches.a.engine", "unknown value \"memcached\"; expected valkey or redis"),
    ("caches: { a: { version: 8.0 } }", "caches.a.version", "8.0 must be quoted: \"8.0\""),
    ("caches: { a: { version: \"6.2\" } }", "caches.a.version", "unknown version \"6.2\"; ElastiCache offers Valkey 7.2, 8.0 or 8.1 and Redis 7.0 or 7.1"),
    ("caches: { a: { engine: redis, version: \"8.0\" } }", "caches.a.version", "\"8.0\" is no version of Redis; ElastiCache offers 7.0, 7.1"),
    ("caches: { a: { size: cache.r7g.large } }", "caches.a.size", "an exact size is written { node_type: cache.r7g.large }"),
    ("caches: { a: { size: { node_type: db.r7g.large } } }", "caches.a.size.node_type", "\"db.r7g.large\" is not a node type of ElastiCache; expected one such as cache.r7g.large"),
    ("caches: { a: { high_availability: true, replicas_per_shard: 0 } }", "caches.a.replicas_per_shard", "0 leaves no replica that could take over, which high_availability needs; use 1 or more"),
    ("caches: { a: { replicas_per_shard: 6 } }", "caches.a.replicas_per_shard", "expected a whole number from 0 to 5, found 6"),
    ("caches: { a: { shards: 46, replicas_per_shard: 1 } }", "caches.a.shards", "makes 92 nodes; a cache has at most 90"),
    ("caches: { a: { parameters: { maxmemory-polcy: noeviction } } }", "caches.a.parameters.maxmemory-polcy", "is no parameter that can be set; did you mean \"maxmemory-policy\"?"),
    ("caches: { a: { parameters: { maxmemory-policy: lru } } }", "caches.a.parameters.maxmemory-policy", "expected volatile-lru, allkeys-lru, volatile-lfu, allkeys-lfu, volatile-random, allkeys-random, volatile-ttl or noeviction, found \"lru\""),
    ("caches: { a: { parameters: { timeout: -1 } } }", "caches.a.parameters.timeout", "expected a whole number from 0 to 2147483647, found \"-1\""),
    ("caches: { a: { parameters: { activedefrag: true } } }", "caches.a.parameters.activedefrag", "expected yes or no, found true"),
    ("caches: { a: { parameters: { notify-keyspace-events: KEE } } }", "caches.a.parameters.notify-keyspace-events", "expected some of the letters KEg$lshzxeAtdmn, none of them twice, found \"KEE\""),
    ("caches: { a: { parameters: { cluster-enabled: yes } } }", "caches.a.parameters.cluster-enabled", "can't be set: follows from shards"),
    ("caches: { a: { authentication: password } }", "caches.a.authentication", "unknown value \"password\"; expected network or iam"),
    ("caches: { a: { log_retention_days: 2 } }", "caches.a.log_retention_days", "expected 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, found 2"),

    // The document database
    ("document_database: { engine: mongodb }", "document_database.engine", "unknown value \"mongodb\"; expected documentdb or mongodb_atlas"),
    ("document_database: { version: \"4.0\" }", "document_database.version", "unknown version \"4.0\"; DocumentDB offers 5.0 or 8.0"),
    ("document_database: { backup_retention_days: 0 }", "document_database.backup_retention_days", "expected a whole number from 1 to 35, found 0"),
    ("document_database: { high_availability: true, replicas: 0 }", "document_database.replicas", "0 leaves no reader that could take over, which high_availability needs; use 1 or more"),
    ("document_database: { size: { instance_class: db.m7g.large } }", "document_database.size.instance_class", "DocumentDB does not run on db.m7g.large; use a class of a family r, or medium of t"),
    ("document_database: {}\ndatabases: { documents-1: {} }", "databases.documents-1", "has the name that the document_database takes; call it otherwise"),
    // MongoDB Atlas
    ("document_database: { atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "document_database.atlas", "is for engine: mongodb_atlas; write that, or leave this out"),
    ("document_database: { engine: mongodb_atlas }", "document_database.atlas", "is required for engine: mongodb_atlas, for example { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e }"),
    ("document_database: { engine: mongodb_atlas, atlas: {} }", "document_database.atlas", "needs project_id, a project that exists, or org_id, the organisation in which one is made"),
    ("document_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e, project_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "document_database.atlas", "takes project_id or org_id; keep one"),
    ("document_database: { engine: mongodb_atlas, atlas: { org_id: acme } }", "document_database.atlas.org_id", "\"acme\" is not an id of Atlas; expected 24 of 0-9 and a-f"),
    ("document_database: { engine: mongodb_atlas, version: \"5.0\", atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "document_database.version", "unknown version \"5.0\"; MongoDB Atlas offers 7.0 or 8.0"),
    ("document_database: { engine: mongodb_atlas, high_availability: true, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "document_database.high_availability", "is for DocumentDB; a cluster of MongoDB Atlas has three nodes in three zones at all times"),
    ("document_database: { engine: mongodb_atlas, encryption: kms, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "document_database.encryption", "is for DocumentDB; MongoDB Atlas encrypts with a key of its own"),
    ("document_database: { engine: mongodb_atlas, log_retention_days: 30, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "document_database.log_retention_days", "is for DocumentDB; MongoDB Atlas keeps its logs itself"),
    ("document_database: { engine: mongodb_atlas, size: { instance_class: db.r6g.large }, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "document_database.size.instance_class", "names a machine of AWS; write a word, or atlas: { instance_size: M10 }"),
    ("document_database: { engine: mongodb_atlas, size: small, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e, instance_size: M20 } }", "document_database.size", "takes size or atlas.instance_size; keep one"),
    ("document_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e, instance_size: M5 } }", "document_database.atlas.instance_size", "unknown size \"M5\"; expected M10, M20, M30, M40, M50, M60, M80, M140, M200 or M300"),
    ("document_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e, database: admin } }", "document_database.atlas.database", "\"admin\" is MongoDB's own; choose another"),
    ("document_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e, database: \"a b\" } }", "document_database.atlas.database", "\"a b\" is not the name of a database; use 1 to 63 of a-z, A-Z, 0-9, _ and -, starting with a letter"),
    ("document_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e, users: { a: { principal: \"arn:aws:iam::222222222222:role/R\" }, b: { principal: \"arn:aws:iam::222222222222:role/R\" } } } }", "document_database.atlas.users.b.principal", "is the principal of a too, whom Atlas knows once; put them together"),
    ("network: { nat: none }\ndocument_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }", "network.nat", "MongoDB Atlas is reached through NAT, and lets in nobody else; use single or per_az"),
    ("ecs: {}\ndocument_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }\napps: { api: { image: nginx, secrets: { A: { from: document_database.password } } } }", "apps.api.secrets.A.from", "MongoDB Atlas has no passwords here: the app logs in with its role; take url"),
    ("ecs: {}\ndocument_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }\napps: { api: { image: nginx, secrets: { A: { from: document_database.port } } } }", "apps.api.secrets.A.from", "MongoDB Atlas names its ports by DNS; take url"),
    // Apps on Kubernetes
    ("apps: { api: { image: nginx } }", "apps.api", "has nothing to run on; add the section ecs: {} or kubernetes: {}"),
    ("ecs: {}\napps: { api: { image: nginx, runtime: kubernetes } }", "apps.api.runtime", "there is no cluster; add the section kubernetes: {}, or use ecs"),
    ("kubernetes: {}\napps: { api: { image: nginx, runtime: ecs } }", "apps.api.runtime", "there is no cluster; add the section ecs: {}, or use kubernetes"),
    ("kubernetes: {}\necs: {}\napps: { api: { image: nginx } }", "apps.api.runtime", "is required where the file has both kubernetes and ecs; write one of them"),
    ("kubernetes: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: {} } } }", "apps.api.expose.api_gateway", "is for ECS; on Kubernetes use ingress: { host: … }, gateway: { host: … } or load_balancer: {}"),
    ("kubernetes: {}\napps: { api: { image: nginx, port: 80, deploy: { blue_green: {} } } }", "apps.api.deploy.blue_green", "is CodeDeploy's, which shifts traffic on ECS only; use rolling: {}"),
    ("kubernetes: {}\napps: { api: { image: nginx, expose: { ingress: {} } } }", "apps.api.expose", "needs to know the port on which the app listens; add port: 8000"),
    ("kubernetes: {}\napps: { api: { image: nginx, port: 80, expose: { ingress: { tls: true } } } }", "apps.api.expose.ingress.tls", "a certificate is for a name; add host: api.acme.example"),
    ("kubernetes: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: a.example } } } }", "apps.api.expose.load_balancer.host", "a load balancer on Kubernetes belongs to one app and looks at no host; use ingress: { host: … }"),
    ("kubernetes: { controllers: [] }\napps: { api: { image: nginx, port: 80, expose: { gateway: {} } } }", "apps.api.expose", "needs load balancers; add aws-load-balancer-controller to kubernetes.controllers"),
    ("kubernetes: {}\napps: { a: { image: nginx, port: 80, expose: { ingress: { host: x.example } } }, b: { image: nginx, port: 80, expose: { ingress: { host: x.example } } } }", "apps.b.expose.ingress.host", "\"x.example\" is the host of apps.a too"),
    ("kubernetes: {}\napps: { a: { image: nginx, port: 80, expose: { gateway: {} } }, b: { image: nginx, port: 80, expose: { gateway: {} } } }", "apps.b.expose.gateway.host", "is required: apps.a gets what no other app asks for"),
    ("kubernetes: {}\napps: { api: { image: nginx, port: 80, expose: { ingress: {} }, autoscaling: { requests_per_target: 9 } } }", "apps.api.autoscaling.requests_per_target", "is for ECS; on Kubernetes use cpu_percent or memory_percent"),
    ("kubernetes: { addons: [] }\napps: { api: { image: nginx, autoscaling: {} } }", "apps.api.autoscaling", "needs to know what pods use; add metrics-server to kubernetes.addons"),
    ("kubernetes: {}\napps: { api: { image: nginx, architecture: arm64 } }", "apps.api.architecture", "the cluster has no machine of arm64; build the image for x86_64, or add a node group"),
    ("kubernetes: {}\napps: { api: { image: nginx, resources: { cpu: 500m, limits: { cpu: 250m } } } }", "apps.api.resources.limits.cpu", "250m is less than the 500m that is set aside; raise it, or ask for less"),
    ("kubernetes: {}\napps: { api: { image: nginx, resources: { memory: 1Gi, limits: { memory: 512Mi } } } }", "apps.api.resources.limits.memory", "512Mi is less than the 1Gi that is set aside; raise it, or ask for less"),
    ("ecs: {}\napps: { api: { image: nginx, resources: { limits: { cpu: 500m } } } }", "apps.api.resources.limits", "is for Kubernetes; on ECS a copy has what it asks for to itself, so leave this out"),
    ("kubernetes: {}\napps: { api: { image: nginx, secrets: { A: { from: caches.session.url } } } }", "apps.api.secrets.A.from", "\"caches.session.url\" names no cache; there is no caches in the file"),
    // ECS and apps
    ("ecs: { capacity: { fargate: 1, spot: 1 } }", "ecs.capacity.spot", "unknown key; expected fargate or fargate_spot"),
    ("ecs: { capacity: {} }", "ecs.capacity", "gives nothing a share; use fargate: 1, fargate_spot: 1 or both"),
    ("ecs: { container_insights: on }", "ecs.container_insights", "unknown value \"on\"; expected disabled, enabled or enhanced"),
    ("ecs: {}\nnetwork: { nat: none }\napps: { api: { image: nginx } }", "network.nat", "none leaves apps on ECS no way to their images and logs; use single, or endpoints: [s3, ecr, logs]"),
    ("ecs: {}\nnetwork: { nat: none, endpoints: [s3, ecr, logs] }\napps: { api: { image: nginx, secrets: { A: { secret: a } } } }", "network.nat", "none leaves apps on ECS no way to their images and logs; use single, or endpoints: [s3, ecr, logs, secretsmanager]"),
    ("ecs: {}\napps: { api: {} }", "apps.api.image", "is required, for example { registry: api, tag: \"1.4.2\" }"),
    ("ecs: {}\napps: { api: { image: \"a b\" } }", "apps.api.image", "\"a b\" is not the name of an image; expected one such as public.ecr.aws/nginx/nginx:1.29"),
    ("ecs: {}\napps: { api: { image: { registry: api } } }", "apps.api.image.tag", "is required, for example \"1.4.2\""),
    ("ecs: {}\nregistries: { api: {} }\napps: { api: { image: { registry: api, tag: 1.4 } } }", "apps.api.image.tag", "1.4 must be quoted: \"1.4\""),
    ("ecs: {}\nregistries: { api: {} }\napps: { api: { image: { registry: api, tag: \"-x\" } } }", "apps.api.image.tag", "\"-x\" is not a tag; use 1 to 128 of a-z, A-Z, 0-9 and _ . -, starting with none of . -"),
    ("ecs: {}\nregistries: { api: {} }\napps: { api: { image: { registry: web, tag: latest } } }", "apps.api.image.registry", "\"web\" names no registry; registries: api"),
    ("ecs: {}\napps: { api: { image: { registry: web, tag: latest } } }", "apps.api.image.registry", "\"web\" names no registry, and there are none; add registries: { web: {} }"),
    ("ecs: {}\napps: { api: { image: nginx, port: 0 } }", "apps.api.port", "expected a whole number from 1 to 65535, found 0"),
    ("ecs: {}\napps: { api: { image: nginx, health: health } }", "apps.api.health", "\"health\" is not a path; start with / and use up to 1024 visible ASCII characters"),
    ("ecs: {}\napps: { api: { image: nginx, command: serve } }", "apps.api.command", "expected a list of arguments, such as [serve, --verbose], found \"serve\""),
    ("ecs: {}\napps: { api: { image: nginx, command: [] } }", "apps.api.command", "is empty; leave it out to run what the image says"),
    ("ecs: {}\napps: { api: { image: nginx, command: [serve, 1] } }", "apps.api.command[1]", "1 must be quoted: \"1\""),
    ("ecs: {}\napps: { api: { image: nginx, env: { 1ST: x } } }", "apps.api.env.1ST", "\"1ST\" is not the name of a variable; use 1 to 128 of A-Z, a-z, 0-9 and _, not starting with a digit"),
    ("ecs: {}\napps: { api: { image: nginx, env: { PORT: 8000 } } }", "apps.api.env.PORT", "8000 must be quoted: \"8000\""),
    ("ecs: {}\napps: { api: { image: nginx, resources: { cpu: 1 } } }", "apps.api.resources.cpu", "expected an amount of CPU in thousandths of a vCPU, such as 250m or 2000m, found 1"),
    ("ecs: {}\napps: { api: { image: nginx, resources: { cpu: 64000m } } }", "apps.api.resources.cpu", "\"64000m\" is out of range; expected 1m to 16000m"),
    ("ecs: {}\napps: { api: { image: nginx, resources: { memory: 512MB } } }", "apps.api.resources.memory", "expected an amount of memory, such as 512Mi or 2Gi, found \"512MB\""),
    ("ecs: {}\napps: { api: { image: nginx, resources: { memory: 121Gi } } }", "apps.api.resources.memory", "\"121Gi\" is out of range; expected 1Mi to 120Gi"),
    ("ecs: {}\napps: { api: { image: nginx, architecture: amd64 } }", "apps.api.architecture", "unknown value \"amd64\"; expected x86_64 or arm64"),
    ("ecs: {}\napps: { api: { image: nginx, secrets: { A: {} } } }", "apps.api.secrets.A", "says nothing; give { from: databases.main.url } or { secret: acme/llm, key: api_key }"),
    ("ecs: {}\napps: { api: { image: nginx, secrets: { A: { secret: a, from: databases.main.url } } } }", "apps.api.secrets.A", "takes from, or secret and key; keep one"),
    ("ecs: {}\napps: { api: { image: nginx, secrets: { A: { secret: \"a b\" } } } }", "apps.api.secrets.A.secret", "\"a b\" is not the name of a secret; use 1 to 512 of a-z, A-Z, 0-9 and / _ + = . @ -"),
    ("ecs: {}\napps: { api: { image: nginx, secrets: { A: { secret: a, key: \"a:b\" } } } }", "apps.api.secrets.A.key", "\"a:b\" is not a key that ECS can name; use 1 to 128 visible ASCII characters without a colon"),
    ("ecs: {}\napps: { api: { image: nginx, secrets: { A: { from: databases.main.url } } } }", "apps.api.secrets.A.from", "\"databases.main.url\" names no database; there is no databases in the file"),
    ("ecs: {}\ndatabases: { main: {} }\napps: { api: { image: nginx, secrets: { A: { from: databases.mian.url } } } }", "apps.api.secrets.A.from", "\"databases.mian.url\" names no database; databases: main"),
    ("ecs: {}\ndatabases: { a: {}, b: {} }\napps: { api: { image: nginx, secrets: { A: { from: databases.a.url }, B: { from: databases.b.url } } } }", "apps.api.secrets.B", "the URL of a second database: its user and password would take the place of those of A; take host, username and password one by one"),
    ("ecs: {}\ndatabases: { a: {} }\napps: { api: { image: nginx, env: { PGUSER: me }, secrets: { A: { from: databases.a.url } } } }", "apps.api.env.PGUSER", "comes with the URL of a database in secrets.A; leave this out"),
    ("ecs: {}\napps: { api: { image: nginx, env: { A: x }, secrets: { A: { secret: a } } } }", "apps.api.secrets.A", "is in env too; keep one"),
    ("ecs: {}\ndocument_database: {}\napps: { api: { image: nginx, secrets: { A: { from: document_database.url } } } }", "apps.api.secrets.A.from", "can't be put together, because nobody knows the password before the app starts; take host, port, username and password one by one"),
    ("ecs: {}\napps: { api: { image: nginx, replicas: 0 } }", "apps.api.replicas", "expected a whole number from 1 to 1000, found 0"),
    ("ecs: {}\napps: { api: { image: nginx, autoscaling: { min: 3, max: 2 } } }", "apps.api.autoscaling.max", "2 is less than the least number of copies, which is 3"),
    ("ecs: {}\napps: { api: { image: nginx, replicas: 9, autoscaling: { min: 1, max: 4 } } }", "apps.api.replicas", "9 is not between 1 and 4, where autoscaling keeps it"),
    ("ecs: {}\napps: { api: { image: nginx, autoscaling: { cpu_percent: 95 } } }", "apps.api.autoscaling.cpu_percent", "expected a whole number from 10 to 90, found 95"),
    ("ecs: {}\napps: { api: { image: nginx, autoscaling: { requests_per_target: 9 } } }", "apps.api.autoscaling.requests_per_target", "there are no requests to count; add expose: { load_balancer: {} }, or use cpu_percent"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: {} }, deploy: { blue_green: {} }, autoscaling: { requests_per_target: 9 } } }", "apps.api.autoscaling.requests_per_target", "can't be counted while CodeDeploy moves between two target groups; use cpu_percent or a rolling deployment"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: {} } }", "apps.api.expose", "says nothing; give load_balancer, api_gateway, ingress or gateway, or leave the line out"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: {}, load_balancer: {} } } }", "apps.api.expose", "takes one of load_balancer, api_gateway, ingress or gateway; keep one"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { hots: a } } } }", "apps.api.expose.api_gateway.hots", "unknown key; did you mean \"host\"?"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { host: a } } } }", "apps.api.expose.api_gateway.host", "\"a\" is not a host name; expected one in lower case such as api.acme.example"),
    // Names and certificates
    ("dns: {}", "dns.zone", "is required, for example acme.example"),
    ("dns: { zone: acme }", "dns.zone", "\"acme\" is not the name of a zone; expected one in lower case such as acme.example"),
    ("dns: { zone: acme.example. }", "dns.zone", "\"acme.example.\" is not the name of a zone; expected one in lower case such as acme.example"),
    ("dns: { zone: Acme.example }", "dns.zone", "\"Acme.example\" is not the name of a zone; expected one in lower case such as acme.example"),
    ("dns: { zone: dev.acme.example, parent: acme.example }", "dns.parent", "is where a new zone is entered; add create: true, or leave this out"),
    ("dns: { zone: dev.acme.example, create: true, parent: cme.example }", "dns.parent", "\"dev.acme.example\" is not below \"cme.example\""),
    ("dns: { zone: acme.example, create: true, parent: acme.example }", "dns.parent", "\"acme.example\" is not below \"acme.example\""),
    ("dns: { zone: acme.example }\necs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: api.cme.example } } } }", "apps.api.expose.load_balancer.host", "\"api.cme.example\" is not in the zone \"acme.example\"; use a name that ends in .acme.example, or give the certificate_arn of one that stands elsewhere"),
    ("dns: { zone: acme.example }\necs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: api.notacme.example } } } }", "apps.api.expose.load_balancer.host", "\"api.notacme.example\" is not in the zone \"acme.example\"; use a name that ends in .acme.example, or give the certificate_arn of one that stands elsewhere"),
    ("dns: { zone: acme.example }\necs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { host: api.other.example } } } }", "apps.api.expose.api_gateway.host", "\"api.other.example\" is not in the zone \"acme.example\"; use a name that ends in .acme.example, or give the certificate_arn of one that stands elsewhere"),
    ("dns: { zone: acme.example }\necs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { tls: true } } } }", "apps.api.expose.load_balancer.tls", "needs a host to ask a certificate for; add host, or certificate_arn"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: api.acme.example, tls: true } } } }", "apps.api.expose.load_balancer.tls", "needs a zone in which a certificate proves itself; add dns: { zone: … }, or certificate_arn"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { tls: false, certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } } }", "apps.api.expose.load_balancer.tls", "is false, and there is a certificate; drop one of them"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { certificate_arn: \"arn:aws:acm:us-east-1:222222222222:certificate/0a\" } } } }", "apps.api.expose.load_balancer.certificate_arn", "is a certificate of us-east-1; what serves it is in eu-west-1"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { host: api.acme.example, certificate_arn: \"arn:aws:acm:us-east-1:222222222222:certificate/0a\" } } } }", "apps.api.expose.api_gateway.certificate_arn", "is a certificate of us-east-1; what serves it is in eu-west-1"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } } }", "apps.api.expose.api_gateway.certificate_arn", "is for a name of its own; add host: api.acme.example, or leave this out"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { api_gateway: { host: api.acme.example } } } }", "apps.api.expose.api_gateway.host", "needs a certificate, and a zone in which it proves itself; add dns: { zone: … }, or certificate_arn"),
    ("dns: { zone: acme.example }\necs: {}\napps: { a: { image: nginx, port: 80, expose: { api_gateway: { host: x.acme.example } } }, b: { image: nginx, port: 80, expose: { load_balancer: { host: x.acme.example } } } }", "apps.b.expose.load_balancer.host", "\"x.acme.example\" is the host of apps.a too, and leads to one place only"),
    ("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { api_gateway: { host: x.example.com, certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } }, b: { image: nginx, port: 80, expose: { api_gateway: { host: x.example.com, certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } } }", "apps.b.expose.api_gateway.host", "\"x.example.com\" is the host of apps.a too, and leads to one place only"),
    ("dns: { zone: acme.example }\necs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: { host: a.acme.example } } }, b: { image: nginx, port: 80, expose: { load_balancer: { host: b.acme.example, tls: false } } } }", "apps.b.expose.load_balancer.certificate_arn", "apps.a shares the load balancer and has one; give both a certificate or neither"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { ingress: { host: a.example } } } }", "apps.api.expose.ingress", "is for Kubernetes; on ECS use load_balancer: { host: … }"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { gateway: {} } } }", "apps.api.expose.gateway", "is for Kubernetes; on ECS use load_balancer: { host: … } or api_gateway: {}"),
    ("ecs: {}\napps: { api: { image: nginx, expose: { load_balancer: {} } } }", "apps.api.expose", "needs to know the port on which the app listens; add port: 8000"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { host: API } } } }", "apps.api.expose.load_balancer.host", "\"API\" is not a host name; expected one in lower case such as api.acme.example"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: { certificate_arn: x } } } }", "apps.api.expose.load_balancer.certificate_arn", "\"x\" is not the ARN of a certificate; expected arn:aws:acm:<region>:<account id>:certificate/<id>"),
    ("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: {} } }, b: { image: nginx, port: 80, expose: { load_balancer: {} } } }", "apps.b.expose.load_balancer.host", "is required: apps.a gets what no other app of the load balancer asks for"),
    ("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: { host: x.example } } }, b: { image: nginx, port: 80, expose: { load_balancer: { host: x.example } } } }", "apps.b.expose.load_balancer.host", "\"x.example\" is the host of apps.a on the same load balancer"),
    ("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: { host: x.example, certificate_arn: \"arn:aws:acm:eu-west-1:222222222222:certificate/0a\" } } }, b: { image: nginx, port: 80, expose: { load_balancer: {} } } }", "apps.b.expose.load_balancer.certificate_arn", "apps.a shares the load balancer and has one; give both a certificate or neither"),
    ("ecs: {}\napps: { api: { image: nginx, deploy: { blue_green: {} } } }", "apps.api.deploy.blue_green", "has no traffic to shift; add expose: { load_balancer: {} } or { api_gateway: {} }"),
    ("ecs: {}\napps: { api: { image: nginx, deploy: { rolling: {}, blue_green: {} } } }", "apps.api.deploy", "takes one of rolling or blue_green; keep one"),
    ("ecs: {}\napps: { api: { image: nginx, port: 80, expose: { load_balancer: {} }, deploy: { blue_green: { shift: slowly } } } }", "apps.api.deploy.blue_green.shift", "unknown value \"slowly\"; expected all_at_once, linear_10_percent_per_minute, linear_10_percent_per_3_minutes, canary_10_percent_5_minutes or canary_10_percent_15_minutes"),
    ("ecs: {}\nobservability: { alarms: false }\napps: { api: { image: nginx, port: 80, expose: { load_balancer: {} }, deploy: { blue_green: { rollback_on_alarm: true } } } }", "observability.alarms", "can't be off: apps.api.deploy rolls back on alarm; use {} or drop rollback_on_alarm"),
    ("observability: { alarms: { actions: [x] } }", "observability.alarms.actions[0]", "\"x\" is not the ARN of an SNS topic; expected arn:aws:sns:<region>:<account id>:<name>"),
    ("observability: { alarms: { actions: [] } }", "observability.alarms.actions", "names 0; expected 1 to 5, which is as many as an alarm may have"),
    ("observability: { alarms: { actions: [\"arn:aws:sns:us-east-1:222222222222:ops\"] } }", "observability.alarms.actions[0]", "is a topic of us-east-1; alarms in eu-west-1 tell topics of that region only"),
    ("observability: { alarms: { topic: {}, actions: [\"arn:aws:sns:eu-west-1:222222222222:a\", \"arn:aws:sns:eu-west-1:222222222222:b\", \"arn:aws:sns:eu-west-1:222222222222:c\", \"arn:aws:sns:eu-west-1:222222222222:d\", \"arn:aws:sns:eu-west-1:222222222222:e\"] } }", "observability.alarms.actions", "names 5; beside a topic of its own an alarm has room for 4"),
    ("observability: { alarms: { topic: {}, emails: [ops@acme.example] } }", "observability.alarms", "has topic and emails, which bring a topic anyway; keep one"),
    ("observability: { alarms: { topic: { name: ops } } }", "observability.alarms.topic.name", "unknown key; nothing can be set here, write {}"),
    ("observability: { alarms: { emails: [] } }", "observability.alarms.emails", "is empty; name at least one address, or leave it out"),
    ("observability: { alarms: { emails: [\"ops\"] } }", "observability.alarms.emails[0]", "\"ops\" is not an address for mail; expected one such as ops@acme.example"),
    ("observability: { alarms: { emails: [\"ops@acme\"] } }", "observability.alarms.emails[0]", "\"ops@acme\" is not an address for mail; expected one such as ops@acme.example"),
    ("observability: { alarms: { emails: [\"ops@@acme.example\"] } }", "observability.alarms.emails[0]", "\"ops@@acme.example\" is not an address for mail; expected one such as ops@acme.example"),
    ("observability: { alarms: { emails: [\"o ps@acme.example\"] } }", "observability.alarms.emails[0]", "\"o ps@acme.example\" is not an address for mail; expected one such as ops@acme.example"),
    ("observability: { alarms: { emails: [\"ops@-acme.example\"] } }", "observability.alarms.emails[0]", "\"ops@-acme.example\" is not an address for mail; expected one such as ops@acme.example"),
    ("observability: { alarms: { emails: [\".ops@acme.example\"] } }", "observability.alarms.emails[0]", "\".ops@acme.example\" is not an address for mail; expected one such as ops@acme.example"),
    ("observability: { alarms: { emails: [\"ops@acme..example\"] } }", "observability.alarms.emails[0]", "\"ops@acme..example\" is not an address for mail; expected one such as ops@acme.example"),
    ("observability: { alarms: { thresholds: { cpu: 80 } } }", "observability.alarms.thresholds.cpu", "unknown key; expected cpu_percent, memory_percent, connections_percent, free_storage_percent, evictions_per_minute, errors_per_minute or latency_seconds"),
    ("observability: { alarms: { thresholds: { cpu_percent: 101 } } }", "observability.alarms.thresholds.cpu_percent", "expected a whole number from 10 to 100, found 101"),
    ("observability: { alarms: { thresholds: { free_storage_percent: 0 } } }", "observability.alarms.thresholds.free_storage_percent", "expected a whole number from 1 to 50, found 0"),
    ("observability: { alarms: { thresholds: { latency_seconds: 0.5 } } }", "observability.alarms.thresholds.latency_seconds", "expected a whole number from 1 to 60, found 0.5"),
    ("observability: { dashboard: true }", "observability.dashboard", "has nothing to show; add an app, a database, a cache or a cluster"),
    ("observability: { dashboard: {} }", "observability.dashboard", "expected true or false, found a mapping"),
    ("observability: { log_retention_days: 8 }", "observability.log_retention_days", "expected 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, found 8"),

    // Labels and tags
    ("labels: { team: [a] }", "labels.team", "expected text, found a list"),
    ("labels: { team: 7 }", "labels.team", "7 must be quoted: \"7\""),
    ("labels: { \"a=b\": c }", "labels.\"a=b\"", "\"a=b\" is not a label; use 1 to 63 of a-z, A-Z, 0-9 and . _ - /, starting and ending with a letter or digit"),
    ("labels: { team: \"-x\" }", "labels.team", "\"-x\" is not a label value; use 1 to 63 of a-z, A-Z, 0-9 and . _ - /, starting and ending with a letter or digit"),
    ("tags: { cost-center: 4711 }", "tags.cost-center", "4711 must be quoted: \"4711\""),
    ("tags: { live: true }", "tags.live", "true must be quoted: \"true\""),
    ("tags: { \"aws:x\": y }", "tags.aws:x", "keys that start with aws: are reserved; choose another"),
    ("tags: { \"Terrane:environment\": y }", "tags.Terrane:environment", "keys that start with terrane: are reserved; choose another"),
    ("tags: { owner: \"a<b\" }", "tags.owner", "\"a<b\" has the character '<', which AWS refuses in a tag value; use letters, digits, spaces and _ . : / = + - @"),
    ("tags: { \"a\\nb\": c }", "tags.\"a\\nb\"", "\"a\\nb\" has the character '\\n', which AWS refuses in a tag key; use letters, digits, spaces and _ . : / = + - @"),
    ("tags: { owner: \" anna\" }", "tags.owner", "\" anna\" starts or ends with a space, which AWS cuts off; remove it"),
    ("tags: { \"\": x }", "tags.\"\"", "a tag key has 1 to 128 characters; this one has 0"),
    ("tags: { Owner: a, owner: b }", "tags.owner", "differs from \"Owner\" only in case, which IAM ignores; keep one"),

    // State and lifecycle
    ("state: { bucket: My_Bucket }", "state.bucket", "\"My_Bucket\" is not a bucket name that S3 accepts; use 3 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit"),
    ("state: { bucket: xn--state }", "state.bucket", "\"xn--state\" is not a bucket name that S3 accepts; use 3 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit"),
    ("state: { region: mars-north-1 }", "state.region", "\"mars-north-1\" is not a region of AWS; expected one such as eu-west-1 or us-east-1"),
    ("lifecycle: { ttl: 6 }", "lifecycle.ttl", "expected a length of time such as 6h or \"14 days\", found 6"),
    ("lifecycle: { ttl: 6 weeks }", "lifecycle.ttl", "expected a length of time such as 6h or \"14 days\", found \"6 weeks\""),
    ("lifecycle: { ttl: 5m }", "lifecycle.ttl", "\"5m\" is out of range; expected 1h to 3650 days"),
    ("lifecycle: { ttl: 6h, deletion_protection: true }", "lifecycle.deletion_protection", "can't be on together with a ttl, which has to destroy the environment; drop one of them"),

    // YAML itself
    ("name: again", "name", "this key is given twice; keep one"),
    ("buckets: { a: {}, a: {} }", "buckets.a", "this key is given twice; keep one"),
    ("network: *shared", "", "not valid YAML: while parsing node, found unknown anchor"),
    ("labels: &shared { a: b }", "labels", "anchors (&name) are not supported; write the plain value"),
    ("labels: { <<: { a: b } }", "labels", "merge keys (<<) are not supported; repeat the values"),
    ("labels: { a: !!str 1 }", "labels.a", "tags (!name) are not supported; write the plain value"),
    ("labels: { ? [a, b] : c }", "labels", "a key must be a word, not a list or a mapping"),
    ("labels: { ~: c }", "labels", "a key is missing before the colon"),
    ("---\nname: other", "", "several documents; write one file for each environment"),
];

/// A whole file, the path of its only problem, and the message.
#[rustfmt::skip]
const BAD_FILES: &[(&str, &str, &str)] = &[
    ("", "", "the file is empty; it needs at least name and cloud.region"),
    ("# nothing here\n", "", "the file is empty; it needs at least name and cloud.region"),
    ("just text", "", "expected a mapping, found \"just text\""),
    ("[1, 2]", "", "expected a mapping, found a list"),
    ("cloud: { region: eu-west-1 }", "name", "is required, for example dev-anna"),
    ("name: dev", "cloud", "is required, for example { region: eu-west-1 }"),
    ("name: dev\ncloud: {}", "cloud.region", "is required, for example eu-west-1"),
    ("name: d\ncloud: { region: eu-west-1 }", "name", "\"d\" is not a name; use 2 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("name: 42\ncloud: { region: eu-west-1 }", "name", "42 must be quoted: \"42\""),
    ("name: Dev\ncloud: { region: eu-west-1 }", "name", "\"Dev\" is not a name; use 2 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("name: dev\ncloud: { region: eu-west-9 }", "cloud.region", "\"eu-west-9\" is not a region of AWS; did you mean \"eu-west-1\"?"),
    ("name: dev\ncloud: { region: atlantis }", "cloud.region", "\"atlantis\" is not a region of AWS; expected one such as eu-west-1 or us-east-1"),
    ("name: dev\ncloud: { region: cn-north-1 }", "cloud.region", "\"cn-north-1\" is in the partition aws-cn, which is not supported; use a region of the partition aws"),
    ("name: dev\ncloud: { region: eu-west-1, provider: gcp }", "cloud.provider", "unknown value \"gcp\"; expected aws"),
    ("name: dev\ncloud: { region: eu-west-1, account_id: 222222222222 }", "cloud.account_id", "222222222222 must be quoted: \"222222222222\""),
    ("name: dev\ncloud: { region: eu-west-1, account_id: 012345678901 }", "cloud.account_id", "012345678901 must be quoted: \"012345678901\""),
    ("name: dev\ncloud: { region: eu-west-1, account_id: \"22\" }", "cloud.account_id", "\"22\" is not an account id; expected twelve digits, in quotes"),
    ("name: dev\ncloud: { region: eu-west-1, account_id: \"111111111111\" }\ngovernance: { permissions_boundary: \"arn:aws:iam::222222222222:policy/B\" }", "governance.permissions_boundary", "is a policy of account 222222222222, but the roles are made in 111111111111; name one of that account"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: Provisioner }", "cloud.role_arn", "\"Provisioner\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:user/anna\" }", "cloud.role_arn", "\"arn:aws:iam::222222222222:user/anna\" is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>"),
    ("name: dev\ncloud: { region: eu-west-1, account_id: \"111111111111\", role_arn: \"arn:aws:iam::222222222222:role/P\" }", "cloud.role_arn", "arn:aws:iam::222222222222:role/P is not in account 111111111111, which account_id names; make them agree"),
    ("name: dev\ncloud: { region: eu-west-1, external_id: mine }", "cloud.external_id", "unknown key; expected provider, region, account_id or role_arn"),
    ("name: dev\ncloud: { region: us-west-1 }\nprofile: large\nnetwork: { availability_zones: 3 }", "network.availability_zones", "us-west-1 has 2 zones; 3 are too many"),
    ("name: dev\ncloud: { region: us-east-1 }\nnetwork: { cidr: 10.0.0.0/22, availability_zones: 5 }", "network.cidr", "10.0.0.0/22 is too small: 5 zones need 15 subnets of at least /27; use /21 or larger"),
    ("name: dev\ncloud:\n\tregion: eu-west-1\n", "", "not valid YAML: tabs disallowed within this context (block indentation); indent with spaces, not with tabs"),
    ("name: [dev\n", "", "not valid YAML: while parsing a flow sequence, expected ',' or ']'"),
    ("name: dev\u{0}\n", "", "contains the control character U+0000; a spec is plain text"),
];

#[test]
fn each_bad_spec_is_refused_with_its_path_and_a_remedy() {
    let sections = BAD_SECTIONS.iter().map(|(section, path, message)| (with_base(section), path, message));
    let files = BAD_FILES.iter().map(|(file, path, message)| ((*file).to_owned(), path, message));
    let mut wrong = Vec::new();
    for (text, path, message) in sections.chain(files) {
        let found: Vec<(String, String)> = problems(&text).into_iter().map(|p| (p.path, p.message)).collect();
        if found != [((*path).to_owned(), (*message).to_owned())] {
            wrong.push(format!("{text}\n  expected {path}: {message}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(BAD_SECTIONS.len() + BAD_FILES.len() >= 60);
}

#[test]
fn all_problems_are_told_at_once_with_their_lines() {
    let text = "\
name: acme-prod
cloud:
  region: eu-west-7
network:
  cidr: 10.40.0.0/26
  nat: one
databases:
  main:
    version: 17.1
    verion: \"17\"
";
    let listing = parse(text.as_bytes(), Format::Yaml).unwrap_err().to_string();
    let expected = "\
4 problems
  cloud.region: \"eu-west-7\" is not a region of AWS; did you mean \"eu-west-1\"?   (line 3)
  network.nat: unknown value \"one\"; expected none, single or per_az             (line 6)
  databases.main.version: 17.1 must be quoted: \"17.1\"                           (line 9)
  databases.main.verion: unknown key; did you mean \"version\"?                   (line 10)";
    assert_eq!(listing, expected);
}

#[test]
fn rules_across_values_are_told_together_with_the_rest() {
    let text = with_base("network:\n  cidr: 10.40.0.0/26\n  nat: one\n");
    let listing = parse(text.as_bytes(), Format::Yaml).unwrap_err().to_string();
    let expected = "\
2 problems
  network.cidr: 10.40.0.0/26 is too small: 2 zones need 6 subnets of at least /27; use /22 or larger   (line 4)
  network.nat: unknown value \"one\"; expected none, single or per_az                                    (line 5)";
    assert_eq!(listing, expected);
}

#[test]
fn a_rule_across_values_says_nothing_while_one_of_them_is_broken() {
    let text = with_base("network: { cidr: 10.40.0.0/26, availability_zones: three }");
    let paths: Vec<String> = problems(&text).into_iter().map(|problem| problem.path).collect();
    assert_eq!(paths, ["network.availability_zones"]);
}

#[test]
fn pointers_are_json_pointers() {
    let text = with_base("buckets: { \"a/b~c\": {} }\nnetwork: { endpoints: [s3, x] }");
    let pointers: Vec<String> = problems(&text).into_iter().map(|problem| problem.pointer).collect();
    assert_eq!(pointers, ["/buckets/a~1b~0c", "/network/endpoints/1"]);
}

#[test]
fn json_is_judged_like_yaml() {
    let parse = |text: &str| parse(text.as_bytes(), Format::Json).unwrap_err().to_string();
    let text = r#"{ "name": "dev", "name": "dev", "cloud": { "region": "eu-west-1" }, "network": { "nat": "one" } }"#;
    assert_eq!(
        parse(text),
        "2 problems\n  name: this key is given twice; keep one\n  network.nat: unknown value \"one\"; expected none, single or per_az"
    );
    assert_eq!(parse(r#"{ "name": "#), "1 problem\n  not valid JSON: EOF while parsing a value   (line 1)");
    assert_eq!(parse("{} {}"), "1 problem\n  not valid JSON: trailing characters   (line 1)");
    assert_eq!(parse("name: dev"), "1 problem\n  not valid JSON: expected ident   (line 1)");
}
