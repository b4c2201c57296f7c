//! `init`: a commented file to start from.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    path::Path,
};

use terrane_domain::{Format, parse, starter_file};

use crate::{
    args::InitArgs,
    context::Context,
    exit::Exit,
    failure::{Failure, FileName},
};

/// Writes the file, if there is none of that name and the values make a valid one.
pub fn run(context: &Context, args: &InitArgs) -> Result<Exit, Failure> {
    let text = starter(args)?;
    if args.output == Path::new("-") {
        context.terminal.print_exactly(&text);
        return Ok(Exit::Ok);
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(&args.output).map_err(|cause| {
        if cause.kind() == ErrorKind::AlreadyExists {
            Failure::Exists(args.output.clone())
        } else {
            Failure::file("cannot write", &args.output)(cause)
        }
    })?;
    file.write_all(text.as_bytes()).map_err(Failure::file("cannot write", &args.output))?;
    let path = args.output.display();
    context.terminal.note(&format!(
        "{path} is written. Next: terrane validate -f {path}, then terrane apply -f {path} --wait"
    ));
    Ok(Exit::Ok)
}

fn starter(args: &InitArgs) -> Result<String, Failure> {
    let text = starter_file(&args.name, &args.region).replacen(
        "\nprofile: small\n",
        &format!("\nprofile: {}\n", args.profile),
        1,
    );
    match parse(text.as_bytes(), Format::Yaml) {
        // Otherwise a value has broken out of its line.
        Ok(spec) if spec.name.as_str() == args.name && spec.cloud.region == args.region => Ok(text),
        Ok(_) => Err(Failure::Usage("--name and --region are one word each".to_owned())),
        Err(problems) => Err(Failure::InvalidFile { file: FileName("these values".to_owned()), problems }),
    }
}

#[cfg(test)]
mod tests {
    use terrane_domain::Profile;

    use super::*;

    fn args(name: &str, region: &str, profile: &str) -> InitArgs {
        InitArgs { name: name.into(), region: region.into(), profile: profile.into(), output: "-".into() }
    }

    #[test]
    fn the_values_stand_in_the_file() {
        let text = starter(&args("dev-anna", "us-west-2", "large")).unwrap();
        let spec = parse(text.as_bytes(), Format::Yaml).unwrap();
        assert_eq!(spec.name.as_str(), "dev-anna");
        assert_eq!(spec.cloud.region, "us-west-2");
        assert_eq!(spec.profile, Some(Profile::Large));
    }

    #[test]
    fn values_that_make_no_valid_file_are_refused() {
        for bad in [
            args("Dev Anna", "us-west-2", "small"),
            args("dev", "atlantis-1", "small"),
            args("dev", "us-west-2", "huge"),
            args("dev # comment", "us-west-2", "small"),
            args("dev\nprofile: large", "us-west-2", "small"),
        ] {
            assert_eq!(starter(&bad).unwrap_err().exit(), Exit::Usage, "{bad:?}");
        }
    }
}
