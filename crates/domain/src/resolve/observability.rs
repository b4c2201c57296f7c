//! How long logs are kept, and whether something watches.

use super::{Conflict, Resolver};
use crate::{
    Alarms, Observability,
    spec::{AppSpec, Path, Switch},
};

impl Resolver<'_> {
    pub(super) fn observability(&mut self) -> Observability {
        let spec = self.spec.observability.clone().unwrap_or_default();
        let path = Path::root().key("observability");
        // Where nothing writes logs and nothing is watched, nobody asks why.
        let silent = self.spec.apps.is_empty() && self.spec.observability.is_none();
        let reasons = self.reasons.len();
        let observability = Observability {
            log_retention_days: self.or_profile(
                &path.key("log_retention_days"),
                spec.log_retention_days,
                self.defaults.log_retention_days,
            ),
            alarms: self.alarms(spec.alarms, &path.key("alarms")),
        };
        if silent {
            self.reasons.truncate(reasons);
        }
        observability
    }

    fn alarms(&mut self, given: Option<Switch<crate::AlarmsSpec>>, path: &Path) -> Option<Alarms> {
        let wished = self.spec.apps.iter().find(|(_, app)| rolls_back_on_alarm(app));
        let wished = wished.map(|(key, _)| Path::root().key("apps").key(key.as_str()).key("deploy"));
        match (given, wished) {
            (Some(Switch::On(spec)), _) => Some(Alarms { actions: spec.actions.unwrap_or_default() }),
            (Some(Switch::Off), Some(wished)) => {
                let message =
                    format!("can't be off: {wished} rolls back on alarm; use {{}} or drop rollback_on_alarm");
                self.conflict(Conflict::new(path.clone(), message).with(wished));
                None
            }
            (Some(Switch::Off), None) => None,
            (None, Some(wished)) => {
                self.explain(path, &"{}", &format!("because {wished} rolls back on alarm"));
                Some(Alarms::default())
            }
            (None, None) => {
                let because = self.because_profile.clone();
                let on = self.defaults.alarms;
                self.explain(path, if on { &"{}" } else { &"false" }, &because);
                on.then(Alarms::default)
            }
        }
    }
}

fn rolls_back_on_alarm(app: &AppSpec) -> bool {
    let blue_green = app.deploy.as_ref().and_then(|deploy| deploy.blue_green.as_ref());
    blue_green.is_some_and(|blue_green| blue_green.rollback_on_alarm == Some(true))
}
