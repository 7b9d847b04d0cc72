//! Checks a file against the JSON schema that editors use, so that keys, types, names and fixed ranges are said once.

use super::document::{Node, Value};
use super::error::ConfigError;
use super::place::At;
use serde_json::Value as Json;

/// The schema of a configuration type, with `null` taken out, which TOML does not have.
pub(crate) fn schema_of<T: schemars::JsonSchema>() -> Json {
    let mut schema = schemars::schema_for!(T).to_value();
    strip_null(&mut schema);
    schema
}

fn strip_null(schema: &mut Json) {
    match schema {
        Json::Object(fields) => {
            fields.values_mut().for_each(strip_null);
            if fields.get("default").is_some_and(Json::is_null) {
                fields.remove("default");
            }
            strip_null_type(fields);
        }
        Json::Array(items) => {
            items.retain(|item| item.get("type").and_then(Json::as_str) != Some("null"));
            items.iter_mut().for_each(strip_null);
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn strip_null_type(fields: &mut serde_json::Map<String, Json>) {
    let Some(Json::Array(types)) = fields.get_mut("type") else { return };
    types.retain(|name| name.as_str() != Some("null"));
    if let [only] = &types[..] {
        let only = only.clone();
        fields.insert("type".to_owned(), only);
    }
}

/// Checks a document; the first fault in the order of the text.
///
/// # Errors
/// [`ConfigError::UnknownKey`], [`ConfigError::WrongType`], [`ConfigError::UnknownName`], [`ConfigError::OutOfRange`],
/// [`ConfigError::Missing`], or [`ConfigError::Conflict`] for a table that must have exactly one of several keys.
pub(crate) fn check(document: &Node, schema: &Json) -> Result<(), ConfigError> {
    check_at(document, schema, "")
}

/// As [`check`], for a table whose dotted key is `key`.
pub(crate) fn check_at(table: &Node, schema: &Json, key: &str) -> Result<(), ConfigError> {
    Checker { root: schema }.node(table, schema, key)
}

struct Checker<'s> {
    root: &'s Json,
}

impl<'s> Checker<'s> {
    fn node(&self, node: &Node, schema: &'s Json, key: &str) -> Result<(), ConfigError> {
        let branches = self.branches(schema);
        let [only] = branches[..] else { return self.one_of(node, &branches, key) };
        if constant(only).is_some() {
            return self.one_of(node, &branches, key);
        }
        if !accepts(only, node) {
            return Err(wrong_type(node, &branches, key));
        }
        self.value(node, only, key)
    }

    /// The alternatives of a schema, with references followed and nested alternatives flattened.
    fn branches(&self, schema: &'s Json) -> Vec<&'s Json> {
        if let Some(target) = schema.get("$ref").and_then(Json::as_str) {
            return self
                .root
                .pointer(target.trim_start_matches('#'))
                .map_or_else(Vec::new, |found| self.branches(found));
        }
        match schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Json::as_array) {
            Some(list) => list.iter().flat_map(|branch| self.branches(branch)).collect(),
            None => vec![schema],
        }
    }

    fn one_of(&self, node: &Node, branches: &[&'s Json], key: &str) -> Result<(), ConfigError> {
        let fitting: Vec<&Json> = branches.iter().copied().filter(|branch| accepts(branch, node)).collect();
        match (&node.value, &fitting[..]) {
            (_, []) => Err(wrong_type(node, branches, key)),
            (Value::String(text), _) if fitting.iter().all(|branch| constant(branch).is_some()) => {
                name(node, text, &fitting, key)
            }
            (Value::Table(_), [_, _, ..]) => self.table_of(node, &fitting, key),
            (_, [first, ..]) => self.value(node, first, key),
        }
    }

    /// Picks the alternative of a table by its `kind`, or by the one key it has.
    fn table_of(&self, node: &Node, branches: &[&'s Json], key: &str) -> Result<(), ConfigError> {
        if branches.iter().all(|branch| tag(branch).is_some()) {
            return self.tagged(node, branches, key);
        }
        let known: Vec<String> = branches.iter().flat_map(|branch| property_names(branch)).collect();
        if let Some(entry) = node.entries().iter().find(|entry| !known.contains(&entry.name)) {
            let at = At { key: join(key, &entry.name), place: entry.spot.place() };
            return Err(ConfigError::UnknownKey { at, known });
        }
        match node.entries() {
            [entry] => {
                let branch = branches.iter().find(|branch| property_names(branch).contains(&entry.name));
                branch.map_or(Ok(()), |branch| self.table(node, branch, key))
            }
            entries => Err(ConfigError::Conflict {
                at: At { key: key.to_owned(), place: node.spot.place() },
                problem: format!("has {} keys, must have exactly one of {}", entries.len(), known.join(", ")),
            }),
        }
    }

    fn tagged(&self, node: &Node, branches: &[&'s Json], key: &str) -> Result<(), ConfigError> {
        let known: Vec<String> = branches.iter().filter_map(|branch| tag(branch)).map(str::to_owned).collect();
        let kind_key = join(key, "kind");
        let Some(kind) = node.entry("kind") else {
            let at = At { key: kind_key, place: node.spot.place() };
            return Err(ConfigError::Missing { at, needed: format!("one of {}", known.join(", ")) });
        };
        let Value::String(text) = &kind.node.value else {
            return Err(wrong_type(&kind.node, &[&serde_json::json!({"type": "string"})], &kind_key));
        };
        match branches.iter().find(|branch| tag(branch) == Some(text)) {
            Some(branch) => self.table(node, branch, key),
            None => {
                let at = At { key: kind_key, place: kind.node.spot.place() };
                Err(ConfigError::UnknownName { at, found: text.clone(), known })
            }
        }
    }

    fn value(&self, node: &Node, schema: &'s Json, key: &str) -> Result<(), ConfigError> {
        match &node.value {
            Value::Table(_) => self.table(node, schema, key),
            Value::List(items) => self.list(node, items, schema, key),
            Value::Integer(value) => range(node, *value as f64, &value.to_string(), schema, key),
            Value::Float(value) => range(node, *value, &value.to_string(), schema, key),
            Value::String(_) | Value::Boolean(_) | Value::Datetime(_) => Ok(()),
        }
    }

    fn list(&self, node: &Node, items: &[Node], schema: &'s Json, key: &str) -> Result<(), ConfigError> {
        let bound = |name: &str| schema.get(name).and_then(Json::as_u64);
        let (low, high) = (bound("minItems").unwrap_or(0), bound("maxItems").unwrap_or(u64::MAX));
        if !(low..=high).contains(&(items.len() as u64)) {
            let allowed = if low == high { low.to_string() } else { format!("at least {low}") };
            let at = At { key: key.to_owned(), place: node.spot.place() };
            return Err(ConfigError::Conflict {
                at,
                problem: format!("has {} elements, must have {allowed}", items.len()),
            });
        }
        let Some(item_schema) = schema.get("items") else { return Ok(()) };
        items.iter().enumerate().try_for_each(|(index, item)| self.node(item, item_schema, &format!("{key}[{index}]")))
    }

    fn table(&self, node: &Node, schema: &'s Json, key: &str) -> Result<(), ConfigError> {
        for entry in node.entries() {
            let full = join(key, &entry.name);
            match schema.get("properties").and_then(|properties| properties.get(&entry.name)) {
                Some(_) if tag(schema).is_some() && entry.name == "kind" => {}
                Some(property) => self.node(&entry.node, property, &full)?,
                None if is_open(schema) => {}
                None => {
                    let at = At { key: full, place: entry.spot.place() };
                    return Err(ConfigError::UnknownKey { at, known: property_names(schema) });
                }
            }
        }
        self.required(node, schema, key)
    }

    fn required(&self, node: &Node, schema: &'s Json, key: &str) -> Result<(), ConfigError> {
        let names = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        for name in names {
            if node.entry(name).is_none() {
                let what = &schema["properties"][name];
                let needed = describe(&self.branches(what));
                let at = At { key: join(key, name), place: node.spot.place() };
                return Err(ConfigError::Missing { at, needed });
            }
        }
        Ok(())
    }
}

/// `table.name`, or `name` at the top.
pub(crate) fn join(table: &str, name: &str) -> String {
    if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }
}

fn constant(schema: &Json) -> Option<&str> {
    schema.get("const").and_then(Json::as_str)
}

fn tag(schema: &Json) -> Option<&str> {
    schema.pointer("/properties/kind").and_then(constant)
}

/// Whether keys that the schema does not name may stand in the table.
fn is_open(schema: &Json) -> bool {
    schema.get("additionalProperties") == Some(&Json::Bool(true))
}

fn property_names(schema: &Json) -> Vec<String> {
    schema.get("properties").and_then(Json::as_object).into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn type_of(schema: &Json) -> &str {
    schema.get("type").and_then(Json::as_str).unwrap_or("")
}

fn accepts(schema: &Json, node: &Node) -> bool {
    match &node.value {
        Value::Table(_) => type_of(schema) == "object",
        Value::List(_) => type_of(schema) == "array",
        Value::String(_) => type_of(schema) == "string",
        Value::Integer(_) => matches!(type_of(schema), "integer" | "number"),
        Value::Float(_) => type_of(schema) == "number",
        Value::Boolean(_) => type_of(schema) == "boolean",
        Value::Datetime(_) => false,
    }
}

fn name(node: &Node, text: &str, branches: &[&Json], key: &str) -> Result<(), ConfigError> {
    let known: Vec<String> = branches.iter().filter_map(|branch| constant(branch)).map(str::to_owned).collect();
    if known.iter().any(|name| name == text) {
        return Ok(());
    }
    let at = At { key: key.to_owned(), place: node.spot.place() };
    Err(ConfigError::UnknownName { at, found: text.to_owned(), known })
}

fn range(node: &Node, value: f64, text: &str, schema: &Json, key: &str) -> Result<(), ConfigError> {
    let (low, high) = (schema.get("minimum"), schema.get("maximum"));
    let bound = |bound: Option<&Json>, none: f64| bound.and_then(Json::as_f64).unwrap_or(none);
    if value.is_finite() && (bound(low, f64::MIN)..=bound(high, f64::MAX)).contains(&value) {
        return Ok(());
    }
    let allowed = match (low, high) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("at least {low}"),
        (None, Some(high)) => format!("at most {high}"),
        (None, None) => "a finite number".to_owned(),
    };
    let at = At { key: key.to_owned(), place: node.spot.place() };
    Err(ConfigError::OutOfRange { at, value: text.to_owned(), allowed, note: String::new() })
}

fn wrong_type(node: &Node, branches: &[&Json], key: &str) -> ConfigError {
    let at = At { key: key.to_owned(), place: node.spot.place() };
    ConfigError::WrongType { at, found: found(&node.value), expected: describe(branches) }
}

fn found(value: &Value) -> String {
    match value {
        Value::Table(_) => "a table".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::String(text) => format!("\"{text}\" (a string)"),
        Value::Integer(integer) => format!("{integer} (an integer)"),
        Value::Float(float) => format!("{float} (a float)"),
        Value::Boolean(boolean) => format!("{boolean} (a boolean)"),
        Value::Datetime(text) => format!("{text} (a date or time)"),
    }
}

/// The types a value may have, as in `an integer, a list or a table`.
fn describe(branches: &[&Json]) -> String {
    let names: Vec<String> =
        branches.iter().filter_map(|branch| constant(branch)).map(|name| format!("\"{name}\"")).collect();
    let mut kinds: Vec<String> = if names.is_empty() { Vec::new() } else { names };
    for branch in branches.iter().filter(|branch| constant(branch).is_none()) {
        let kind = describe_type(branch);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    match kinds.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        Some((only, _)) => only.clone(),
        None => "absent".to_owned(),
    }
}

fn describe_type(schema: &Json) -> String {
    match type_of(schema) {
        "integer" => "an integer".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "string" => "a string".to_owned(),
        "array" => match schema.pointer("/items/type").and_then(Json::as_str) {
            Some("integer") => "a list of integers".to_owned(),
            Some("number") => "a list of numbers".to_owned(),
            Some("boolean") => "a list of true and false".to_owned(),
            Some(_) | None => "a list".to_owned(),
        },
        "object" => match &property_names(schema)[..] {
            names @ ([_] | [_, _]) => format!("a table {{ {} }}", names.join(", ")),
            _ => "a table".to_owned(),
        },
        other => other.to_owned(),
    }
}
