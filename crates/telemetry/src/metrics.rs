//! Prometheus instruments. Names follow <https://prometheus.io/docs/practices/naming/>: base units, `_total` for
//! counters. Labels are closed sets (route patterns, step names), never ids.

use std::sync::{Arc, Mutex, PoisonError};

use prometheus::{
    Encoder, Gauge, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder, core::Collector,
};

/// A process's registry.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    instruments: Arc<Mutex<Vec<Instrument>>>,
}

/// What docs/METRICS.md says of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instrument {
    /// As it is scraped.
    pub name: String,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// What it means, with the values of its labels.
    pub help: String,
}

/// What the API counts.
#[derive(Debug, Clone)]
pub struct HttpMetrics {
    /// `terrane_http_requests_total{method,route,status}`; `status` is a class such as `2xx`.
    pub requests: IntCounterVec,
    /// `terrane_http_request_duration_seconds{method,route}`.
    pub duration: HistogramVec,
    /// `terrane_log_streams`: server-sent event streams that are open.
    pub open_streams: IntGauge,
}

/// What a worker counts.
#[derive(Debug, Clone)]
pub struct WorkerMetrics {
    /// `terrane_operations_total{kind,outcome}`: attempts that ended.
    pub operations: IntCounterVec,
    /// `terrane_operation_duration_seconds{kind,outcome}`, from claim to end of the attempt.
    pub operation_duration: HistogramVec,
    /// `terrane_step_duration_seconds{step,outcome}`.
    pub step_duration: HistogramVec,
    /// `terrane_queue_wait_seconds{kind}`: from due to claimed.
    pub queue_wait: HistogramVec,
    /// `terrane_queue_operations{state}`, of the whole installation.
    pub queue: IntGaugeVec,
    /// `terrane_queue_oldest_due_seconds`, of the whole installation.
    pub queue_oldest: Gauge,
    /// `terrane_claim_duration_seconds{outcome}`: one look at the queue.
    pub claim_duration: HistogramVec,
    /// `terrane_slots{state}` with `busy` and `total`.
    pub slots: IntGaugeVec,
    /// `terrane_lease_renewals_total{outcome}`.
    pub lease_renewals: IntCounterVec,
    /// `terrane_start_barriers_total`: something was not started because the last renewal was too old.
    pub barriers: IntCounter,
    /// `terrane_fences_total`: a Terraform was interrupted because its worker gave no sign of life.
    pub fences: IntCounter,
    /// `terrane_takeovers_total{lost_by}`: operations taken from lost workers.
    pub takeovers: IntCounterVec,
    /// `terrane_state_locks_broken_total`: locks of lost attempts.
    pub locks_broken: IntCounter,
    /// `terrane_adoptions_total`: resources taken into a state that had lost them.
    pub adoptions: IntCounter,
    /// `terrane_untaints_total`: resources that were interrupted while they were made, and are sound.
    pub untaints: IntCounter,
    /// `terrane_terraform_errors_total{kind}`: commands of Terraform that failed.
    pub terraform_errors: IntCounterVec,
    /// `terrane_housekeeping_removed_total{what}`: what was old and went.
    pub removed: IntCounterVec,
}

