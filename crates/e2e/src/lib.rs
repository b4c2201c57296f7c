//! Tests of the whole product: the real binaries, Postgres, Redis, Terraform, the AWS provider and an AWS emulator.
//!
//! There is nothing in the library; see `tests/it`. `make test-e2e` builds the binaries and runs everything. Each test
//! has an emulated AWS, a database, an account and processes of its own (`tests/it/support/world.rs`), so any number may
//! run at a time; how many Terraforms do is limited by memory (`support/gate.rs`).
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `TERRANE_E2E_TESTS` | `1` runs what takes Terraform; otherwise each such test says that it is skipped | none |
//! | `TERRANE_BIN_DIR` | where the binaries are | where cargo put them beside the tests |
//! | `TERRANE_EXAMPLES` | only these of the examples go through the catalogue's test, by name and comma | all |
//! | `TERRANE_TERRAFORM_BIN` | the engine to pass with, for example OpenTofu | `terraform` on the path |
