#!/usr/bin/env python3
"""Writes two files below crates/domain/src/facts: generated.rs, the regions of AWS with their zones and CloudWatch's
retentions, and instance_types.rs, the machines of EC2 on which nodes can run.

The facts come from two published Python packages, so that nobody types them:
  botocore  data/endpoints.json                which regions exist, in which partition
            data/logs service model            which retentions CloudWatch knows
  moto      ec2/resources/instance_type_offerings/availability-zone
                                               the letters of each region's zones, as AWS answered
            ec2/resources/instance_types       architecture and accelerators of each instance type, and of the
                                               smallest the memory and the addresses, which limit their pods

    pip download --no-deps --dest wheels moto==5.2.1 botocore==1.44.5
    python3 scripts/extract_aws_facts.py wheels

Only regions of the partition `aws` are usable: in the others (China, GovCloud, sovereign clouds) ARNs and endpoints
differ. A region that moto has no answer for is taken to have zones a, b and c, as moto itself does.

Which region offers which instance type is left out: that changes from week to week, and a table that is older than an
offer would refuse what AWS sells. Macs are left out, because no node runs on one.
"""

import collections
import datetime
import gzip
import json
import pathlib
import re
import sys
import zipfile

TARGETS = pathlib.Path(__file__).parent.parent / "crates/domain/src/facts"
LITTLE_MEMORY_MIB = 2_048
OFFERINGS = "moto/ec2/resources/instance_type_offerings/availability-zone/{}.json.gz"


def wheel(directory, package):
    (path,) = directory.glob(f"{package}-*.whl")
    return path.name.split("-")[1], zipfile.ZipFile(path)


def zone_letters(moto, region):
    name = OFFERINGS.format(region)
    if name not in moto.namelist():
        return "abc"
    zones = {offering["Location"] for offering in json.loads(gzip.decompress(moto.read(name)))}
    # Local and wavelength zones have longer names (us-west-2-lax-1a) and can't hold what we raise.
    return "".join(sorted(zone[-1] for zone in zones if re.fullmatch(re.escape(region) + "[a-z]", zone)))


def accelerator(facts):
    """What EKS's images make of the accelerators of a type."""
    makers = {gpu["Manufacturer"] for gpu in facts.get("GpuInfo", {}).get("Gpus", [])}
    inferring = facts.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])
    if "NeuronInfo" in facts:
        return "Neuron"
    if makers == {"NVIDIA"}:
        return "Nvidia"
    return "Other" if makers or inferring else "Plain"


def pods(facts):
    """How many pods have an address on a node: EKS user guide, "Choose an optimal Amazon EC2 node instance type"."""
    network = facts["NetworkInfo"]
    return network["MaximumNetworkInterfaces"] * (network["Ipv4AddressesPerInterface"] - 1) + 2


def instance_types(moto, head):
    types = json.loads(gzip.decompress(moto.read("moto/ec2/resources/instance_types.json.gz")))
    families = collections.defaultdict(list)
    smallest = []
    for name, facts in types.items():
        machines = set(facts["ProcessorInfo"]["SupportedArchitectures"]) & {"x86_64", "arm64"}
        if machines:
            family, size = name.split(".")
            architecture = {"x86_64": "X86", "arm64": "Arm"}[machines.pop()]
            families[family, architecture, accelerator(facts)].append(size)
            memory = facts["MemoryInfo"]["SizeInMiB"]
            if memory < LITTLE_MEMORY_MIB:
                smallest.append(f'    ("{name}", {memory}, {pods(facts)}),')
    lines = head + [
        "",
        "use super::machines::{Accelerators::*, MachineArchitecture::*, Family};",
        "",
        "/// Families of EC2 instance types: name, architecture, accelerators, sizes.",
        "#[rustfmt::skip]",
        "pub(super) const FAMILIES: &[Family] = &[",
    ]
    for (family, architecture, kind), sizes in sorted(families.items()):
        lines.append(f'    Family("{family}", {architecture}, {kind}, "{" ".join(sorted(sizes))}"),')
    lines += [
        "];",
        "",
        f"/// Instance types with less than {LITTLE_MEMORY_MIB:,} MiB: name, memory in MiB, how many pods have an address.",
        "pub(super) const SMALLEST: &[(&str, u32, usize)] = &[",
        *sorted(smallest),
    ]
    (TARGETS / "instance_types.rs").write_text("\n".join([*lines, "];", ""]))


def main():
    directory = pathlib.Path(sys.argv[1])
    moto_version, moto = wheel(directory, "moto")
    botocore_version, botocore = wheel(directory, "botocore")
    partitions = json.loads(botocore.read("botocore/data/endpoints.json"))["partitions"]
    logs = json.loads(gzip.decompress(botocore.read("botocore/data/logs/2014-03-28/service-2.json.gz")))
    retentions = re.search(r"Possible values are: ([0-9, and]+)\.", logs["shapes"]["Days"]["documentation"])

    usable = {p["partition"]: sorted(p["regions"]) for p in partitions}
    head = [
        "//! Written by scripts/extract_aws_facts.py; do not edit.",
        "//!",
        f"//! Source: botocore {botocore_version}, moto {moto_version}; extracted {datetime.date.today()}.",
    ]
    instance_types(moto, head)
    lines = [
        *head,
        "",
        "/// Regions of the partition `aws` and the letters of their availability zones, by name.",
        "pub(super) const REGIONS: &[(&str, &str)] = &[",
    ]
    lines += [f'    ("{region}", "{zone_letters(moto, region)}"),' for region in usable.pop("aws")]
    lines += ["];", "", "/// Regions of other partitions, by name.", "pub(super) const OTHER_REGIONS: &[(&str, &str)] = &["]
    others = sorted((region, partition) for partition, regions in usable.items() for region in regions)
    lines += [f'    ("{region}", "{partition}"),' for region, partition in others]
    days = ", ".join(re.findall(r"\d+", retentions[1]))
    lines += ["];", "", "/// The retentions that CloudWatch Logs knows, in days.", "#[rustfmt::skip]"]
    lines += [f"pub(super) const LOG_RETENTION_DAYS: &[u16] = &[{days}];", ""]
    (TARGETS / "generated.rs").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
