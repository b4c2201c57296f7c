//! One binary: Postgres and Redis start once for all of it.

mod approval;
mod architecture;
mod catalogue;
mod cli;
mod counted;
mod drain;
mod failures;
mod line;
mod logs;
mod many;
mod support;
mod tour;
