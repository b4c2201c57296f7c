//! `validate`: what is wrong with a file, or what it resolves to and why.

use serde_json::json;
use terrane_domain::{Reason, ResolveContext, Resolved, resolve};

use crate::{
    args::FileArgs,
    context::{Context, OutputFormat},
    exit::Exit,
    failure::Failure,
    output::reasons_table,
    spec_file::SpecFile,
};

/// Reads and resolves the file as the server would.
pub fn run(context: &Context, args: &FileArgs) -> Result<Exit, Failure> {
    let checked = SpecFile::read(&args.file).and_then(|file| {
        let resolved = resolve_offline(&file)?;
        Ok((file, resolved))
    });
    match checked {
        Ok((file, Resolved { model, reasons, .. })) => {
            let json = json!({ "valid": true, "resolved": model, "reasons": reasons });
            context.print(args.format.format, &json, |palette| {
                let pairs = reasons
                    .iter()
                    .map(|Reason { path, value, because }| [path, value, because].map(String::as_str));
                format!("{}: valid\n{}", file.name, reasons_table(pairs, palette)).trim_end().to_owned()
            });
            Ok(Exit::Ok)
        }
        // For programs the problems are the result.
        Err(Failure::InvalidFile { problems, .. })
            if context.format_or(args.format.format) != OutputFormat::Table =>
        {
            context.print(args.format.format, &json!({ "valid": false, "problems": problems }), |_| {
                String::new()
            });
            Ok(Exit::Usage)
        }
        Err(failure) => Err(failure),
    }
}

/// What the file would become, with ids of zeros.
pub fn resolve_offline(file: &SpecFile) -> Result<Resolved, Failure> {
    let preview = ResolveContext::preview(&file.spec, terrane_blueprint::current_pins());
    resolve(&file.spec, &preview)
        .map_err(|problems| Failure::InvalidFile { file: file.name.clone(), problems })
}
