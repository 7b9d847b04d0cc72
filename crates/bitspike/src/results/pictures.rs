//! A page of one picture and the table that goes with it.

use super::report::{card, page};
use super::svg::escape;

/// The page; `svg` is a picture with its own style sheet, `table` plain text.
pub(crate) fn picture_page(name: &str, svg: &str, table: &str) -> String {
    let picture = format!("<section>\n{svg}</section>\n");
    let table = format!("<div class=\"scroll\"><pre><code>{}</code></pre></div>\n", escape(table));
    page(name, "", &format!("{picture}{}", card("Figures", "As the command prints them.", &table)))
}
