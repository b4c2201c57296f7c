//! What a destroy leaves.
//!
//! Terraform destroys what its state knows. What a lost attempt made and no state ever held, or what somebody else put
//! there, it doesn't; so after the apply everything that carries the environment's tag is looked up and asked after.
//!
//! * **Kept**: snapshots of databases and caches that were asked for, and the environment's key as long as it encrypts
//!   one. Nobody's destroy deletes a snapshot, so this holds too for those of an earlier change or attempt.
//! * **Pending**: keys and secrets in their window, and task definitions that are inactive. Revisions are rendered with
//!   `skip_destroy`, because a running service has to find its old one; here, with the services gone, they are taken out
//!   of use.
//! * **Leftover**: what stands otherwise. What is being deleted is waited for first, for a few minutes. What stands is
//!   looked at a second time: what EC2 describes lags behind what it did.
//! * **Unconfirmed**: what only the tagging API speaks of. That API lags too, so this says nothing either way.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use terrane_aws::{Arn, AwsErrorKind, Session, Standing, Tagged};
use terrane_blueprint::{ENCRYPTION_KEY_ADDRESS, address_of_tag};
use terrane_domain::Remnant;
use terrane_store::{InventoryItem, LogLevel};

use crate::{attempt::Attempt, failure::StepError, lines::Lines};

/// How long things that are changing are waited for.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(5);
/// How often something has to be seen standing before it is called a leftover.
const LOOKS: u32 = 2;
/// Lines of one kind in the log; the API shows all.
const TOLD: usize = 20;

/// Something that carries the tag, and what its service said.
struct Seen {
    thing: Tagged,
    standing: Standing,
    /// The call that was refused, where one was.
    refused: Option<&'static str>,
}

/// What one look came to.
struct Look {
    items: Vec<InventoryItem>,
    /// How many leftovers may still go by themselves.
    changing: usize,
}

impl Look {
    fn of(&self, remnant: Remnant) -> impl Iterator<Item = &InventoryItem> {
        self.items.iter().filter(move |item| item.remnant == remnant)
    }

    /// Whether another look would say nothing new.
    fn is_final(&self, looks: u32, waited: Duration) -> bool {
        let leftovers = self.of(Remnant::Leftover).count();
        leftovers == 0 || waited >= PATIENCE || (self.changing == 0 && looks >= LOOKS)
    }
}

/// Why something still carries the tag; `None` if it is gone.
fn remnant(arn: &str, address: Option<&str>, standing: &Standing, key_stays: bool) -> Option<Remnant> {
    let arn = Arn::parse(arn);
    let is_snapshot = arn.is_some_and(|arn| arn.is_kept_snapshot());
    let is_key = arn.is_some_and(|arn| arn.is_key()) && address == Some(ENCRYPTION_KEY_ADDRESS);
    match standing {
        Standing::Gone => None,
        Standing::Pending { .. } => Some(Remnant::Pending),
        Standing::Unknown => Some(Remnant::Unconfirmed),
        _ if is_snapshot || (is_key && key_stays) => Some(Remnant::Kept),
        Standing::Stands | Standing::Changing { .. } | Standing::Failed { .. } => Some(Remnant::Leftover),
    }
}

/// Puts what was seen in order. `key_stays` says that the environment's key was left on purpose; it stays too if there is
/// a snapshot that it may encrypt.
fn sort(seen: Vec<Seen>, key_stays: bool) -> Look {
    let is_snapshot = |seen: &Seen| {
        seen.standing != Standing::Gone
            && Arn::parse(&seen.thing.arn).is_some_and(|arn| arn.is_kept_snapshot())
    };
    let key_stays = key_stays || seen.iter().any(is_snapshot);
    let mut look = Look { items: Vec::new(), changing: 0 };
    for Seen { thing, standing, refused } in seen {
        let address = thing.address.as_deref().and_then(address_of_tag);
        let Some(remnant) = remnant(&thing.arn, address.as_deref(), &standing, key_stays) else { continue };
        if remnant == Remnant::Leftover && matches!(standing, Standing::Changing { .. }) {
            look.changing += 1;
        }
        let (until, status) = match standing {
            Standing::Pending { until } => (until, None),
            Standing::Changing { status } | Standing::Failed { status } => (None, Some(status)),
            _ => (None, refused.map(|operation| format!("{operation} was refused"))),
        };
        look.items.push(InventoryItem { arn: thing.arn, address, remnant, until, status });
    }
    look.items.sort_by(|a, b| (a.remnant, &a.arn).cmp(&(b.remnant, &b.arn)));
    look
}

