//! What a reference may say about a thing of the same file, and what other blocks may ask about it.

use crate::spec::words::words;

words! {
    /// What a reference may say about a database.
    DatabaseField {
        /// Name of the host that takes reads and writes.
        Host => "host",
        /// Name of a host that takes reads: Aurora's reader endpoint, or the first replica. Without a reader, the same
        /// as `host`.
        ReaderHost => "reader_host",
        /// Port, on every host.
        Port => "port",
        /// Name of the database inside.
        Name => "name",
        /// Name of the master user; not a secret.
        Username => "username",
        /// Password of the master user, out of the secret.
        Password => "password",
        /// `postgres://username:password@host:port/name?sslmode=require`.
        Url => "url",
        /// ARN of the secret in which AWS keeps `username` and `password`.
        SecretArn => "secret_arn",
    }
}

impl DatabaseField {
    /// Whether it must not be seen.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Url)
    }
}

words! {
    /// What a reference may say about a cache. None of it is a secret: no cache has a password.
    CacheField {
        /// Name of the host: the primary endpoint, or the configuration endpoint of a cache with shards.
        Host => "host",
        /// Name of a host that takes reads: the reader endpoint, or the configuration endpoint of a cache with shards.
        ReaderHost => "reader_host",
        /// Port, on every host.
        Port => "port",
        /// `rediss://host:port`, which means TLS; with IAM authentication `rediss://username@host:port`.
        Url => "url",
        /// With IAM authentication, the user to connect as; otherwise empty.
        Username => "username",
    }
}

words! {
    /// What a reference may say about the document database.
    DocumentDatabaseField {
        /// Name of the host that takes reads and writes; of MongoDB Atlas, the name whose SRV record leads to its hosts.
        Host => "host",
        /// Port.
        Port => "port",
        /// Name of the user; not a secret.
        Username => "username",
        /// Password of the user, out of the secret.
        Password => "password",
        /// The connection string: of MongoDB Atlas without a password, because the app logs in with its role.
        Url => "url",
        /// ARN of the secret in which `username` and `password` are kept.
        SecretArn => "secret_arn",
    }
}

impl DocumentDatabaseField {
    /// Whether it must not be seen.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Url)
    }
}
