//! What Terraform can be asked to do, as types, and the arguments that ask for it.
//!
//! The rules that hold for every command stand here once: JSON where there is one, no questions, no colours, a lock
//! that is waited for and never switched off, and `apply` only of a plan that was written to a file.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// File of a plan, in the attempt's directory. It holds values in clear and never leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFile(pub(crate) String);

/// What a plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlanMode {
    /// Bring the world to what the configuration says.
    #[default]
    Normal,
    /// Delete everything in state.
    Destroy,
    /// Change nothing but the state, to what the world is.
    RefreshOnly,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Prepares the working directory: backend and providers.
    Init {
        /// False for a directory that is only validated: no state, no credentials.
        backend: bool,
        /// Fail if the lock file would have to change.
        lockfile_readonly: bool,
    },
    /// Checks the configuration. Prints one document.
    Validate,
    /// Works out changes and writes them to a file.
    Plan {
        /// Where to.
        out: PlanFile,
        /// What for.
        mode: PlanMode,
        /// Read every object first. Switch off only where state was read a moment ago.
        refresh: bool,
        /// Plan only for these addresses and what they depend on; empty for everything. An exceptional thing
        /// (Terraform warns about it): for taking protections off what stands of an environment that was never finished.
        targets: Vec<String>,
    },
    /// Carries out a plan.
    Apply {
        /// Which one.
        plan: PlanFile,
    },
    /// Takes an object out of state and leaves it in the cloud. Fails if state doesn't have it. Its output is for people.
    Forget {
        /// Which one.
        address: String,
    },
    /// Says that an object in state is sound, so that it isn't replaced. Its output is for people.
    Untaint {
        /// Which one.
        address: String,
    },
    /// Takes an existing object into state and changes nothing. Its output is for people.
    Import {
        /// Where to.
        address: String,
        /// Its id, in the form that its type wants.
        id: String,
    },
    /// Puts a state file in the place of the stored state, unless that is newer or another one's. Its output is for
    /// people.
    PushState {
        /// Which file: one of an attempt's directory.
        file: PathBuf,
    },
    /// The outputs in state. Prints one document.
    Output,
    /// A plan in full. Prints one document, of megabytes; takes seconds and half a gigabyte.
    ShowPlan {
        /// Which one.
        plan: PlanFile,
    },
    /// The state in full. Prints one document.
    ShowState,
}

/// What a command prints on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prints {
    /// A message per line, while it works.
    Messages,
    /// One JSON document, at the end.
    Document,
}

/// Settings of a run that become arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// How long to wait for the state lock.
    pub lock_timeout: Duration,
    /// How many objects to work on at once; the engine's own default (10) if not given.
    pub parallelism: Option<u16>,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { lock_timeout: Duration::from_secs(30), parallelism: None }
    }
}

impl Command {
    /// Everyday `init`.
    #[must_use]
    pub const fn init() -> Self {
        Self::Init { backend: true, lockfile_readonly: false }
    }

    /// `plan` with refresh.
    #[must_use]
    pub fn plan(out: PlanFile, mode: PlanMode) -> Self {
        Self::Plan { out, mode, refresh: true, targets: Vec::new() }
    }

