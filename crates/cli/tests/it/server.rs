//! A server that answers as a test says. One connection per call, one thread per connection.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::Value;

/// A call as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// With the query.
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Request {
    /// `GET /api/v1/environments`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What a test has the server do.
pub enum Answer {
    Json(u16, Value),
    /// With a `Retry-After` of this many seconds.
    Later(u16, u32),
    /// Another body.
    Text(u16, &'static str),
    /// Closes without a word.
    Nothing,
    /// A stream of events, and how it ends.
    Events(String, Ending),
}

/// How a stream ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As it should.
    Clean,
    /// In the middle.
    Cut,
    /// When the client goes.
    Held,
}

/// A running server; it stops with the test process.
pub struct Server {
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts one. `script` gets each call and how often its line was seen before.
    pub fn start(script: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::<Request>::new()));
        let (seen, script) = (requests.clone(), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, script) = (seen.clone(), script.clone());
                std::thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    let before = {
                        let mut seen = seen.lock().unwrap();
                        let before = seen.iter().filter(|other| other.line() == request.line()).count();
                        seen.push(request.clone());
                        before
                    };
                    write(stream, script(&request, before));
                });
            }
        });
        Self { url, requests }
    }

    /// The calls whose line begins so.
    pub fn requests(&self, beginning: &str) -> Vec<Request> {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|request| request.line().starts_with(beginning)).cloned().collect()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body: String::from_utf8(body).unwrap() })
}

fn write(mut stream: TcpStream, answer: Answer) {
    let head = |status: u16, kind: &str, more: &str, length: usize| {
        format!(
            "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\nx-request-id: r-header\r\nconnection: close\r\n{more}content-length: {length}\r\n\r\n"
        )
    };
    // A client that has gone is for the test to judge, not for the server.
    let _ = match answer {
        Answer::Json(status, value) => {
            let (kind, body) = (
                if status < 400 { "application/json" } else { "application/problem+json" },
                value.to_string(),
            );
            stream.write_all((head(status, kind, "", body.len()) + &body).as_bytes())
        }
        Answer::Text(status, body) => {
            stream.write_all((head(status, "text/html", "", body.len()) + body).as_bytes())
        }
        Answer::Later(status, seconds) => {
            let more = format!("retry-after: {seconds}\r\n");
            stream.write_all(head(status, "application/problem+json", &more, 0).as_bytes())
        }
        Answer::Nothing => stream.shutdown(Shutdown::Both),
        Answer::Events(text, ending) => {
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
            let end = if ending == Ending::Clean { "0\r\n\r\n" } else { "" };
            let sent = stream.write_all(format!("{head}{:x}\r\n{text}\r\n{end}", text.len()).as_bytes());
            if ending == Ending::Held {
                let _ = stream.read(&mut [0]);
            }
            sent
        }
    };
}
