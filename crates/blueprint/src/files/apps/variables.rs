//! What an app is told: the image, plain variables, and secrets.
//!
//! These stand in `locals.tf` in maps of their own, because they refer to databases and registries: whatever asks for
//! nothing but the name of an app doesn't wait for its database.

use terrane_domain::{
    App, Database, DatabaseField, DocumentDatabaseField, Image, InfraModel, Key, Reference as Wish,
    RegistryField, Secret, SecretField,
};

use super::{
    super::{atlas, buckets, caches, databases, documents, part::Part, registries, secrets},
    on_ecs,
};
use crate::{
    hcl::{Block, Expr, File, Object, Reference, Resource, local},
    render::RenderError,
};

const ENTRY: Resource = Resource::data_per_key("aws_secretsmanager_secret", "app");

/// What is put into an app's environment, and what has to be read for that.
#[derive(Debug)]
pub(in crate::files) struct Variables {
    /// How entries of Secrets Manager are looked up, by [`entry_key`].
    lookup: Resource,
    pub(in crate::files) plain: Vec<(String, Expr)>,
    /// Parts of secrets, as ECS names them: `<arn>:<key>::`, or the ARN alone.
    pub(in crate::files) secret: Vec<(String, Expr)>,
    /// Secrets that are read when the app starts, each once: where it lies, and its ARN.
    pub(in crate::files) read_at_start: Vec<(Source, Expr)>,
    /// Secrets that the app reads by itself.
    pub(in crate::files) read_by_app: Vec<(Source, Expr)>,
}

/// Where a secret lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::files) enum Source {
    Entry(String),
    Database(Key),
    Documents,
    Generated(Key),
}

/// Whether all that apps refer to is there.
pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    for (key, app) in &model.apps {
        let missing = |what: String| RenderError::NothingThere { path: format!("apps.{key}"), what };
        if let Image::Registry { registry, .. } = &app.image
            && !model.registries.contains_key(registry)
        {
            return Err(missing(format!("registries.{registry}")));
        }
        for secret in app.secrets.values() {
            match secret {
                Secret::Reference(wish) if !is_there(model, wish) => return Err(missing(wish.to_string())),
                Secret::Generated { secret, .. } if !model.secrets.contains_key(secret) => {
                    return Err(missing(format!("secrets.{secret}")));
                }
                Secret::Reference(_) | Secret::Generated { .. } | Secret::Entry { .. } => {}
            }
        }
    }
    Ok(())
}

fn is_there(model: &InfraModel, wish: &Wish) -> bool {
    match wish {
        Wish::Database { key, .. } => model.databases.contains_key(key),
        Wish::Cache { key, .. } => model.caches.contains_key(key),
        Wish::Bucket { key, .. } => model.buckets.contains_key(key),
        Wish::Registry { key, .. } => model.registries.contains_key(key),
        Wish::DocumentDatabase { .. } => model.document_database.is_some() || model.atlas.is_some(),
        Wish::Secret { key, .. } => model.secrets.contains_key(key),
    }
}

/// Adds the maps that tasks and roles look into.
pub(super) fn locals(part: Part, model: &InfraModel) -> Part {
    let (mut images, mut plain, mut secret) = (Object::new(), Object::new(), Object::new());
    let (mut pulls, mut reads) = (Object::new(), Object::new());
    for (key, app, _) in on_ecs(model) {
        let variables = Variables::of(model, ENTRY, key, app);
        images = images.entry(key, image(model, app));
        plain = plain.entry(key, object(variables.plain));
        secret = secret.entry(key, object(variables.secret));
        pulls = pulls.entry(key, Expr::list(repository(model, app)));
        reads = reads.entry(key, Expr::list(arns(variables.read_at_start)));
    }
    let part = part.local("app_images", images).local("app_variables", plain).local("app_secrets", secret);
    let part = part.local("app_repository_arns", pulls).local("app_secret_arns", reads);
    match secret_entries(on_ecs(model).map(|(key, app, _)| (key, app))) {
        Some(entries) => part.local("app_secret_names", entries),
        None => part,
    }
}

