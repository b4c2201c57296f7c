//! Runs the program.

use std::{
    io::Write,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

/// No command of these tests takes longer.
const DEADLINE: Duration = Duration::from_secs(60);

/// The program, without any setting of whoever runs the tests.
pub fn terrane(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terrane"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["TERRANE_URL", "TERRANE_API_KEY", "TERRANE_TENANT", "HTTP_PROXY", "http_proxy"] {
        command.env_remove(name);
    }
    command
}

/// What came of a run.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs to the end.
pub fn run(args: &[&str]) -> Ended {
    ended(terrane(args).spawn().unwrap())
}

/// Runs against a server.
pub fn run_at(url: &str, args: &[&str]) -> Ended {
    ended(terrane(args).env("TERRANE_URL", url).spawn().unwrap())
}

/// Runs with this on stdin.
pub fn run_with_input(args: &[&str], input: &[u8]) -> Ended {
    let mut child = terrane(args).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    ended(child)
}

/// Waits for the end; one that doesn't come fails the test.
pub fn ended(child: Child) -> Ended {
    let pid = rustix::process::Pid::from_child(&child);
    let (sender, output) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = output.recv_timeout(DEADLINE) else {
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        panic!("the program is still running after {DEADLINE:?}");
    };
    let Output { status, stdout, stderr } = output.unwrap();
    Ended {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}
