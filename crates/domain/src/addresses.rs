//! How a VPC's address range is divided.
//!
//! The range is cut into four equal parts, one for each of the zones a to d (eight parts, when a zone e or f takes
//! part). A zone's part depends on its letter alone, so that adding or removing another one moves no subnet, and a
//! moved subnet is a replaced database; only taking in e or f for the first time moves them all. Inside its part:
//!
//! ```text
//! |            private 1/2            | public 1/8 | isolated 1/8 |    spare 1/4    |
//! ```
//!
//! Private is the largest, because workloads (and with Kubernetes every pod) live there; the spare quarter is for what
//! comes later.

use ipnet::Ipv4Net;

/// Smallest subnet, as a prefix length: load balancers need a /27.
/// Source: Elastic Load Balancing user guide, "Subnets for your load balancer".
pub(crate) const SMALLEST_SUBNET: u8 = 27;

const ZONES_OF_FOUR: u8 = 4;

/// The subnets of one zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subnets {
    pub(crate) private: Ipv4Net,
    pub(crate) public: Ipv4Net,
    pub(crate) isolated: Ipv4Net,
}

/// The range is too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooSmall {
    /// Prefix length of the smallest range that would do.
    pub(crate) needed: u8,
}

/// Divides `range` among zones, which are given as positions in the alphabet (a is 0; at most 7).
pub(crate) fn divide(range: Ipv4Net, zones: &[u8]) -> Result<Vec<Subnets>, TooSmall> {
    let parts_bits = if zones.iter().all(|zone| *zone < ZONES_OF_FOUR) { 2 } else { 3 };
    // An eighth of a zone's part is the smallest piece.
    let needed = SMALLEST_SUBNET - 3 - parts_bits;
    if range.prefix_len() > needed {
        return Err(TooSmall { needed });
    }
    let part = range.prefix_len() + parts_bits;
    zones
        .iter()
        .map(|zone| {
            let piece = |eighth: u32, prefix: u8| {
                let start =
                    u32::from(range.network()) + (u32::from(*zone) << (32 - part)) + (eighth << (29 - part));
                Ipv4Net::new(start.into(), prefix).map_err(|_| TooSmall { needed })
            };
            Ok(Subnets {
                private: piece(0, part + 1)?,
                public: piece(4, part + 3)?,
                isolated: piece(5, part + 3)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
    }

    #[test]
    fn three_zones_of_a_16_look_like_this() {
        let subnets = divide(net("10.40.0.0/16"), &[0, 1, 2]).unwrap();
        let shown: Vec<String> =
            subnets.iter().map(|s| format!("{} {} {}", s.private, s.public, s.isolated)).collect();
        assert_eq!(
            shown,
            [
                "10.40.0.0/19 10.40.32.0/21 10.40.40.0/21",
                "10.40.64.0/19 10.40.96.0/21 10.40.104.0/21",
                "10.40.128.0/19 10.40.160.0/21 10.40.168.0/21",
            ]
        );
    }

    #[test]
    fn the_smallest_range_is_a_22_for_zones_a_to_d_and_a_21_beyond() {
        assert!(divide(net("10.0.0.0/22"), &[0, 1, 2, 3]).is_ok());
        assert_eq!(divide(net("10.0.0.0/23"), &[0, 1]), Err(TooSmall { needed: 22 }));
        assert!(divide(net("10.0.0.0/21"), &[0, 5]).is_ok());
        assert_eq!(divide(net("10.0.0.0/22"), &[0, 5]), Err(TooSmall { needed: 21 }));
    }

    proptest! {
        #[test]
        fn subnets_stay_inside_the_range_and_apart(address: u32, prefix in 16_u8..=28, zones in proptest::sample::subsequence(vec![0_u8, 1, 2, 3, 4, 5], 1..=6)) {
            let range = Ipv4Net::new(address.into(), prefix).unwrap().trunc();
            let Ok(subnets) = divide(range, &zones) else {
                prop_assert!(prefix > 21);
                return Ok(());
            };
            let all: Vec<Ipv4Net> = subnets.iter().flat_map(|s| [s.private, s.public, s.isolated]).collect();
            prop_assert_eq!(all.len(), 3 * zones.len());
            for (index, subnet) in all.iter().enumerate() {
                prop_assert!(range.contains(subnet), "{subnet} in {range}");
                prop_assert!(subnet.prefix_len() <= SMALLEST_SUBNET && subnet.trunc() == *subnet);
                prop_assert!(all[..index].iter().all(|other| !other.contains(subnet) && !subnet.contains(other)));
            }
            prop_assert!(subnets.iter().all(|s| s.private.prefix_len() < s.public.prefix_len()));
        }

        #[test]
        fn a_further_zone_moves_no_subnet(prefix in 16_u8..=22, few in proptest::sample::subsequence(vec![0_u8, 1, 2, 3], 1..=4)) {
            let range = Ipv4Net::new(u32::from_be_bytes([10, 0, 0, 0]).into(), prefix).unwrap();
            let all = divide(range, &[0, 1, 2, 3]).unwrap();
            for (zone, subnets) in few.iter().zip(divide(range, &few).unwrap()) {
                prop_assert_eq!(subnets, all[usize::from(*zone)]);
            }
        }
    }
}