    /// First word of the command line, and the name of the run's directory.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Init { .. } => "init",
            Self::Validate => "validate",
            Self::Plan { .. } => "plan",
            Self::Apply { .. } => "apply",
            Self::Forget { .. } | Self::PushState { .. } => "state",
            Self::Untaint { .. } => "untaint",
            Self::Import { .. } => "import",
            Self::Output => "output",
            Self::ShowPlan { .. } | Self::ShowState => "show",
        }
    }

    /// What comes on standard output.
    #[must_use]
    pub const fn prints(&self) -> Prints {
        match self {
            Self::Init { .. }
            | Self::Plan { .. }
            | Self::Apply { .. }
            | Self::Forget { .. }
            | Self::Untaint { .. }
            | Self::Import { .. }
            | Self::PushState { .. } => Prints::Messages,
            Self::Validate | Self::Output | Self::ShowPlan { .. } | Self::ShowState => Prints::Document,
        }
    }

    /// The arguments. The same for Terraform and OpenTofu.
    #[must_use]
    pub fn arguments(&self, tuning: &Tuning) -> Vec<String> {
        if let Some(arguments) = self.arguments_for_people(tuning) {
            return arguments;
        }
        let mut arguments = vec![self.name().to_owned(), "-json".to_owned(), "-no-color".to_owned()];
        let mut push = |argument: String| arguments.push(argument);
        match self {
            Self::Init { backend, lockfile_readonly } => {
                push("-input=false".to_owned());
                if *backend {
                    push(lock_timeout(tuning));
                    // An attempt's directory is its own: there is never a state to carry over.
                    push("-reconfigure".to_owned());
                } else {
                    push("-backend=false".to_owned());
                }
                if *lockfile_readonly {
                    push("-lockfile=readonly".to_owned());
                }
            }
            Self::Plan { out, mode, refresh, targets } => {
                push("-input=false".to_owned());
                push(lock_timeout(tuning));
                tuning.parallelism.into_iter().for_each(|count| push(format!("-parallelism={count}")));
                match mode {
                    PlanMode::Normal => {}
                    PlanMode::Destroy => push("-destroy".to_owned()),
                    PlanMode::RefreshOnly => push("-refresh-only".to_owned()),
                }
                if !refresh {
                    push("-refresh=false".to_owned());
                }
                targets.iter().for_each(|address| push(format!("-target={address}")));
                push(format!("-out={}", out.0));
            }
            Self::Apply { plan } => {
                push("-input=false".to_owned());
                push(lock_timeout(tuning));
                tuning.parallelism.into_iter().for_each(|count| push(format!("-parallelism={count}")));
                push(plan.0.clone());
            }
            Self::ShowPlan { plan } => push(plan.0.clone()),
            Self::Validate | Self::Output | Self::ShowState => {}
            Self::Forget { .. } | Self::Untaint { .. } | Self::Import { .. } | Self::PushState { .. } => {}
        }
        arguments
    }

    /// Those of the commands that know no JSON.
    fn arguments_for_people(&self, tuning: &Tuning) -> Option<Vec<String>> {
        let lock_timeout = lock_timeout(tuning);
        let colourless = "-no-color".to_owned();
        let arguments = match self {
            Self::Forget { address } => {
                vec!["state".to_owned(), "rm".to_owned(), lock_timeout, address.clone()]
            }
            Self::PushState { file } => {
                vec!["state".to_owned(), "push".to_owned(), lock_timeout, file.to_string_lossy().into_owned()]
            }
            Self::Untaint { address } => {
                vec!["untaint".to_owned(), colourless, lock_timeout, address.clone()]
            }
            Self::Import { address, id } => {
                let input = "-input=false".to_owned();
                vec!["import".to_owned(), colourless, input, lock_timeout, address.clone(), id.clone()]
            }
            _ => return None,
        };
        Some(arguments)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn lock_timeout(tuning: &Tuning) -> String {
    format!("-lock-timeout={}s", tuning.lock_timeout.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_command() -> Vec<Command> {
        let plan = || PlanFile("p.tfplan".to_owned());
        let mut commands = vec![
            Command::init(),
            Command::Init { backend: false, lockfile_readonly: true },
            Command::Validate,
            Command::Apply { plan: plan() },
            Command::Forget { address: "aws_kms_key.main".to_owned() },
            Command::Untaint { address: "aws_db_instance.main".to_owned() },
            Command::Import { address: "aws_vpc.main".to_owned(), id: "vpc-1".to_owned() },
            Command::PushState { file: PathBuf::from("config/errored.tfstate") },
            Command::Output,
            Command::ShowPlan { plan: plan() },
            Command::ShowState,
        ];
        for mode in [PlanMode::Normal, PlanMode::Destroy, PlanMode::RefreshOnly] {
            let refresh = mode != PlanMode::Destroy;
            commands.push(Command::Plan { out: plan(), mode, refresh, targets: Vec::new() });
        }
        commands
    }

    #[test]
    fn the_command_lines_are_these() {
        let tuning = Tuning { lock_timeout: Duration::from_secs(30), parallelism: Some(20) };
        let lines: Vec<String> =
            every_command().iter().map(|command| command.arguments(&tuning).join(" ")).collect();
        insta::assert_snapshot!(lines.join("\n"), @"
        init -json -no-color -input=false -lock-timeout=30s -reconfigure
        init -json -no-color -input=false -backend=false -lockfile=readonly
        validate -json -no-color
        apply -json -no-color -input=false -lock-timeout=30s -parallelism=20 p.tfplan
        state rm -lock-timeout=30s aws_kms_key.main
        untaint -no-color -lock-timeout=30s aws_db_instance.main
        import -no-color -input=false -lock-timeout=30s aws_vpc.main vpc-1
        state push -lock-timeout=30s config/errored.tfstate
        output -json -no-color
        show -json -no-color p.tfplan
        show -json -no-color
        plan -json -no-color -input=false -lock-timeout=30s -parallelism=20 -out=p.tfplan
        plan -json -no-color -input=false -lock-timeout=30s -parallelism=20 -destroy -refresh=false -out=p.tfplan
        plan -json -no-color -input=false -lock-timeout=30s -parallelism=20 -refresh-only -out=p.tfplan
        ");
    }

    #[test]
    fn no_command_line_gives_up_the_lock_or_applies_what_was_not_planned() {
        for command in every_command() {
            let line = command.arguments(&Tuning::default()).join(" ");
            for forbidden in ["-lock=", "-auto-approve", "-target", "-force"] {
                assert!(!line.contains(forbidden), "{line}");
            }
            // Terraform has no JSON for it.
            let for_people = command.arguments_for_people(&Tuning::default()).is_some();
            assert!(line.contains(" -json") != for_people, "{line}");
        }
    }

    #[test]
    fn a_plan_is_narrowed_only_where_that_is_asked_for() {
        let targets = vec!["aws_db_instance.main[\"a\"]".to_owned(), "aws_s3_bucket.b".to_owned()];
        let out = PlanFile("p.tfplan".to_owned());
        let narrow = Command::Plan { out, mode: PlanMode::Normal, refresh: false, targets };
        let arguments = narrow.arguments(&Tuning::default());
        let narrowed: Vec<&String> =
            arguments.iter().filter(|argument| argument.starts_with("-target")).collect();
        assert_eq!(narrowed, ["-target=aws_db_instance.main[\"a\"]", "-target=aws_s3_bucket.b"]);
    }
}
