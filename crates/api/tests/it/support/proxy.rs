//! A door in front of a server that a test can shut: connections are refused and those that were open break off, as
//! when the server is stopped; opened again, it is as if the server had come back.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{AbortHandle, JoinSet},
};

/// The door.
pub struct Proxy {
    port: u16,
    target: u16,
    open: Arc<Mutex<Option<AbortHandle>>>,
    stalled: watch::Sender<bool>,
}

impl Proxy {
    /// An open door in front of this loopback port.
    pub async fn open(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Self { port, target, open: Arc::default(), stalled: watch::Sender::new(false) };
        proxy.serve(listener);
        proxy
    }

    /// A URL with the port of the server in it, leading through the door.
    pub fn through(&self, url: &str) -> String {
        let there = format!(":{}", self.target);
        assert!(url.contains(&there), "{url} does not lead to {there}");
        url.replacen(&there, &format!(":{}", self.port), 1)
    }

    /// Breaks all connections off and refuses new ones.
    pub fn shut(&self) {
        if let Some(serving) = self.open.lock().unwrap().take() {
            serving.abort();
        }
    }

    /// Lets connections through again.
    pub async fn reopen(&self) {
        // The port is free only when the aborted task has been dropped.
        let listener =
            terrane_rig::until("the port is free", std::time::Duration::from_secs(10), async || {
                TcpListener::bind(("127.0.0.1", self.port)).await.ok()
            });
        self.serve(listener.await.unwrap());
    }

    /// Accepts everything and lets no byte through, or lets them go on: to both sides the other hangs.
    pub fn stall(&self, stalled: bool) {
        self.stalled.send_replace(stalled);
    }

    fn serve(&self, listener: TcpListener) {
        let target = self.target;
        let stalled = self.stalled.subscribe();
        let serving = tokio::spawn(async move {
            // Dropped with this task, and all connections with it.
            let mut connections = JoinSet::new();
            while let Ok((inside, _)) = listener.accept().await {
                let stalled = stalled.clone();
                connections.spawn(async move {
                    let Ok(outside) = TcpStream::connect(("127.0.0.1", target)).await else { return };
                    let ((from, to), (back_from, back_to)) = (inside.into_split(), outside.into_split());
                    // Either side closing closes both.
                    tokio::select! {
                        () = pump(from, back_to, stalled.clone()) => {}
                        () = pump(back_from, to, stalled) => {}
                    }
                });
            }
        });
        *self.open.lock().unwrap() = Some(serving.abort_handle());
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut stalled: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let gone = stalled.wait_for(|stalled| !stalled).await.is_err();
        if gone || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shut();
    }
}

/// The port in a URL such as `postgres://user:password@127.0.0.1:5432/name`.
pub fn port_of(url: &str) -> u16 {
    let after_host = url.rsplit_once("127.0.0.1:").unwrap().1;
    after_host.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}
