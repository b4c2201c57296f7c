//! What the figures were measured on, as far as it says something about them.

/// `2 cores, 24 GiB of memory`.
pub(crate) fn described() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores, {} GiB of memory", memory_gib().unwrap_or_default())
}

fn memory_gib() -> Option<u64> {
    let kib = kib_of(&std::fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")?;
    Some((kib + (1 << 19)) >> 20)
}

/// The number on the line of a file of `/proc` that begins with `name`.
pub(crate) fn kib_of(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix("kB")?.trim().parse().ok())
}
