//! The contract as a client sees it: every answer of a service under test is looked up in the OpenAPI document that the service serves,
//! and must be what is written there, in status, media type, headers and body; so must be what was sent, if the service accepted it.
//! What the service does with it is the tests' to check.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use jsonschema::Validator;
use reqwest::{Body, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use zairyu::service::{Options, start};

/// A client that believes no answer before it has compared it with the contract.
#[derive(Clone)]
pub(crate) struct Client {
    client: reqwest::Client,
    seen: Arc<Mutex<BTreeSet<Seen>>>,
}

/// An operation, such as `post /v1/sessions`, the status that it has answered with, and the code of a refusal to a program.
pub(crate) type Seen = (String, u16, Option<String>);

impl Client {
    pub(crate) fn new() -> Client {
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(60)).build().unwrap();
        Client { client, seen: Arc::default() }
    }

    /// Believe no answer to a client of one's own either.
    pub(crate) fn of(client: reqwest::Client) -> Client {
        Client { client, seen: Arc::default() }
    }

    pub(crate) fn get(&self, url: impl reqwest::IntoUrl) -> Request {
        self.request(Method::GET, url)
    }

    pub(crate) fn head(&self, url: impl reqwest::IntoUrl) -> Request {
        self.request(Method::HEAD, url)
    }

    pub(crate) fn post(&self, url: impl reqwest::IntoUrl) -> Request {
        self.request(Method::POST, url)
    }

    pub(crate) fn request(&self, method: Method, url: impl reqwest::IntoUrl) -> Request {
        Request { request: self.client.request(method, url), client: self.clone() }
    }

    /// Return what was answered to this client so far.
    pub(crate) fn seen(&self) -> BTreeSet<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// A request under way.
pub(crate) struct Request {
    request: RequestBuilder,
    client: Client,
}

impl Request {
    pub(crate) fn header(self, name: &str, value: impl AsRef<str>) -> Request {
        Request { request: self.request.header(name, value.as_ref()), ..self }
    }

    pub(crate) fn body(self, body: impl Into<Body>) -> Request {
        Request { request: self.request.body(body), ..self }
    }

    pub(crate) fn json(self, body: &impl serde::Serialize) -> Request {
        Request { request: self.request.json(body), ..self }
    }

    /// Send it, and compare the answer with the contract.
    pub(crate) async fn send(self) -> reqwest::Result<Response> {
        let request = self.request.build()?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let media = request.headers().get("content-type").map(|media| media.to_str().unwrap().to_owned());
        let sent = request.body().and_then(Body::as_bytes).unwrap_or_default().to_vec();
        let response = self.client.client.execute(request).await?;
        let mut answer = axum::http::Response::builder().status(response.status()).version(response.version());
        *answer.headers_mut().unwrap() = response.headers().clone();
        let answer = answer.body(response.bytes().await?).unwrap();
        let contract = Contract::get();
        let name = contract.check(&method, url.path(), &answer);
        if answer.status().is_success() {
            contract.check_sent(&name, media.as_deref(), &sent);
        }
        let problem: Option<Value> = serde_json::from_slice(answer.body()).ok();
        let code = problem.and_then(|problem| problem["code"].as_str().map(str::to_owned));
        self.client.seen.lock().unwrap().insert((name, answer.status().as_u16(), code));
        Ok(answer.into())
    }
}

/// The served document, made ready for comparing.
pub(crate) struct Contract(BTreeMap<String, Operation>);

struct Operation {
    answers: BTreeMap<u16, Answer>,
    takes: BTreeMap<String, Validator>,
}

struct Answer {
    body: Option<(String, Validator)>,
    headers: Vec<String>,
    codes: Vec<Option<String>>,
}

impl Contract {
    /// Return the contract, as a service of its own serves it.
    pub(crate) fn get() -> &'static Contract {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        // Whoever asks first runs on a thread of Tokio's, which must not wait for another runtime.
        CONTRACT.get_or_init(|| std::thread::spawn(|| Contract::read(&served())).join().unwrap())
    }

    fn read(document: &Value) -> Contract {
        let schemas = closed(document["components"].clone());
        let validator = |schema: &Value| {
            let mut schema = schema.clone();
            schema["components"] = schemas.clone();
            jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
        };
        let contents = |holder: &Value| -> BTreeMap<String, Validator> {
            let contents = holder["content"].as_object().into_iter().flatten();
            contents.map(|(media, content)| (media.clone(), validator(&content["schema"]))).collect()
        };
        let answer = |response: &Value| {
            assert!(!response["description"].as_str().unwrap().is_empty());
            let headers = response["headers"].as_object().into_iter().flatten();
            let codes = &response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"]["enum"];
            let codes = codes.as_array().map(|codes| codes.iter().map(|code| code.as_str().map(str::to_owned)).collect());
            Answer {
                body: contents(response).pop_first(),
                headers: headers.filter(|(_, header)| header["required"] == true).map(|(name, _)| name.clone()).collect(),
                codes: codes.unwrap_or_else(|| vec![None]),
            }
        };
        let mut operations = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let answers = operation["responses"].as_object().unwrap().iter();
                let answers = answers.map(|(status, response)| (status.parse().unwrap(), answer(response))).collect();
                let mut takes = contents(&operation["requestBody"]);
                if let Some(statement) = takes.get_mut("application/jose") {
                    // What is compared is what was signed: header and payload.
                    let schema = &operation["requestBody"]["content"]["application/jose"]["schema"];
                    *statement = validator(&schema["contentSchema"]);
                }
                operations.insert(format!("{method} {path}"), Operation { answers, takes });
            }
        }
        Contract(operations)
    }

    /// Return everything that is documented.
    pub(crate) fn documented(&self) -> BTreeSet<Seen> {
        let mut all = BTreeSet::new();
        for (name, operation) in &self.0 {
            for (status, answer) in &operation.answers {
                all.extend(answer.codes.iter().map(|code| (name.clone(), *status, code.clone())));
            }
        }
        all
    }

    /// Compare an answer, and return the operation that it belongs to.
    pub(crate) fn check(&self, method: &Method, path: &str, answer: &axum::http::Response<bytes::Bytes>) -> String {
        let verb = if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_ascii_lowercase() };
        let status = answer.status().as_u16();
        let media = answer.headers().get("content-type").map(|media| media.to_str().unwrap());
        let templates: Vec<&str> =
            self.0.keys().map(|name| name.split_once(' ').unwrap().1).filter(|template| fits(template, path)).collect();
        // A path of letters goes before one of parameters, as in the router.
        let template = templates.iter().min_by_key(|template| template.matches('{').count());
        let name = template.map_or_else(|| format!("{verb} {path}"), |template| format!("{verb} {template}"));
        let Some(operation) = self.0.get(&name) else {
            assert_eq!(template.is_some(), answer.headers().contains_key("allow"), "{name}");
            undocumented(&name, template.is_some(), path, status, media, answer.body());
            return name;
        };
        let Some(documented) = operation.answers.get(&status) else { panic!("{name} answered {status}, which is not in the contract") };
        for header in &documented.headers {
            assert!(answer.headers().contains_key(header), "{name} {status} has no {header}");
        }
        match &documented.body {
            None => assert!(media.is_none() && answer.body().is_empty(), "{name} {status} has a body"),
            Some((documented, validator)) => {
                assert_eq!(media, Some(documented.as_str()), "{name} {status}");
                if method != Method::HEAD {
                    compare(&format!("{name} {status}"), validator, documented, answer.body());
                }
            }
        }
        name
    }

    /// Compare what a service has accepted.
    fn check_sent(&self, name: &str, media: Option<&str>, sent: &[u8]) {
        let takes = &self.0[name].takes;
        let Some(media) = media.filter(|_| !takes.is_empty()) else {
            assert!(takes.is_empty() && sent.is_empty(), "{name} took something else");
            return;
        };
        let validator = takes.get(media).unwrap_or_else(|| panic!("{name} took {media}"));
        match media {
            "application/jose" => {
                let parts = std::str::from_utf8(sent).unwrap().split('.').take(2).map(|part| Base64UrlUnpadded::decode_vec(part).unwrap());
                let parts: Vec<Value> = parts.map(|part| serde_json::from_slice(&part).unwrap()).collect();
                compare(name, validator, "application/json", json!(parts).to_string().as_bytes());
            }
            "application/x-www-form-urlencoded" => {
                let pairs = std::str::from_utf8(sent).unwrap().split('&').map(|pair| pair.split_once('=').unwrap());
                let form: serde_json::Map<String, Value> = pairs.map(|(key, value)| (key.to_owned(), value.into())).collect();
                compare(name, validator, "application/json", Value::Object(form).to_string().as_bytes());
            }
            _ => compare(name, validator, media, sent),
        }
    }
}