impl Attempt<'_> {
    /// Looks at what is left until nothing changes any more, records it, and fails if something stands that nobody
    /// wanted to stay.
    pub(crate) async fn take_inventory(
        &self,
        session: &Session,
        key_stays: bool,
        lines: &mut Lines<'_>,
    ) -> Result<(), StepError> {
        let (began, mut looks) = (Instant::now(), 0);
        let look = loop {
            let look = sort(self.look(session, lines).await?, key_stays);
            looks += 1;
            if look.is_final(looks, began.elapsed()) {
                break look;
            }
            if looks == 1 {
                wait_for(&look, lines);
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = self.stop.wait() => return Err(StepError::Stopped),
            }
        };
        tell(&look, lines);
        self.insist(|| self.engine.store.record_inventory(self.holder(), &look.items)).await?;
        let leftovers: Vec<_> = look.of(Remnant::Leftover).map(|item| item.arn.clone()).collect();
        if leftovers.is_empty() { Ok(()) } else { Err(StepError::Leftovers { arns: leftovers }) }
    }

    /// Asks after everything that carries the tag, and takes task definitions out of use.
    async fn look(&self, session: &Session, lines: &mut Lines<'_>) -> Result<Vec<Seen>, StepError> {
        self.lease.may_start()?;
        let mut seen = Vec::new();
        let mut retired = 0_u32;
        for thing in session.tagged(&self.claim.environment.id.to_string()).await? {
            if self.stop.asked().is_some() {
                return Err(StepError::Stopped);
            }
            let (mut standing, refused) = match session.standing(&thing).await {
                Ok(standing) => (standing, None),
                // Whoever may list but not look: it can't be confirmed, and that is said.
                Err(error) if error.kind == AwsErrorKind::AccessDenied => {
                    (Standing::Unknown, Some(error.operation))
                }
                Err(error) => return Err(error.into()),
            };
            let is_revision = Arn::parse(&thing.arn).is_some_and(|arn| arn.is_task_definition());
            if is_revision && standing == Standing::Stands {
                self.lease.may_start()?;
                session.deregister_task_definition(&thing.arn).await?;
                standing = session.standing(&thing).await?;
                retired += 1;
            }
            seen.push(Seen { thing, standing, refused });
        }
        if retired > 0 {
            lines.say(LogLevel::Info, format!("took {retired} revisions of task definitions out of use"));
        }
        Ok(seen)
    }
}

fn wait_for(look: &Look, lines: &mut Lines<'_>) {
    let leftovers: Vec<_> = look.of(Remnant::Leftover).collect();
    lines.say(LogLevel::Info, format!("{} things are still there; looking again", leftovers.len()));
    for item in leftovers.iter().take(TOLD) {
        lines.say(LogLevel::Info, format!("still there: {}", described(item)));
    }
}

fn tell(look: &Look, lines: &mut Lines<'_>) {
    if look.items.is_empty() {
        lines.say(LogLevel::Info, "nothing is left that carries the environment's tag");
    }
    for &kind in Remnant::ALL {
        let (level, word) = match kind {
            Remnant::Kept => (LogLevel::Info, "kept"),
            Remnant::Pending => (LogLevel::Info, "goes by itself"),
            Remnant::Leftover => (LogLevel::Error, "left over"),
            Remnant::Unconfirmed => (LogLevel::Warn, "listed by tag, not confirmed"),
        };
        let items: Vec<_> = look.of(kind).collect();
        for item in items.iter().take(TOLD) {
            lines.say(level, format!("{word}: {}", described(item)));
        }
        if let Some(more) = items.len().checked_sub(TOLD).filter(|more| *more > 0) {
            lines.say(level, format!("{word}: {more} more, which the API shows"));
        }
    }
}

