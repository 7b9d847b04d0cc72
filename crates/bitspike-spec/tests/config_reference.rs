//! The schemas and the tables of the reference pages are those of the configuration types.
//!
//! `BITSPIKE_BLESS=1` writes them anew.

use bitspike_spec::{config, stimulus::file};
use serde_json::Value as Json;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference").join(name)
}

/// Compares with the committed file, or writes it when asked to.
fn hold(name: &str, expected: &str) {
    let path = reference(name);
    if std::env::var_os("BITSPIKE_BLESS").is_some() {
        std::fs::write(&path, expected).expect("the reference is writable");
    }
    let found = std::fs::read_to_string(&path).expect("the reference is readable");
    assert!(found == expected, "docs/src/reference/{name} is stale; run the test with BITSPIKE_BLESS=1");
}

#[test]
fn the_schema_of_stimuli_is_up_to_date() {
    hold("stimulus.schema.json", &file::schema());
}

#[test]
fn the_configuration_reference_is_up_to_date() {
    hold_tables("configuration.md", &config::schema(), &["core", "neuron", "synapse", "array", "events", "values"]);
}

#[test]
fn the_stimulus_reference_is_up_to_date() {
    hold_tables("stimulus.md", &file::schema(), &[]);
}

/// The text between the markers must be the tables of the schema.
fn hold_tables(page: &str, schema: &str, tables: &[&str]) {
    const BEGIN: &str = "<!-- keys: written by the test config_reference -->\n";
    const END: &str = "<!-- end of keys -->\n";
    let text = std::fs::read_to_string(reference(page)).expect("the page");
    let (before, rest) = text.split_once(BEGIN).expect("the marker before the tables");
    let (_, after) = rest.split_once(END).expect("the marker after the tables");
    let schema: Json = serde_json::from_str(schema).expect("the schema is JSON");
    let written = Writer { root: &schema, out: String::new() }.page(tables);
    hold(page, &format!("{before}{BEGIN}{written}{END}{after}"));
}

struct Writer<'s> {
    root: &'s Json,
    out: String,
}

impl<'s> Writer<'s> {
    fn page(mut self, tables: &[&str]) -> String {
        if tables.is_empty() {
            self.table("The file", "", self.root);
            self.sources();
        } else {
            self.line("| `preset` | name | | none | One of `bitspike`, `tinyodin`, `loihi1_lif`, `xylo`, `izhikevich`: every key not given in the file comes from it. |");
            self.out = format!("\n## Top\n\n{HEAD}{}", self.out);
            for name in tables {
                let section = &self.root["properties"][name];
                self.table(&format!("`[{name}]`"), name, self.resolve(section));
            }
        }
        self.out.push('\n');
        self.out
    }

    fn line(&mut self, text: &str) {
        writeln!(self.out, "{text}").expect("a string takes everything");
    }

    fn sources(&mut self) {
        let list = self.root.pointer("/$defs/SourceConfig/oneOf").and_then(Json::as_array).into_iter().flatten();
        for source in list {
            let kind = source["properties"]["kind"]["const"].as_str().unwrap_or_default();
            let what = source["description"].as_str().unwrap_or_default();
            self.line(format!("\n## `kind = \"{kind}\"`\n\n{what}\n\n{HEAD}").trim_end());
            self.rows("", source);
        }
    }

    fn table(&mut self, title: &str, prefix: &str, schema: &'s Json) {
        self.line(&format!("\n## {title}\n\n{}", HEAD.trim_end()));
        self.rows(prefix, schema);
    }

    fn rows(&mut self, prefix: &str, schema: &'s Json) {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if name == "kind" || name == "source" {
                continue;
            }
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            let default = if required.contains(&name.as_str()) { "needed".to_owned() } else { default(property) };
            self.key(&key, property, &default);
        }
    }

    fn key(&mut self, key: &str, property: &'s Json, default: &str) {
        let resolved = self.resolve(property);
        let what = property["description"].as_str().or(resolved["description"].as_str()).unwrap_or_default();
        let kind = self.kind(property).join(" or ");
        let has_table = resolved.get("properties").is_some();
        let default =
            if has_table && resolved.get("required").is_none() && default.starts_with("`{") { "" } else { default };
        self.line(&format!("| `{key}` | {kind} | {} | {default} | {} |", range(resolved), one_line(what)));
        self.names(resolved);
        if has_table {
            self.rows(key, resolved);
        }
        for branch in
            ["oneOf", "anyOf"].iter().filter_map(|kind| resolved.get(*kind)).filter_map(Json::as_array).flatten()
        {
            if branch.get("properties").is_some() {
                self.rows(key, branch);
            }
        }
        if let Some(items) = resolved.get("items").map(|items| self.resolve(items))
            && items.get("properties").is_some()
        {
            self.rows(&format!("{key}[]"), items);
        }
    }

    /// One row for each name of a closed set.
    fn names(&mut self, schema: &'s Json) {
        for branch in schema["oneOf"].as_array().into_iter().flatten() {
            if let Some(name) = branch["const"].as_str() {
                let what = branch["description"].as_str().unwrap_or_default();
                self.line(&format!("| | `\"{name}\"` | | | {} |", one_line(what)));
            }
        }
    }

    fn resolve(&self, schema: &'s Json) -> &'s Json {
        let target = schema.get("$ref").or_else(|| {
            schema.pointer("/anyOf/0/$ref").filter(|_| schema["anyOf"].as_array().is_some_and(|a| a.len() == 1))
        });
        match target.and_then(Json::as_str) {
            Some(target) => self.root.pointer(target.trim_start_matches('#')).expect("references lead somewhere"),
            None => schema,
        }
    }

    fn kind(&self, schema: &'s Json) -> Vec<String> {
        let schema = self.resolve(schema);
        if let Some(list) = schema.get("oneOf").or(schema.get("anyOf")).and_then(Json::as_array) {
            let mut kinds: Vec<String> = Vec::new();
            for kind in list.iter().flat_map(|branch| self.kind(branch)) {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            return kinds;
        }
        let kind = match schema["type"].as_str().unwrap_or_default() {
            "string" if schema.get("const").is_some() || schema.get("enum").is_some() => "name".to_owned(),
            "object" => "table".to_owned(),
            "number" => "number".to_owned(),
            "array" => format!("list of {}", self.kind(&schema["items"]).join(" or ")),
            other => other.to_owned(),
        };
        vec![kind]
    }
}

const HEAD: &str = "| key | type | range | default | meaning |\n|---|---|---|---|---|\n";

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn default(property: &Json) -> String {
    match property.get("default") {
        None => "none".to_owned(),
        Some(value) => format!("`{value}`"),
    }
}

fn range(schema: &Json) -> String {
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("at least {low}"),
        (None, _) => String::new(),
    }
}
