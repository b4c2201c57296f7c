//! Which resources are meant: patterns over Terraform's addresses.

/// An address as the tag `terrane:address` has it, without brackets and quotes: `aws_subnet.private/eu-west-1a`. Other
/// than in a tag any key may stand in it.
pub fn plain(address: &str) -> String {
    match address.strip_suffix("\"]").and_then(|rest| rest.split_once("[\"")) {
        Some((resource, key)) => format!("{resource}/{key}"),
        None => address.to_owned(),
    }
}

/// Whether a plain address, the whole of it, is meant by a pattern, in which `*` stands for anything.
pub fn is_meant(pattern: &str, address: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == address,
        Some((before, after)) => address.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| is_meant(after, rest)))
        }),
    }
}

#[test]
fn a_pattern_means_whole_addresses() {
    let bucket = plain("aws_s3_bucket.main[\"uploads\"]");
    assert_eq!(bucket, "aws_s3_bucket.main/uploads");
    for pattern in ["aws_s3_bucket.main/uploads", "aws_s3_bucket.*", "*", "aws_*/uploads", "*bucket*/*"] {
        assert!(is_meant(pattern, &bucket), "{pattern}");
    }
    for pattern in ["aws_s3_bucket.main", "aws_s3_bucket.main/up", "s3_bucket.*", "aws_s3_bucket.*/other", ""]
    {
        assert!(!is_meant(pattern, &bucket), "{pattern}");
    }
    assert_eq!(plain("aws_vpc.main"), "aws_vpc.main");
    assert!(is_meant("aws_vpc.main", "aws_vpc.main"));
}
