//! What time it is.

use std::time::SystemTime;

use chrono::{DateTime, Utc};

/// Now, by this machine's clock; ages and elapsed times of things that the server dated are as good as the two agree.
pub fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}
