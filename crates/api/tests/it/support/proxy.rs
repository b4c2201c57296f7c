//! A door in front of a server that a test can shut: connections are refused and those that were open break off, as
//! when the server is stopped; opened again, it is as if the server had come back.

use std::sync::{Arc, Mutex};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

/// The door.
pub struct Proxy {
    port: u16,
    target: u16,
    open: Arc<Mutex<Option<AbortHandle>>>,
}

impl Proxy {
    /// An open door in front of this loopback port.
    pub async fn open(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), target, open: Arc::default() };
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
        let listener = terrane_rig::until("the port is free", std::time::Duration::from_secs(10), async || {
            TcpListener::bind(("127.0.0.1", self.port)).await.ok()
        });
        self.serve(listener.await.unwrap());
    }

    fn serve(&self, listener: TcpListener) {
        let target = self.target;
        let serving = tokio::spawn(async move {
            // Dropped with this task, and all connections with it.
            let mut connections = JoinSet::new();
            while let Ok((mut inside, _)) = listener.accept().await {
                connections.spawn(async move {
                    if let Ok(mut outside) = TcpStream::connect(("127.0.0.1", target)).await {
                        let _ = copy_bidirectional(&mut inside, &mut outside).await;
                    }
                });
            }
        });
        *self.open.lock().unwrap() = Some(serving.abort_handle());
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
