//! One alarm.

use crate::hcl::{Block, Expr, Object, Resource, local};

/// An alarm: what it is called, what it looks at, and when it goes off.
pub(super) struct Watch {
    pub(super) resource: Resource,
    /// What there is one for each of.
    pub(super) for_each: Option<Expr>,
    pub(super) name: Expr,
    pub(super) description: Expr,
    pub(super) namespace: &'static str,
    pub(super) metric: Expr,
    pub(super) dimensions: Object,
    pub(super) measure: Measure,
    pub(super) limit: Limit,
    /// How long it takes.
    pub(super) lasts: Lasts,
}

/// How a metric comes to a value, which also decides what silence means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Measure {
    /// A state that AWS tells every minute, whatever happens: `Average`, `Maximum` or `Minimum`. Without it nobody knows how
    /// it is, which is neither good nor bad: the alarm shows that it has no data, and nobody is woken by a database that is
    /// being made or paused.
    Gauge(&'static str),
    /// The sum of what happened. AWS tells nothing where nothing happened: no data is good data.
    Count,
    /// Of what happened too: the share that was not worse.
    Percentile(&'static str),
}

/// When an alarm goes off.
pub(super) enum Limit {
    Above(Expr),
    Below(Expr),
}

/// So many periods in a row, so that a single bad minute tells nobody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lasts {
    pub(super) periods: u8,
    pub(super) of_seconds: u16,
}

impl Lasts {
    pub(super) const fn minutes(minutes: u8) -> Self {
        Self { periods: minutes, of_seconds: 60 }
    }
}

impl Watch {
    pub(super) fn block(self) -> Block {
        let block = Block::of(self.resource)
            .arg_if_some("for_each", self.for_each)
            .arg("alarm_name", self.name)
            .arg("alarm_description", self.description)
            .gap()
            .arg("namespace", self.namespace)
            .arg("metric_name", self.metric)
            .arg("dimensions", self.dimensions);
        let (block, silence) = match self.measure {
            Measure::Gauge(statistic) => (block.arg("statistic", statistic), "missing"),
            Measure::Count => (block.arg("statistic", "Sum"), "notBreaching"),
            Measure::Percentile(share) => (block.arg("extended_statistic", share), "notBreaching"),
        };
        let (comparison, threshold) = match self.limit {
            Limit::Above(threshold) => ("GreaterThanThreshold", threshold),
            Limit::Below(threshold) => ("LessThanThreshold", threshold),
        };
        block
            .arg("comparison_operator", comparison)
            .arg("threshold", threshold)
            .arg("period", self.lasts.of_seconds)
            .arg("evaluation_periods", self.lasts.periods)
            .arg("treat_missing_data", silence)
            .gap()
            .arg("alarm_actions", local("alarm_actions"))
            .arg("ok_actions", local("alarm_actions"))
            .tags(self.resource)
    }
}
