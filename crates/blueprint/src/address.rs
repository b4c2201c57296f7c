//! Terraform addresses as the values of a tag, and back.
//!
//! AWS refuses brackets and quotes in tag values, so `aws_subnet.private["eu-west-1a"]` is written
//! `aws_subnet.private/eu-west-1a`. Types and names hold neither `.` nor `/`, keys hold neither `/` nor `"`, so nothing
//! is lost on the way.

/// The address that a tag `terrane:address` stands for; `None` if the tag isn't one of ours.
#[must_use]
pub fn address_of_tag(tag: &str) -> Option<String> {
    let (resource, key) = match tag.split_once('/') {
        Some((resource, key)) => (resource, Some(key)),
        None => (tag, None),
    };
    if !is_resource(resource) || !key.is_none_or(is_key) {
        return None;
    }
    Some(key.map_or_else(|| resource.to_owned(), |key| format!("{resource}[\"{key}\"]")))
}

/// The value of the tag `terrane:address` for an address in the root module; `None` for any other text.
#[must_use]
pub fn tag_of_address(address: &str) -> Option<String> {
    let tag = match address.strip_suffix("\"]") {
        Some(rest) => rest.split_once("[\"").map(|(resource, key)| format!("{resource}/{key}"))?,
        None => address.to_owned(),
    };
    address_of_tag(&tag).map(|_| tag)
}

fn is_resource(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    text.split_once('.').is_some_and(|(kind, name)| is_name(kind) && is_name(name))
}

/// User-chosen keys, names of zones, and suffixes of AWS services (`ecr.api`).
fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_way_through_a_tag() {
        for (tag, address) in [
            ("aws_vpc.main", "aws_vpc.main"),
            ("aws_subnet.private/eu-west-1a", r#"aws_subnet.private["eu-west-1a"]"#),
            ("aws_vpc_endpoint.interface/ecr.api", r#"aws_vpc_endpoint.interface["ecr.api"]"#),
            ("aws_s3_bucket.main/uploads", r#"aws_s3_bucket.main["uploads"]"#),
        ] {
            assert_eq!(address_of_tag(tag).as_deref(), Some(address));
            assert_eq!(tag_of_address(address).as_deref(), Some(tag));
        }
    }

    #[test]
    fn a_tag_that_somebody_else_wrote_is_no_address() {
        for tag in [
            "",
            "aws_vpc",
            "aws_vpc.main/",
            "aws_vpc.main/a/b",
            "a.b.c",
            "aws_vpc.main/x\"]",
            "a.b/${c}",
            ".b",
            "a. b",
        ] {
            assert_eq!(address_of_tag(tag), None, "{tag}");
        }
        for address in ["module.a.aws_vpc.main", r#"aws_vpc.main["a"#, "aws_vpc.main[0]", r#"a["x"].b["y"]"#]
        {
            assert_eq!(tag_of_address(address), None, "{address}");
        }
    }
}
