//! Builds the worker and runs it until it is told to stop.

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use terrane_aws::Aws;
use terrane_domain::WorkerId;
use terrane_engine::Engine;
use terrane_queue::{Doorbell, DoorbellSettings, QueueError};
use terrane_store::{InvalidSettings, NewWorker, Store, StoreError, StoreSettings};
use terrane_telemetry::{Metrics, MetricsServer};
use terrane_terraform::{
    Engine as Terraform, GuardProgram, LocateError, MirrorError, MirrorSearch, ProviderMirror,
    guard::HostIdentity,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Settings,
    claims::Claims,
    janitor::Janitor,
    watch::{place_of_this_process, watch},
};

/// Why a worker doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no Terraform.
    #[error(transparent)]
    Terraform(#[from] LocateError),
    /// The provider mirror can't be used.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// The doorbell's settings are wrong. (A Redis that is down is no reason.)
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The store's settings are wrong.
    #[error(transparent)]
    Database(#[from] InvalidSettings),
    /// The store refused the worker. (A Postgres that is down is waited for.)
    #[error("could not register the worker; has `terrane-api migrate` been run?")]
    Register(#[source] StoreError),
    /// The work directory can't be made or written to.
    #[error("TERRANE_WORK_DIR: {} can't be used", path.display())]
    WorkDirectory {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The override file isn't there.
    #[error("TERRANE_TERRAFORM_OVERRIDE_FILE: {} can't be read", .0.display())]
    OverrideFile(PathBuf),
    /// The port for metrics is taken, or a signal handler can't be set.
    #[error("could not set up {what}")]
    System {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An instrument was registered twice.
    #[error("could not set up metrics")]
    Metrics(#[from] terrane_telemetry::MetricsError),
}

/// A worker that is ready to run.
pub struct Application {
    settings: Settings,
    id: WorkerId,
    engine: Arc<Engine>,
    doorbell: Doorbell,
    metrics_server: MetricsServer,
    here: Option<HostIdentity>,
}

impl Application {
    /// Finds Terraform and providers, checks the work directory, and registers the worker. Waits for a Postgres that is
    /// not up yet.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        let terraform = Terraform::locate(settings.terraform.as_deref()).await?;
        let search = MirrorSearch::of_this_machine(settings.engine.provider_mirror.as_deref());
        let mirror = ProviderMirror::find(&search)?;
        prepare_work_directory(&settings.engine.work_dir)?;
        check_override_file(&settings)?;
        let metrics = Metrics::new()?;
        let instruments = metrics.worker()?;
        instruments.slots.with_label_values(&["total"]).set(settings.slots.into());
        let metrics_server =
            MetricsServer::bind(settings.metrics_listen, metrics).await.map_err(|source| {
                StartError::System { what: "the listener of TERRANE_METRICS_LISTEN", source }
            })?;
        let doorbell = Doorbell::new(DoorbellSettings::new(settings.redis_url.clone()))?;
        let store = Store::new(&StoreSettings::new(settings.database_url.clone()))?;
        let here = HostIdentity::current().ok();
        let id = register(&store, settings.slots, here.as_ref()).await?;
        tracing::info!(
            worker = %id,
            engine = %terraform.kind,
            engine_version = %terraform.version,
            binary = %terraform.binary.display(),
            mirror = mirror.as_ref().map(|mirror| mirror.root().display().to_string()),
            slots = settings.slots,
            "worker_ready"
        );
        let engine = Arc::new(Engine {
            store,
            aws: Aws::from_environment().await,
            terraform,
            mirror,
            guard: GuardProgram::this_program(&["guard"]),
            settings: settings.engine.clone(),
            metrics: instruments,
        });
        Ok(Self { settings, id, engine, doorbell, metrics_server, here })
    }

    /// Where metrics are served.
    pub fn metrics_address(&self) -> SocketAddr {
        self.metrics_server.address()
    }

    /// Works until SIGTERM or SIGINT, then drains: nothing new is claimed, running work gets its time, and what isn't
    /// done by then is interrupted and handed back. A second signal cuts the time short.
    pub async fn run_until_stopped(self) -> Result<(), StartError> {
        let handler =
            |kind| signal(kind).map_err(|source| StartError::System { what: "the signal handlers", source });
        let (mut terminate, mut interrupt) =
            (handler(SignalKind::terminate())?, handler(SignalKind::interrupt())?);
        self.write_ready_file()?;

        let stop_claiming = CancellationToken::new();
        let hand_back = CancellationToken::new();
        let background = CancellationToken::new();
        let housekeeping = TaskTracker::new();
        housekeeping.spawn(self.metrics_server.serve(background.clone()));
        let janitor = Janitor::new(self.engine.clone(), self.id, self.settings.log_retention);
        housekeeping.spawn(janitor.keep_house(background.clone()));
        let claims = Claims::new(self.engine.clone(), self.id, self.settings.slots, hand_back.clone());
        housekeeping.spawn(claims.clone().follow_cancellations(background.clone()));
        housekeeping.spawn(watch(self.engine.clone(), self.here, claims.due(), background.clone()));
        let taking = tokio::spawn(claims.clone().take(
            self.doorbell.listener(self.id.to_string()),
            self.settings.poll_every,
            stop_claiming.clone(),
        ));

        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!(drain_s = self.settings.drain.as_secs(), running = claims.running(), "draining");
        stop_claiming.cancel();
        // A claim may be under way: only when it has come in is it known what runs here.
        if let Err(error) = taking.await {
            tracing::error!(%error, "claim_loop_failed");
        }
        tokio::select! {
            () = claims.finished() => {}
            () = tokio::time::sleep(self.settings.drain) => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        hand_back.cancel();
        claims.finished().await;
        background.cancel();
        housekeeping.close();
        housekeeping.wait().await;
        if let Err(error) = self.engine.store.worker_stopped(self.id).await {
            tracing::warn!(%error, "worker_not_signed_off");
        }
        tracing::info!(worker = %self.id, "worker_stopped");
        Ok(())
    }

    fn write_ready_file(&self) -> Result<(), StartError> {
        let Some(path) = &self.settings.ready_file else { return Ok(()) };
        let content = format!("{{\"metrics\":\"{}\"}}\n", self.metrics_address());
        let part = path.with_extension("part");
        std::fs::write(&part, content)
            .and_then(|()| std::fs::rename(&part, path))
            .map_err(|source| StartError::System { what: "the file of TERRANE_READY_FILE", source })
    }
}

/// Makes the directory, which other workers may be doing too, and tries a write. Plan files hold values in clear: the
/// directory is for this user alone.
fn prepare_work_directory(path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        // A file without a name: nothing that another worker could remove, nothing left by one that is killed here.
        .and_then(|()| tempfile::tempfile_in(path))
        .and_then(|mut probe| probe.write_all(b"."))
        .map_err(|source| StartError::WorkDirectory { path: path.to_path_buf(), source })
}

fn check_override_file(settings: &Settings) -> Result<(), StartError> {
    match &settings.engine.terraform_override {
        Some(file) if !file.is_file() => Err(StartError::OverrideFile(file.clone())),
        _ => Ok(()),
    }
}

async fn register(store: &Store, slots: u32, here: Option<&HostIdentity>) -> Result<WorkerId, StartError> {
    let name = || rustix::system::uname().nodename().to_string_lossy().into_owned();
    let worker = NewWorker {
        host: here.map_or_else(name, |here| here.hostname.clone()),
        process_id: std::process::id(),
        place: here.and_then(place_of_this_process),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        slots,
    };
    loop {
        match store.register_worker(worker.clone()).await {
            Ok(worker) => return Ok(worker.id),
            Err(error) if error.is_unavailable() => {
                tracing::warn!(%error, "waiting_for_postgres");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(StartError::Register(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_that_start_at_once_share_a_work_directory() {
        let place = tempfile::tempdir().unwrap();
        let path = &place.path().join("work");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..200).for_each(|_| prepare_work_directory(path).unwrap()));
            }
        });
        assert_eq!(std::fs::read_dir(path).unwrap().count(), 0, "a probe was left behind");
    }
}
