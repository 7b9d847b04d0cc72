//! Exports: every design a row, as CSV, JSON or Parquet.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::space::Space;
use super::table::{Design, Table};
use crate::error::Error;

/// A column of numbers or of texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// One value for each design.
    pub values: Values,
}

/// The values of a column; some may be missing.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Texts.
    Texts(Vec<Option<String>>),
}

/// The table as columns: number, axes, seeds, figures (with deviations where there are several seeds), front, constraints broken, verdict.
#[must_use]
pub fn columns(space: &Space<'_>, table: &Table) -> Vec<Column> {
    let designs = &table.designs;
    let numbers = |name: &str, value: &dyn Fn(&Design) -> Option<f64>| Column {
        name: name.to_owned(),
        values: Values::Numbers(designs.iter().map(value).collect()),
    };
    let texts = |name: &str, value: &dyn Fn(&Design) -> Option<String>| Column {
        name: name.to_owned(),
        values: Values::Texts(designs.iter().map(value).collect()),
    };
    let mut columns = vec![numbers("design", &|design| Some(design.number as f64))];
    for (index, axis) in space.sweep().axes.iter().enumerate() {
        let label = |design: &Design| axis.label(design.point.positions[index]).clone();
        let number =
            |value: &toml::Value| value.as_float().or_else(|| value.as_integer().map(|integer| integer as f64));
        columns.push(if axis.values.iter().all(|values| number(&values[0]).is_some()) {
            numbers(&axis.name, &|design| number(&label(design)))
        } else {
            texts(&axis.name, &|design| Some(text(&label(design))))
        });
    }
    columns.push(numbers("seeds", &|design| Some(design.seeds as f64)));
    for name in table.metrics() {
        columns.push(numbers(name, &|design| Some(design.figures.get(name)?.mean)));
        if space.sweep().replicates() > 1 {
            columns.push(numbers(&format!("{name}_deviation"), &|design| Some(design.figures.get(name)?.deviation)));
        }
    }
    columns.push(numbers("front", &|design| Some(f64::from(u8::from(design.is_on_front)))));
    columns.push(texts("violated", &|design| Some(design.violated.join("; "))));
    columns.push(texts("verified", &|design| Some(design.verdict.as_ref()?.verdict.clone())));
    columns
}

/// A configuration value without the quotes of a string.
#[must_use]
pub fn text(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Writes the columns in the format that the name of the file ends with: `.csv`, `.json` or `.parquet`.
///
/// # Errors
/// [`Error::Write`]; [`Error::Option`] for another ending.
pub fn write(columns: &[Column], path: &Path) -> Result<(), Error> {
    let write: fn(&[Column], File) -> std::io::Result<()> = match path.extension().and_then(|e| e.to_str()) {
        Some("csv") => csv,
        Some("json") => json,
        Some("parquet") => |columns, file| parquet(columns, file).map_err(std::io::Error::other),
        Some(_) | None => {
            let problem = format!("is {}, must end with .csv, .json or .parquet", path.display());
            return Err(Error::Option { option: "--to", problem });
        }
    };
    let wrong = |source| Error::Write { path: path.to_owned(), source };
    write(columns, File::create(path).map_err(wrong)?).map_err(wrong)
}

fn length(columns: &[Column]) -> usize {
    columns.first().map_or(0, |column| match &column.values {
        Values::Numbers(numbers) => numbers.len(),
        Values::Texts(texts) => texts.len(),
    })
}

fn csv(columns: &[Column], file: File) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(columns.iter().map(|column| &column.name))?;
    for row in 0..length(columns) {
        let cell = |column: &Column| match &column.values {
            Values::Numbers(numbers) => numbers[row].map(|number| number.to_string()),
            Values::Texts(texts) => texts[row].clone(),
        };
        writer.write_record(columns.iter().map(|column| cell(column).unwrap_or_default()))?;
    }
    writer.flush()
}

/// A design as an object.
#[must_use]
pub fn json_row(columns: &[Column], row: usize) -> serde_json::Value {
    let cell = |column: &Column| match &column.values {
        Values::Numbers(numbers) => serde_json::json!(numbers[row]),
        Values::Texts(texts) => serde_json::json!(texts[row]),
    };
    columns.iter().map(|column| (column.name.clone(), cell(column))).collect::<serde_json::Map<_, _>>().into()
}

fn json(columns: &[Column], mut file: File) -> std::io::Result<()> {
    let rows: Vec<String> = (0..length(columns)).map(|row| json_row(columns, row).to_string()).collect();
    writeln!(file, "[\n{}\n]", rows.join(",\n"))
}

/// One row group; numbers as `DOUBLE`, texts as UTF-8; missing values are nulls. Dots in names become underscores.
fn parquet(columns: &[Column], file: File) -> Result<(), ParquetError> {
    let field = |column: &Column| {
        let name = column.name.replace(|c: char| !c.is_alphanumeric(), "_");
        match column.values {
            Values::Numbers(_) => format!("OPTIONAL DOUBLE {name};"),
            Values::Texts(_) => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
        }
    };
    let schema = format!("message sweep {{ {} }}", columns.iter().map(field).collect::<String>());
    let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED).build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(parse_message_type(&schema)?), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        let mut sink = group.next_column()?.expect("the schema has a column for each");
        match &column.values {
            Values::Numbers(numbers) => {
                let present: Vec<f64> = numbers.iter().flatten().copied().collect();
                sink.typed::<DoubleType>().write_batch(&present, Some(&levels(numbers)), None)?;
            }
            Values::Texts(texts) => {
                let present: Vec<ByteArray> = texts.iter().flatten().map(|text| text.as_str().into()).collect();
                sink.typed::<ByteArrayType>().write_batch(&present, Some(&levels(texts)), None)?;
            }
        }
        sink.close()?;
    }
    group.close()?;
    writer.close().map(|_| ())
}

/// 1 where a value is present.
fn levels<T>(values: &[Option<T>]) -> Vec<i16> {
    values.iter().map(|value| i16::from(value.is_some())).collect()
}
