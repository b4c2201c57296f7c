//! Prometheus instruments. Names follow <https://prometheus.io/docs/practices/naming/>: base units, `_total` for
//! counters. Labels are closed sets (route patterns, step names), never ids.

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

/// A process's registry.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
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
    /// `terrane_slots{state}` with `busy` and `total`.
    pub slots: IntGaugeVec,
    /// `terrane_lease_renewals_total{outcome}`.
    pub lease_renewals: IntCounterVec,
    /// `terrane_takeovers_total{lost_by}`: operations taken from lost workers.
    pub takeovers: IntCounterVec,
    /// `terrane_state_locks_broken_total`: locks of lost attempts.
    pub locks_broken: IntCounter,
    /// `terrane_adoptions_total`: resources taken into a state that had lost them.
    pub adoptions: IntCounter,
    /// `terrane_untaints_total`: resources that were interrupted while they were made, and are sound.
    pub untaints: IntCounter,
}

impl Metrics {
    /// An empty registry with the process's own figures (memory, CPU, open files).
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(Self { registry })
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
        Ok(WorkerMetrics {
            operations: self.counters(
                "terrane_operations_total",
                "Attempts at operations that ended",
                &["kind", "outcome"],
            )?,
            operation_duration: self.histograms(
                "terrane_operation_duration_seconds",
                "Time from claim to the end of an attempt",
                &["kind", "outcome"],
                minutes.clone(),
            )?,
            step_duration: self.histograms(
                "terrane_step_duration_seconds",
                "Time of a step",
                &["step", "outcome"],
                minutes,
            )?,
            queue_wait: self.histograms(
                "terrane_queue_wait_seconds",
                "Time from due to claimed",
                &["kind"],
                prometheus::exponential_buckets(0.002, 2.0, 16)?,
            )?,
            slots: {
                let gauge = IntGaugeVec::new(Opts::new("terrane_slots", "Slots of this worker"), &["state"])?;
                self.registry.register(Box::new(gauge.clone()))?;
                gauge
            },
            lease_renewals: self.counters("terrane_lease_renewals_total", "Lease renewals", &["outcome"])?,
            takeovers: self.counters(
                "terrane_takeovers_total",
                "Operations taken from lost workers",
                &["lost_by"],
            )?,
            locks_broken: self
                .counter("terrane_state_locks_broken_total", "Locks of lost attempts, broken")?,
            adoptions: self
                .counter("terrane_adoptions_total", "Resources taken into a state that lacked them")?,
            untaints: self.counter("terrane_untaints_total", "Interrupted resources that are sound")?,
        })
    }

    /// Adds a gauge of the caller's own.
    pub fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
        let gauge = IntGauge::new(name, help)?;
        self.registry.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }

    /// Everything in the text format of <https://prometheus.io/docs/instrumenting/exposition_formats/>.
    pub fn encode(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }

    fn counter(&self, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
        let counter = IntCounter::new(name, help)?;
        self.registry.register(Box::new(counter.clone()))?;
        Ok(counter)
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
        let counters = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.registry.register(Box::new(counters.clone()))?;
        Ok(counters)
    }

    fn histograms(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: Vec<f64>,
    ) -> Result<HistogramVec, prometheus::Error> {
        let histograms = HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets), labels)?;
        self.registry.register(Box::new(histograms.clone()))?;
        Ok(histograms)
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
}
