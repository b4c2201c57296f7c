//! A provider that knows what MongoDB Atlas's resources are made of, and nothing else: enough for `terraform validate`.
//!
//! WHY a stand-in: the real provider comes from its registry alone, not from the mirror that the tests work with, and
//! without any provider Terraform looks at nothing of a module that uses one, its AWS part included. Its schema is the
//! table in `tests/schemas` of the very version that is pinned. The table knows no types, so every attribute takes any:
//! a name, a requirement or a reference that is wrong is found, a number in the place of a text isn't.
//!
//! Terraform finds it through `TF_REATTACH_PROVIDERS`, made for providers that run in a debugger
//! (<https://developer.hashicorp.com/terraform/plugin/debugging>), and asks it over gRPC
//! (<https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol>, version 6).

use std::{collections::HashMap, convert::Infallible, path::Path, process, thread};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Request, Response,
    body::{Body, Bytes, Incoming},
    header::HeaderValue,
    server::conn::http2,
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::net::UnixListener;

use crate::{
    arguments,
    terraform::{self, Terraform},
};

/// The provider's source, as `versions.tf` has it.
const SOURCE: &str = "mongodb/mongodbatlas";

/// A provider that serves until the test program ends.
pub struct AtlasProvider {
    socket: TempDir,
}

impl AtlasProvider {
    /// Starts it.
    pub fn start() -> Self {
        let socket = tempfile::tempdir().unwrap();
        let schema = Bytes::from(schema().encode_to_vec());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = {
            let _in_runtime = runtime.enter();
            UnixListener::bind(path(socket.path())).unwrap()
        };
        thread::spawn(move || runtime.block_on(serve(listener, schema)));
        Self { socket }
    }

    /// The value of `TF_REATTACH_PROVIDERS`.
    pub fn reattach(&self) -> String {
        let address = json!({ "Network": "unix", "String": path(self.socket.path()) });
        json!({
            SOURCE: {
                "Protocol": "grpc", "ProtocolVersion": 6, "Pid": process::id(), "Test": true, "Addr": address,
            },
        })
        .to_string()
    }
}

fn path(directory: &Path) -> String {
    directory.join("provider").display().to_string()
}

async fn serve(listener: UnixListener, schema: Bytes) {
    while let Ok((stream, _)) = listener.accept().await {
        let schema = schema.clone();
        let service = service_fn(move |request| answer(request, schema.clone()));
        let connection =
            http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

/// Answers a call with one message: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>
async fn answer(
    request: Request<Incoming>,
    schema: Bytes,
) -> Result<Response<impl Body<Data = Bytes, Error = Infallible>>, Infallible> {
    /// What is asked for isn't there.
    const UNIMPLEMENTED: &str = "12";
    let message = match request.uri().path() {
        "/tfplugin6.Provider/GetProviderSchema" => Some(schema),
        // No diagnostics: Terraform itself compares with the schema.
        "/tfplugin6.Provider/ValidateProviderConfig" | "/tfplugin6.Provider/ValidateResourceConfig" => {
            Some(Bytes::new())
        }
        _ => None,
    };
    let status = if message.is_some() { "0" } else { UNIMPLEMENTED };
    let mut frame = Vec::new();
    if let Some(message) = message {
        // All that the caller sends has to be taken, or its window fills up.
        request.into_body().collect().await.ok();
        frame.push(0);
        frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
        frame.extend(message);
    }
    let trailers = HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from_static(status))]);
    let body = Full::new(Bytes::from(frame)).with_trailers(async { Some(Ok(trailers)) });
    Ok(Response::builder().header("content-type", "application/grpc").body(body).unwrap())
}

/// The answer to `GetProviderSchema`, out of the table.
fn schema() -> ProviderSchema {
    let table = arguments::table_of(SOURCE);
    let computed = table["computed"]["resources"].as_object().unwrap();
    let resources = table["resources"].as_object().unwrap().iter().map(|(kind, arguments)| {
        let mut block = block(arguments.as_object().unwrap());
        let is_known = |name: &str| block.attributes.iter().any(|known| known.name == name);
        let names = computed[kind].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        let more: Vec<_> =
            names.filter(|name| !is_known(name)).map(|name| attribute(name, Given::Never)).collect();
        block.attributes.extend(more);
        (kind.clone(), Schema { block: Some(block) })
    });
    ProviderSchema {
        provider: Some(Schema { block: Some(SchemaBlock::default()) }),
        resources: resources.collect(),
    }
}

