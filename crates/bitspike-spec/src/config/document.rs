//! A TOML file as a tree that remembers where every key and value stands and which file it came from.

use super::error::ConfigError;
use super::place::{Place, Source};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A stretch of a file.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    source: Arc<Source>,
    span: Option<Range<usize>>,
}

impl Spot {
    pub(crate) fn place(&self) -> Box<Place> {
        Box::new(Place::of(&self.source, self.span.as_ref()))
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Table(Vec<Entry>),
    List(Vec<Node>),
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) spot: Spot,
    pub(crate) value: Value,
}

/// A key of a table and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) spot: Spot,
    pub(crate) node: Node,
}

/// Parses a file; its tables keep their keys in the order of the text.
///
/// # Errors
/// [`ConfigError::Syntax`] for text that is not TOML, and for integers outside 64 bits.
pub(crate) fn parse(source: Source) -> Result<Node, ConfigError> {
    let source = Arc::new(source);
    let table = DeTable::parse(&source.text).map_err(|error| {
        let span = error.span();
        syntax(&source, span.as_ref(), error.message())
    })?;
    let value = Value::Table(entries(&source, table.get_ref())?);
    Ok(Node { spot: Spot { source: Arc::clone(&source), span: None }, value })
}

fn syntax(source: &Source, span: Option<&Range<usize>>, problem: &str) -> ConfigError {
    let problem = problem.split_whitespace().collect::<Vec<_>>().join(" ");
    ConfigError::Syntax { place: Box::new(Place::of(source, span)), problem }
}

fn entries(source: &Arc<Source>, table: &DeTable<'_>) -> Result<Vec<Entry>, ConfigError> {
    let mut entries = table
        .iter()
        .map(|(key, value)| {
            let spot = Spot { source: Arc::clone(source), span: Some(key.span()) };
            Ok(Entry { name: key.get_ref().to_string(), spot, node: node(source, value)? })
        })
        .collect::<Result<Vec<_>, ConfigError>>()?;
    entries.sort_by_key(|entry| entry.spot.span.as_ref().map(|span| span.start));
    Ok(entries)
}

fn node(source: &Arc<Source>, spanned: &Spanned<DeValue<'_>>) -> Result<Node, ConfigError> {
    let span = spanned.span();
    let value = match spanned.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(integer) => Value::Integer(
            i64::from_str_radix(integer.as_str(), integer.radix())
                .map_err(|_| syntax(source, Some(&span), "an integer must be -2^63 to 2^63 - 1"))?,
        ),
        DeValue::Float(float) => {
            Value::Float(float.as_str().parse().map_err(|_| syntax(source, Some(&span), "this is not a number"))?)
        }
        DeValue::Boolean(boolean) => Value::Boolean(*boolean),
        DeValue::Datetime(datetime) => Value::Datetime(datetime.to_string()),
        DeValue::Array(list) => Value::List(list.iter().map(|item| node(source, item)).collect::<Result<_, _>>()?),
        DeValue::Table(table) => Value::Table(entries(source, table)?),
    };
    Ok(Node { spot: Spot { source: Arc::clone(source), span: Some(span) }, value })
}

impl Node {
    /// The entry of a table; `None` also for anything that is not a table.
    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.name == name)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            Value::List(_)
            | Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_) => &[],
        }
    }

    fn item(&self, index: usize) -> Option<&Node> {
        match &self.value {
            Value::List(items) => items.get(index),
            Value::Table(_)
            | Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_) => None,
        }
    }

    /// Where a dotted key stands: its value, or else the nearest table above it that is in the file.
    pub(crate) fn locate(&self, key: &str) -> Box<Place> {
        let mut place = self.spot.place();
        let mut node = self;
        for name in key.split(['.', '[']) {
            let next = match name.strip_suffix(']') {
                Some(index) => index.parse().ok().and_then(|index| node.item(index)).map(|item| (item, &item.spot)),
                None => node.entry(name).map(|entry| (&entry.node, header(entry))),
            };
            let Some((below, spot)) = next else { break };
            (node, place) = (below, spot.place());
        }
        place
    }

    /// The tree without its places.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Table(entries) => entries
                .iter()
                .map(|entry| (entry.name.clone(), entry.node.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Value::List(items) => items.iter().map(Node::to_json).collect::<Vec<_>>().into(),
            Value::String(text) | Value::Datetime(text) => text.as_str().into(),
            Value::Integer(integer) => (*integer).into(),
            Value::Float(float) => (*float).into(),
            Value::Boolean(boolean) => (*boolean).into(),
        }
    }
}

/// A table is shown by its key, anything else by its value.
fn header(entry: &Entry) -> &Spot {
    if matches!(entry.node.value, Value::Table(_)) { &entry.spot } else { &entry.node.spot }
}

/// Keys of which a file gives one or the other: a preset's is forgotten when the file gives its rival.
const RIVALS: [(&str, &str); 8] = [
    ("values.leak", "values.tau_m"),
    ("values.i_syn_decay", "values.tau_syn"),
    ("values.i_syn_decay", "values.tau_rise"),
    ("values.i_syn_decay", "values.tau_fast"),
    ("values.i_syn_decay", "values.tau_slow"),
    ("values.i_syn_decay", "values.inhibitory"),
    ("values.gain", "values.fast_share"),
    ("values.refractory_steps", "values.tau_ref"),
];

/// Tables that are one choice, so they replace a preset's as a whole.
const REPLACED: [&str; 6] =
    ["synapse.image", "values.threshold", "values.v_reset", "values.v_init", "values.u_init", "values.bias"];

/// Lays a file over its preset: keys of the file win, tables are merged key by key.
pub(crate) fn overlay(preset: Node, file: Node) -> Node {
    let spot = file.spot.clone();
    Node { spot, ..overlay_at("", preset, file) }
}

fn overlay_at(path: &str, preset: Node, file: Node) -> Node {
    match (preset.value, file.value) {
        (Value::Table(below), Value::Table(above)) if !REPLACED.contains(&path) => {
            Node { spot: file.spot, value: Value::Table(overlay_entries(path, below, above)) }
        }
        (_, value) => Node { spot: file.spot, value },
    }
}

fn overlay_entries(path: &str, below: Vec<Entry>, above: Vec<Entry>) -> Vec<Entry> {
    let full = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let overruled =
        |name: &str| rivals_of(&full(name)).any(|rival| above.iter().any(|entry| full(&entry.name) == rival));
    let mut below: Vec<Entry> = below.into_iter().filter(|entry| !overruled(&entry.name)).collect();
    let mut merged = Vec::new();
    for entry in above {
        let node = match below.iter().position(|old| old.name == entry.name) {
            Some(index) => overlay_at(&full(&entry.name), below.remove(index).node, entry.node),
            None => entry.node,
        };
        merged.push(Entry { node, ..entry });
    }
    merged.append(&mut below);
    merged
}

fn rivals_of(key: &str) -> impl Iterator<Item = &'static str> {
    RIVALS.iter().filter_map(move |&(raw, si)| match key {
        _ if key == raw => Some(si),
        _ if key == si => Some(raw),
        _ => None,
    })
}
