//! The Izhikevich neuron: its keys as structure, and its numbers as raw integers.

use super::constants::raw;
use super::elaborate::Elaboration;
use super::error::ConfigError;
use super::sections::{
    IzhikevichSection, IzhikevichValues, ModelKind, NeuronSection, PerNeuron, ProductForm, Quantity, Raw, ScaleForm,
    SharedQuantity,
};
use crate::core::IzhikevichConstants;
use crate::fx::nearest_with_digits;
use crate::neuron_model::{Izhikevich, NeuronModel, Products, TimeScale};
use crate::structure::signed_range;

/// The neuron model of a section.
///
/// # Errors
/// [`ConfigError::Conflict`] for a key that the choices leave without meaning.
pub(super) fn neuron_model(neuron: &NeuronSection) -> Result<NeuronModel, ConfigError> {
    match neuron.model {
        ModelKind::Lif if neuron.izhikevich.is_some() => Err(needs_model("neuron.izhikevich")),
        ModelKind::Lif => Ok(NeuronModel::Lif),
        ModelKind::Izhikevich => {
            let section = neuron.izhikevich.clone().unwrap_or_default();
            Ok(NeuronModel::Izhikevich(section.elaborate()?))
        }
    }
}

pub(super) fn needs_model(key: &str) -> ConfigError {
    ConfigError::conflict(key, "is given, which needs neuron.model = \"izhikevich\"")
}

impl IzhikevichSection {
    fn elaborate(&self) -> Result<Izhikevich, ConfigError> {
        Ok(Izhikevich {
            products: self.products()?,
            update: self.update,
            recovery: self.recovery,
            u_bits: self.u.bits,
            u_overflow: self.u.overflow,
            rounding: self.rounding,
            time_scale: self.time_scale()?,
            substeps: self.substeps,
            constant_bits: self.constant.bits,
            constant_frac: self.constant.frac,
        })
    }

    fn products(&self) -> Result<Products, ConfigError> {
        match self.form {
            ProductForm::Multiplier => {
                unused("segment_bits", self.segment_bits, "form = \"multiplier\"")?;
                unused("digits", self.digits, "form = \"multiplier\"")?;
                Ok(Products::Multiplier { multipliers: self.multipliers.unwrap_or(0) })
            }
            ProductForm::ShiftAdd => {
                unused("multipliers", self.multipliers, "form = \"shift_add\"")?;
                let (segment_bits, digits) = (self.segment_bits.unwrap_or(3), self.digits.unwrap_or(4));
                Ok(Products::ShiftAdd { segment_bits, digits })
            }
        }
    }

    fn time_scale(&self) -> Result<TimeScale, ConfigError> {
        match self.dt_form {
            ScaleForm::Shift => Ok(TimeScale::Shift(self.dt_shift.unwrap_or(0))),
            ScaleForm::Constant => {
                unused("dt_shift", self.dt_shift, "dt_form = \"constant\"")?;
                Ok(TimeScale::Constant)
            }
        }
    }
}

fn unused(name: &str, value: Option<u32>, choice: &str) -> Result<(), ConfigError> {
    let Some(value) = value else { return Ok(()) };
    let problem = format!("is {value}, which has no meaning with neuron.izhikevich.{choice}");
    Err(ConfigError::conflict(&format!("neuron.izhikevich.{name}"), problem))
}

/// Raw parameters of the neurons: `a`, `b`, `d`, one for each entry of the parameter memory.
pub(super) struct Recoveries {
    pub(super) a: Vec<i64>,
    pub(super) b: Vec<i64>,
    pub(super) u_step: Vec<i64>,
}

/// Coefficients of `k2 v^2 + k1 v + k0` in the paper's units.
#[derive(Clone, Copy)]
pub(super) struct Polynomial {
    pub(super) k2: f64,
    pub(super) k1: f64,
    pub(super) k0: f64,
}

/// The numbers of an Izhikevich neuron and what they are read for.
pub(super) struct Parameters<'a> {
    elaboration: &'a Elaboration<'a>,
    model: Izhikevich,
    keys: IzhikevichValues,
}

impl<'a> Parameters<'a> {
    /// `None` without the model.
    ///
    /// # Errors
    /// [`ConfigError::Conflict`] when the keys are given all the same.
    pub(super) fn new(elaboration: &'a Elaboration<'a>) -> Result<Option<Self>, ConfigError> {
        let keys = &elaboration.config.values.izhikevich;
        match elaboration.structure.izhikevich() {
            None if keys.is_some() => Err(needs_model("values.izhikevich")),
            None => Ok(None),
            Some(model) => Ok(Some(Parameters { elaboration, model, keys: keys.clone().unwrap_or_default() })),
        }
    }

