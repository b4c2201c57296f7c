//! # terrane-rig
//!
//! Real servers on loopback for demos and tests: Postgres, Redis and the AWS emulator (`emulator/`), each on
//! a free port, with their data in a directory that goes with them. No container engine, no root, no account.
//!
//! ```no_run
//! # async fn example() -> Result<(), terrane_rig::RigError> {
//! let rig = terrane_rig::shared().await?; // one per test program, started on first use
//! let database = rig.fresh_database().await?; // postgres://..., migrated, this test's own
//! let redis = rig.fresh_redis().await?; // redis://..., a numbered database of its own
//! let account = rig.emulator().await?.fresh_account(); // an empty AWS account, entered by its role
//! # drop((database, redis, account)); Ok(()) }
//! ```
//!
//! * **Nothing is left behind**, not even when the owner is killed: the servers belong to a keeper
//!   (`keeper/keeper.py` says how), which stops them when the owner is gone.
//! * **Servers are found, not bundled**: PATH, then `/usr/lib/postgresql`, then Python packages in an
//!   environment that is made once under `~/.cache/terrane`. Only `python3` must be there.
//! * **Terrane's own programs** run as real processes: [`Rig::start_api`], [`Rig::start_worker`].
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `TERRANE_CACHE` | what is made once: Python environments, an initialised Postgres | `~/.cache/terrane` |
//! | `TERRANE_EMULATOR_DIR` | the emulator's sources | `emulator/` of the repository |
//! | `TMPDIR` | where rigs have their directories | `/tmp` |
//!
//! The binary `terrane-rig` keeps a rig for work: `up`, `down`, `status`, `inventory`.

mod account;
mod cache;
mod command;
mod emulator;
mod error;
mod faults;
mod find;
mod inventory;
mod keeper;
mod postgres;
mod process;
mod python;
mod redis;
mod rig;
mod server;
mod user;
mod wait;

pub use account::{AwsAccount, HOME_ACCOUNT, REGION, TERRAFORM_OVERRIDE};
pub use emulator::{Calls, Emulator};
pub use error::RigError;
pub use faults::{Failure, Faults, Hold, Rule};
pub use inventory::{Item, Scope, table};
pub use keeper::Ending;
pub use postgres::Postgres;
pub use process::{ApiProcess, Program, TENANT, WorkerProcess, clean_env, new_api_key};
pub use redis::Redis;
pub use rig::{Rig, RigOptions, shared};
pub use server::free_port;
pub use wait::until;
