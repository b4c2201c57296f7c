//! A query string as a typed struct, or a problem that says what is wrong with it.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use crate::error::{Error, Refusal};

/// The query of a call. Structs that it reads refuse unknown parameters: a mistyped filter must not list everything.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            web::Query::<T>::from_query(request.query_string())
                .map(|query| Self(query.into_inner()))
                .map_err(|error| Refusal::Query(plain(&error)).into()),
        )
    }
}

fn plain(error: &actix_web::error::QueryPayloadError) -> String {
    match error {
        actix_web::error::QueryPayloadError::Deserialize(cause) => cause.to_string(),
        _ => "it is not a query string".to_owned(),
    }
}
