//! The closed sets of words that a file may use: how one is made, and those that several sections share.

/// A closed set of words.
pub(crate) trait Word: Copy + 'static {
    /// Every word and what it means.
    const WORDS: &'static [(&'static str, Self)];
}

/// Makes an enum of a closed set of words: its spelling in a file, in JSON, in the schema and in messages is one.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// The spelling in a file.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl $crate::spec::words::Word for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($text, Self::$variant)),+];
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use words;

words! {
    /// How generous the defaults are.
    #[derive(Default)]
    Profile {
        /// For trying and developing: the smallest of everything, no standby.
        #[default]
        Small => "small",
        /// For a team's daily work: room to grow, backups of a week.
        Medium => "medium",
        /// For production: a standby of everything, protection against deletion.
        Large => "large",
    }
}

words! {
    /// Whose key encrypts.
    Encryption {
        /// A key that AWS manages; free of charge.
        Aws => "aws",
        /// The environment's own KMS key.
        Kms => "kms",
    }
}

words! {
    /// A size in words.
    Size {
        /// The smallest that is sold.
        Small => "small",
        /// For a team's daily work.
        Medium => "medium",
        /// For production.
        Large => "large",
    }
}
