//! Tests of the whole product: the real binaries, Postgres, Redis, Terraform, the AWS provider and an AWS emulator.
//!
//! There is nothing in the library; see `tests/it`. What takes Terraform runs with `TERRANE_E2E_TESTS=1`.