/// ARNs of the secrets that an app reads by itself.
pub(super) fn read_by_app(model: &InfraModel, key: &Key, app: &App) -> Vec<Expr> {
    arns(Variables::of(model, ENTRY, key, app).read_by_app)
}

/// Looks up the entries of Secrets Manager that apps name.
pub(super) fn entries(file: File, model: &InfraModel) -> File {
    if secret_entries(on_ecs(model).map(|(key, app, _)| (key, app))).is_none() {
        return file;
    }
    file.noted(
        "Made by somebody else. Only the names are looked up, no value: that is read by ECS when it starts a task.",
        Block::of(ENTRY)
            .arg("for_each", local("app_secret_names"))
            .arg("name", Reference::variable("each").attr("value")),
    )
}

/// The names of the entries that apps name, by app and variable.
pub(in crate::files) fn secret_entries<'a>(apps: impl Iterator<Item = (&'a Key, &'a App)>) -> Option<Object> {
    let mut entries = None;
    for (key, app) in apps {
        for (variable, secret) in &app.secrets {
            if let Secret::Entry { name, .. } = secret {
                entries = Some(entries.unwrap_or_else(Object::new).entry(entry_key(key, variable), name));
            }
        }
    }
    entries
}

fn entry_key(app: &Key, variable: &str) -> String {
    format!("{app}/{variable}")
}

pub(in crate::files) fn object(entries: Vec<(String, Expr)>) -> Object {
    entries.into_iter().fold(Object::new(), |object, (name, value)| object.entry(name, value))
}

fn arns(sources: Vec<(Source, Expr)>) -> Vec<Expr> {
    sources.into_iter().map(|(_, arn)| arn).collect()
}

pub(in crate::files) fn image(model: &InfraModel, app: &App) -> Expr {
    match &app.image {
        Image::Named(name) => name.into(),
        Image::Registry { registry, tag } => {
            let url = registries::field(model, registry, RegistryField::Url);
            Expr::call("format", ["%s:%s".into(), Expr::from(url), tag.into()])
        }
    }
}

fn repository(model: &InfraModel, app: &App) -> Option<Expr> {
    match &app.image {
        Image::Named(_) => None,
        Image::Registry { registry, .. } => registries::field(model, registry, RegistryField::Arn),
    }
}

impl Variables {
    pub(in crate::files) fn of(model: &InfraModel, lookup: Resource, of: &Key, app: &App) -> Self {
        let mut variables = Self {
            lookup,
            plain: Vec::new(),
            secret: Vec::new(),
            read_at_start: Vec::new(),
            read_by_app: Vec::new(),
        };
        for (name, text) in &app.env {
            variables.plain.push((name.clone(), text.into()));
        }
        for (name, secret) in &app.secrets {
            match secret {
                Secret::Entry { name: entry, key } => {
                    variables.entry(&entry_key(of, name), name, entry, key.as_ref())
                }
                Secret::Generated { secret, key } => {
                    variables.generated(model, name, secret, key.as_ref());
                }
                Secret::Reference(Wish::Secret { key, field }) => {
                    let arn = secrets::field(model, key, *field);
                    if let Some(arn) = &arn {
                        read(&mut variables.read_by_app, Source::Generated(key.clone()), arn.clone());
                    }
                    variables.plain.extend(arn.map(|arn| (name.clone(), arn)));
                }
                Secret::Reference(Wish::Database { key, field }) => {
                    variables.database(model, name, key, *field)
                }
                Secret::Reference(Wish::DocumentDatabase { field }) => {
                    variables.documents(model, name, *field)
                }
                Secret::Reference(wish) => {
                    let value = match wish {
                        Wish::Cache { key, field } => caches::field(model, key, *field),
                        Wish::Bucket { key, field } => buckets::field(model, key, *field),
                        Wish::Registry { key, field } => registries::field(model, key, *field),
                        Wish::Database { .. } | Wish::DocumentDatabase { .. } | Wish::Secret { .. } => None,
                    };
                    variables.plain.extend(value.map(|value| (name.clone(), value)));
                }
            }
        }
        variables
    }

