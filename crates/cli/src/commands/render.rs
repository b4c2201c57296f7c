//! `render`: the Terraform files of an environment file, without a server.

use crate::{
    args::RenderArgs, context::Context, exit::Exit, failure::Failure, rendered_dir::RenderedDir,
    spec_file::SpecFile,
};

use super::validate::resolve_offline;

/// Writes the files, or prints them.
pub fn run(context: &Context, args: &RenderArgs) -> Result<Exit, Failure> {
    let file = SpecFile::read(&args.file)?;
    let resolved = resolve_offline(&file)?;
    let files = terrane_blueprint::render(&resolved.model)?;
    let Some(path) = &args.output else {
        for (name, content) in files.iter() {
            context.terminal.print_exactly(&format!("# ---- {name}\n{content}\n"));
        }
        return Ok(Exit::Ok);
    };
    let count = files.iter().count();
    RenderedDir::open(path, args.force)?.replace(files.iter())?;
    context.terminal.note(&format!("{count} files are written to {}", path.display()));
    Ok(Exit::Ok)
}
