//! The parabola by straight pieces with slopes of powers of two: the other way without multipliers, in float.
//!
//! ```text
//! two pieces    v' = s |x| - c - u + I                            x = v - vertex
//! four pieces   v' = s |x| + t max(|x| - p, 0) - c - u + I        s, s + t sums of few powers of two
//! ```
//!
//! Source of the idea: Soleimani, Ahmadi & Bavandpour 2012, "Biologically inspired spiking neurons: piecewise linear models and digital
//! implementation", IEEE TCAS-I 59. Their coefficients are not copied: `s`, `t`, `p`, `c` are those with which most patterns keep
//! their number of spikes, the same for every pattern (`examples/fit_piecewise_linear.rs` searches them).

use bitspike_reference::izhikevich::Recovery;
use bitspike_reference::izhikevich::patterns::Pattern;

/// Straight pieces in place of `0.04 x^2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pieces {
    /// Slope from the vertex, 1/ms.
    pub s: f64,
    /// What the slope grows by beyond `p`, 1/ms.
    pub t: f64,
    /// Distance from the vertex at which the slope changes, mV.
    pub p: f64,
    /// How far the pieces lie below the parabola at the vertex, mV/ms.
    pub c: f64,
}

/// Two pieces: slopes of 3/8 either side of the vertex.
pub const TWO_PIECES: Pieces = Pieces { s: 0.375, t: 0.0, p: 0.0, c: 0.0 };

/// Four pieces: slopes of 3/8 up to 16 mV from the vertex, 11/8 beyond.
pub const FOUR_PIECES: Pieces = Pieces { s: 0.375, t: 1.0, p: 16.0, c: 0.25 };

impl Pieces {
    /// What stands in place of `0.04 x^2` at a distance `x` from the vertex, mV/ms.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.s * x.abs() + self.t * (x.abs() - self.p).max(0.0) - self.c
    }

    /// The time steps in which a pattern fires with these pieces, `v` first, then `u` with the new `v`; float64.
    #[must_use]
    pub fn spikes(&self, pattern: &Pattern) -> Vec<u64> {
        let (p, dt) = (&pattern.parameters, pattern.dt);
        let (vertex, value) = (-p.k1 / 0.08, p.k0 - p.k1 * p.k1 / 0.16);
        let (mut v, mut u) = (pattern.v0, pattern.u0);
        let mut spikes = Vec::new();
        for step in 0..pattern.steps {
            v += dt * (self.at(v - vertex) + value - u + pattern.current(step));
            u += dt
                * p.a
                * match p.recovery {
                    Recovery::Decaying => p.b * v - u,
                    Recovery::Undamped => p.b * (v + 65.0),
                };
            if v > p.threshold {
                spikes.push(step as u64);
                (v, u) = (p.c, u + p.d);
            }
        }
        spikes
    }
}
