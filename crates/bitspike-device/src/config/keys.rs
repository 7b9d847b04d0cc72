//! The keys of `[array]` as a file gives them: a preset with keys in its place, and epochs in short forms.

use super::{ArrayConfig, EpochConfig, room};
use crate::error::{DeviceError, check_range};
use crate::presets::preset;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::sync::LazyLock;

/// The keys that are worked into an [`ArrayConfig`], with all others beside them.
#[derive(Deserialize, JsonSchema)]
struct Keys {
    /// A preset: every key not given comes from it.
    device: Option<String>,
    /// Effects of the preset to switch off.
    #[serde(default)]
    off: Vec<String>,
    /// Moments at which the image is made anew.
    epochs: Option<EpochKeys>,
    /// How fast the devices age while the core runs, in place of cycles in `epochs`.
    acceleration: Option<Acceleration>,
    #[serde(flatten)]
    others: Map<String, Json>,
}

/// Epochs, one by one or spaced evenly.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum EpochKeys {
    /// One by one.
    Each(Vec<EpochKey>),
    /// Evenly: in cycles, and in the logarithm of seconds.
    Spaced(SpacedEpochs),
}

/// One epoch.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EpochKey {
    /// Seconds since programming, 0 to 1e10.
    seconds: f64,
    /// Temperature since programming, kelvin, 200 to 600.
    #[serde(default = "room")]
    kelvin: f64,
    /// Clock cycle from which it holds; 0 for the first epoch.
    at_cycle: Option<u64>,
}

/// `seconds = from_seconds (to_seconds / from_seconds)^(k / (count - 1))`, k = 0 .. count - 1.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SpacedEpochs {
    /// Epochs, 2 to 16.
    count: u32,
    /// Seconds since programming of the first, 1e-9 to 1e10.
    from_seconds: f64,
    /// Seconds since programming of the last, above `from_seconds` to 1e10.
    to_seconds: f64,
    /// Temperature since programming, kelvin, 200 to 600.
    #[serde(default = "room")]
    kelvin: f64,
    /// Clock cycles from one to the next, 1 to 1e15.
    every_cycles: Option<u64>,
}

/// Device time against core time: `at_cycle = round((seconds - seconds of the first epoch) clock_hz / factor)`.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Acceleration {
    /// Seconds of device time in a second of the core, 1e-6 to 1e18.
    factor: f64,
    /// Clock frequency of the core, hertz, 1 to 1e12.
    #[serde(default = "clock_hz")]
    clock_hz: f64,
}

fn clock_hz() -> f64 {
    100e6
}

static SCHEMA: LazyLock<Json> = LazyLock::new(|| {
    let [mut schema, keys] = [schemars::schema_for!(ArrayConfig), schemars::schema_for!(Keys)].map(|schema| {
        let mut schema = schema.to_value();
        strip_null(&mut schema);
        schema
    });
    for part in ["properties", "$defs"] {
        if let (Some(all), Some(more)) = (schema[part].as_object_mut(), keys[part].as_object()) {
            all.extend(more.clone());
        }
    }
    schema
});

