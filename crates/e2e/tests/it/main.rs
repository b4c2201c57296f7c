//! One binary: the servers of the rig start once for all of it.

mod architecture;
