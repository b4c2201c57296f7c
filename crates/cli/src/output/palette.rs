//! Colours, where they are wanted.

use terrane_domain::{EnvironmentState, OperationState, StepState};

use crate::client::Word;

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// As it should be.
    Good,
    /// Under way, or in need of attention.
    Busy,
    /// Gone wrong, or about to be lost.
    Bad,
    /// Less important than the rest.
    Faint,
    /// More important than the rest.
    Strong,
}

/// Paints text, or leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    enabled: bool,
}

impl Palette {
    /// One that paints, or not.
    pub const fn new(enabled: bool) -> Self {
        Self { enabled }
    }

    /// The text in this colour (ANSI: ECMA-48, SGR).
    pub fn paint(self, colour: Colour, text: &str) -> String {
        let code = match colour {
            Colour::Good => "32",
            Colour::Busy => "33",
            Colour::Bad => "31",
            Colour::Faint => "2",
            Colour::Strong => "1",
        };
        if self.enabled { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The colour of a word.
pub trait Coloured {
    /// `None` for the terminal's own.
    fn colour(&self) -> Option<Colour>;
}

impl Coloured for Word<EnvironmentState> {
    fn colour(&self) -> Option<Colour> {
        use EnvironmentState as S;
        let Self::Known(state) = self else { return None };
        Some(match state {
            S::Ready => Colour::Good,
            S::Failed => Colour::Bad,
            S::Destroyed => Colour::Faint,
            S::Pending | S::Provisioning | S::Bootstrapping | S::Updating | S::Destroying => Colour::Busy,
        })
    }
}

impl Coloured for Word<OperationState> {
    fn colour(&self) -> Option<Colour> {
        use OperationState as S;
        let Self::Known(state) = self else { return None };
        Some(match state {
            S::Succeeded => Colour::Good,
            S::Failed => Colour::Bad,
            S::Cancelled => Colour::Faint,
            S::Queued | S::Running | S::AwaitingApproval | S::Retrying => Colour::Busy,
        })
    }
}

impl Coloured for Word<StepState> {
    fn colour(&self) -> Option<Colour> {
        use StepState as S;
        let Self::Known(state) = self else { return None };
        Some(match state {
            S::Succeeded => Colour::Good,
            S::Failed => Colour::Bad,
            S::Interrupted | S::Running => Colour::Busy,
        })
    }
}
