//! What states there are and which event leads from which to which.
//!
//! Two machines. The **environment** says what a person may rely on (`ready`, `failed`, `destroyed`), the
//! **operation** says what a worker is doing about it. Both are closed enums, stored as Postgres enums of the same
//! spelling, and [`EnvironmentState::next`] and [`OperationState::next`] are the only places that know the arrows.
//! The named sets ([`OperationState::ACTIVE`] and so on) are what conditional updates and partial indexes use.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! state_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling used in the API, in logs and in Postgres.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownState;

            fn from_str(text: &str) -> Result<Self, UnknownState> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| UnknownState {
                    text: text.chars().take(64).collect(),
                    expected: Self::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

/// A word that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown value {text:?}; expected one of {expected}")]
pub struct UnknownState {
    text: String,
    expected: String,
}

state_enum! {
    /// What a person may rely on.
    EnvironmentState {
        /// Recorded; no worker has begun.
        Pending => "pending",
        /// The first apply is under way.
        Provisioning => "provisioning",
        /// The cloud is up; charts and apps are being installed.
        Bootstrapping => "bootstrapping",
        /// Everything asked for in `applied_generation` stands.
        Ready => "ready",
        /// A later generation is being applied.
        Updating => "updating",
        /// An operation ended before it was done; retry, change or destroy.
        Failed => "failed",
        /// Being taken down.
        Destroying => "destroying",
        /// Nothing is left in the cloud; the row stays, the name is free again.
        Destroyed => "destroyed",
    }
}

state_enum! {
    /// What an operation is to do.
    OperationKind {
        /// Raise a new environment.
        Create => "create",
        /// Bring an environment to a newer generation of its spec.
        Update => "update",
        /// Take an environment down.
        Destroy => "destroy",
    }
}

state_enum! {
    /// Where an operation stands.
    OperationState {
        /// In line; nobody works on it.
        Queued => "queued",
        /// A worker holds it.
        Running => "running",
        /// Its plan would destroy data; a person decides.
        AwaitingApproval => "awaiting_approval",
        /// Between two attempts; holds the environment's line but no worker's slot.
        Retrying => "retrying",
        /// Done.
        Succeeded => "succeeded",
        /// Ended with an error.
        Failed => "failed",
        /// Ended because somebody asked, or because a newer one took its place.
        Cancelled => "cancelled",
    }
}

state_enum! {
    /// The steps of an operation, in the order in which they may occur.
    StepName {
        /// Identity, state bucket, work directory.
        Prepare => "prepare",
        /// What lost attempts left behind: their last lines, their lock on the state. Only after one.
        Recover => "recover",
        /// What lost attempts made without noting it in the state is taken into it. Only after one.
        Adopt => "adopt",
        /// Spec to Terraform files.
        Render => "render",
        /// `terraform init`.
        Init => "init",
        /// `terraform plan`.
        Plan => "plan",
        /// A person's decision.
        Approval => "approval",
        /// Protections off before a destroy (they act from state, so this is an apply of its own).
        Unprotect => "unprotect",
        /// `terraform apply` of the plan file; for a destroy, of the destroy plan.
        Apply => "apply",
        /// Outputs read and stored.
        Outputs => "outputs",
        /// After a destroy: what still carries the environment's tag, and why.
        Inventory => "inventory",
    }
}

state_enum! {
    /// Why something still carries the tag of an environment that was destroyed.
    Remnant {
        /// It was meant to stay: final snapshots, and the key that encrypts them.
        Kept => "kept",
        /// It can't be used any more, and AWS takes it away by itself.
        Pending => "pending",
        /// It stands, and nobody wanted that.
        Leftover => "leftover",
        /// Its service wasn't asked, or didn't say.
        Unconfirmed => "unconfirmed",
    }
}

state_enum! {
    /// Where a step stands.
    StepState {
        /// Begun.
        Running => "running",
        /// Done.
        Succeeded => "succeeded",
        /// Ended with an error.
        Failed => "failed",
        /// Cut short by a cancel, a drain or a lost lease.
        Interrupted => "interrupted",
    }
}

impl EnvironmentState {
    /// States from which a new spec may be put.
    pub const UPDATABLE: &'static [Self] =
        &[Self::Pending, Self::Provisioning, Self::Bootstrapping, Self::Ready, Self::Updating, Self::Failed];
    /// States from which the environment may be destroyed.
    pub const DESTROYABLE: &'static [Self] = &[
        Self::Pending,
        Self::Provisioning,
        Self::Bootstrapping,
        Self::Ready,
        Self::Updating,
        Self::Failed,
        Self::Destroying,
    ];
    /// States in which the name is taken.
    pub const LIVING: &'static [Self] = Self::DESTROYABLE;

    /// The state after `event`, or `None` if it can't happen in this state.
    pub fn next(self, event: EnvironmentEvent) -> Option<Self> {
        use EnvironmentEvent as E;
        use OperationKind as K;
        match (self, event) {
            (Self::Destroyed, _) => None,
            // A takeover or a second attempt begins an operation again: the state is already right.
            (
                Self::Pending | Self::Failed | Self::Provisioning | Self::Bootstrapping,
                E::Begun(K::Create),
            ) => Some(Self::Provisioning),
            (Self::Ready | Self::Failed | Self::Updating, E::Begun(K::Update)) => Some(Self::Updating),
            // The first create was cancelled before it made anything, and a changed spec came instead.
            (Self::Pending, E::Begun(K::Update)) => Some(Self::Provisioning),
            (Self::Provisioning | Self::Bootstrapping, E::Begun(K::Update)) => Some(Self::Provisioning),
            (_, E::Begun(K::Destroy)) => Some(Self::Destroying),
            (Self::Provisioning, E::BootstrapBegun) => Some(Self::Bootstrapping),
            (
                Self::Provisioning | Self::Bootstrapping | Self::Updating,
                E::Succeeded(K::Create | K::Update),
            ) => Some(Self::Ready),
            (Self::Destroying, E::Succeeded(K::Destroy)) => Some(Self::Destroyed),
            (Self::Provisioning | Self::Bootstrapping | Self::Updating | Self::Destroying, E::Failed) => {
                Some(Self::Failed)
            }
            (
                Self::Provisioning | Self::Bootstrapping | Self::Updating | Self::Destroying,
                E::Untouched { before },
            ) if before.is_resting() => Some(before),
            _ => None,
        }
    }

    /// Whether an environment stays in this state while nobody works on it.
    pub const fn is_resting(self) -> bool {
        matches!(self, Self::Pending | Self::Ready | Self::Failed | Self::Destroyed)
    }
}

