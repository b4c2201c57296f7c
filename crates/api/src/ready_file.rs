//! Tells a parent process where we listen, once we do.

use std::{io, net::SocketAddr, path::Path};

/// Writes `{"api":"host:port","metrics":"host:port"}`. Whoever reads the file finds all of it or nothing: it is written
/// beside its place and then moved there.
pub fn write(path: &Path, api: SocketAddr, metrics: SocketAddr) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let text = serde_json::json!({ "api": api.to_string(), "metrics": metrics.to_string() }).to_string();
    std::fs::write(&unfinished, text)?;
    std::fs::rename(&unfinished, path)
}