impl Metrics {
    /// An empty registry with the process's own figures (memory, CPU, open files).
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(Self { registry, instruments: Arc::default() })
    }

    /// Every instrument that was added so far, by its name.
    pub fn instruments(&self) -> Vec<Instrument> {
        let mut instruments = self.instruments.lock().unwrap_or_else(PoisonError::into_inner).clone();
        instruments.sort();
        instruments
    }

    /// Adds the API's instruments.
    pub fn http(&self) -> Result<HttpMetrics, prometheus::Error> {
        Ok(HttpMetrics {
            requests: self.counters(
                "terrane_http_requests_total",
                "Requests answered",
                &["method", "route", "status"],
            )?,
            duration: self.histograms(
                "terrane_http_request_duration_seconds",
                "Time to the first byte of an answer",
                &["method", "route"],
                prometheus::exponential_buckets(0.001, 2.0, 13)?,
            )?,
            open_streams: self.gauge("terrane_log_streams", "Log streams that are open")?,
        })
    }

    /// Adds a worker's instruments.
    pub fn worker(&self) -> Result<WorkerMetrics, prometheus::Error> {
        let minutes = prometheus::exponential_buckets(0.25, 2.0, 16)?;
        let fast = prometheus::exponential_buckets(0.001, 2.0, 14)?;
        const OUTCOMES: &str =
            "succeeded, failed, cancelled, awaiting_approval, retrying, handed_back or lost";
        Ok(WorkerMetrics {
            operations: self.counters(
                "terrane_operations_total",
                &format!("Attempts that ended, by kind (create, update, destroy) and outcome ({OUTCOMES})"),
                &["kind", "outcome"],
            )?,
            operation_duration: self.histograms(
                "terrane_operation_duration_seconds",
                "Time from the claim to the end of an attempt, by kind and outcome as in terrane_operations_total",
                &["kind", "outcome"],
                minutes.clone(),
            )?,
            step_duration: self.histograms(
                "terrane_step_duration_seconds",
                "Time of a step, by its name and outcome (succeeded, failed, interrupted)",
                &["step", "outcome"],
                minutes,
            )?,
            queue_wait: self.histograms(
                "terrane_queue_wait_seconds",
                "Time from asked for to claimed, of first attempts, by kind",
                &["kind"],
                prometheus::exponential_buckets(0.002, 2.0, 16)?,
            )?,
            queue: self.gauges(
                "terrane_queue_operations",
                "Operations that are not over, of the whole installation, every 10 s: due (a free worker may claim it), \
                 behind (another of its environment), retrying (its time has not come), running, awaiting_approval. Every \
                 worker shows the same: take the maximum",
                &["state"],
            )?,
            queue_oldest: self.register(
                "gauge",
                Gauge::new(
                    "terrane_queue_oldest_due_seconds",
                    "For how long the oldest operation that is due has been so; 0 if none is. Every worker shows the same",
                )?,
            )?,
            claim_duration: self.histograms(
                "terrane_claim_duration_seconds",
                "Time of one look at the queue, by outcome (claimed, nothing, failed)",
                &["outcome"],
                fast,
            )?,
            slots: self.gauges("terrane_slots", "Slots of this worker, by state (busy, total)", &["state"])?,
            lease_renewals: self.counters(
                "terrane_lease_renewals_total",
                "Renewals of leases, by outcome (held, lost, failed)",
                &["outcome"],
            )?,
            barriers: self.register(
                "counter",
                IntCounter::new(
                    "terrane_start_barriers_total",
                    "Times that nothing was started because the last renewal of the lease was too old",
                )?,
            )?,
            fences: self.register(
                "counter",
                IntCounter::new(
                    "terrane_fences_total",
                    "Terraform runs that their guard interrupted because their worker gave no sign of life",
                )?,
            )?,
            takeovers: self.counters(
                "terrane_takeovers_total",
                "Operations taken from lost workers by this one, by what proved it (lease, process)",
                &["lost_by"],
            )?,
            locks_broken: self.counter(
                "terrane_state_locks_broken_total",
                "Locks on states that lost attempts had left and this worker broke",
            )?,
            adoptions: self.counter(
                "terrane_adoptions_total",
                "Resources that lost attempts had made and this worker took into a state",
            )?,
            untaints: self.counter(
                "terrane_untaints_total",
                "Resources that were interrupted while they were made, and are sound",
            )?,
            terraform_errors: self.counters(
                "terrane_terraform_errors_total",
                "Commands of Terraform that failed, by kind of error, such as throttled, access_denied, locked",
                &["kind"],
            )?,
            removed: self.counters(
                "terrane_housekeeping_removed_total",
                "What this worker removed because it was old: log_partition, worker, work_directory, idempotency_key",
                &["what"],
            )?,
        })
    }

    /// Adds a gauge of the caller's own.
    pub fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
        self.register("gauge", IntGauge::new(name, help)?)
    }

    /// Everything in the text format of <https://prometheus.io/docs/instrumenting/exposition_formats/>.
    pub fn encode(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }

    fn counter(&self, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
        self.register("counter", IntCounter::new(name, help)?)
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
        self.register("counter", IntCounterVec::new(Opts::new(name, help), labels)?)
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, prometheus::Error> {
        self.register("gauge", IntGaugeVec::new(Opts::new(name, help), labels)?)
    }

    fn histograms(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: Vec<f64>,
    ) -> Result<HistogramVec, prometheus::Error> {
        self.register(
            "histogram",
            HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets), labels)?,
        )
    }

    fn register<C: Collector + Clone + 'static>(
        &self,
        kind: &'static str,
        instrument: C,
    ) -> Result<C, prometheus::Error> {
        self.registry.register(Box::new(instrument.clone()))?;
        let described = instrument.desc().into_iter().map(|desc| Instrument {
            name: desc.fq_name.clone(),
            kind,
            labels: desc.variable_labels.clone(),
            help: desc.help.clone(),
        });
        self.instruments.lock().unwrap_or_else(PoisonError::into_inner).extend(described);
        Ok(instrument)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instrument_of_both_processes_can_be_registered_and_read() {
        let metrics = Metrics::new().unwrap();
        let http = metrics.http().unwrap();
        let worker = metrics.worker().unwrap();
        http.requests.with_label_values(&["GET", "/api/v1/environments", "2xx"]).inc();
        worker.slots.with_label_values(&["total"]).set(3);
        let text = metrics.encode().unwrap();
        assert!(text.contains(
            r#"terrane_http_requests_total{method="GET",route="/api/v1/environments",status="2xx"} 1"#
        ));
        assert!(text.contains(r#"terrane_slots{state="total"} 3"#));
        assert!(text.contains("process_resident_memory_bytes"));
    }

    /// The tables of docs/METRICS.md. `UPDATE_DOCS=1` rewrites them.
    #[test]
    fn the_documentation_lists_every_instrument_with_its_labels() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/METRICS.md");
        let page = std::fs::read_to_string(path).unwrap();
        let mut expected = page.split("\n## ").next().unwrap().to_owned();
        let (api, worker) = (Metrics::new().unwrap(), Metrics::new().unwrap());
        api.http().unwrap();
        worker.worker().unwrap();
        for (process, metrics) in [("A worker", worker), ("The API", api)] {
            expected.push_str(&format!(
                "\n## {process}\n| name | type | labels | meaning |\n|---|---|---|---|\n"
            ));
            for Instrument { name, kind, labels, help } in metrics.instruments() {
                let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
                expected.push_str(&format!("| `{name}` | {kind} | {} | {help} |\n", labels.join(", ")));
            }
        }
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, &expected).unwrap();
        } else {
            assert_eq!(
                page, expected,
                "UPDATE_DOCS=1 cargo test -p terrane-telemetry rewrites docs/METRICS.md"
            );
        }
    }

    #[test]
    fn names_end_in_their_unit() {
        let metrics = Metrics::new().unwrap();
        metrics.http().unwrap();
        metrics.worker().unwrap();
        for Instrument { name, kind, labels, .. } in metrics.instruments() {
            assert!(name.starts_with("terrane_"), "{name}");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{name}");
            assert!(kind != "histogram" || name.ends_with("_seconds"), "{name}");
            let ids = ["operation", "environment", "tenant", "worker", "id"];
            assert!(
                !labels.iter().any(|label| ids.contains(&label.as_str())),
                "{name} would grow without end"
            );
        }
    }
}