    fn entry(&mut self, lookup: &String, name: &str, entry: &str, key: Option<&String>) {
        let of_entry = self.lookup;
        let arn = || of_entry.at(lookup, "arn");
        let value = match key {
            None => arn(),
            Some(key) => part_of(arn(), key),
        };
        self.secret.push((name.to_owned(), value));
        read(&mut self.read_at_start, Source::Entry(entry.to_owned()), arn());
    }

    fn generated(&mut self, model: &InfraModel, name: &str, secret: &Key, key: Option<&String>) {
        let Some(arn) = secrets::field(model, secret, SecretField::Arn) else { return };
        let value = match key {
            None => arn.clone(),
            Some(key) => part_of(arn.clone(), key),
        };
        self.secret.push((name.to_owned(), value));
        read(&mut self.read_at_start, Source::Generated(secret.clone()), arn);
    }

    fn documents(&mut self, model: &InfraModel, name: &str, field: DocumentDatabaseField) {
        if let Some(value) = atlas::field(model, field) {
            self.plain.push((name.to_owned(), value));
            return;
        }
        let of = |field| documents::field(model, field);
        let Some(secret_arn) = of(DocumentDatabaseField::SecretArn) else { return };
        let part = match field {
            DocumentDatabaseField::Username => Some("username"),
            DocumentDatabaseField::Password => Some("password"),
            _ => None,
        };
        if let Some(part) = part {
            self.secret.push((name.to_owned(), part_of(secret_arn.clone(), part)));
            read(&mut self.read_at_start, Source::Documents, secret_arn);
            return;
        }
        if field == DocumentDatabaseField::SecretArn {
            read(&mut self.read_by_app, Source::Documents, secret_arn);
        }
        self.plain.extend(of(field).map(|value| (name.to_owned(), value)));
    }

    fn database(&mut self, model: &InfraModel, name: &str, key: &Key, field: DatabaseField) {
        let of = |field| databases::field(model, key, field);
        let Some(secret_arn) = of(DatabaseField::SecretArn) else { return };
        let source = Source::Database(key.clone());
        let [user, password] = Database::LIBPQ_VARIABLES;
        let secrets: &[(&str, &str)] = match field {
            DatabaseField::Url => &[(user, "username"), (password, "password")],
            DatabaseField::Password => &[(name, "password")],
            DatabaseField::Username => &[(name, "username")],
            _ => &[],
        };
        for (name, part) in secrets {
            self.secret.push(((*name).to_owned(), part_of(secret_arn.clone(), *part)));
        }
        if !secrets.is_empty() {
            read(&mut self.read_at_start, source.clone(), secret_arn.clone());
        }
        let plain = match field {
            DatabaseField::Password | DatabaseField::Username => None,
            DatabaseField::Url => {
                let parts = [DatabaseField::Host, DatabaseField::Port, DatabaseField::Name]
                    .map(|field| Expr::from(of(field)));
                let [host, port, name] = parts;
                Some(Expr::call("format", ["postgresql://%s:%d/%s?sslmode=require".into(), host, port, name]))
            }
            DatabaseField::SecretArn => {
                read(&mut self.read_by_app, source, secret_arn);
                of(field)
            }
            _ => of(field),
        };
        self.plain.extend(plain.map(|value| (name.to_owned(), value)));
    }
}

/// How ECS names one key of a secret.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>
fn part_of(arn: Expr, key: impl Into<Expr>) -> Expr {
    Expr::call("format", ["%s:%s::".into(), arn, key.into()])
}

fn read(list: &mut Vec<(Source, Expr)>, source: Source, arn: Expr) {
    if !list.iter().any(|(known, _)| *known == source) {
        list.push((source, arn));
    }
}
