//! What a file needs to know of EC2's instance types: which there are, and which image a node of that type boots.

use super::instance_types::{FAMILIES, SMALLEST};

/// A row of the generated table: family, architecture, accelerators, sizes.
pub(super) struct Family(
    pub(super) &'static str,
    pub(super) MachineArchitecture,
    pub(super) Accelerators,
    pub(super) &'static str,
);

/// Which instructions a machine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MachineArchitecture {
    /// x86, 64 bits.
    X86,
    /// Graviton.
    Arm,
}

impl MachineArchitecture {
    /// As `uname -m` says it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

/// What a machine has beside its processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accelerators {
    /// Nothing.
    Plain,
    /// GPUs of NVIDIA.
    Nvidia,
    /// AWS Inferentia or Trainium.
    Neuron,
    /// Something for which EKS has no image: AMD, Habana, Qualcomm.
    Other,
}

/// Families from before hardware virtualization, which no image of EKS does without.
/// Source: EC2 user guide, "Linux AMI virtualization types".
const PARAVIRTUAL_FAMILIES: &[&str] = &["c1", "m1", "m2", "t1"];

/// The family with the first Graviton.
/// Source: EKS user guide, "Choose an optimal Amazon EC2 node instance type": AL2023 runs on Graviton2 and later.
const FIRST_GRAVITON: &str = "a1";

/// Which images a machine boots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Boots {
    /// All that are made for its architecture.
    All,
    /// All but Amazon Linux 2023.
    NotAl2023,
    /// None of EKS.
    None,
}

/// How little a small machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// All of it, in MiB.
    pub(crate) memory_mib: u32,
    /// How many pods have an address when it is a node: its network interfaces times their addresses but one, and two
    /// that have the node's own. Source: EKS user guide, "Choose an optimal Amazon EC2 node instance type".
    pub(crate) pods: usize,
}

/// A machine that EC2 offers in some region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(crate) architecture: MachineArchitecture,
    pub(crate) accelerators: Accelerators,
    pub(crate) boots: Boots,
    /// Known of machines with less than 2 GiB, which alone can be too small.
    pub(crate) room: Option<Room>,
}

impl Machine {
    /// The machine behind the name of an instance type, `m7i.xlarge`.
    pub(crate) fn find(instance_type: &str) -> Option<Self> {
        let (family, size) = instance_type.split_once('.')?;
        let Family(_, architecture, accelerators, _) = FAMILIES
            .iter()
            .find(|Family(name, .., sizes)| *name == family && sizes.split(' ').any(|known| known == size))?;
        let boots = match family {
            FIRST_GRAVITON => Boots::NotAl2023,
            family if PARAVIRTUAL_FAMILIES.contains(&family) => Boots::None,
            _ => Boots::All,
        };
        let room = SMALLEST.iter().find(|(name, ..)| *name == instance_type);
        let room = room.map(|(_, memory_mib, pods)| Room { memory_mib: *memory_mib, pods: *pods });
        Some(Self { architecture: *architecture, accelerators: *accelerators, boots, room })
    }

    /// The name of every instance type.
    pub(crate) fn names() -> impl Iterator<Item = String> {
        FAMILIES.iter().flat_map(|Family(family, .., sizes)| {
            sizes.split(' ').map(move |size| format!("{family}.{size}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instance_type_of_the_table_is_found_by_its_name() {
        let names: Vec<String> = Machine::names().collect();
        assert!(names.len() > 1_000 && names.iter().all(|name| Machine::find(name).is_some()));
    }

    #[test]
    fn the_room_of_the_smallest_is_known() {
        let room = |name| Machine::find(name).unwrap().room;
        assert_eq!(room("t3.nano"), Some(Room { memory_mib: 512, pods: 4 }));
        assert_eq!(room("t4g.micro"), Some(Room { memory_mib: 1_024, pods: 4 }));
        assert_eq!(room("t3.small"), None);
        assert!(SMALLEST.iter().all(|(name, ..)| room(name).is_some()));
    }

    #[test]
    fn architecture_accelerators_and_images_of_well_known_types_are_right() {
        use {Accelerators::*, MachineArchitecture::*};
        for (name, architecture, accelerators, boots) in [
            ("t3.large", X86, Plain, Boots::All),
            ("t4g.large", Arm, Plain, Boots::All),
            ("m7i.xlarge", X86, Plain, Boots::All),
            ("g6.xlarge", X86, Nvidia, Boots::All),
            ("g5g.xlarge", Arm, Nvidia, Boots::All),
            ("inf2.xlarge", X86, Neuron, Boots::All),
            ("trn1.2xlarge", X86, Neuron, Boots::All),
            ("g4ad.xlarge", X86, Other, Boots::All),
            ("a1.large", Arm, Plain, Boots::NotAl2023),
            ("m1.small", X86, Plain, Boots::None),
        ] {
            let found = Machine::find(name).unwrap();
            assert_eq!(
                (found.architecture, found.accelerators, found.boots),
                (architecture, accelerators, boots),
                "{name}"
            );
        }
        for name in ["t3", "t3.", "t3.huge", "mac2.metal", ""] {
            assert_eq!(Machine::find(name), None, "{name}");
        }
    }
}