/// ARN and, in brackets, address, status and end.
fn described(item: &InventoryItem) -> String {
    let until = item.until.map(|until: DateTime<Utc>| format!("until {}", until.format("%Y-%m-%d")));
    let more: Vec<_> = [item.address.clone(), item.status.clone(), until].into_iter().flatten().collect();
    if more.is_empty() { item.arn.clone() } else { format!("{} ({})", item.arn, more.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VPC: &str = "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1";
    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1";
    const SNAPSHOT: &str = "arn:aws:rds:eu-west-1:123456789012:snapshot:main-final-1";

    fn seen(arn: &str, address: &str, standing: Standing) -> Seen {
        let address = Some(address.to_owned());
        Seen { thing: Tagged { arn: arn.to_owned(), address }, standing, refused: None }
    }

    fn changing() -> Standing {
        Standing::Changing { status: "deleting".to_owned() }
    }

    fn remnants(look: &Look) -> Vec<(&str, Remnant)> {
        look.items.iter().map(|item| (item.arn.as_str(), item.remnant)).collect()
    }

    #[test]
    fn what_stands_is_left_over_whether_it_is_well_or_not() {
        for standing in [Standing::Stands, changing(), Standing::Failed { status: "failed".to_owned() }] {
            let look = sort(vec![seen(VPC, "aws_vpc.main", standing)], false);
            assert_eq!(remnants(&look), [(VPC, Remnant::Leftover)]);
        }
        assert!(sort(vec![seen(VPC, "aws_vpc.main", Standing::Gone)], false).items.is_empty());
    }

    #[test]
    fn what_nobody_can_ask_after_is_no_leftover() {
        let look =
            sort(vec![seen("arn:aws:sns:eu-west-1:1:topic", "aws_sns_topic.main", Standing::Unknown)], false);
        assert_eq!(look.items[0].remnant, Remnant::Unconfirmed);
        assert!(look.is_final(1, Duration::ZERO));
    }

    #[test]
    fn a_snapshot_stays_and_so_does_the_key_that_encrypts_it() {
        let key = || seen(KEY, "aws_kms_key.main", Standing::Stands);
        let snapshot = || seen(SNAPSHOT, "aws_db_instance.main/main", Standing::Stands);
        let look = sort(vec![snapshot(), key()], false);
        assert_eq!(remnants(&look), [(KEY, Remnant::Kept), (SNAPSHOT, Remnant::Kept)]);
        assert_eq!(remnants(&sort(vec![key()], true)), [(KEY, Remnant::Kept)]);
        // Without a snapshot nobody needs it, and another key never was the environment's.
        assert_eq!(remnants(&sort(vec![key()], false)), [(KEY, Remnant::Leftover)]);
        let other = seen(KEY, "aws_kms_key.other", Standing::Stands);
        assert_eq!(remnants(&sort(vec![other], true)), [(KEY, Remnant::Leftover)]);
    }

    #[test]
    fn a_key_in_its_window_goes_by_itself_and_says_when() {
        let until = DateTime::from_timestamp(1_900_000_000, 0);
        let look = sort(vec![seen(KEY, "aws_kms_key.main", Standing::Pending { until })], true);
        assert_eq!((look.items[0].remnant, look.items[0].until), (Remnant::Pending, until));
        assert_eq!(described(&look.items[0]), format!("{KEY} (aws_kms_key.main, until 2030-03-17)"));
    }

    #[test]
    fn what_changes_is_waited_for_and_what_stands_is_looked_at_twice() {
        let stands = sort(vec![seen(VPC, "aws_vpc.main", Standing::Stands)], false);
        assert!(!stands.is_final(1, Duration::ZERO));
        assert!(stands.is_final(2, PAUSE));
        let changes = sort(vec![seen(VPC, "aws_vpc.main", changing())], false);
        assert!(!changes.is_final(30, PATIENCE - PAUSE));
        assert!(changes.is_final(30, PATIENCE));
        assert!(sort(Vec::new(), true).is_final(1, Duration::ZERO));
    }
}
