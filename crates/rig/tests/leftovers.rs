//! Nothing outlives a rig, however its owner ends. Linux only: /proc is the witness.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use terrane_rig::{Ending, Rig, RigOptions, until};

const LIMIT: Duration = Duration::from_secs(60);

/// A rig kept by the program under test; ends with the test even when the test fails.
struct Kept {
    directory: tempfile::TempDir,
}

impl Kept {
    fn up(arguments: &[&str]) -> Kept {
        let kept = Kept { directory: tempfile::tempdir().unwrap() };
        let up = kept.rig(&[&["up"], arguments].concat());
        assert!(up.status.success(), "{}", String::from_utf8_lossy(&up.stderr));
        kept
    }

    fn rig(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_terrane-rig"))
            .args(arguments)
            .args(["--env-file".as_ref(), self.directory.path().join("env").as_os_str()])
            .env_remove("AWS_ENDPOINT_URL")
            // Where the keeper of this rig makes its directory.
            .env("TMPDIR", self.temporary())
            .output()
            .unwrap()
    }

    /// A directory that Postgres's account can enter, so not inside the private one.
    fn temporary(&self) -> PathBuf {
        let name = format!("rig-test-{}", self.directory.path().file_name().unwrap().to_string_lossy());
        let temporary = std::env::temp_dir().join(name.replace('.', ""));
        std::fs::create_dir_all(&temporary).unwrap();
        temporary
    }

    fn pids(&self) -> BTreeMap<String, i32> {
        let text = std::fs::read_to_string(self.directory.path().join("pids")).unwrap();
        let pair = |line: &str| {
            let (name, pid) = line.split_once(' ').unwrap();
            (name.to_owned(), pid.parse().unwrap())
        };
        text.lines().map(pair).collect()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.rig(&["down"]);
        // Empty by now, or the assertions above have said so.
        let _ = std::fs::remove_dir(self.temporary());
    }
}

