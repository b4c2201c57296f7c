//! The table of known errors.
//!
//! Codes: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>, the common
//! errors page of each service, and the retry lists of the AWS SDK for Go v2
//! (`aws/retry/standard.go`). Phrases: Terraform, its plugin SDK and the Go standard library.

use super::{ErrorKind, LockHolder, lock};
use crate::command::Command;
use crate::diagnostic::Diagnostic;

/// What a rule looks for.
enum Sign {
    /// One of these words: error codes, which contain neither blanks nor punctuation but dots.
    Word(&'static [&'static str]),
    /// A word with one of these endings: `DBInstanceAlreadyExistsFault`, `VpcLimitExceeded`.
    Ending(&'static [&'static str]),
    /// One of these phrases, in lower case.
    Phrase(&'static [&'static str]),
}

/// The first rule that fits decides. The order matters where signs overlap: `RequestLimitExceeded`
/// is no quota, and a refused connection to a registry is no missing provider.
const RULES: &[(Sign, ErrorKind)] = &[
    (
        Sign::Phrase(&[
            "failed to persist state",
            "failed to save state",
            "error saving state",
            "errored.tfstate",
        ]),
        ErrorKind::StateNotSaved,
    ),
    (Sign::Phrase(&["saved plan is stale"]), ErrorKind::StalePlan),
    // Terraform itself; RDS, Aurora and DocumentDB; load balancers.
    (
        Sign::Phrase(&[
            "lifecycle.prevent_destroy set",
            "cannot delete protected",
            "deletion protection is enabled",
        ]),
        ErrorKind::Protected,
    ),
    (
        Sign::Word(&[
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ]),
        ErrorKind::Throttled,
    ),
    (
        Sign::Word(&[
            "AccessDenied",
            "AccessDeniedException",
            "AuthFailure",
            "AuthorizationError",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "NotAuthorized",
            "OptInRequired",
            "SignatureDoesNotMatch",
            "UnauthorizedOperation",
            "UnrecognizedClientException",
        ]),
        ErrorKind::AccessDenied,
    ),
    (
        Sign::Phrase(&[
            "no valid credential sources",
            "cannot assume iam role",
            "is not authorized to perform",
        ]),
        ErrorKind::AccessDenied,
    ),
    (
        Sign::Word(&[
            "InsufficientInstanceCapacity",
            "InsufficientDBInstanceCapacity",
            "InsufficientCapacity",
        ]),
        ErrorKind::Capacity,
    ),
    (
        Sign::Ending(&[
            "LimitExceeded",
            "LimitExceededException",
            "LimitExceededFault",
            "QuotaExceeded",
            "QuotaExceededException",
            "QuotaExceededFault",
            "QuotaExceededFaultException",
        ]),
        ErrorKind::Quota,
    ),
    (
        Sign::Word(&["TooManyBuckets", "TooManyLoadBalancers", "TooManyTargetGroups", "TooManyListeners"]),
        ErrorKind::Quota,
    ),
    (
        Sign::Ending(&[
            "AlreadyExists",
            "AlreadyExistsException",
            "AlreadyExistsFault",
            "AlreadyOwnedByYou",
            ".Duplicate",
            "DuplicateSubnet",
        ]),
        ErrorKind::AlreadyExists,
    ),
    (Sign::Ending(&["BucketNotEmpty", "RepositoryNotEmptyException"]), ErrorKind::NotEmpty),
    // A vault of AWS Backup.
    (Sign::Phrase(&["contains recovery points"]), ErrorKind::NotEmpty),
    (
        Sign::Ending(&[
            "DependencyViolation",
            "DeleteConflict",
            "DeleteConflictException",
            "ResourceInUse",
            "ResourceInUseException",
            "ResourceInUseFault",
            "InvalidDBInstanceState",
            "InvalidDBInstanceStateFault",
            "InvalidDBClusterStateFault",
            "OperationAborted",
            "IncorrectState",
        ]),
        ErrorKind::Dependency,
    ),
    (Sign::Phrase(&["timeout while waiting for"]), ErrorKind::Timeout),
    (
        Sign::Phrase(&[
            "plugin did not respond",
            "plugin crashed",
            "terraform crash",
            "opentofu crash",
            "failed to instantiate provider",
            "failed to load plugin schemas",
            "unexpected eof",
        ]),
        ErrorKind::ProviderCrash,
    ),
    (
        Sign::Phrase(&[
            "connection refused",
            "connection reset",
            "no such host",
            "i/o timeout",
            "tls handshake",
            "network is unreachable",
            "no route to host",
            "could not connect to registry",
            "proxyconnect tcp",
        ]),
        ErrorKind::Network,
    ),
    (
        Sign::Phrase(&[
            "failed to query available provider packages",
            "failed to install provider",
            "required plugins are not installed",
            "inconsistent dependency lock file",
        ]),
        ErrorKind::ProviderMissing,
    ),
    (
        Sign::Word(&[
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "ServerException",
            "ServiceFailure",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "Unavailable",
        ]),
        ErrorKind::Unavailable,
    ),
    (
        Sign::Ending(&[
            "InvalidParameter",
            "InvalidParameterCombination",
            "InvalidParameterException",
            "InvalidParameterValue",
            "InvalidParameterValueException",
            "MalformedPolicyDocument",
            "MalformedPolicyDocumentException",
            "MissingParameter",
            "UnsupportedOperation",
            "ValidationError",
            "ValidationException",
        ]),
        ErrorKind::Invalid,
    ),
    (Sign::Word(&["NoSuchBucket", "NoSuchEntity", "ResourceNotFoundException"]), ErrorKind::NotFound),
    (Sign::Ending(&[".NotFound", "NotFoundFault", "NotFoundException"]), ErrorKind::NotFound),
    (Sign::Phrase(&["context deadline exceeded"]), ErrorKind::Timeout),
    (
        Sign::Phrase(&["context canceled", "operation canceled", "operation cancelled", "execution halted"]),
        ErrorKind::Cancelled,
    ),
    (
        Sign::Phrase(&[
            "encountered problems during initialisation",
            "encountered problems during initialization",
        ]),
        ErrorKind::Invalid,
    ),
];

/// A lock is there, but what it says of its holder can't be read: S3's answer to a conditional
/// write, and DynamoDB's.
const LOCK_REFUSED: Sign = Sign::Word(&["PreconditionFailed", "ConditionalCheckFailedException"]);

/// Judges one error.
pub(super) fn kind_of(diagnostic: &Diagnostic, command: &Command) -> ErrorKind {
    let text = format!("{}\n{}", diagnostic.summary, diagnostic.detail);
    // A lock that could not be taken for another reason (network, access) has no such block.
    if let Some(holder) = lock::holder(&text) {
        return ErrorKind::Locked(holder);
    }
    let lowercase = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    let fits = |sign: &Sign| match sign {
        Sign::Word(codes) => words.iter().any(|word| codes.contains(word)),
        Sign::Ending(endings) => words.iter().any(|word| endings.iter().any(|ending| word.ends_with(ending))),
        Sign::Phrase(phrases) => phrases.iter().any(|phrase| lowercase.contains(phrase)),
    };
    if fits(&LOCK_REFUSED) && lowercase.contains("acquiring the state lock") {
        return ErrorKind::Locked(LockHolder::default());
    }
    match RULES.iter().find(|(sign, _)| fits(sign)) {
        Some((_, kind)) => kind.clone(),
        // Before anything is changed, an error with a place in the files is an error of the files.
        None if diagnostic.range.is_some() && !matches!(command, Command::Apply { .. }) => ErrorKind::Invalid,
        None => ErrorKind::Unknown,
    }
}