fn block(arguments: &Map<String, Value>) -> SchemaBlock {
    let mut block = SchemaBlock::default();
    for (name, argument) in arguments {
        let required = argument["req"] == true;
        if argument["block"] == true {
            block.block_types.push(NestedBlock {
                type_name: name.clone(),
                block: argument["args"].as_object().map(self::block),
                nesting: NestedBlock::LIST,
                min_items: i64::from(required),
            });
        } else {
            block.attributes.push(attribute(name, if required { Given::Always } else { Given::Sometimes }));
        }
    }
    block
}

/// Whether a configuration gives an attribute.
#[derive(Clone, Copy, PartialEq)]
enum Given {
    Always,
    Sometimes,
    Never,
}

fn attribute(name: &str, given: Given) -> Attribute {
    Attribute {
        name: name.to_owned(),
        any_type: br#""dynamic""#.to_vec(),
        required: given == Given::Always,
        optional: given == Given::Sometimes,
        computed: given != Given::Always,
    }
}

// The messages, as far as they are needed. Fields and their numbers are those of `tfplugin6.proto`.

#[derive(PartialEq, Message)]
struct ProviderSchema {
    #[prost(message, optional, tag = "1")]
    provider: Option<Schema>,
    #[prost(map = "string, message", tag = "2")]
    resources: HashMap<String, Schema>,
}

#[derive(PartialEq, Message)]
struct Schema {
    #[prost(message, optional, tag = "2")]
    block: Option<SchemaBlock>,
}

#[derive(PartialEq, Message)]
struct SchemaBlock {
    #[prost(message, repeated, tag = "2")]
    attributes: Vec<Attribute>,
    #[prost(message, repeated, tag = "3")]
    block_types: Vec<NestedBlock>,
}

#[derive(PartialEq, Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(bytes, tag = "2")]
    any_type: Vec<u8>,
    #[prost(bool, tag = "4")]
    required: bool,
    #[prost(bool, tag = "5")]
    optional: bool,
    #[prost(bool, tag = "6")]
    computed: bool,
}

#[derive(PartialEq, Message)]
struct NestedBlock {
    #[prost(string, tag = "1")]
    type_name: String,
    #[prost(message, optional, tag = "2")]
    block: Option<SchemaBlock>,
    #[prost(int32, tag = "3")]
    nesting: i32,
    #[prost(int64, tag = "4")]
    min_items: i64,
}

impl NestedBlock {
    /// A list of blocks, in `nesting`.
    const LIST: i32 = 2;
}

#[test]
fn terraform_finds_what_atlas_does_not_have() {
    let Some(terraform) = Terraform::find("terraform_finds_what_atlas_does_not_have") else { return };
    let cases = [
        ("", "Success! The configuration is valid."),
        ("colour = \"red\"", "An argument named \"colour\" is not expected here."),
        ("name = mongodbatlas_project.right.nickname", "exported attribute named\n\"nickname\"."),
        (
            "limits {\n    name = \"users\"\n  }",
            "The argument \"value\" is required, but no definition was found.",
        ),
    ];
    for (line, expected) in cases {
        let module = tempfile::tempdir().unwrap();
        let text = format!(
            r#"
terraform {{
  required_providers {{
    mongodbatlas = {{ source = "mongodb/mongodbatlas" }}
  }}
}}
resource "mongodbatlas_project" "right" {{
  name   = "right"
  org_id = "5f0c1b2a3d4e5f6a7b8c9d0e"
}}
resource "mongodbatlas_project" "tried" {{
  org_id = mongodbatlas_project.right.org_id
  {}
  {line}
}}
"#,
            if line.starts_with("name") { "" } else { "name = \"tried\"" }
        );
        std::fs::write(module.path().join("main.tf"), text).unwrap();
        terraform.succeed(module.path(), &["init", "-backend=false", "-input=false", "-no-color"]);
        let said = terraform::text(&terraform.run(module.path(), &["validate", "-no-color"]));
        assert!(said.contains(expected), "{expected} isn't in {said}");
    }
}
