//! One method per route.

use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderValue, IF_MATCH},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use terrane_domain::{EnvironmentId, Format, OperationId};

use super::{
    Accepted, Call, Client, ClientError, Document, Environment, Operation, Outputs, Plan, Step,
    answers::{LogPage, Page, Steps},
    stream::LogStream,
};

/// An environment file on its way to the server, byte for byte as it was read: line numbers in errors fit.
#[derive(Debug, Clone)]
pub struct SpecBody {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is written in.
    pub format: Format,
}

/// How a list of environments is narrowed down; each text as the API takes it.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// States, separated by commas.
    pub states: Option<String>,
    /// Labels that all have to be there, separated by commas.
    pub labels: Option<String>,
    /// Part of the name.
    pub text: Option<String>,
}

/// What becomes of the data of an environment that is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DataChoice {
    /// Databases leave a final snapshot
    Snapshot,
    /// Nothing is kept
    Delete,
}

impl Client {
    /// One environment, by id or by the name of a living one.
    pub async fn environment(&self, name_or_id: &str) -> Result<Document<Environment>, ClientError> {
        self.document(self.call(Method::GET, &["environments", name_or_id])).await
    }

    /// All environments that pass the filter, newest first.
    pub async fn environments(&self, filter: &Filter) -> Result<Vec<Document<Environment>>, ClientError> {
        let call = self.call(Method::GET, &["environments"]);
        let query = [("state", &filter.states), ("label", &filter.labels), ("q", &filter.text)]
            .into_iter()
            .filter_map(|(name, value)| value.as_deref().map(|value| (name, value)));
        self.all_pages(with_query(call, query)).await
    }

    /// All operations of an environment, newest first.
    pub async fn operations(&self, name_or_id: &str) -> Result<Vec<Document<Operation>>, ClientError> {
        self.all_pages(self.call(Method::GET, &["environments", name_or_id, "operations"])).await
    }

    /// Raises an environment.
    pub async fn create(&self, spec: SpecBody) -> Result<Document<Accepted>, ClientError> {
        self.document(with_spec(self.call(Method::POST, &["environments"]), spec)).await
    }

    /// Changes an environment that is still at this generation.
    pub async fn update(
        &self,
        id: EnvironmentId,
        generation: i64,
        spec: SpecBody,
    ) -> Result<Document<Accepted>, ClientError> {
        let call = self.call(Method::PUT, &["environments", &id.to_string()]);
        self.document(if_match(with_spec(call, spec), generation)).await
    }

    /// Takes an environment down that is still at this generation.
    pub async fn destroy(
        &self,
        id: EnvironmentId,
        generation: i64,
        data: Option<DataChoice>,
    ) -> Result<Document<Accepted>, ClientError> {
        let call = self.call(Method::DELETE, &["environments", &id.to_string()]);
        let data = data.map(|data| match data {
            DataChoice::Snapshot => ("data", "snapshot"),
            DataChoice::Delete => ("data", "delete"),
        });
        self.document(if_match(with_query(call, data), generation)).await
    }

    /// The outputs of the generation that stands.
    pub async fn outputs(&self, name_or_id: &str) -> Result<Document<Outputs>, ClientError> {
        self.document(self.call(Method::GET, &["environments", name_or_id, "outputs"])).await
    }

    /// One operation.
    pub async fn operation(&self, id: OperationId) -> Result<Document<Operation>, ClientError> {
        self.document(self.call(Method::GET, &["operations", &id.to_string()])).await
    }

    /// The steps of an operation, in the order in which they began.
    pub async fn steps(&self, id: OperationId) -> Result<Vec<Step>, ClientError> {
        let steps: Document<Steps> =
            self.document(self.call(Method::GET, &["operations", &id.to_string(), "steps"])).await?;
        Ok(steps.value.items)
    }

    /// What an operation would do.
    pub async fn plan(&self, id: OperationId) -> Result<Document<Plan>, ClientError> {
        self.document(self.call(Method::GET, &["operations", &id.to_string(), "plan"])).await
    }

    /// Allows exactly the actions of this digest; without one, whatever is planned now.
    pub async fn approve(
        &self,
        id: OperationId,
        digest: Option<&str>,
    ) -> Result<Document<Accepted>, ClientError> {
        let mut call = self.call(Method::POST, &["operations", &id.to_string(), "approve"]);
        if let Some(digest) = digest {
            call.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            call.body = json!({ "digest": digest }).to_string().into_bytes();
        }
        self.document(call).await
    }

    /// Refuses a plan.
    pub async fn discard(&self, id: OperationId) -> Result<Document<Accepted>, ClientError> {
        self.document(self.call(Method::POST, &["operations", &id.to_string(), "discard"])).await
    }

    /// Stops an operation.
    pub async fn cancel(&self, id: OperationId) -> Result<Document<Accepted>, ClientError> {
        self.document(self.call(Method::POST, &["operations", &id.to_string(), "cancel"])).await
    }

    /// Does again what failed or was cancelled.
    pub async fn retry(&self, id: OperationId) -> Result<Document<Accepted>, ClientError> {
        self.document(self.call(Method::POST, &["operations", &id.to_string(), "retry"])).await
    }

    /// The next lines of a log behind a cursor, and the cursor behind them; `None` when there are none yet.
    pub async fn log_page(
        &self,
        id: OperationId,
        after: Option<&str>,
    ) -> Result<(Vec<Value>, Option<String>), ClientError> {
        let call = self.call(Method::GET, &["operations", &id.to_string(), "logs"]);
        let page: Document<LogPage> =
            self.document(with_query(call, after.map(|after| ("after", after)))).await?;
        let LogPage { items, next_cursor, complete } = page.value;
        let next = if items.is_empty() || complete { None } else { next_cursor };
        Ok((items, next))
    }

    /// Everything that happens to an operation, from its first line on, until it is over.
    pub fn follow(self: &std::sync::Arc<Self>, id: OperationId) -> LogStream {
        LogStream::start(self.clone(), self.call(Method::GET, &["operations", &id.to_string(), "logs"]))
    }

    async fn document<T: DeserializeOwned>(&self, call: Call) -> Result<Document<T>, ClientError> {
        let json = self.json(call).await?;
        self.read(json)
    }

    fn read<T: DeserializeOwned>(&self, json: Value) -> Result<Document<T>, ClientError> {
        Document::read(json).map_err(|cause| ClientError::Answer { server: self.server(), cause })
    }

    async fn all_pages<T: DeserializeOwned>(&self, first: Call) -> Result<Vec<Document<T>>, ClientError> {
        let first = with_query(first, [("limit", "200")]);
        let mut documents = Vec::new();
        let mut call = first.clone();
        loop {
            let page: Document<Page> = self.document(call).await?;
            for item in page.value.items {
                documents.push(self.read(item)?);
            }
            let Some(cursor) = page.value.next_cursor else { return Ok(documents) };
            call = with_query(first.clone(), [("cursor", cursor.as_str())]);
        }
    }
}

fn with_query<'a>(mut call: Call, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Call {
    for (name, value) in pairs {
        call.url.query_pairs_mut().append_pair(name, value);
    }
    call
}

fn with_spec(mut call: Call, spec: SpecBody) -> Call {
    let media_type = match spec.format {
        Format::Yaml => "application/yaml",
        Format::Json => "application/json",
    };
    call.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    call.body = spec.bytes;
    call
}

fn if_match(mut call: Call, generation: i64) -> Call {
    if let Ok(value) = HeaderValue::try_from(format!("\"{generation}\"")) {
        call.headers.insert(IF_MATCH, value);
    }
    call
}
