//! Node groups: what they run on, how many there are, which image they boot.

use std::collections::BTreeMap;

use crate::{
    Ami, Compute, Drivers, Key, NodeGroup, Taint,
    facts::{Accelerators, Boots, Machine, MachineArchitecture, Room},
    profile::Defaults,
    resolve::{Conflict, Resolver},
    spec::{
        Accelerator, ClusterAddon, Gibibytes, KubernetesSpec, NodeCapacity, NodeGroupSpec, NodeImage, Path,
        TaintEffect,
    },
};

/// Name of the group of a cluster whose file names none.
const GENERAL: &str = "general";

/// For images with drivers, which are several times as large, and the models that are pulled onto them.
const ACCELERATED_DISK: Gibibytes = Gibibytes(200);

impl Resolver<'_> {
    pub(super) fn compute(&mut self, spec: &KubernetesSpec, path: &Path) -> Compute {
        let groups = path.key("node_groups");
        let auto_mode = self.or_default(&path.key("auto_mode"), spec.auto_mode, false);
        if auto_mode {
            if !spec.node_groups.is_empty() {
                let message = "auto_mode makes the nodes itself; take node_groups out, or auto_mode";
                self.conflict(Conflict::new(groups, message).with(path.key("auto_mode")));
            }
            if spec.fargate.is_some() {
                let message = "auto_mode makes the nodes itself; take fargate out, or auto_mode";
                self.conflict(Conflict::new(path.key("fargate"), message).with(path.key("auto_mode")));
            }
            return Compute::AutoMode;
        }
        if let Some(fargate) = &spec.fargate {
            if !spec.node_groups.is_empty() {
                let message =
                    "fargate runs every pod without nodes, and has no GPUs; take node_groups out, or fargate";
                self.conflict(Conflict::new(groups, message).with(path.key("fargate")));
            }
            return Compute::Fargate(self.fargate_profiles(fargate, &path.key("fargate").key("profiles")));
        }
        let mut specs = spec.node_groups.clone();
        if specs.is_empty()
            && let Ok(general) = Key::parse(GENERAL)
        {
            self.explain(&groups, &format_args!("{{ {GENERAL}: {{}} }}"), "because pods need nodes");
            specs.insert(general, NodeGroupSpec::default());
        }
        let group = |(key, spec): (&Key, &NodeGroupSpec)| {
            (key.clone(), self.node_group(key, spec, &groups.key(key.as_str())))
        };
        let resolved: BTreeMap<Key, NodeGroup> = specs.iter().map(group).collect();
        for (key, group) in &resolved {
            self.check_room(spec, &group.instance_types, path, &groups.key(key.as_str()));
        }
        if !resolved.values().any(takes_any_pod) {
            let message = "has no node for coredns and the other addons: each group begins without nodes or keeps pods off; \
                           add general: {}";
            self.conflict(Conflict::new(groups, message));
        }
        Compute::NodeGroups(resolved)
    }

    fn node_group(&mut self, key: &Key, spec: &NodeGroupSpec, path: &Path) -> NodeGroup {
        let defaults = self.defaults;
        let instance_types = self.instance_types(spec, defaults, path);
        let image = self.or_default(&path.key("image"), spec.image, NodeImage::Al2023);
        let ami = self.ami(spec.accelerator, image, &instance_types, path);
        let (min, max, desired) = self.node_counts(spec, defaults, path);
        let disk = match spec.accelerator {
            Some(accelerator) => {
                let because = format!("because accelerator is {accelerator}");
                self.or_because(&path.key("disk"), spec.disk, ACCELERATED_DISK, &because)
            }
            None => self.or_profile(&path.key("disk"), spec.disk, defaults.node_disk),
        };
        let taints = spec
            .taints
            .iter()
            .map(|(key, taint)| (key.clone(), Taint { value: taint.value.clone(), effect: taint.effect }));
        NodeGroup {
            launch_template: self.names.launch_template(key),
            ami,
            instance_types,
            capacity: self.or_default(&path.key("capacity"), spec.capacity, NodeCapacity::OnDemand),
            min,
            max,
            desired,
            disk_gib: disk.0,
            labels: spec.labels.clone(),
            taints: taints.collect::<BTreeMap<_, _>>(),
        }
    }

    fn instance_types(&mut self, spec: &NodeGroupSpec, defaults: &Defaults, path: &Path) -> Vec<String> {
        spec.instance_types.clone().unwrap_or_else(|| {
            let because = self.because_profile.clone();
            self.explain(
                &path.key("instance_types"),
                &format_args!("[{}]", defaults.node_instance_type),
                &because,
            );
            vec![defaults.node_instance_type.to_owned()]
        })
    }

    /// The image that all the types of a group can boot; EKS refuses a group whose image fits only some of them.
    /// Source: EKS API reference, `CreateNodegroup`, `amiType`.
    fn ami(
        &mut self,
        accelerator: Option<Accelerator>,
        image: NodeImage,
        types: &[String],
        path: &Path,
    ) -> Ami {
        let of_types = path.key("instance_types");
        let machines: Vec<(usize, &String, Machine)> = types
            .iter()
            .enumerate()
            .filter_map(|(index, name)| Machine::find(name).map(|machine| (index, name, machine)))
            .collect();
        let first = machines.first();
        let architecture = first.map_or(MachineArchitecture::X86, |(.., machine)| machine.architecture);
        for (index, name, machine) in &machines {
            if machine.architecture != architecture {
                let message = format!(
                    "\"{name}\" is {}, but \"{}\" is {}; one group has one architecture",
                    machine.architecture.as_str(),
                    first.map_or("", |(_, name, _)| name),
                    architecture.as_str()
                );
                self.conflict(Conflict::new(of_types.index(*index), message));
            }
            if let Some(message) = unbootable(image, name, machine.boots) {
                let conflict = Conflict::new(of_types.index(*index), message);
                self.conflict(conflict.with(path.key("image")));
            }
            if let Some(message) = unfit(accelerator, name, machine.accelerators) {
                let conflict = Conflict::new(of_types.index(*index), message);
                self.conflict(conflict.with(path.key("accelerator")));
            }
        }
        let drivers = match accelerator {
            None => Drivers::Standard,
            Some(Accelerator::Nvidia) => Drivers::Nvidia,
            Some(Accelerator::Neuron) => Drivers::Neuron,
        };
        if drivers == Drivers::Neuron && image == NodeImage::Bottlerocket {
            let message = "EKS has no Bottlerocket with drivers for neuron; use al2023";
            self.conflict(Conflict::new(path.key("image"), message).with(path.key("accelerator")));
        }
        Ami { image, arm: architecture == MachineArchitecture::Arm, drivers }
    }

    /// A node has room for other pods than those that EKS starts on every node: without it no addon gets ready, and the
    /// cluster ends half-made.
    fn check_room(&mut self, spec: &KubernetesSpec, types: &[String], of_cluster: &Path, path: &Path) {
        let drives_ebs =
            spec.addons.as_ref().is_none_or(|addons| addons.contains(&ClusterAddon::EbsCsiDriver));
        for (index, name) in types.iter().enumerate() {
            // What boots no image is refused for that.
            let machine = Machine::find(name).filter(|machine| machine.boots != Boots::None);
            let Some(lack) = machine.and_then(|machine| lack(machine.room?, drives_ebs)) else { continue };
            let family = name.split('.').next().unwrap_or_default();
            let message = format!("\"{name}\" {lack}; use {family}.small or larger");
            let conflict = Conflict::new(path.key("instance_types").index(index), message);
            self.conflict(conflict.with(of_cluster.key("addons")));
        }
    }

    fn node_counts(&mut self, spec: &NodeGroupSpec, defaults: &Defaults, path: &Path) -> (u16, u16, u16) {
        let min =
            self.or_profile(&path.key("min"), spec.min, defaults.nodes_min.min(spec.max.unwrap_or(u16::MAX)));
        let max = self.or_profile(&path.key("max"), spec.max, defaults.nodes_max.max(min));
        if max < min {
            let message = format!("{max} is less than min, which is {min}");
            self.conflict(Conflict::new(path.key("max"), message).with(path.key("min")));
        }
        let desired = self.or_because(&path.key("desired"), spec.desired, min, "because min is so many");
        if max >= min && !(min..=max).contains(&desired) {
            let message = format!("{desired} is not between min, which is {min}, and max, which is {max}");
            let conflict = Conflict::new(path.key("desired"), message);
            self.conflict(conflict.with(path.key("min")).with(path.key("max")));
        }
        (min, max, desired)
    }
}

