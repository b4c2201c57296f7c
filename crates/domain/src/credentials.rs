//! What looks like a secret wherever it stands.
//!
//! WHY: an environment file is kept in a repository, and what it says in plain text ends in a plan, a state and a task
//! definition. A secret that is typed into it is no secret any more, so it is refused before it is rendered. Shapes are
//! told that nothing else has: a file that is refused wrongly helps nobody.

mod arguments;

use std::fmt;

pub(crate) use arguments::TypedArgument;

/// What a text looks like that should be in no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// `scheme://user:password@host`.
    PasswordInUrl,
    /// `password=…`, as in the connection strings of libpq, JDBC and ODBC.
    Password,
    /// The id of an access key. Source: IAM user guide, "IAM identifiers", "Understanding unique ID prefixes".
    AccessKey,
    /// The beginning of a key in PEM. Source: RFC 7468, sections 10 and 11.
    PrivateKey,
    /// A token of a service that marks its tokens, so that they are found.
    Token,
    /// Whatever it looks like, the variable says what it is.
    Named,
}

/// How the tokens of some services begin, and how many characters of a token follow at least.
/// Source: GitHub documentation, "About authentication to GitHub", "GitHub's token formats"; Slack documentation, "Tokens";
/// Stripe documentation, "API keys"; GitLab documentation, "Token overview".
const TOKENS: &[(&str, usize)] = &[
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 20),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("sk_live_", 10),
    ("rk_live_", 10),
    ("glpat-", 20),
];

/// How the names of variables end that hold a secret.
const NAMES: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "SECRET_KEY",
    "SECRET_KEY_BASE",
    "PRIVATE_KEY",
    "API_KEY",
    "ACCESS_TOKEN",
    "AUTH_TOKEN",
    "API_TOKEN",
    "CLIENT_SECRET",
    "JWT_SECRET",
    "SESSION_SECRET",
];

/// Values that only turn something on or off, as in `ALLOW_EMPTY_PASSWORD`.
const SWITCHES: &[&str] = &["true", "false", "yes", "no", "on", "off", "0", "1"];

impl Credential {
    /// What a text looks like by itself.
    pub fn in_text(text: &str) -> Option<Self> {
        let found = [
            (Self::PrivateKey, has_private_key as fn(&str) -> bool),
            (Self::PasswordInUrl, has_password_in_url),
            (Self::Password, has_password),
            (Self::AccessKey, has_access_key),
            (Self::Token, has_token),
        ];
        found.into_iter().find(|(_, is_in)| is_in(text)).map(|(credential, _)| credential)
    }

    /// What the value of a variable looks like, by itself or by the name of the variable.
    pub fn in_variable(name: &str, text: &str) -> Option<Self> {
        let name = name.to_ascii_uppercase();
        let named = NAMES.iter().any(|end| name.ends_with(end));
        // Where a secret is may be said.
        let harmless = is_placeholder(text)
            || text.starts_with("arn:")
            || text.contains("://")
            || SWITCHES.contains(&text.to_ascii_lowercase().as_str());
        Self::in_text(text).or((named && !harmless).then_some(Self::Named))
    }
}

impl fmt::Display for Credential {
    /// To be put behind `holds`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PasswordInUrl => "a password in a URL",
            Self::Password => "a password",
            Self::AccessKey => "an access key of AWS",
            Self::PrivateKey => "a private key",
            Self::Token => "a token",
            Self::Named => "what its name calls a secret",
        })
    }
}

fn has_private_key(text: &str) -> bool {
    let heads = text.split("-----BEGIN ").skip(1);
    heads.filter_map(|rest| rest.split("-----").next()).any(|head| head.contains("PRIVATE KEY"))
}

/// Source: RFC 3986, section 3.2: the authority ends at the next slash, question mark or number sign.
fn has_password_in_url(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let end = |c: char| c.is_whitespace() || "/?#,\"'".contains(c);
        let authority = rest.split(end).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !is_placeholder(password))
    })
}

fn has_password(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["password=", "pwd="].into_iter().any(|key| {
        starts_of(&lower, key).any(|rest| {
            // As it is written: a placeholder is told by its capitals.
            let rest = &text[text.len() - rest.len()..];
            let end = |c: char| c.is_whitespace() || "&;,".contains(c);
            !is_placeholder(rest.split(end).next().unwrap_or_default())
        })
    })
}

fn has_access_key(text: &str) -> bool {
    ["AKIA", "ASIA"].into_iter().any(|prefix| {
        starts_of(text, prefix).any(|rest| {
            let id: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            id.len() == 16 && !id.contains(|c: char| c.is_ascii_lowercase())
        })
    })
}

fn has_token(text: &str) -> bool {
    let is_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    TOKENS.iter().any(|(prefix, least)| {
        starts_of(text, prefix).any(|rest| rest.chars().take_while(is_token).count() >= *least)
    })
}

/// What follows a word, wherever it doesn't stand at the end of a longer one.
fn starts_of<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(word)
        .filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric()))
        .map(|(at, _)| &text[at + word.len()..])
}

/// Whether somebody else puts the value in: `$NAME`, `${NAME}`, `$(NAME)`, `$(what a shell runs`, or nothing at all.
fn is_placeholder(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else { return text.is_empty() };
    if name.starts_with('(') && !name.ends_with(')') {
        return true;
    }
    let inside = |open, close| name.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    let name = inside('{', '}').or_else(|| inside('(', ')')).unwrap_or(name);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
