//! The file with which `terrane init` begins.

/// A commented file for a small environment: what is needed, and what most people turn on next.
///
/// `name` and `region` are put in as they are; [`crate::parse`] the result to find out whether they are any good.
pub fn starter_file(name: &str, region: &str) -> String {
    format!(
        r#"# An environment, as Terrane raises it. `terrane schema` prints everything that may stand here.
name: {name}
# small (the default) is for trying things, medium for a team's daily work, large for production.
# It decides every value that this file doesn't give; `terrane validate` shows them, with the reason for each.
profile: small

cloud:
  region: {region}
  # account_id: "222222222222"                  # Terraform then refuses to act in any other account
  # role_arn: arn:aws:iam::222222222222:role/TerraneProvisioner

# labels: {{ team: platform }}                    # for finding it again: terrane list --label team=platform
# tags: {{ cost-center: "4711" }}                 # on everything in the cloud

# A VPC with public, private and isolated subnets.
network:
  availability_zones: 2
  nat: single                                   # none, single or per_az; a NAT gateway costs about as much as a small database

buckets:
  uploads: {{ versioning: true }}

# registries:
#   api: {{ keep_last: 10 }}

# databases:
#   main: {{ engine: postgres, version: "17", size: small }}

# lifecycle:
#   ttl: 14 days                                # destroyed by itself; leave it out to keep it
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, parse};

    #[test]
    fn the_starter_file_is_valid_and_so_is_everything_in_its_comments() {
        let text = starter_file("dev-anna", "eu-west-1");
        let spec = parse(text.as_bytes(), Format::Yaml).unwrap();
        assert_eq!((spec.name.as_str(), spec.cloud.region.as_str()), ("dev-anna", "eu-west-1"));
        assert!(spec.databases.is_empty());

        let is_setting = |line: &&str| {
            line.trim_start().strip_prefix("# ").is_some_and(|rest| {
                rest.split_once(':').is_some_and(|(key, _)| !key.trim_start().contains(' '))
            })
        };
        let live: Vec<String> = text
            .lines()
            .map(|line| if is_setting(&line) { line.replacen("# ", "", 1) } else { line.to_owned() })
            .collect();
        let spec = parse(live.join("\n").as_bytes(), Format::Yaml).unwrap();
        assert!(!spec.databases.is_empty() && spec.lifecycle.is_some() && spec.cloud.role_arn.is_some());
    }
}