/// What happens to an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentEvent {
    /// A worker began an operation of this kind.
    Begun(OperationKind),
    /// Charts and apps are next.
    BootstrapBegun,
    /// An operation of this kind is done.
    Succeeded(OperationKind),
    /// An operation failed, or was cancelled after it may have changed the cloud.
    Failed,
    /// An operation ended before it changed anything: the environment is what it was before.
    Untouched {
        /// The state in which the operation found it.
        before: EnvironmentState,
    },
}

impl OperationState {
    /// At most one operation per environment is in one of these.
    pub const ACTIVE: &'static [Self] = &[Self::Running, Self::AwaitingApproval, Self::Retrying];
    /// A worker may claim these (a retrying one when it is due).
    pub const CLAIMABLE: &'static [Self] = &[Self::Queued, Self::Retrying];
    /// Not over yet: in line or active.
    pub const OPEN: &'static [Self] = &[Self::Queued, Self::Running, Self::AwaitingApproval, Self::Retrying];

    /// Whether nothing will happen to it any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// The state after `event`, or `None` if it can't happen in this state.
    pub fn next(self, event: OperationEvent) -> Option<Self> {
        use OperationEvent as E;
        match (self, event) {
            (Self::Queued | Self::Retrying, E::Claimed) => Some(Self::Running),
            (Self::Running, E::ApprovalNeeded) => Some(Self::AwaitingApproval),
            // Approved work keeps the environment's line and waits for a slot, to be planned once more.
            (Self::AwaitingApproval, E::Approved) => Some(Self::Retrying),
            (Self::Running, E::HandedBack | E::TakenOver | E::AttemptFailed) => Some(Self::Retrying),
            (Self::Running, E::Succeeded) => Some(Self::Succeeded),
            (Self::Running, E::Failed) => Some(Self::Failed),
            (Self::Queued | Self::Running | Self::AwaitingApproval | Self::Retrying, E::Cancelled) => {
                Some(Self::Cancelled)
            }
            (Self::AwaitingApproval, E::Discarded | E::ApprovalExpired) => Some(Self::Cancelled),
            (Self::Queued, E::Superseded) => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// What happens to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationEvent {
    /// A worker took it.
    Claimed,
    /// Its plan would destroy data.
    ApprovalNeeded,
    /// A person allowed exactly the actions that were shown.
    Approved,
    /// A person refused.
    Discarded,
    /// Nobody decided in time.
    ApprovalExpired,
    /// A draining worker gave it back; not a failure.
    HandedBack,
    /// Its worker was lost; not a failure of the operation.
    TakenOver,
    /// An attempt failed and another one may help.
    AttemptFailed,
    /// Done.
    Succeeded,
    /// Failed for good.
    Failed,
    /// Stopped because somebody asked.
    Cancelled,
    /// A newer update took its place in the line.
    Superseded,
}

#[cfg(test)]
mod tests;
