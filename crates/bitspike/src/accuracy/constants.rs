//! Rounding of constants: what the file says and what the core has stored.

use bitspike_reference::core::{Parabola, RealNeuron, RealParameters, Reduction};
use serde::Serialize;

use super::Case;

/// A constant before and after its rounding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConstantFigures {
    /// Name; `[n]` names the neuron where they differ most.
    pub name: String,
    /// Real value.
    pub ideal: f64,
    /// Value of the stored integer.
    pub stored: f64,
    /// `(stored - ideal) / |ideal|`; nothing for an ideal of 0 that is not stored as 0.
    pub relative_error: Option<f64>,
}

/// Every constant of the core.
pub(super) fn constants(case: &Case) -> Vec<ConstantFigures> {
    let stored = RealParameters::stored(&case.core);
    let mut figures: Vec<ConstantFigures> = shared(&case.real)
        .into_iter()
        .zip(shared(&stored))
        .map(|((name, ideal), (_, stored))| figures(name, ideal, stored))
        .collect();
    for index in 0..of_neuron(&case.real.neurons[0]).len() {
        figures.extend(worst_of_neurons(case, &stored, index));
    }
    figures
}

fn figures(name: String, ideal: f64, stored: f64) -> ConstantFigures {
    let relative_error = match (ideal == 0.0, stored == 0.0) {
        (true, true) => Some(0.0),
        (true, false) => None,
        (false, _) => Some((stored - ideal) / ideal.abs()),
    };
    ConstantFigures { name, ideal, stored, relative_error }
}

/// Constant `index` of the neuron in which it is stored worst.
fn worst_of_neurons(case: &Case, stored: &RealParameters, index: usize) -> Option<ConstantFigures> {
    let count = case.real.neurons.len().max(stored.neurons.len());
    let of = |n: usize| {
        let [(name, ideal), (_, stored)] =
            [case.real.neuron(n), stored.neuron(n)].map(|neuron| of_neuron(neuron).swap_remove(index));
        (n, name, ideal?, stored?).into()
    };
    let worst = (0..count).filter_map(of).reduce(|worst: (usize, &'static str, f64, f64), next| {
        if (next.3 - next.2).abs() > (worst.3 - worst.2).abs() { next } else { worst }
    });
    worst.map(|(n, name, ideal, stored)| {
        let name = if count == 1 { name.to_owned() } else { format!("{name}[{n}]") };
        figures(name, ideal, stored)
    })
}

/// Constants of one neuron; those it does not have are nothing.
fn of_neuron(neuron: &RealNeuron) -> Vec<(&'static str, Option<f64>)> {
    let used = |value: f64| (value != 0.0).then_some(value);
    vec![
        ("threshold", Some(neuron.threshold)),
        ("leak", amount(neuron.leak)),
        ("v_reset", used(neuron.v_reset)),
        ("bias", used(neuron.bias)),
        ("a", used(neuron.a)),
        ("b", used(neuron.b)),
        ("u_step", used(neuron.u_step)),
    ]
}

/// A factor, or the amount of `subtract`.
fn amount(reduction: Reduction) -> Option<f64> {
    match reduction {
        Reduction::Keep | Reduction::Clear => None,
        Reduction::Subtract(amount) | Reduction::TowardsZero(amount) | Reduction::Factor(amount) => Some(amount),
    }
}

/// Constants that the core shares.
fn shared(real: &RealParameters) -> Vec<(String, f64)> {
    let mut all = vec![("v_init".to_owned(), real.v_init)];
    let decays = real.decay.iter().enumerate();
    all.extend(decays.filter_map(|(k, &decay)| Some((format!("i_syn_decay[{k}]"), amount(decay)?))));
    for (q, gains) in real.gain.iter().enumerate() {
        all.extend(gains.iter().enumerate().map(|(g, &gain)| (format!("gain[{q}][{g}]"), gain)));
    }
    let Some(izhikevich) = &real.izhikevich else { return all };
    let parabola = match izhikevich.parabola {
        Parabola::Powers { k2, k1, k0 } => [("k2", k2), ("k1", k1), ("k0", k0)],
        Parabola::Vertex { k2, vertex, lowest } => [("k2", k2), ("k1", vertex), ("k0", lowest)],
    };
    let others = [("v_zero", izhikevich.v_zero), ("dt", izhikevich.dt), ("u_init", real.u_init)];
    all.extend(parabola.into_iter().chain(others).map(|(name, value)| (name.to_owned(), value)));
    all
}