/// Compare a body with its schema: JSON as what it says, anything else as a text.
fn compare(what: &str, validator: &Validator, media: &str, body: &[u8]) {
    let value = if media.ends_with("json") { serde_json::from_slice(body).unwrap() } else { json!(std::str::from_utf8(body).unwrap()) };
    let faults: Vec<String> = validator.iter_errors(&value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{what}: {faults:#?} in {value:#}");
}

/// Check the answer to what is no operation: as the document's description says, `not_found`, `method`, or a person's page.
fn undocumented(name: &str, known: bool, path: &str, status: u16, media: Option<&str>, body: &[u8]) {
    if !known && ["/password/", "/card/"].iter().any(|page| path.starts_with(page)) {
        assert_eq!((status, media), (410, Some("text/html; charset=utf-8")), "{name}");
        return;
    }
    assert_eq!(media, Some("application/problem+json"), "{name}");
    let problem: Value = serde_json::from_slice(body).unwrap();
    let expected = if known { (405, "method") } else { (404, "not_found") };
    assert!(status == 429 || (status, problem["code"].as_str().unwrap()) == expected, "{name} answered {status} {problem}");
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(wanted, found): (&&str, &&str)| wanted == found || (wanted.starts_with('{') && !found.is_empty());
    template.len() == path.len() && template.iter().zip(&path).all(fits)
}

/// Let no object have members that are not written down: clients ignore what they do not know, but the contract must know it.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(members) => {
            for (_, member) in members.iter_mut() {
                *member = closed(member.take());
            }
            if members.get("type").is_some_and(|kind| kind == "object") && members.contains_key("properties") {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|one| *one = closed(one.take())),
        _ => {}
    }
    schema
}

/// Fetch the document.
fn served() -> Value {
    let data = tempfile::tempdir().unwrap();
    let running = start(Options::embedded(data.path().to_owned())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(format!("{}/openapi.json", running.url())).send().await.unwrap().json().await.unwrap()
    })
}
