//! Every arrow of both machines, as tables. What is not in a table must be refused, so that an arrow which is added,
//! dropped or bent fails here.

use std::collections::BTreeSet;

use super::{EnvironmentEvent, EnvironmentState, OperationEvent, OperationKind, OperationState};

type EnvironmentArrow = (EnvironmentState, EnvironmentEvent, EnvironmentState);

fn environment_events() -> Vec<EnvironmentEvent> {
    use EnvironmentEvent::{Begun, BootstrapBegun, Failed, Succeeded, Untouched};
    let mut events = vec![BootstrapBegun, Failed];
    for kind in OperationKind::ALL {
        events.extend([Begun(*kind), Succeeded(*kind)]);
    }
    events.extend(EnvironmentState::ALL.iter().map(|before| Untouched { before: *before }));
    events
}

/// All arrows but those of `Untouched`.
fn environment_arrows() -> Vec<EnvironmentArrow> {
    use EnvironmentEvent::{Begun, BootstrapBegun, Failed as FailedEvent, Succeeded};
    use EnvironmentState::*;
    use OperationKind::{Create, Destroy, Update};
    vec![
        (Pending, Begun(Create), Provisioning),
        (Pending, Begun(Update), Provisioning),
        (Pending, Begun(Destroy), Destroying),
        (Provisioning, Begun(Create), Provisioning),
        (Provisioning, Begun(Update), Provisioning),
        (Provisioning, Begun(Destroy), Destroying),
        (Provisioning, BootstrapBegun, Bootstrapping),
        (Provisioning, Succeeded(Create), Ready),
        (Provisioning, Succeeded(Update), Ready),
        (Provisioning, FailedEvent, Failed),
        (Bootstrapping, Begun(Create), Provisioning),
        (Bootstrapping, Begun(Update), Provisioning),
        (Bootstrapping, Begun(Destroy), Destroying),
        (Bootstrapping, Succeeded(Create), Ready),
        (Bootstrapping, Succeeded(Update), Ready),
        (Bootstrapping, FailedEvent, Failed),
        (Ready, Begun(Update), Updating),
        (Ready, Begun(Destroy), Destroying),
        (Updating, Begun(Update), Updating),
        (Updating, Begun(Destroy), Destroying),
        (Updating, Succeeded(Create), Ready),
        (Updating, Succeeded(Update), Ready),
        (Updating, FailedEvent, Failed),
        (Failed, Begun(Create), Provisioning),
        (Failed, Begun(Update), Updating),
        (Failed, Begun(Destroy), Destroying),
        (Destroying, Begun(Destroy), Destroying),
        (Destroying, Succeeded(Destroy), Destroyed),
        (Destroying, FailedEvent, Failed),
    ]
}

#[test]
fn an_environment_has_these_arrows_and_no_others() {
    let arrows = environment_arrows();
    for state in EnvironmentState::ALL {
        for event in environment_events() {
            if matches!(event, EnvironmentEvent::Untouched { .. }) {
                continue;
            }
            let expected =
                arrows.iter().find(|(from, on, _)| from == state && *on == event).map(|(_, _, to)| *to);
            assert_eq!(state.next(event), expected, "{state} on {event:?}");
        }
    }
}

#[test]
fn an_untouched_environment_goes_back_to_where_it_rested() {
    use EnvironmentState::*;
    let can_go_back = [Provisioning, Bootstrapping, Updating, Destroying];
    let resting = [Pending, Ready, Failed, Destroyed];
    for state in EnvironmentState::ALL {
        for before in EnvironmentState::ALL {
            let possible = can_go_back.contains(state) && resting.contains(before);
            let next = state.next(EnvironmentEvent::Untouched { before: *before });
            assert_eq!(next, possible.then_some(*before), "{state}, before {before}");
        }
    }
}

