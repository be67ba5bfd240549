//! Renders the table of endpoints as OpenAPI 3.1, with the schemas of their types.
//!
//! Contains nothing specific to any endpoint.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::protocol::VERSION;
use crate::protocol::actions::StatementType;
use crate::protocol::problem::{Problem, Refusal};
use crate::protocol::session::{JOSE, JSON, PROBLEM_JSON};
use crate::protocol::statement::{Header, LIMIT};
use crate::service::api::{Body, Endpoint, Method, Reader, SchemaOf, Success, endpoints};
use crate::service::page;

/// Rules common to every request.
const ABOUT: &str = "What terminal and service say to each other. Unknown members of answers are to be ignored; unknown members of \
    statements are refused. A path that does not stand here is refused as `not_found` (404), but below /password/ and /card/ with the page of a \
    link that no longer works (410); a method that does not stand here is refused as `method` (405), with `Allow`. A head that is no \
    HTTP/1.1 is refused as `malformed` (400), one that is too long as `head_too_large` (431), whatever the path, and the connection is closed.";

/// Media type of an HTML form (HTML, 4.10.21.6).
const FORM: &str = "application/x-www-form-urlencoded";

/// Path parameters and their descriptions.
const PARAMETERS: [(&str, &str); 2] = [("session", "The session, as its opening named it."), ("token", "The end of the mailed link.")];

/// The document, generated once.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// Serve the document.
pub(super) async fn serve() -> Response {
    ([(header::CONTENT_TYPE, JSON)], DOCUMENT.as_str()).into_response()
}

fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.with_transform(RecursiveTransform(as_written)).into_generator();
    generator.definitions_mut().insert("Statement".to_owned(), statement());
    let mut paths = Map::new();
    for endpoint in endpoints() {
        let operation = operation(&endpoint, &mut generator);
        if let Value::Object(methods) = paths.entry(endpoint.path).or_insert_with(|| json!({})) {
            methods.insert(endpoint.method.word().to_owned(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "zairyu registration service",
            "version": VERSION.to_string(),
            "description": ABOUT,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/", "description": "Where this document was read." }],
        // Nothing that OpenAPI has a word for: who may do what is shown by the signature of a statement, or by a mailed link.
        "security": [],
        "paths": paths,
        "components": { "schemas": generator.take_definitions(true) },
    })
}

impl Method {
    const fn word(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Post => "post",
        }
    }
}

/// Describe what is written, not what is tolerated on reading: no defaults, and optional members are never `null`.
fn as_written(schema: &mut Schema) {
    schema.remove("default");
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &str| required.as_array().is_some_and(|required| required.iter().any(|known| known == name));
    let Some(Value::Object(members)) = schema.get_mut("properties") else { return };
    for (_, member) in members.iter_mut().filter(|(name, _)| !is_required(name)) {
        if let Some(kind @ Value::Array(_)) = member.get_mut("type") {
            let kept = kind.as_array().and_then(|types| types.iter().find(|one| *one != "null")).cloned();
            *kind = kept.unwrap_or_default();
        }
    }
}

