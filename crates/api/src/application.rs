//! The process: wired from settings, listening, stopped in good order.

use std::{io, net::SocketAddr, net::TcpListener, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web::{self, Data},
};
use bytes::Bytes;
use terrane_queue::{Doorbell, DoorbellSettings, QueueError};
use terrane_store::{InvalidSettings, Store, StoreError, StoreSettings};
use terrane_telemetry::Metrics;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    app::{Service, rendering::Outputs},
    http::{BodyLimit, Observer, RouteTable, not_routed, observe},
    log_stream::LogStreams,
    openapi::{self, Document},
    output::OutputDirectory,
    ready_file,
    routes::{self, Documents, Metering},
    settings::{DatabaseSettings, ServerSettings, Settings},
    tasks::Tasks,
};

/// A server that listens already and answers once it runs.
pub struct Application {
    api: Server,
    metrics: Server,
    addresses: Addresses,
    tasks: Tasks,
    stopping: CancellationToken,
    shutdown: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Addresses {
    api: SocketAddr,
    metrics: SocketAddr,
}

/// Why the process doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// An address is taken or not ours.
    #[error("can't listen on {address}")]
    Listen {
        /// The address from the settings.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database settings can't be used.
    #[error("DATABASE_URL can't be used")]
    Database(#[source] InvalidSettings),
    /// The doorbell's settings can't be used.
    #[error("the doorbell can't be set up")]
    Doorbell(#[source] QueueError),
    /// The database answers, but not as this release expects.
    #[error("the database can't be used; has 'terrane-api migrate' been run?")]
    Schema(#[source] StoreError),
    /// The instruments can't be registered.
    #[error("metrics can't be set up")]
    Metrics(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A document can't be written as JSON.
    #[error("a document can't be written as JSON")]
    Document(#[source] serde_json::Error),
    /// A server can't be started.
    #[error("the HTTP server can't be started")]
    Server(#[source] io::Error),
    /// The ready file can't be written.
    #[error("TERRANE_READY_FILE can't be written")]
    ReadyFile(#[source] io::Error),
}

impl Application {
    /// Wires everything and begins to listen. Starts without Postgres and Redis if it has to, but not with a database
    /// that lacks our tables.
    pub async fn build(settings: Settings) -> Result<Self, BuildError> {
        let Settings { server, database, redis_url, keys, limits, render_dir } = settings;
        let metrics = Metrics::new().map_err(|error| BuildError::Metrics(error.into()))?;
        let http_metrics = metrics.http().map_err(|error| BuildError::Metrics(error.into()))?;
        let stopping = CancellationToken::new();
        let tasks = Tasks::new();
        let doorbell = Doorbell::new(DoorbellSettings::new(redis_url)).map_err(BuildError::Doorbell)?;
        let service = Service::new(store(&database)?, doorbell, tasks.clone());
        service.prepare(&keys.tenants()).await.map_err(BuildError::Schema)?;

        let metering = Metering { metrics, service: service.clone() };
        let documents = documents()?;
        let document = document();
        let wiring = Wiring {
            service: Data::new(service),
            keys: Data::new(keys),
            limit: Data::new(BodyLimit(limits.body_bytes)),
            streams: Data::new(LogStreams::new(limits.log_streams, http_metrics.clone(), stopping.clone())),
            observer: Data::new(Observer { metrics: http_metrics }),
            table: Data::new(RouteTable::new(&document)),
            documents: Data::new(documents),
            outputs: Data::new(Outputs::new(render_dir.map(OutputDirectory::new))),
        };
        let (api, api_address) = api_server(&server, wiring)?;
        let (metrics, metrics_address) = metrics_server(&server, metering)?;
        let addresses = Addresses { api: api_address, metrics: metrics_address };
        if let Some(path) = &server.ready_file {
            ready_file::write(path, addresses.api, addresses.metrics).map_err(BuildError::ReadyFile)?;
        }
        Ok(Self { api, metrics, addresses, tasks, stopping, shutdown: server.shutdown })
    }

    /// The port of the API, for settings that said 0.
    pub fn port(&self) -> u16 {
        self.addresses.api.port()
    }

    /// The port of `/metrics`.
    pub fn metrics_port(&self) -> u16 {
        self.addresses.metrics.port()
    }

    /// Cancelling it stops the application as SIGTERM does.
    pub fn stop_token(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Answers until SIGTERM, SIGINT or the stop token; then takes no new connection, ends the streams, and waits for
    /// calls and tasks under way.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        let Self { api, metrics, addresses, tasks, stopping, shutdown } = self;
        tracing::info!(
            event = "api.started",
            api = %addresses.api,
            metrics = %addresses.metrics,
            version = env!("CARGO_PKG_VERSION"),
            "listening"
        );
        let handles = [api.handle(), metrics.handle()];
        let servers = async { tokio::try_join!(api, metrics).map(drop) };
        let stop = async {
            asked_to_stop(&stopping).await?;
            tracing::info!(event = "api.stopping", "finishing what is under way");
            stopping.cancel();
            for handle in &handles {
                ServerHandle::stop(handle, true).await;
            }
            io::Result::Ok(())
        };
        tokio::try_join!(servers, stop)?;
        tasks.finish(shutdown).await;
        tracing::info!(event = "api.stopped", "stopped");
        Ok(())
    }
}

async fn asked_to_stop(token: &CancellationToken) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = token.cancelled() => {}
    }
    Ok(())
}

fn store(settings: &DatabaseSettings) -> Result<Store, BuildError> {
    let connections = u32::try_from(settings.max_connections.get()).unwrap_or(u32::MAX);
    Store::new(&StoreSettings {
        max_connections: connections,
        // The API renews no lease.
        renewal_connections: 1,
        // Together below three seconds: a caller learns soon that the database is down.
        wait_timeout: Duration::from_secs(1),
        connect_timeout: Duration::from_secs(1),
        call_timeout: Duration::from_millis(2500),
        application_name: "terrane-api".to_owned(),
        ..StoreSettings::new(settings.url.clone())
    })
    .map_err(BuildError::Database)
}

/// What every thread's application shares.
#[derive(Clone)]
struct Wiring {
    service: Data<Service>,
    keys: Data<crate::keys::KeyRing>,
    limit: Data<BodyLimit>,
    streams: Data<LogStreams>,
    observer: Data<Observer>,
    table: Data<RouteTable>,
    documents: Data<Documents>,
    outputs: Data<Outputs>,
}

fn api_server(settings: &ServerSettings, wiring: Wiring) -> Result<(Server, SocketAddr), BuildError> {
    let (listener, address) = listen(settings.listen)?;
    let server = HttpServer::new(move || {
        let wiring = wiring.clone();
        App::new()
            .app_data(wiring.service)
            .app_data(wiring.keys)
            .app_data(wiring.limit)
            .app_data(wiring.streams)
            .app_data(wiring.observer)
            .app_data(wiring.table)
            .app_data(wiring.documents)
            .app_data(wiring.outputs)
            .wrap(from_fn(observe))
            .into_utoipa_app()
            .configure(routes::all)
            .into_app()
            .service(web::redirect("/docs", "/docs/"))
            .service(SwaggerUi::new("/docs/{_:.*}").config(Config::new(["/openapi.json"])))
            .default_service(web::to(not_routed))
    })
    .workers(settings.threads.get())
    .client_request_timeout(Duration::from_secs(10))
    .keep_alive(Duration::from_secs(75))
    // A caller who has gone is noticed at once, so that a stream without news doesn't poll for nobody.
    .h1_allow_half_closed(false)
    .shutdown_timeout(settings.shutdown.as_secs())
    .disable_signals()
    .listen(listener)
    .map_err(BuildError::Server)?
    .run();
    Ok((server, address))
}

fn metrics_server(settings: &ServerSettings, metering: Metering) -> Result<(Server, SocketAddr), BuildError> {
    let (listener, address) = listen(settings.metrics_listen)?;
    let metering = Data::new(metering);
    let server = HttpServer::new(move || {
        App::new().app_data(metering.clone()).route("/metrics", web::get().to(routes::metrics))
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(listener)
    .map_err(BuildError::Server)?
    .run();
    Ok((server, address))
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), BuildError> {
    let failed = |source| BuildError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// The OpenAPI document of all routes.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, document) =
        App::new().into_utoipa_app().openapi(Document::openapi()).configure(routes::all).split_for_parts();
    openapi::finish(document)
}

fn documents() -> Result<Documents, BuildError> {
    let openapi = serde_json::to_vec(&document()).map_err(BuildError::Document)?;
    let schema = serde_json::to_vec(&terrane_domain::json_schema()).map_err(BuildError::Document)?;
    Ok(Documents { openapi: Bytes::from(openapi), schema: Bytes::from(schema) })
}