    pub(super) fn recoveries(&self) -> Result<Recoveries, ConfigError> {
        let step_ms = match self.keys.a {
            Some(Quantity::Real(_)) => self.step_ms()?,
            Some(Quantity::Raw(_)) | None => 1.0,
        };
        Ok(Recoveries {
            a: self.each("a", self.keys.a.as_ref(), |key, a| self.constant(key, a * step_ms))?,
            b: self.each("b", self.keys.b.as_ref(), |key, b| self.constant(key, b))?,
            u_step: self.each("d", self.keys.d.as_ref(), |key, d| self.state(key, d))?,
        })
    }

    /// The membrane potential after a spike, if it is given as `c`.
    pub(super) fn v_reset(&self) -> Result<Option<Vec<i64>>, ConfigError> {
        if self.keys.c.is_none() {
            return Ok(None);
        }
        self.each("c", self.keys.c.as_ref(), |key, c| self.state(key, c)).map(Some)
    }

    fn each(
        &self,
        name: &str,
        quantity: Option<&Quantity>,
        convert: impl Fn(&str, f64) -> Result<i64, ConfigError>,
    ) -> Result<Vec<i64>, ConfigError> {
        let key = format!("values.izhikevich.{name}");
        match quantity {
            None => Err(ConfigError::missing(&key, "a number, a list of numbers or { raw = n }")),
            Some(Quantity::Real(real)) => self.elaboration.spread(&key, real, |&real, key| convert(key, real)),
            Some(Quantity::Raw(Raw { raw })) => self.elaboration.spread(&format!("{key}.raw"), raw, |&raw, _| Ok(raw)),
        }
    }

    pub(super) fn constants(&self) -> Result<IzhikevichConstants, ConfigError> {
        let keys = &self.keys;
        let polynomial = self.polynomial()?;
        let (k1, k0) = self.register_pair(polynomial);
        let state = |name: &str, given: SharedQuantity, real: f64| match given {
            SharedQuantity::Raw(Raw { raw }) => Ok(raw),
            SharedQuantity::Real(_) => self.state(&format!("values.izhikevich.{name}"), real),
        };
        let v_zero = match keys.v_zero {
            SharedQuantity::Raw(Raw { raw }) => raw,
            SharedQuantity::Real(real) => self.state("values.izhikevich.v_zero", real)?,
        };
        Ok(IzhikevichConstants {
            k2: match keys.k2 {
                SharedQuantity::Raw(Raw { raw }) => raw,
                SharedQuantity::Real(real) => self.constant("values.izhikevich.k2", real)?,
            },
            k1: state("k1", keys.k1, k1)?,
            k0: state("k0", keys.k0, k0)?,
            v_zero,
            dt: self.dt_constant()?,
        })
    }

    /// Raw `dt`; 0 where the time step is a shift.
    fn dt_constant(&self) -> Result<i64, ConfigError> {
        const KEY: &str = "values.izhikevich.dt";
        match (self.model.time_scale, self.keys.dt) {
            (TimeScale::Shift(_), None) => Ok(0),
            (TimeScale::Shift(_), Some(SharedQuantity::Raw(Raw { raw }))) => Ok(raw),
            (TimeScale::Shift(_), Some(SharedQuantity::Real(_))) => {
                Err(ConfigError::conflict(KEY, "is given, which needs neuron.izhikevich.dt_form = \"constant\""))
            }
            (TimeScale::Constant, Some(SharedQuantity::Raw(Raw { raw }))) => Ok(raw),
            (TimeScale::Constant, Some(SharedQuantity::Real(_)) | None) => self.constant(KEY, self.dt_ms()),
        }
    }

    /// A step of `v` in ms.
    pub(super) fn dt_ms(&self) -> f64 {
        match (self.model.time_scale, self.keys.dt) {
            (TimeScale::Shift(shift), _) => libm::exp2(-f64::from(shift)),
            (TimeScale::Constant, Some(SharedQuantity::Real(dt))) => dt,
            (TimeScale::Constant, Some(SharedQuantity::Raw(Raw { raw }))) => self.of_constant(raw),
            (TimeScale::Constant, None) => self.elaboration.config.core.dt * 1e3 / f64::from(self.model.substeps),
        }
    }

    /// A time step in ms, which the steps of `v` must make up.
    ///
    /// # Errors
    /// [`ConfigError::Conflict`] when they do not.
    fn step_ms(&self) -> Result<f64, ConfigError> {
        let step_ms = self.elaboration.config.core.dt * 1e3;
        let is_raw = matches!(self.keys.dt, Some(SharedQuantity::Raw(_)));
        let sum = f64::from(self.model.substeps) * self.dt_ms();
        if is_raw || (sum - step_ms).abs() <= 1e-9 * step_ms {
            return Ok(step_ms);
        }
        let problem = format!(
            "is {}, but the steps of v make up {sum} ms: {} of {} ms (neuron.izhikevich.substeps, dt_shift, values.izhikevich.dt)",
            self.elaboration.config.core.dt,
            self.model.substeps,
            self.dt_ms()
        );
        Err(ConfigError::conflict("core.dt", problem))
    }

