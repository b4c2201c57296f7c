//! What the emulator can be told to get wrong; `emulator/README.md` has the meaning of each switch.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Every fault that is switched on at one time. The emulator's default is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Faults {
    /// Milliseconds that every changing call takes longer.
    #[serde(default)]
    pub delay_ms: u64,
    /// What happens to particular calls; each applies on its own.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Objects that stay in the making.
    #[serde(default)]
    pub hold: Vec<Hold>,
}

/// What happens to calls of `service` and `action`, which are globs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The service as the emulator names it, e.g. `ec2`.
    pub service: String,
    /// The API's action, e.g. `CreateNatGateway` or `Create*`.
    pub action: String,
    /// Milliseconds that the call takes longer.
    #[serde(default)]
    pub delay_ms: u64,
    /// The failure to answer with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail: Option<Failure>,
    /// Answer as the service does when it throttles.
    #[serde(default)]
    pub throttle: bool,
    /// Carry the call out, then fail: an answer that was lost on its way.
    #[serde(default)]
    pub executed: bool,
    /// How many matching calls pass first.
    #[serde(default)]
    pub skip: u64,
    /// How many calls the rule applies to; None for every one.
    #[serde(default)]
    pub times: Option<u64>,
}

/// An error of AWS's API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    /// The error code, e.g. `AccessDenied`.
    pub code: String,
    /// The text for people.
    pub message: String,
}

/// Objects that stay in the making (`creating`) after their create succeeded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// A glob over kinds, e.g. `rds:db`.
    pub kind: String,
    /// For how many seconds; None until the faults are replaced.
    #[serde(default)]
    pub seconds: Option<f64>,
}

impl Faults {
    /// Every changing call takes this much longer: room to hit the middle of an apply.
    pub fn slow(delay: Duration) -> Faults {
        Faults { delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), ..Faults::default() }
    }

    /// Adds a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Faults {
        self.rules.push(rule);
        self
    }

    /// Holds objects of a kind in the making until the faults are replaced.
    #[must_use]
    pub fn hold(mut self, kind: &str) -> Faults {
        self.hold.push(Hold { kind: kind.to_owned(), seconds: None });
        self
    }
}

impl Rule {
    /// A rule that matches and changes nothing yet.
    pub fn on(service: &str, action: &str) -> Rule {
        Rule {
            service: service.to_owned(),
            action: action.to_owned(),
            delay_ms: 0,
            fail: None,
            throttle: false,
            executed: false,
            skip: 0,
            times: None,
        }
    }

    /// The calls fail with this HTTP status and error code.
    #[must_use]
    pub fn fails(mut self, status: u16, code: &str, message: &str) -> Rule {
        self.fail = Some(Failure { status, code: code.to_owned(), message: message.to_owned() });
        self
    }

    /// The calls are throttled.
    #[must_use]
    pub fn throttled(mut self) -> Rule {
        self.throttle = true;
        self
    }

    /// The calls take longer.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Rule {
        self.delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// The rule applies to this many calls, then to none.
    #[must_use]
    pub fn times(mut self, times: u64) -> Rule {
        self.times = Some(times);
        self
    }
}
