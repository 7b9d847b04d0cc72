//! The report of a sweep: one HTML file that opens offline, and the front as SVG and PNG.

mod scatter;

use std::path::Path;

use serde_json::{Value, json};

use super::export::text;
use super::file::Goal;
use super::space::Space;
use super::table::{Design, Table};
use crate::results::svg::escape;

pub use scatter::FrontPicture;

/// The page. `folder` is where it will stand: designs with a report of their own below it are linked.
#[must_use]
pub fn html(space: &Space<'_>, table: &Table, folder: &Path) -> String {
    let name = escape(&space.sweep().file.sweep.name);
    // Within a script element only `</` can end it.
    let data = data(space, table, folder).to_string().replace("</", "<\\/");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name} - bitspike sweep</title>\n\
         <style>\n{}{}</style>\n</head>\n<body>\n<main>\n<header><h1>{name}</h1>{}</header>\n{}{}{}</main>\n\
         <script id=\"data\" type=\"application/json\">{data}</script>\n<script>\n{}</script>\n</body>\n</html>\n",
        include_str!("../results/report/style.css"),
        include_str!("report/style.css"),
        badge(table),
        tiles(space, table),
        include_str!("report/sections.html"),
        notes(table),
        include_str!("report/script.js"),
    )
}

fn badge(table: &Table) -> String {
    let verdicts = table.front().filter_map(|design| design.verdict.as_ref());
    let (good, bad): (Vec<_>, Vec<_>) = verdicts.partition(|verdict| verdict.verdict == "agreement");
    let front = table.front().count();
    match (good.len(), bad.len()) {
        (_, bad) if bad > 0 => {
            format!("<span class=\"badge bad\">{bad} of {front} front designs diverge from the RTL</span>")
        }
        (0, _) => "<span class=\"badge plain\">no design of the front checked against the RTL yet</span>".to_owned(),
        (good, _) => format!("<span class=\"badge good\">{good} of {front} front designs agree with the RTL</span>"),
    }
}

fn tiles(space: &Space<'_>, table: &Table) -> String {
    let tile = |value: String, what: &str| format!("<div class=\"tile\"><b>{value}</b><span>{what}</span></div>");
    let tiles = [
        tile(table.designs.len().to_string(), "designs evaluated"),
        tile(space.designs().to_string(), "designs in the space"),
        tile(table.front().count().to_string(), "on the front"),
        tile(space.sweep().replicates().to_string(), "seeds of each"),
        tile(table.problems.len().to_string(), "points without a core"),
    ];
    format!("<div class=\"tiles\">{}</div>\n", tiles.concat())
}

fn notes(table: &Table) -> String {
    let item = |note: &String| format!("<li>{}</li>", escape(note));
    let mut items: String = table.notes.iter().map(item).collect();
    let problems = table.problems.iter().take(20);
    items += &problems.map(|(id, problem)| item(&format!("point {id} has no core: {problem}"))).collect::<String>();
    if items.is_empty() { String::new() } else { format!("<section><h2>Notes</h2><ul>{items}</ul></section>\n") }
}

/// What the script draws.
fn data(space: &Space<'_>, table: &Table, folder: &Path) -> Value {
    let axis = |axis: &super::axis::Axis| {
        let labels: Vec<String> = axis.values.iter().map(|values| text(&values[0])).collect();
        json!({ "name": axis.name, "labels": labels })
    };
    let objective =
        |objective: &super::file::Objective| json!({ "metric": objective.metric, "max": objective.goal == Goal::Max });
    let file = space.sweep().path.display().to_string();
    json!({
        "file": file,
        "axes": space.sweep().axes.iter().map(axis).collect::<Vec<_>>(),
        "metrics": table.metrics(),
        "objectives": space.sweep().file.objective.iter().map(objective).collect::<Vec<_>>(),
        "designs": table.designs.iter().map(|design| design_json(space, design, folder)).collect::<Vec<_>>(),
    })
}

fn design_json(space: &Space<'_>, design: &Design, folder: &Path) -> Value {
    let page = format!("points/{}/report.html", design.number);
    let spread =
        |(name, spread): (&String, &super::table::Spread)| (name.clone(), json!([spread.mean, spread.deviation]));
    let keys: Vec<Value> = space
        .sweep()
        .file
        .objective
        .iter()
        .filter(|objective| !design.figures.contains_key(&objective.metric))
        .filter_map(|objective| Some(json!([objective.metric, design.value(space, &objective.metric)?])))
        .collect();
    json!({
        "id": design.number,
        "at": design.point.positions,
        "figures": design.figures.iter().map(spread).collect::<serde_json::Map<_, _>>(),
        "keys": keys,
        "front": design.is_on_front,
        "violated": design.violated,
        "verdict": design.verdict.as_ref().map(|verdict| verdict.verdict.clone()),
        "page": folder.join(&page).exists().then_some(page),
    })
}