    /// The polynomial, whatever way it was given.
    ///
    /// ```text
    /// vertex = -k1 / (2 k2)      value at the vertex = k0 - k1^2 / (4 k2)
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Conflict`] for `shift_add` with `k2 = 0`, where there is no vertex, unless `k1` and `k0` are raw.
    pub(super) fn polynomial(&self) -> Result<Polynomial, ConfigError> {
        let keys = &self.keys;
        let k2 = match keys.k2 {
            SharedQuantity::Real(k2) => k2,
            SharedQuantity::Raw(Raw { raw }) => self.of_constant(raw),
        };
        let has_vertex = self.has_vertex();
        let all_raw = matches!((keys.k1, keys.k0), (SharedQuantity::Raw(_), SharedQuantity::Raw(_)));
        if has_vertex && k2 == 0.0 && !all_raw {
            return Err(ConfigError::conflict(
                "values.izhikevich.k2",
                "is 0, so the parabola of \"shift_add\" has no vertex",
            ));
        }
        let k1 = match keys.k1 {
            SharedQuantity::Real(k1) => k1,
            SharedQuantity::Raw(Raw { raw }) if has_vertex => -2.0 * k2 * self.of_state(raw),
            SharedQuantity::Raw(Raw { raw }) => self.of_state(raw),
        };
        let k0 = match keys.k0 {
            SharedQuantity::Real(k0) => k0,
            SharedQuantity::Raw(Raw { raw }) if has_vertex && k2 != 0.0 => self.of_state(raw) + k1 * k1 / (4.0 * k2),
            SharedQuantity::Raw(Raw { raw }) => self.of_state(raw),
        };
        Ok(Polynomial { k2, k1, k0 })
    }

    /// What the registers `k1` and `k0` hold, unrounded.
    fn register_pair(&self, Polynomial { k2, k1, k0 }: Polynomial) -> (f64, f64) {
        if self.has_vertex() && k2 != 0.0 { (-k1 / (2.0 * k2), k0 - k1 * k1 / (4.0 * k2)) } else { (k1, k0) }
    }

    fn has_vertex(&self) -> bool {
        match self.model.products {
            Products::Multiplier { .. } => false,
            Products::ShiftAdd { .. } => true,
        }
    }

    /// A number as a constant: rounded, or with `shift_add` the nearest with few enough digits.
    fn constant(&self, key: &str, real: f64) -> Result<i64, ConfigError> {
        let (bits, frac) = (self.model.constant_bits, self.model.constant_frac);
        let rounded = raw(key, real, frac as u8, self.elaboration.config.values.constant_rounding)?;
        let (low, high) = signed_range(bits);
        match self.model.products {
            Products::ShiftAdd { digits, .. } if (low..=high).contains(&rounded) => {
                Ok(nearest_with_digits(real * libm::exp2(f64::from(frac)), digits, (low, high)))
            }
            Products::ShiftAdd { .. } | Products::Multiplier { .. } => Ok(rounded),
        }
    }

    /// A number in the format of `v` and `u`.
    fn state(&self, key: &str, real: f64) -> Result<i64, ConfigError> {
        raw(key, real, self.elaboration.structure.frac as u8, self.elaboration.config.values.constant_rounding)
    }

    pub(super) fn of_constant(&self, raw: i64) -> f64 {
        raw as f64 * libm::exp2(-f64::from(self.model.constant_frac))
    }

    fn of_state(&self, raw: i64) -> f64 {
        raw as f64 * libm::exp2(-f64::from(self.elaboration.structure.frac))
    }

    pub(super) fn keys(&self) -> &IzhikevichValues {
        &self.keys
    }
}

/// The key of a raw parameter that was made from a number, and whether it holds a list.
pub(super) fn source_of(keys: &IzhikevichValues, raw: &str) -> Option<(&'static str, bool)> {
    let each = |key: &'static str, quantity: &Option<Quantity>| match quantity {
        Some(Quantity::Real(real)) => Some((key, matches!(real, PerNeuron::Each(_)))),
        Some(Quantity::Raw(_)) | None => None,
    };
    let shared = |key: &'static str, quantity: SharedQuantity| match quantity {
        SharedQuantity::Real(_) => Some((key, false)),
        SharedQuantity::Raw(_) => None,
    };
    match raw {
        "values.izhikevich.a" => each("values.izhikevich.a", &keys.a),
        "values.izhikevich.b" => each("values.izhikevich.b", &keys.b),
        "values.izhikevich.d" => each("values.izhikevich.d", &keys.d),
        "values.v_reset" => each("values.izhikevich.c", &keys.c),
        "values.izhikevich.k2" => shared("values.izhikevich.k2", keys.k2),
        "values.izhikevich.k1" => shared("values.izhikevich.k1", keys.k1),
        "values.izhikevich.k0" => shared("values.izhikevich.k0", keys.k0),
        "values.izhikevich.v_zero" => shared("values.izhikevich.v_zero", keys.v_zero),
        "values.izhikevich.dt" => keys.dt.and_then(|dt| shared("values.izhikevich.dt", dt)),
        _ => None,
    }
}
