//! `report.html`: one self-contained page of a run, light and dark, readable offline.

mod accuracy;
mod ageing;
mod array;
mod chart;
mod divergence;
mod matrix;
mod measured;
mod measured_plots;
mod plot;
mod spikes;
mod tables;
mod traces;

pub use accuracy::accuracy_html;
pub(crate) use ageing::age;
pub use ageing::{ageing_html, ageing_svg, ageing_text};
pub use measured::{ArrayReport, array_report};

use super::svg::escape;
use super::{Manifest, RunResult};
use crate::cosim::{CosimOutcome, DivergenceReport};

/// What a report shows.
pub struct Report<'a> {
    /// The run of the model.
    pub run: &'a RunResult,
    /// Where it comes from.
    pub manifest: &'a Manifest,
    /// The comparison with the RTL, if there was one.
    pub cosim: Option<&'a CosimOutcome>,
}

/// The page.
#[must_use]
pub fn html(report: &Report<'_>) -> String {
    let Report { run, manifest, cosim } = report;
    let divergence = cosim.and_then(CosimOutcome::divergence);
    let sections = [
        tables::tiles(run, *cosim),
        divergence.map(divergence::section).unwrap_or_default(),
        spikes::section(run),
        traces::section(run),
        columns(&[array::section(run), matrix::section(run)]),
        columns(&[tables::counters(run), tables::origin(run.core.structure(), manifest)]),
    ];
    page(&manifest.name, &badge(*cosim, divergence), &sections.concat())
}

/// A self-contained page under a headline; `badge` and `body` are HTML.
pub(crate) fn page(name: &str, badge: &str, body: &str) -> String {
    let name = escape(name);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{name} - bitspike</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n<header><h1>{name}</h1>{badge}</header>\n{body}</main>\n</body>\n</html>\n",
        include_str!("report/style.css"),
    )
}

fn badge(cosim: Option<&CosimOutcome>, divergence: Option<&DivergenceReport>) -> String {
    match (cosim, divergence) {
        (_, Some(report)) => {
            format!(
                "<span class=\"badge bad\">RTL diverges at cycle {}: {}</span>",
                report.cycle,
                escape(&report.signal)
            )
        }
        (Some(cosim), None) if cosim.agrees() => {
            "<span class=\"badge good\">model and RTL agree in every cycle</span>".to_owned()
        }
        (Some(_), None) => "<span class=\"badge plain\">comparison not finished</span>".to_owned(),
        (None, None) => "<span class=\"badge plain\">model only</span>".to_owned(),
    }
}

fn columns(sections: &[String]) -> String {
    let shown: String = sections.concat();
    if shown.is_empty() { String::new() } else { format!("<div class=\"columns\">\n{shown}</div>\n") }
}

/// A titled card; `caption` is plain text.
pub(crate) fn card(title: &str, caption: &str, content: &str) -> String {
    let (title, caption) = (escape(title), escape(caption));
    format!("<section>\n<h2>{title}</h2>\n<p>{caption}</p>\n{content}</section>\n")
}
