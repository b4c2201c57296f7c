//! Whom Postgres runs as: it refuses to run as root.

use crate::error::RigError;

/// An unprivileged account of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub uid: u32,
    pub gid: u32,
}

/// The account for Postgres: none of its own unless the caller is root, else `postgres` or `nobody`.
pub(crate) fn for_postgres() -> Result<Option<Account>, RigError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd").map_err(RigError::file("read", "/etc/passwd"))?;
    ["postgres", "nobody"].into_iter().find_map(|name| in_passwd(&accounts, name)).map(Some).ok_or_else(
        || RigError::Missing {
            program: "an account for Postgres",
            also: " (neither postgres nor nobody is in /etc/passwd)".into(),
            remedy: "Postgres doesn't run as root: start the rig as an ordinary user, or \
                     `useradd --system postgres`."
                .into(),
        },
    )
}

/// An account's ids by name, from the text of passwd(5).
fn in_passwd(accounts: &str, name: &str) -> Option<Account> {
    accounts.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        match fields[..] {
            [found, _, uid, gid, ..] if found == name => {
                let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
                (uid != 0).then_some(Account { uid, gid })
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name_and_is_never_root() {
        let accounts = "root:x:0:0::/:/bin/sh\npostgresql:x:1:1::/:\npostgres:x:101:104:a,,,:/var:/bin/sh\n\
                        toor:x:0:0::/:/bin/sh\n";
        assert_eq!(in_passwd(accounts, "postgres"), Some(Account { uid: 101, gid: 104 }));
        assert_eq!(in_passwd(accounts, "toor"), None);
        assert_eq!(in_passwd(accounts, "nobody"), None);
    }
}
