//! Where EKS makes no control plane, Terraform stops before anything is made.

use std::fs;

use terrane_blueprint::{RenderedFiles, render};
use terrane_domain::InfraModel;

use crate::{models, terraform, tree};

const REGIONS: [(&str, &str); 3] =
    [("ca-central-1", "cac1-az3"), ("us-east-1", "use1-az3"), ("us-west-1", "usw1-az2")];

fn rendered(model: &str, region: &str) -> RenderedFiles {
    let (_, mut model): (_, InfraModel) = models::all().into_iter().find(|(name, _)| *name == model).unwrap();
    model.cloud.region = region.to_owned();
    render(&model).unwrap()
}

fn text(files: &RenderedFiles) -> String {
    files.iter().map(|(_, content)| content).collect()
}

#[test]
fn a_cluster_asks_the_account_which_zone_has_no_control_plane() {
    for (region, zone) in REGIONS {
        let files = rendered("cluster", region);
        let cluster = files.get("kubernetes.tf").unwrap();
        assert!(cluster.contains(&format!("values = [\"{zone}\"]")), "{cluster}");
        assert!(cluster.contains(&format!("%s is {zone} in this account")), "{cluster}");
        let elsewhere = text(&rendered("cluster", "eu-west-1"));
        assert!(!elsewhere.contains("aws_availability_zones"), "{elsewhere}");
        let without_cluster = text(&rendered("single_nat", region));
        assert!(!without_cluster.contains("control_planes"), "{without_cluster}");
    }
    insta::assert_snapshot!(rendered("cluster", "us-east-1").get("kubernetes.tf").unwrap());
}

#[test]
fn a_subnet_that_was_there_before_says_itself_that_it_is_in_that_zone() {
    for (region, zone) in REGIONS {
        let files = rendered("in_existing", region);
        let conditions = files.get("network.tf").unwrap();
        // Of the subnets for workloads, where the cluster is, and of no others.
        assert_eq!(
            conditions.matches(&format!("self.availability_zone_id != \"{zone}\"")).count(),
            1,
            "{conditions}"
        );
        assert!(!text(&files).contains("aws_availability_zones"));
    }
    assert!(!text(&rendered("in_existing", "eu-west-1")).contains("availability_zone_id"));
}

/// The condition alone, with an account that has the zone, or another one, or none.
#[test]
fn terraform_refuses_the_zone_by_the_name_that_it_has_in_the_account() {
    const NAME: &str = "terraform_refuses_the_zone_by_the_name_that_it_has_in_the_account";
    let Some(terraform) = terraform::Terraform::find(NAME) else { return };
    let files = rendered("cluster", "us-east-1");
    let blocks = tree::blocks_of(&files);
    let cluster =
        blocks.iter().find(|block| tree::labels(block).first() == Some(&"aws_eks_cluster")).unwrap();
    let lifecycle = cluster.body().blocks().find(|block| block.identifier() == "lifecycle").unwrap();
    let condition = lifecycle.body().blocks().next().unwrap();
    let condition = hcl::format::to_string(condition).unwrap();
    let condition =
        condition.replace("data.aws_availability_zones.without_control_planes.names", "var.names");
    let directory = tempfile::tempdir().unwrap();
    let module = format!(
        "variable \"names\" {{\n  type = list(string)\n}}\nlocals {{\n  zones = {{ a = 1, b = 2 }}\n}}\n\
         resource \"terraform_data\" \"x\" {{\n  lifecycle {{\n{condition}\n  }}\n}}\n"
    );
    fs::write(directory.path().join("main.tf"), module).unwrap();
    terraform.succeed(directory.path(), &["init", "-input=false", "-no-color"]);
    let plan = |names: &str| {
        let names = format!("-var=names={names}");
        let output = terraform.run(directory.path(), &["plan", "-input=false", "-no-color", &names]);
        (output.status.success(), terraform::text(&output))
    };
    for names in ["[]", "[\"c\"]"] {
        let (succeeds, said) = plan(names);
        assert!(succeeds, "{said}");
    }
    let (succeeds, said) = plan("[\"b\"]");
    assert!(!succeeds && said.contains("b is use1-az3 in this account"), "{said}");
}
