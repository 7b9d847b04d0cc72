//! Configuration: `core.toml` read, checked, laid over its preset, and elaborated to a [`Core`].
//!
//! Every key with its unit, range and default: `docs/src/reference/configuration.md`.

mod array;
mod check;
mod constants;
mod document;
mod elaborate;
mod error;
mod ideal;
mod image;
mod izhikevich;
mod key_file;
mod place;
mod sections;
mod suggest;
mod synapse;
mod table;
mod write;

pub use array::{ArrayContent, ArrayProgrammer, ArrayRequest};
pub use error::ConfigError;
pub use ideal::{IdealIzhikevich, IdealValues};
pub use key_file::KeyFile;
pub use place::{At, Place, Position};
pub use sections::{
    ArraySection, ConstantSection, CoreConfig, CoreSection, EventsSection, ISynSection, ImageConfig, InhibitorySection,
    IzhikevichSection, IzhikevichValues, ModelKind, NeuronSection, OneOrEach, PerNeuron, Potential, Preset,
    ProductForm, Quantity, RandomImage, Raw, RawAnalogue, RawArray, RawConverter, RawSlice, ReduceSection, ScaleForm,
    SharedPotential, SharedQuantity, SynapseSection, USection, VSection, ValuesSection, Volts,
};

pub(crate) use check::{check, schema_of};
pub(crate) use document::{Node, parse};
pub(crate) use image::probability_words;
pub(crate) use place::Source;
pub(crate) use table::{Row, Table, Wanted};

use crate::core::{Core, CrossbarImage};
use array::NoDevices;
use document::overlay;
use image::Weights;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(schema_of::<CoreConfig>);

/// A core and the file it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedCore {
    /// The core.
    pub core: Core,
    /// The keys of the file, with those of its preset and the defaults filled in.
    pub config: CoreConfig,
    /// Folder from which the files it names are found.
    pub base: PathBuf,
}

impl LoadedCore {
    /// Model time of one time step, in seconds.
    #[must_use]
    pub fn dt(&self) -> f64 {
        self.config.core.dt
    }

    /// The weights of `synapse.image`: what the core holds, or with devices in `[array]` what was programmed into them; `None` with `array.raw`.
    ///
    /// # Errors
    /// As [`read_core`], for a file of weights that has changed since.
    pub fn image(&self) -> Result<Option<CrossbarImage>, ConfigError> {
        let weights = match &self.config.array {
            None => Weights::OfWidth,
            Some(ArraySection { raw: None, .. }) => Weights::Programmed,
            Some(ArraySection { raw: Some(_), .. }) => return Ok(None),
        };
        let structure = self.config.digital_structure()?;
        image::image(&self.config.synapse, &structure, (&self.base, weights)).map(Some)
    }
}

/// Reads `core.toml` and everything it names. Devices in `[array]` need [`read_core_with`].
///
/// # Errors
/// Any [`ConfigError`]; its text shows file, line, column, key, value found and what is allowed.
pub fn read_core(path: impl AsRef<Path>) -> Result<LoadedCore, ConfigError> {
    read_core_with(path, &NoDevices)
}

/// As [`read_core`], with what programs the devices of `[array]`.
///
/// # Errors
/// As [`read_core`].
pub fn read_core_with(path: impl AsRef<Path>, programmer: &dyn ArrayProgrammer) -> Result<LoadedCore, ConfigError> {
    let path = path.as_ref();
    let source = read_source(path)?;
    load(source, path.parent().unwrap_or(Path::new("")), programmer)
}

/// The core of a text, which errors call `core.toml`; `base` is the folder from which its files are named.
///
/// # Errors
/// As [`read_core`].
///
/// # Example
/// ```
/// use bitspike_spec::config;
///
/// let text = r#"
/// core = { neurons = 4, word_lines = 2 }
/// synapse.image = { fill = 3 }
/// values.threshold = 10
/// "#;
/// let loaded = config::from_str(text, ".")?;
/// assert_eq!(loaded.core.values().weights().expect("event read").row(1), [3, 3, 3, 3]);
/// # Ok::<(), config::ConfigError>(())
/// ```
pub fn from_str(text: &str, base: impl AsRef<Path>) -> Result<LoadedCore, ConfigError> {
    from_str_with(text, base, &NoDevices)
}

/// As [`from_str`], with what programs the devices of `[array]`.
///
/// # Errors
/// As [`read_core`].
pub fn from_str_with(
    text: &str,
    base: impl AsRef<Path>,
    programmer: &dyn ArrayProgrammer,
) -> Result<LoadedCore, ConfigError> {
    let source = Source { name: "core.toml".to_owned(), text: text.to_owned(), is_preset: false };
    load(source, base.as_ref(), programmer)
}

/// The JSON schema of `core.toml`, without the keys of devices.
#[must_use]
pub fn schema() -> String {
    format!("{:#}\n", *SCHEMA)
}

/// The JSON schema of `core.toml` with the keys of `[array]` that a programmer knows, for editors.
#[must_use]
pub fn schema_with(programmer: &dyn ArrayProgrammer) -> String {
    format!("{:#}\n", array::schema_with(&SCHEMA, programmer))
}

/// The text of a preset.
#[must_use]
pub const fn preset_text(preset: Preset) -> &'static str {
    match preset {
        Preset::Bitspike => include_str!("../presets/bitspike.toml"),
        Preset::TinyOdin => include_str!("../presets/tinyodin.toml"),
        Preset::Loihi1Lif => include_str!("../presets/loihi1_lif.toml"),
        Preset::Xylo => include_str!("../presets/xylo.toml"),
        Preset::Izhikevich => include_str!("../presets/izhikevich.toml"),
    }
}

/// Name and text of every template of `core.toml`, each a complete, commented file.
#[must_use]
pub const fn templates() -> &'static [(&'static str, &'static str)] {
    &[
        ("minimal", include_str!("../templates/minimal.toml")),
        ("full", include_str!("../templates/full.toml")),
        ("preset", include_str!("../templates/preset.toml")),
    ]
}

pub(crate) fn read_source(path: &Path) -> Result<Source, ConfigError> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Source { name, text, is_preset: false }),
        Err(error) => Err(ConfigError::Read { at: At::key(""), file: name, reason: error.to_string() }),
    }
}

fn load(source: Source, base: &Path, programmer: &dyn ArrayProgrammer) -> Result<LoadedCore, ConfigError> {
    let file = parse(source)?;
    match file.entry("array") {
        None => check(&file, &SCHEMA)?,
        Some(_) => check(&file, &array::schema_with(&SCHEMA, programmer))?,
    }
    let preset: CoreConfig = typed(&file)?;
    let document = match preset.preset {
        Some(preset) => overlay(parse(preset_source(preset))?, file),
        None => file,
    };
    let config: CoreConfig = typed(&document)?;
    let core = config.elaborate(base, programmer).map_err(|error| error.located(|key| document.locate(key)))?;
    Ok(LoadedCore { core, config, base: base.to_owned() })
}

fn preset_source(preset: Preset) -> Source {
    Source { name: format!("preset \"{preset}\""), text: preset_text(preset).to_owned(), is_preset: true }
}

/// The document as a configuration type; after [`check`] only what its schema cannot say can still fail.
pub(crate) fn typed<T: serde::de::DeserializeOwned>(document: &Node) -> Result<T, ConfigError> {
    serde_json::from_value(document.to_json())
        .map_err(|error| ConfigError::conflict("", error.to_string()).located(|key| document.locate(key)))
}
