//! What a test needs before it begins: leave, memory, and binaries that are built.

use std::{
    env,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use tokio::sync::{Semaphore, SemaphorePermit};

/// A running Terraform takes about 0.7 GiB: with eight at a time a machine of 8 GiB does.
const TERRAFORMS: usize = 8;
static MEMORY: Semaphore = Semaphore::const_new(TERRAFORMS);

/// Whether tests of the whole product were asked for; says so if not.
pub fn is_open(test: &str) -> bool {
    let open = env::var("TERRANE_E2E_TESTS").as_deref() == Ok("1");
    if !open {
        // Not with `eprintln!`, whose text the test runner keeps to itself when a test passes.
        let word = format!("SKIPPED {test}: needs Terraform; set TERRANE_E2E_TESTS=1 to run it\n");
        std::io::stderr().write_all(word.as_bytes()).ok();
    }
    open
}

/// Waits until there is memory for so many Terraforms more.
pub async fn memory_for(terraforms: u32) -> Result<SemaphorePermit<'static>> {
    Ok(MEMORY.acquire_many(terraforms).await?)
}

/// Where `terrane`, `terrane-api` and `terrane-worker` are: `TERRANE_BIN_DIR`, else where cargo put them beside this
/// test.
pub fn binaries() -> Result<PathBuf> {
    let directory = match env::var_os("TERRANE_BIN_DIR") {
        Some(directory) => PathBuf::from(directory),
        None => {
            // target/debug/deps/it-0123
            let test = env::current_exe()?;
            test.parent().and_then(Path::parent).context("this test is in no target directory")?.to_owned()
        }
    };
    for name in ["terrane", "terrane-api", "terrane-worker", "terrane-rig"] {
        let binary = directory.join(name);
        ensure!(
            binary.is_file(),
            "{} isn't there; run `make build`, or name its directory in TERRANE_BIN_DIR",
            binary.display()
        );
    }
    Ok(directory)
}
