//! Renders an environment file to a directory, for people who work on building blocks:
//!
//! ```text
//! cargo run -p terrane-blueprint --example render -- examples/minimal.yaml /tmp/minimal
//! cargo run -p terrane-blueprint --example render -- examples/minimal.yaml /tmp/minimal 123456789012
//! ```
//!
//! The last argument is the account, for a file that names none. Files from an earlier run are overwritten; what is no
//! longer rendered stays.

use std::{
    env, fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use terrane_blueprint::{current_pins, render};
use terrane_domain::{Format, ResolveContext, parse, resolve};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [file, directory] => run(Path::new(file), Path::new(directory), None),
        [file, directory, account] => run(Path::new(file), Path::new(directory), Some(account)),
        _ => Err("usage: render <file.yaml> <directory> [account]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Nobody is left to be told if this fails.
            let _ = writeln!(io::stderr(), "{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(file: &Path, directory: &Path, account: Option<&str>) -> Result<(), Box<dyn std::error::Error>> {
    let text = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let spec = parse(&text, Format::Yaml)?;
    let mut context = ResolveContext::preview(&spec, current_pins());
    if let (None, Some(account)) = (spec.cloud.account(), account) {
        account.clone_into(&mut context.account_id);
    }
    let files = render(&resolve(&spec, &context)?.model)?;
    fs::create_dir_all(directory)?;
    for (name, content) in files.iter() {
        fs::write(directory.join(name), content)?;
    }
    Ok(())
}