/// TOML has no `null`: a key is given or absent.
fn strip_null(schema: &mut Json) {
    match schema {
        Json::Object(fields) => {
            fields.values_mut().for_each(strip_null);
            fields.retain(|name, value| name != "default" || !value.is_null());
            if let Some(Json::Array(types)) = fields.get("type")
                && let Some(only) = types.iter().find(|name| name.as_str() != Some("null")).cloned()
            {
                fields.insert("type".to_owned(), only);
            }
        }
        Json::Array(items) => {
            items.retain(|item| item.get("type").and_then(Json::as_str) != Some("null"));
            items.iter_mut().for_each(strip_null);
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

impl ArrayConfig {
    /// JSON schema of the keys of `[array]`: an object with `properties`, and the `$defs` they refer to.
    #[must_use]
    pub fn schema() -> &'static Json {
        &SCHEMA
    }

    /// A configuration from the keys of `[array]`: those of the preset `device`, with the keys given in their place.
    ///
    /// A key replaces the preset's as a whole, an effect's table too. `off = ["drift", ..]` switches effects of the preset off.
    /// `epochs` and `acceleration` become a list of epochs with their cycles.
    ///
    /// # Errors
    /// [`DeviceError::Unknown`] for a preset there is not or an effect in `off` that is not on; [`DeviceError::OutOfRange`] and
    /// [`DeviceError::Conflict`] for epochs that mean nothing and keys that cannot be read.
    ///
    /// # Example
    /// ```
    /// use bitspike_device::ArrayConfig;
    ///
    /// let keys: toml::Table = "device = \"hfox_wan\"\nlevels = 8\noff = [\"drift\"]".parse().expect("good TOML");
    /// let config = ArrayConfig::from_keys(&keys)?;
    /// assert_eq!(config.levels, 8);
    /// assert!(config.spread.is_some() && config.drift.is_none());
    /// # Ok::<(), bitspike_device::DeviceError>(())
    /// ```
    pub fn from_keys(keys: &impl Serialize) -> Result<Self, DeviceError> {
        let unreadable = |error: serde_json::Error| DeviceError::conflict("array", error.to_string());
        let given = Keys::deserialize(serde_json::to_value(keys).map_err(unreadable)?).map_err(unreadable)?;
        let base = preset(given.device.as_deref().unwrap_or("ideal"))?.config();
        let mut all: Map<String, Json> =
            serde_json::to_value(base).and_then(serde_json::from_value).map_err(unreadable)?;
        all.extend(given.others);
        for (index, name) in given.off.into_iter().enumerate() {
            if all.remove(&name).is_none() {
                let known = all.keys().cloned().collect::<Vec<_>>().join(", ");
                return Err(DeviceError::Unknown { key: format!("array.off[{index}]"), name, known });
            }
        }
        let config: ArrayConfig = serde_json::from_value(all.into()).map_err(unreadable)?;
        match given.epochs {
            Some(epochs) => Ok(ArrayConfig { epochs: epochs.resolve(given.acceleration)?, ..config }),
            None if given.acceleration.is_some() => {
                Err(DeviceError::conflict("array.acceleration", "needs array.epochs, which it gives cycles"))
            }
            None => Ok(config),
        }
    }
}

impl EpochKeys {
    /// Epochs with their cycles; what [`ArrayConfig::check`] checks is not checked here.
    fn resolve(self, acceleration: Option<Acceleration>) -> Result<Vec<EpochConfig>, DeviceError> {
        if let Some(Acceleration { factor, clock_hz }) = acceleration {
            check_range("array.acceleration.factor", factor, (1e-6, 1e18))?;
            check_range("array.acceleration.clock_hz", clock_hz, (1.0, 1e12))?;
        }
        let keys = match self {
            EpochKeys::Each(list) => list,
            EpochKeys::Spaced(spaced) => spaced.list(acceleration)?,
        };
        let first = keys.first().map_or(0.0, |epoch| epoch.seconds);
        (0..).zip(keys).map(|(index, epoch)| epoch.resolve((index, first), acceleration)).collect()
    }
}

impl EpochKey {
    fn resolve(
        self,
        (index, first): (u32, f64),
        acceleration: Option<Acceleration>,
    ) -> Result<EpochConfig, DeviceError> {
        let EpochKey { seconds, kelvin, at_cycle } = self;
        let key = format!("array.epochs[{index}]");
        let at_cycle = match (at_cycle, acceleration) {
            (None, Some(Acceleration { factor, clock_hz })) => ((seconds - first) * clock_hz / factor).round() as u64,
            (Some(_), Some(_)) => {
                let problem = "is given beside array.acceleration; give one of the two";
                return Err(DeviceError::conflict(&format!("{key}.at_cycle"), problem));
            }
            (None, None) if index > 0 => {
                let problem = "is missing: the clock cycle from which the epoch holds, or array.acceleration";
                return Err(DeviceError::conflict(&format!("{key}.at_cycle"), problem));
            }
            (given, None) => given.unwrap_or(0),
        };
        Ok(EpochConfig { seconds, kelvin, at_cycle })
    }
}

impl SpacedEpochs {
    fn list(self, acceleration: Option<Acceleration>) -> Result<Vec<EpochKey>, DeviceError> {
        let SpacedEpochs { count, from_seconds, to_seconds, kelvin, every_cycles } = self;
        check_range("array.epochs.count", count.into(), (2.0, 16.0))?;
        check_range("array.epochs.from_seconds", from_seconds, (1e-9, 1e10))?;
        check_range("array.epochs.to_seconds", to_seconds, (from_seconds * (1.0 + 1e-9), 1e10))?;
        match (every_cycles, acceleration) {
            (None, None) => {
                let problem = "is missing: the clock cycles from one epoch to the next, or array.acceleration";
                return Err(DeviceError::conflict("array.epochs.every_cycles", problem));
            }
            (Some(_), Some(_)) => {
                let problem = "is given beside array.acceleration; give one of the two";
                return Err(DeviceError::conflict("array.epochs.every_cycles", problem));
            }
            (Some(cycles), None) => check_range("array.epochs.every_cycles", cycles as f64, (1.0, 1e15))?,
            (None, Some(_)) => {}
        }
        let last = f64::from(count - 1);
        let seconds = |k: u32| match k {
            0 => from_seconds,
            _ if k == count - 1 => to_seconds,
            _ => from_seconds * libm::pow(to_seconds / from_seconds, f64::from(k) / last),
        };
        let epoch = |k: u32| {
            let at_cycle = every_cycles.map(|cycles| u64::from(k) * cycles);
            EpochKey { seconds: seconds(k), kelvin, at_cycle }
        };
        Ok((0..count).map(epoch).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Result<ArrayConfig, DeviceError> {
        ArrayConfig::from_keys(&text.parse::<toml::Table>().expect("good TOML"))
    }

    fn error(text: &str) -> String {
        from(text).expect_err("refused").to_string()
    }

    fn epochs(text: &str) -> Vec<(f64, u64)> {
        let config = from(text).expect("valid");
        config.check().expect("in range");
        config.epochs.iter().map(|epoch| (epoch.seconds, epoch.at_cycle)).collect()
    }

    #[test]
    fn keys_replace_those_of_the_preset() {
        let preset = preset("cmo_hfox").expect("known").config();
        assert_eq!(from("device = \"cmo_hfox\"").expect("valid"), preset);
        let changed = "device = \"cmo_hfox\"\ng_max = 3e-5\nflicker = \"pcm\"\noff = [\"spread\"]";
        let flicker = Some(crate::effects::flicker::FlickerConfig::Pcm);
        assert_eq!(from(changed).expect("valid"), ArrayConfig { g_max: 3e-5, flicker, spread: None, ..preset });
        assert_eq!(from("").expect("valid"), ArrayConfig::default());
        assert!(error("device = \"x\"").starts_with("array.device is \"x\", must be one of ideal, "));
        assert!(error("off = [\"drift\"]").starts_with("array.off[0] is \"drift\", must be one of "));
        assert!(error("levls = 3").starts_with("array unknown field `levls`"));
        assert!(error("levels = \"many\"").starts_with("array invalid type: string \"many\""));
    }

    #[test]
    fn the_schema_has_every_key_and_no_null() {
        let properties = ArrayConfig::schema()["properties"].as_object().expect("keys");
        let written = serde_json::to_value(ArrayConfig::default()).expect("writes");
        let known = |name: &str| properties.contains_key(name);
        assert!(written.as_object().expect("a table").keys().all(|name| known(name)));
        assert!(["off", "acceleration", "spread", "wires"].into_iter().all(known));
        assert!(!known("others") && !ArrayConfig::schema().to_string().contains("\"null\""));
    }

    /// By hand: a factor 1e6 at 1 MHz is one second a cycle.
    #[test]
    fn acceleration_maps_seconds_to_cycles() {
        let text = "epochs = [{ seconds = 1 }, { seconds = 11 }, { seconds = 101.4 }]\nacceleration = { factor = 1e6, clock_hz = 1e6 }";
        assert_eq!(epochs(text), [(1.0, 0), (11.0, 10), (101.4, 100)]);
        let spaced = "epochs = { count = 3, from_seconds = 1, to_seconds = 1e4 }\nacceleration = { factor = 1e8 }";
        assert_eq!(epochs(spaced), [(1.0, 0), (100.0, 99), (1e4, 9999)]);
    }

    #[test]
    fn spaced_epochs_are_even_in_cycles_and_in_the_logarithm_of_time() {
        let found = epochs("epochs = { count = 5, from_seconds = 1, to_seconds = 1e8, every_cycles = 1000 }");
        for (k, (seconds, cycle)) in (0..).zip(found) {
            assert_eq!(cycle, 1000 * k);
            assert!((seconds / 10.0_f64.powi(2 * k as i32) - 1.0).abs() < 1e-12, "{k}: {seconds}");
        }
    }

    #[test]
    fn epochs_that_mean_nothing_are_refused() {
        let missing =
            "array.epochs[1].at_cycle is missing: the clock cycle from which the epoch holds, or array.acceleration";
        assert_eq!(error("epochs = [{ seconds = 1 }, { seconds = 2 }]"), missing);
        let both = "epochs = [{ seconds = 1 }, { seconds = 2, at_cycle = 9 }]\nacceleration = { factor = 1 }";
        assert_eq!(error(both), "array.epochs[1].at_cycle is given beside array.acceleration; give one of the two");
        let spaced = |more: &str| error(&format!("epochs = {{ {more} }}"));
        assert_eq!(
            spaced("count = 17, from_seconds = 1, to_seconds = 2, every_cycles = 1"),
            "array.epochs.count is 1.7e1, must be 2e0 to 1.6e1"
        );
        assert!(
            spaced("count = 2, from_seconds = 0, to_seconds = 2, every_cycles = 1")
                .starts_with("array.epochs.from_seconds is 0e0, must be 1e-9 to 1e10")
        );
        assert!(
            spaced("count = 2, from_seconds = 2, to_seconds = 2, every_cycles = 1")
                .starts_with("array.epochs.to_seconds is 2e0, must be 2.00000000")
        );
        assert!(
            spaced("count = 2, from_seconds = 1, to_seconds = 2").starts_with("array.epochs.every_cycles is missing")
        );
        assert_eq!(
            spaced("count = 2, from_seconds = 1, to_seconds = 2, every_cycles = 0"),
            "array.epochs.every_cycles is 0e0, must be 1e0 to 1e15"
        );
        let both =
            "epochs = { count = 2, from_seconds = 1, to_seconds = 2, every_cycles = 1 }\nacceleration = { factor = 1 }";
        assert!(error(both).starts_with("array.epochs.every_cycles is given beside array.acceleration"));
        let slow = "epochs = [{ seconds = 1 }]\nacceleration = { factor = 0 }";
        assert_eq!(error(slow), "array.acceleration.factor is 0e0, must be 1e-6 to 1e18");
        let clock = "epochs = [{ seconds = 1 }]\nacceleration = { factor = 1, clock_hz = 0.5 }";
        assert_eq!(error(clock), "array.acceleration.clock_hz is 5e-1, must be 1e0 to 1e12");
        assert_eq!(
            error("acceleration = { factor = 1 }"),
            "array.acceleration needs array.epochs, which it gives cycles"
        );
    }
}