/// What the kubelet sets aside for itself and the system, in MiB: for each pod, beside them, and what has to be free lest
/// it evicts. Source: awslabs/amazon-eks-ami, `nodeadm`, `kubeReserved` and `evictionHard`; Bottlerocket does the same.
const RESERVED_PER_POD_MIB: u32 = 11;
const RESERVED_MIB: u32 = 255 + 100;

/// How much a pod of CoreDNS may take, in MiB. Source: Kubernetes, `cluster/addons/dns/coredns`, which EKS's addon follows.
const COREDNS_MIB: u32 = 170;

/// Those of EKS's pods that are on every node: `aws-node`, `kube-proxy`, `eks-pod-identity-agent`.
const PODS_ON_EVERY_NODE: usize = 3;

/// What a machine has too little of; without the driver for EBS one pod less is on every node.
fn lack(room: Room, drives_ebs: bool) -> Option<String> {
    let own = PODS_ON_EVERY_NODE + usize::from(drives_ebs);
    let reserved = RESERVED_MIB + RESERVED_PER_POD_MIB * u32::try_from(room.pods).ok()?;
    if room.memory_mib < reserved + COREDNS_MIB {
        let Room { memory_mib, .. } = room;
        return Some(format!(
            "has {memory_mib} MiB of memory, of which a node sets {reserved} aside: there is too little for coredns"
        ));
    }
    let only_own = room.pods <= own;
    only_own.then(|| format!("has addresses for {} pods, and EKS's own on each node are {own}", room.pods))
}