#[test]
fn an_operation_has_these_arrows_and_no_others() {
    use OperationEvent as E;
    use OperationState::*;
    const EVENTS: [OperationEvent; 12] = [
        E::Claimed,
        E::ApprovalNeeded,
        E::Approved,
        E::Discarded,
        E::ApprovalExpired,
        E::HandedBack,
        E::TakenOver,
        E::AttemptFailed,
        E::Succeeded,
        E::Failed,
        E::Cancelled,
        E::Superseded,
    ];
    let arrows = [
        (Queued, E::Claimed, Running),
        (Queued, E::Cancelled, Cancelled),
        (Queued, E::Superseded, Cancelled),
        (Running, E::ApprovalNeeded, AwaitingApproval),
        (Running, E::HandedBack, Retrying),
        (Running, E::TakenOver, Retrying),
        (Running, E::AttemptFailed, Retrying),
        (Running, E::Succeeded, Succeeded),
        (Running, E::Failed, Failed),
        (Running, E::Cancelled, Cancelled),
        (AwaitingApproval, E::Approved, Retrying),
        (AwaitingApproval, E::Discarded, Cancelled),
        (AwaitingApproval, E::ApprovalExpired, Cancelled),
        (AwaitingApproval, E::Cancelled, Cancelled),
        (Retrying, E::Claimed, Running),
        (Retrying, E::Cancelled, Cancelled),
    ];
    for state in OperationState::ALL {
        for event in EVENTS {
            let expected =
                arrows.iter().find(|(from, on, _)| from == state && *on == event).map(|(_, _, to)| *to);
            assert_eq!(state.next(event), expected, "{state} on {event:?}");
        }
    }
}

#[test]
fn what_is_over_stays_over() {
    for state in OperationState::ALL {
        let has_way_out = [OperationEvent::Claimed, OperationEvent::Cancelled, OperationEvent::Succeeded]
            .into_iter()
            .any(|event| state.next(event).is_some());
        assert_eq!(state.is_over(), !has_way_out, "{state}");
    }
    assert!(environment_events().into_iter().all(|event| EnvironmentState::Destroyed.next(event).is_none()));
}

#[test]
fn the_named_sets_agree_with_the_arrows() {
    for state in OperationState::ALL {
        let claimable = state.next(OperationEvent::Claimed).is_some();
        assert_eq!(OperationState::CLAIMABLE.contains(state), claimable, "{state}");
        assert_eq!(OperationState::OPEN.contains(state), !state.is_over(), "{state}");
        let active = OperationState::OPEN.contains(state) && *state != OperationState::Queued;
        assert_eq!(OperationState::ACTIVE.contains(state), active, "{state}");
    }
    for state in EnvironmentState::ALL {
        let destroyable = state.next(EnvironmentEvent::Begun(OperationKind::Destroy)).is_some();
        assert_eq!(EnvironmentState::DESTROYABLE.contains(state), destroyable, "{state}");
        assert_eq!(
            EnvironmentState::LIVING.contains(state),
            *state != EnvironmentState::Destroyed,
            "{state}"
        );
        let updatable = state.next(EnvironmentEvent::Begun(OperationKind::Update)).is_some();
        assert_eq!(EnvironmentState::UPDATABLE.contains(state), updatable, "{state}");
    }
}

#[test]
fn every_state_can_be_reached_from_the_first() {
    let mut reached = BTreeSet::from([EnvironmentState::Pending]);
    loop {
        let next: BTreeSet<_> = reached
            .iter()
            .flat_map(|state| environment_events().into_iter().filter_map(|event| state.next(event)))
            .chain(reached.iter().copied())
            .collect();
        if next == reached {
            break;
        }
        reached = next;
    }
    assert_eq!(reached.into_iter().collect::<Vec<_>>(), EnvironmentState::ALL);
}

#[test]
fn states_are_spelled_the_same_in_text_and_in_json() {
    for state in EnvironmentState::ALL {
        assert_eq!(state.to_string().parse(), Ok(*state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    for state in OperationState::ALL {
        assert_eq!(state.to_string().parse(), Ok(*state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    let error = "up".parse::<EnvironmentState>().unwrap_err().to_string();
    assert!(error.starts_with("unknown value \"up\"; expected one of pending, provisioning"), "{error}");
}
