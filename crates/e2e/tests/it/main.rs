//! One binary: Postgres and Redis start once for all of it.

mod adoption;
mod approval;
mod architecture;
mod catalogue;
mod cli;
mod counted;
mod drain;
mod failures;
mod inventory;
mod line;
mod logs;
mod losses;
mod many;
mod support;
mod tour;