fn kill(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

fn is_running(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

/// Every process of the machine that has the directory in its command line.
fn users_of(directory: &Path) -> Vec<String> {
    let directory = directory.to_string_lossy().into_owned();
    let command = |entry: std::fs::DirEntry| {
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    };
    let lines = std::fs::read_dir("/proc").unwrap().flatten().filter_map(command);
    lines.filter(|line| line.contains(&directory)).collect()
}

async fn until_gone(kept: &Kept, pids: &BTreeMap<String, i32>) {
    until("the end of every process", LIMIT, async || {
        pids.values().all(|&pid| !is_running(pid)).then_some(())
    })
    .await
    .unwrap();
    assert_eq!(users_of(&kept.temporary()), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_left_after_the_owner_was_killed() {
    let kept = Kept::up(&[]);
    let pids = kept.pids();
    let names: Vec<&str> = pids.keys().map(String::as_str).collect();
    assert_eq!(names, ["emulator", "holder", "keeper", "postgres", "redis"]);
    assert!(pids.values().all(|&pid| is_running(pid)));

    kill(pids["holder"], Signal::KILL);
    until_gone(&kept, &pids).await;
    assert_eq!(std::fs::read_dir(kept.temporary()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_servers_end_even_when_the_keeper_was_killed() {
    let kept = Kept::up(&[]);
    let pids = kept.pids();
    kill(pids["keeper"], Signal::KILL);
    until_gone(&kept, &pids).await;
    // The directory stays: nobody is left to remove it.
    std::fs::remove_dir_all(kept.temporary()).unwrap();
}

#[tokio::test]
async fn up_status_inventory_and_down_do_as_they_say() {
    let kept = Kept::up(&[]);
    let pids = kept.pids();
    let settings = std::fs::read_to_string(kept.directory.path().join("env")).unwrap();
    for name in ["TERRANE_URL", "TERRANE_API_KEY", "AWS_ENDPOINT_URL", "DATABASE_URL", "REDIS_URL"] {
        assert!(settings.contains(&format!("\n{name}='")), "{name} is missing in {settings}");
    }
    let again = kept.rig(&["up"]);
    assert!(String::from_utf8_lossy(&again.stdout).starts_with("already up"));
    assert_eq!(kept.pids(), pids);

    let status = kept.rig(&["status"]);
    assert_eq!(status.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&status.stdout).matches("runs").count(), pids.len());
    assert_eq!(String::from_utf8_lossy(&kept.rig(&["inventory"]).stdout), "nothing exists\n");

    let down = kept.rig(&["down"]);
    assert_eq!(String::from_utf8_lossy(&down.stdout), "down\n");
    // `down` has waited: no deadline is needed here.
    assert!(pids.values().all(|&pid| !is_running(pid)));
    assert!(!kept.directory.path().join("env").exists());
    assert_eq!(kept.rig(&["status"]).status.code(), Some(3));
    assert_eq!(String::from_utf8_lossy(&kept.rig(&["down"]).stdout), "nothing is up\n");
}

#[tokio::test]
async fn programs_get_the_settings_are_listed_and_end_with_the_rig() {
    let programs = tempfile::tempdir().unwrap();
    // Stand-ins that behave as the real ones do towards whoever starts them.
    let script = r#"#!/bin/sh
        : "${DATABASE_URL:?}" "${REDIS_URL:?}" "${AWS_ENDPOINT_URL:?}" "${TERRANE_WORK_DIR:?}"
        echo '{"api":"127.0.0.1:4711","metrics":"127.0.0.1:4712"}' > "$TERRANE_READY_FILE.new"
        mv "$TERRANE_READY_FILE.new" "$TERRANE_READY_FILE"
        exec sleep 600
    "#;
    for name in ["terrane-api", "terrane-worker"] {
        let program = programs.path().join(name);
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let kept = Kept::up(&["--workers", "2", "--bin-dir", &programs.path().to_string_lossy()]);
    let settings = std::fs::read_to_string(kept.directory.path().join("env")).unwrap();
    assert!(settings.contains("\nTERRANE_URL='http://127.0.0.1:4711'\n"), "{settings}");
    let directory = programs.path().canonicalize().unwrap();
    assert!(settings.contains(&format!("\nTERRANE_BIN_DIR='{}'\n", directory.display())), "{settings}");
    let pids = kept.pids();
    let names: Vec<&str> = pids.keys().map(String::as_str).collect();
    assert_eq!(names, ["api", "emulator", "holder", "keeper", "postgres", "redis", "worker-1", "worker-2"]);

    assert!(kept.rig(&["down"]).status.success());
    assert!(pids.values().all(|&pid| !is_running(pid)));
}

#[tokio::test]
async fn a_program_that_ends_before_it_is_ready_takes_the_rig_down_with_its_last_words() {
    let programs = tempfile::tempdir().unwrap();
    let program = programs.path().join("terrane-api");
    std::fs::write(&program, "#!/bin/sh\necho 'REDIS_URL is not to my taste' >&2\nexit 7\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let kept = Kept { directory: tempfile::tempdir().unwrap() };
    let failed = kept.rig(&["up", "--api-bin", &program.to_string_lossy()]);
    assert_eq!(failed.status.code(), Some(1));
    let said = String::from_utf8_lossy(&failed.stderr);
    assert!(said.contains("api ended with exit code 7 before it was ready"), "{said}");
    assert!(said.contains("REDIS_URL is not to my taste"), "{said}");
    until("the end of every process", LIMIT, async || users_of(&kept.temporary()).is_empty().then_some(()))
        .await
        .unwrap();
}

#[tokio::test]
async fn what_a_killed_program_left_running_ends_with_the_rig() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let note = rig.directory().join("orphan");
    // Leaves a child in a session of its own, as a worker leaves the guard of a Terraform.
    let script =
        format!("setsid sh -c 'echo $$ > {0}.new; mv {0}.new {0}; exec sleep 600' & wait", note.display());
    let program =
        rig.start_program("worker", Path::new("/bin/sh"), &["-c", &script], BTreeMap::new()).await.unwrap();
    let orphan: i32 =
        until("the orphan's pid", LIMIT, async || std::fs::read_to_string(&note).ok()?.trim().parse().ok())
            .await
            .unwrap();

    assert!(program.kill().await.unwrap());
    assert_eq!(program.wait(LIMIT).await.unwrap(), Ending::Signalled(9));
    assert!(!program.kill().await.unwrap(), "a signal to a process that has ended says so");
    assert!(is_running(orphan), "killing a program leaves its children as a crash would");

    rig.stop().await;
    assert!(!is_running(orphan));
}

#[tokio::test]
async fn a_program_ends_with_its_handle() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let program =
        rig.start_program("idle", Path::new("/bin/sleep"), &["600"], BTreeMap::new()).await.unwrap();
    let pid = i32::try_from(program.pid()).unwrap();
    assert!(is_running(pid));
    drop(program);
    until("the end of the program", LIMIT, async || (!is_running(pid)).then_some(())).await.unwrap();
    rig.stop().await;
}
