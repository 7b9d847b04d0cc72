use super::{Nonlinearity, Tuning};
use crate::ReferenceError;
use crate::error::{finite, length, positive};

/// Encoders, gains and biases of a population that represents vectors of length up to `radius`.
///
/// # Example
///
/// ```
/// use bitspike_reference::encoding::{Nonlinearity, Population, Tuning};
///
/// # fn main() -> Result<(), bitspike_reference::ReferenceError> {
/// let tuning = Tuning { gain: 4.0, bias: 1.0 };
/// let population = Population::new(&[vec![1.0], vec![-1.0]], &[tuning, tuning], 2.0)?;
/// let curves = population.tuning_curves(&Nonlinearity::RectifiedLinear, &[[1.0]]);
/// assert_eq!(curves, [[3.0, 0.0]]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    encoders: Vec<Vec<f64>>,
    tuning: Vec<Tuning>,
    radius: f64,
}

impl Population {
    /// One encoder (usually of unit length) and one tuning per neuron; `radius` in the unit of the vectors.
    ///
    /// # Errors
    ///
    /// [`ReferenceError::Length`] unless `tuning` has as many elements as `encoders`, and every encoder as many as the
    /// first; [`ReferenceError::NotFinite`] unless all are finite; [`ReferenceError::NotPositive`] unless `radius` is
    /// finite and above 0.
    pub fn new(encoders: &[Vec<f64>], tuning: &[Tuning], radius: f64) -> Result<Self, ReferenceError> {
        positive("radius", radius)?;
        length("tuning", tuning.len(), encoders.len())?;
        let dimensions = encoders.first().map_or(0, Vec::len);
        for encoder in encoders {
            length("an encoder", encoder.len(), dimensions)?;
            encoder.iter().try_for_each(|&x| finite("an encoder", x))?;
        }
        for Tuning { gain, bias } in tuning {
            finite("gain", *gain)?;
            finite("bias", *bias)?;
        }
        Ok(Self { encoders: encoders.to_vec(), tuning: tuning.to_vec(), radius })
    }

    /// Currents of the neurons for the vector `x`: `j[i] = gain_i <e_i, x / radius> + bias_i`, without dimension.
    ///
    /// Rounding of `f64`, sums from the first dimension on.
    ///
    /// # Panics
    ///
    /// When `x` has not one element per dimension or `j` not one per neuron.
    pub fn currents(&self, x: &[f64], j: &mut [f64]) {
        assert_eq!(j.len(), self.tuning.len(), "one current per neuron");
        for ((j, encoder), tuning) in j.iter_mut().zip(&self.encoders).zip(&self.tuning) {
            assert_eq!(x.len(), encoder.len(), "one element per dimension");
            let projection: f64 = encoder.iter().zip(x).map(|(e, x)| e * (x / self.radius)).sum();
            *j = tuning.gain * projection + tuning.bias;
        }
    }

    /// Rates in hertz, one row per point and one column per neuron: `a_i(x) = G[J_i(x)]`.
    ///
    /// # Panics
    ///
    /// When a point has not one element per dimension.
    #[must_use]
    pub fn tuning_curves<X: AsRef<[f64]>>(&self, nonlinearity: &Nonlinearity, points: &[X]) -> Vec<Vec<f64>> {
        let rates = |point: &X| {
            let mut row = vec![0.0; self.tuning.len()];
            self.currents(point.as_ref(), &mut row);
            row.iter_mut().for_each(|j| *j = nonlinearity.rate(*j));
            row
        };
        points.iter().map(rates).collect()
    }
}
