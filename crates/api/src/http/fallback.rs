//! What answers when no route does: 404, or 405 with `Allow` when only the method is wrong.
//!
//! actix treats a route with another method like no route at all. The table of what there is comes from the OpenAPI
//! document, so it can't fall behind the routes.

use actix_web::{HttpRequest, HttpResponse, dev::ResourceDef, web};
use utoipa::openapi::{OpenApi, PathItem};

use crate::error::{Error, Refusal};

/// Every documented path and its methods.
pub struct RouteTable(Vec<(ResourceDef, String)>);

impl RouteTable {
    /// Reads the paths of a document.
    pub fn new(document: &OpenApi) -> Self {
        Self(
            document
                .paths
                .paths
                .iter()
                .map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item).join(", ")))
                .collect(),
        )
    }

    fn allowed(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(pattern, _)| pattern.is_match(path)).map(|(_, methods)| methods.as_str())
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    let known = [
        ("DELETE", item.delete.is_some()),
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
    ];
    known.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

/// The default service.
pub async fn not_routed(request: HttpRequest, table: web::Data<RouteTable>) -> Result<HttpResponse, Error> {
    Err(match table.allowed(request.path()) {
        Some(methods) => Refusal::MethodNotAllowed(methods.to_owned()),
        None => Refusal::RouteUnknown,
    }
    .into())
}