/// The schema common to all statements.
fn statement() -> Value {
    json!({
        "type": "string",
        "description": "A signed statement: JWS Compact (RFC 7515). `contentSchema` tells its first two parts, decoded: header and payload, \
            with exactly these members. The third is the signature of the key that belongs to the first certificate of `x5c`.",
        "maxLength": LIMIT,
        "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
    })
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut operation = Map::from_iter([
        ("operationId".to_owned(), operation_id(endpoint).into()),
        ("summary".to_owned(), endpoint.summary.into()),
        ("parameters".to_owned(), parameters(endpoint, generator).into()),
        ("responses".to_owned(), responses(endpoint, generator).into()),
    ]);
    if !endpoint.bodies.is_empty() {
        let content: Map<String, Value> = endpoint.bodies.iter().map(|body| taken(body, generator)).collect();
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    Value::Object(operation)
}

/// Return a name that generators of clients can use: `post_v1_sessions_session_proof`.
fn operation_id(endpoint: &Endpoint) -> String {
    let parts = endpoint.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    std::iter::once(endpoint.method.word()).chain(parts).collect::<Vec<_>>().join("_")
}

fn parameters(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Vec<Value> {
    let parameter = |place: &str, name: &str, means: &Value, required: bool, schema: Value| json!({ "in": place, "name": name, "description": means, "required": required, "schema": schema });
    let in_path = PARAMETERS.iter().filter(|(name, _)| endpoint.path.contains(&format!("{{{name}}}")));
    let mut all: Vec<Value> =
        in_path.map(|(name, means)| parameter("path", name, &json!(means), true, json!({ "type": "string" }))).collect();
    if let Some((name, means)) = endpoint.header {
        all.push(parameter("header", name, &json!(means), true, json!({ "type": "string", "format": "uuid" })));
    }
    if let Some(query) = endpoint.query {
        let schema = query(generator);
        for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let means = member.get("description").cloned().unwrap_or_default();
            all.push(parameter("query", name, &means, false, json!({ "type": "string" })));
        }
    }
    all
}

fn taken(body: &Body, generator: &mut SchemaGenerator) -> (String, Value) {
    let (media, schema) = match *body {
        Body::Json(schema) => (JSON, schema(generator).to_value()),
        Body::Form(schema) => (FORM, schema(generator).to_value()),
        Body::Statement(kind, payload) => (JOSE, signed(kind, payload, generator)),
    };
    (media.to_owned(), json!({ "schema": schema }))
}

/// Describe header and payload of a statement by `contentSchema`, like the JWT example of JSON Schema (Validation, 8.6).
fn signed(kind: StatementType, payload: SchemaOf, generator: &mut SchemaGenerator) -> Value {
    let header = json!({ "allOf": [generator.subschema_for::<Header>(), { "properties": { "typ": { "const": kind } } }] });
    json!({
        "$ref": "#/components/schemas/Statement",
        "contentMediaType": JOSE,
        "contentSchema": { "type": "array", "prefixItems": [header, payload(generator)] },
    })
}

fn responses(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<Refusal>> = BTreeMap::new();
    for refusal in &endpoint.refusals {
        let refusals = by_status.entry(refusal.status()).or_default();
        if !refusals.contains(refusal) {
            refusals.push(*refusal);
        }
    }
    let refused = by_status.into_iter().map(|(status, refusals)| (status, refused(endpoint.reader, &refusals, generator)));
    let mut responses: Vec<(u16, Value)> = refused.collect();
    responses.extend(endpoint.successes.iter().map(|success| (success.status, given(success, generator))));
    responses.into_iter().map(|(status, response)| (status.to_string(), response)).collect()
}

fn given(success: &Success, generator: &mut SchemaGenerator) -> Value {
    let Some((media, schema)) = success.body else { return json!({ "description": success.means }) };
    let schema = match schema {
        Some(schema) => schema(generator).to_value(),
        None if media == JSON => json!({ "type": "object" }),
        None => json!({ "type": "string" }),
    };
    json!({ "description": success.means, "content": { media: { "schema": schema } } })
}

/// Describe the refusals of one status code.
fn refused(reader: Reader, refusals: &[Refusal], generator: &mut SchemaGenerator) -> Value {
    let (means, content) = match reader {
        Reader::Person => {
            let means: Vec<&str> = refusals.iter().map(|refusal| refusal.detail()).collect();
            (means.join(" "), json!({ page::MEDIA: { "schema": { "type": "string" } } }))
        }
        Reader::Program => {
            let title = refusals.first().map(|refusal| Problem::new(*refusal).title).unwrap_or_default();
            let codes: Vec<&str> = refusals.iter().map(|refusal| refusal.wire()).collect();
            let code = json!({ "properties": { "code": { "enum": codes } } });
            (title, json!({ PROBLEM_JSON: { "schema": { "allOf": [generator.subschema_for::<Problem>(), code] } } }))
        }
    };
    let waits = refusals.iter().any(|refusal| matches!(refusal, Refusal::TooMany | Refusal::Resting));
    let mut response = json!({ "description": means, "content": content });
    if let (true, Some(response)) = (waits, response.as_object_mut()) {
        let header = json!({ "required": true, "description": "Seconds to wait.", "schema": { "type": "integer" } });
        response.insert("headers".to_owned(), json!({ "Retry-After": header }));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::actions::AccountAction;
    use std::collections::BTreeSet;

    /// Collect every member of the document with its name.
    fn members<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        match value {
            Value::Object(object) => {
                for (name, member) in object {
                    found.push((name, member));
                    members(member, found);
                }
            }
            Value::Array(list) => list.iter().for_each(|member| members(member, found)),
            _ => {}
        }
    }

    #[test]
    fn it_is_openapi_3_1_and_every_reference_in_it_leads_somewhere() {
        let document: Value = serde_json::from_str(&DOCUMENT).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let mut found = Vec::new();
        members(&document, &mut found);
        let references: BTreeSet<&str> = found.iter().filter(|(name, _)| *name == "$ref").map(|(_, to)| to.as_str().unwrap()).collect();
        for reference in &references {
            assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
        }
        let schemas = document["components"]["schemas"].as_object().unwrap();
        assert!(schemas.keys().all(|name| references.contains(format!("#/components/schemas/{name}").as_str())), "one is of no use");
    }

    #[test]
    fn every_path_of_the_protocol_is_in_it_and_no_other() {
        // The path constants cannot be enumerated except from their source.
        let source = include_str!("../../protocol/session.rs");
        let known: BTreeSet<&str> = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub const ")?.split_once(": &str = \"/"))
            .map(|(_, path)| path)
            .collect();
        let known = known.iter().map(|path| format!("/{}", path.trim_end_matches("\";")));
        let known: BTreeSet<String> = known.chain(AccountAction::ALL.map(|action| action.path().to_owned())).collect();
        let document: Value = serde_json::from_str(&DOCUMENT).unwrap();
        let named: BTreeSet<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(named, known);
        assert!(known.len() >= 17);
        for path in named {
            let parameters = PARAMETERS.iter().filter(|(name, _)| path.contains(&format!("{{{name}}}"))).count();
            assert_eq!(path.matches('{').count(), parameters, "{path}");
        }
    }

    #[test]
    fn every_refusal_is_in_it_with_what_it_means_and_belongs_to_a_call() {
        let document: Value = serde_json::from_str(&DOCUMENT).unwrap();
        let described: Vec<(&str, &str)> = document["components"]["schemas"]["Refusal"]["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["const"].as_str().unwrap(), one["description"].as_str().unwrap()))
            .collect();
        let known: Vec<(&str, &str)> = Refusal::ALL.iter().map(|refusal| (refusal.wire(), refusal.detail())).collect();
        assert_eq!(described, known);
        assert_eq!(document["components"]["schemas"]["Problem"]["properties"]["code"]["$ref"], "#/components/schemas/Refusal");
        let mut given: Vec<Refusal> = endpoints().flat_map(|endpoint| endpoint.refusals).collect();
        // These belong to no endpoint: a method that a path does not have, and a head that cannot be parsed.
        given.extend([Refusal::Method, Refusal::HeadTooLarge]);
        assert!(Refusal::ALL.iter().all(|refusal| given.contains(refusal)));
    }

    #[test]
    fn what_may_be_absent_is_never_null() {
        let document: Value = serde_json::from_str(&DOCUMENT).unwrap();
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Mail"]["properties"]["folder"]["type"], "string");
        assert_eq!(schemas["Service"]["properties"]["notice"]["type"], json!(["string", "null"]));
        assert_eq!(schemas["Form"]["additionalProperties"], false);
        assert!(!schemas["Form"]["required"].as_array().unwrap().contains(&json!("residence_card")));
    }
}
