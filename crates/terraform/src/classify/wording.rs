//! What an error is called in front of the user and of the operator.

use super::ErrorKind;
use crate::diagnostic::Diagnostic;
use crate::scrub::scrub;

/// A summary may be a page long; nobody reads more than this in a list.
const LONGEST: usize = 300;

/// For the tenant. Says what happened, to what, in which call; no secrets, account or request ids.
pub(super) fn message(kind: &ErrorKind, diagnostic: &Diagnostic) -> String {
    let text = format!("{}\n{}", diagnostic.summary, diagnostic.detail);
    let mut message = match kind {
        ErrorKind::Locked(holder) => {
            let since = holder.created.map(|time| format!(" since {}", time.format("%Y-%m-%d %H:%M:%S UTC")));
            let who = if holder.who.is_empty() { "another run" } else { &holder.who };
            format!("The state is locked by {who}{}", since.unwrap_or_default())
        }
        ErrorKind::AccessDenied => match permission(&text) {
            Some(permission) => format!("The role is not allowed to call {permission}"),
            None => format!("The cloud refused access: {}", plain(&diagnostic.summary)),
        },
        // What a check of the files refuses, it says in its own words.
        ErrorKind::Invalid if is_condition(diagnostic) => plain(&diagnostic.detail),
        ErrorKind::Invalid => match &diagnostic.range {
            Some(range) => {
                format!("{} ({}, line {})", plain(&diagnostic.summary), range.filename, range.start.line)
            }
            None => plain(&diagnostic.summary),
        },
        ErrorKind::Protected => match protected(&text) {
            Some(address) => {
                format!("{address}: protected against deletion, and the plan would delete or replace it")
            }
            None => "Protected against deletion, and the plan would delete or replace it".to_owned(),
        },
        ErrorKind::ProviderMissing if !diagnostic.detail.is_empty() => plain(&diagnostic.detail),
        ErrorKind::StalePlan => "The state has changed since the plan was made".to_owned(),
        ErrorKind::StateNotSaved => "The state could not be saved".to_owned(),
        _ => plain(&diagnostic.summary),
    };
    if let Some(address) = &diagnostic.address
        && !message.contains(address.as_str())
    {
        message = format!("{address}: {message}");
    }
    message
}

/// For the operator.
pub(super) const fn hint(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StateNotSaved => {
            "State is behind the world. The unsaved state is errored.tfstate in the run's directory; check that the state bucket is reachable before it is pushed."
        }
        ErrorKind::Locked(_) => {
            "Another run holds the state. It is waited for, and its lock is broken only when that run is proved to be over."
        }
        ErrorKind::StalePlan => "The plan is made again; nothing has to be done.",
        ErrorKind::Cancelled => {
            "What was done so far is in state. An object that was cut short may be marked as tainted."
        }
        ErrorKind::Invalid => {
            "The rendered files or a value in them were refused. Check the spec; the log has the place."
        }
        ErrorKind::AccessDenied => {
            "Check the role's policy, its trust policy with the external id, service control policies and the credentials' age."
        }
        ErrorKind::Quota => "Raise the limit in Service Quotas, or free what is not needed.",
        ErrorKind::AlreadyExists => {
            "An object of that name exists outside of this environment's state. Remove it, or retry if an earlier attempt made it."
        }
        ErrorKind::NotFound => "Something that this depends on is missing; it may have been deleted by hand.",
        ErrorKind::ProviderMissing => {
            "The provider mirror lacks this provider or version. Fill it, or unset TERRANE_PROVIDER_MIRROR to download."
        }
        ErrorKind::ProviderCrash => {
            "The provider or the engine crashed. The log has its stack trace; memory is the usual suspect."
        }
        ErrorKind::Killed => {
            "State may be behind the world. Check the machine's memory and the worker's logs."
        }
        ErrorKind::NotEmpty => "Empty it, or set force_destroy for it and apply that first.",
        ErrorKind::Protected => {
            "Apply the file with lifecycle.deletion_protection: false first, by itself; then the change, which asks for approval."
        }
        ErrorKind::Dependency => "Something still uses the object, or it is busy.",
        ErrorKind::Timeout => "The cloud took longer than allowed. A retry goes on where this stopped.",
        ErrorKind::Capacity => {
            "The cloud has no capacity in this zone at the moment. Try other types or zones if it lasts."
        }
        ErrorKind::Throttled => "Too many requests in this account and region; later ones may pass.",
        ErrorKind::Unavailable => "The cloud's service failed; later calls may pass.",
        ErrorKind::Network => {
            "An endpoint, a registry or a proxy could not be reached from the worker. Check DNS, routes and proxies."
        }
        ErrorKind::Unknown => "The log has the full text.",
    }
}

/// Whether a `precondition` or `postcondition` of the rendered files failed.
/// <https://developer.hashicorp.com/terraform/language/expressions/custom-conditions>
fn is_condition(diagnostic: &Diagnostic) -> bool {
    diagnostic.summary.ends_with("condition failed") && !diagnostic.detail.is_empty()
}

/// `ec2:CreateVpc`, from AWS's sentence or from the SDK's `operation error EC2: CreateVpc`. `None` if
/// it is not a permission but the credentials that are at fault.
fn permission(text: &str) -> Option<String> {
    if let Some((_, rest)) = text.split_once("is not authorized to perform: ") {
        return rest.split([' ', '\n', ',']).next().map(str::to_owned);
    }
    if !["AccessDenied", "UnauthorizedOperation"].iter().any(|code| text.contains(code)) {
        return None;
    }
    let (_, rest) = text.split_once("operation error ")?;
    let (service, rest) = rest.split_once(": ")?;
    let operation = rest.split([',', ' ', '\n']).next()?;
    Some(format!("{service} {operation}"))
}

/// What Terraform says of `prevent_destroy`: `Resource aws_x.y["z"] has lifecycle.prevent_destroy set, but …`.
fn protected(text: &str) -> Option<&str> {
    let (before, _) = text.split_once(" has lifecycle.prevent_destroy set")?;
    before.rsplit_once("Resource ").map(|(_, address)| address)
}

/// The first line without secrets, account ids, request ids and the SDK's preamble.
fn plain(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = scrub(line);
    let kept = line.split(", ").filter(|part| !is_noise(part)).collect::<Vec<_>>().join(", ");
    let mut masked = mask_account_ids(kept.trim_end_matches([' ', ':', ',']));
    if masked.chars().count() > LONGEST {
        masked = masked.chars().take(LONGEST).collect();
        masked.push('…');
    }
    masked
}

/// Parts of the SDK's error text that help nobody but AWS's support.
fn is_noise(part: &str) -> bool {
    let part = part.trim();
    // The SDK prints the number of attempts as a part of its own.
    part.bytes().all(|byte| byte.is_ascii_digit())
        || [
            "https response error StatusCode:",
            "RequestID:",
            "HostID:",
            "exceeded maximum number of attempts",
        ]
        .iter()
        .any(|noise| part.starts_with(noise))
}

/// Twelve digits that stand alone are an account.
fn mask_account_ids(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut digits = String::new();
    let flush = |digits: &mut String, masked: &mut String| {
        masked.push_str(if digits.len() == 12 { "************" } else { digits });
        digits.clear();
    };
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            flush(&mut digits, &mut masked);
            masked.push(c);
        }
    }
    flush(&mut digits, &mut masked);
    masked
}