/// Why a machine doesn't boot the image of its group.
fn unbootable(image: NodeImage, name: &str, boots: Boots) -> Option<String> {
    match (boots, image) {
        (Boots::None, _) => Some(format!(
            "\"{name}\" boots none of the images of EKS: it is older than hardware virtualization; use a type such as m7i.large"
        )),
        (Boots::NotAl2023, NodeImage::Al2023) => Some(format!(
            "\"{name}\" has a first Graviton, on which Amazon Linux 2023 does not run; use a type such as m7g.large"
        )),
        (Boots::NotAl2023 | Boots::All, _) => None,
    }
}

/// Why a machine doesn't go with what the file says about accelerators.
fn unfit(wanted: Option<Accelerator>, name: &str, found: Accelerators) -> Option<String> {
    let has = match found {
        Accelerators::Other => {
            return Some(format!("\"{name}\" has accelerators for which EKS has no image; use another type"));
        }
        Accelerators::Plain => None,
        Accelerators::Nvidia => Some(Accelerator::Nvidia),
        Accelerators::Neuron => Some(Accelerator::Neuron),
    };
    match (wanted, has) {
        (wanted, has) if wanted == has => None,
        (_, Some(has)) => Some(format!("\"{name}\" needs an image with drivers; set accelerator: {has}")),
        (Some(wanted), None) => {
            let example = match wanted {
                Accelerator::Nvidia => "g6.xlarge",
                Accelerator::Neuron => "inf2.xlarge",
            };
            Some(format!("\"{name}\" has no accelerator of {wanted}; use a type such as {example}"))
        }
        (None, None) => None,
    }
}

/// Whether there is a node from the beginning on which a pod without tolerations may run.
fn takes_any_pod(group: &NodeGroup) -> bool {
    let keeps_off = |taint: &Taint| taint.effect != TaintEffect::PreferNoSchedule;
    group.desired > 0 && !group.taints.values().any(keeps_off)
}
