//! The program as operators start it, on real servers. Terraform is a fake here, a shell script that waits until it is
//! told to end: what a worker does with the real one is tested end to end.

#![allow(clippy::unwrap_used, reason = "clippy allows it in tests, but not in what they share")]

mod refusals;
mod running;
mod supervise;
mod support;
