//! The single bucket of the older form.

use std::fs;

use terrane_blueprint::render_bucket;
use terrane_domain::{BucketRequest, CannedAcl};

use crate::terraform::Terraform;

fn request(acl: CannedAcl) -> BucketRequest {
    BucketRequest {
        region: "eu-west-1".to_owned(),
        bucket: "acme-data".to_owned(),
        acl,
        force_destroy: false,
    }
}

#[test]
fn a_private_bucket_is_rendered_whole() {
    insta::assert_snapshot!(render_bucket(&request(CannedAcl::Private)));
}

#[test]
fn a_public_acl_is_possible_and_opens_nothing_but_acls() {
    let text = render_bucket(&request(CannedAcl::PublicRead));
    assert!(
        text.contains("acl        = \"public-read\"") || text.contains("acl    = \"public-read\""),
        "{text}"
    );
    assert!(text.contains("\"BucketOwnerPreferred\""), "{text}");
    for (argument, value) in [
        ("block_public_acls", "false"),
        ("ignore_public_acls", "false"),
        ("block_public_policy", "true"),
        ("restrict_public_buckets", "true"),
    ] {
        let said = text.lines().any(|line| line.split_whitespace().eq([argument, "=", value]));
        assert!(said, "{argument} = {value}\n{text}");
    }
}

#[test]
fn terraform_accepts_the_file_in_each_of_its_shapes() {
    let Some(terraform) = Terraform::find("terraform_accepts_the_file_in_each_of_its_shapes") else { return };
    let directory = tempfile::tempdir().unwrap();
    let mut root = String::new();
    for (number, acl) in
        [CannedAcl::Private, CannedAcl::PublicReadWrite, CannedAcl::LogDeliveryWrite].into_iter().enumerate()
    {
        let module = directory.path().join(format!("m{number}"));
        fs::create_dir(&module).unwrap();
        fs::write(module.join("acme-data.tf"), render_bucket(&request(acl))).unwrap();
        root.push_str(&format!("module \"m{number}\" {{\n  source = \"./m{number}\"\n}}\n"));
    }
    fs::write(directory.path().join("main.tf"), root).unwrap();
    terraform.succeed(directory.path(), &["fmt", "-check", "-recursive", "-diff"]);
    terraform.succeed(directory.path(), &["init", "-backend=false", "-input=false", "-no-color"]);
    terraform.succeed(directory.path(), &["validate", "-no-color"]);
}
