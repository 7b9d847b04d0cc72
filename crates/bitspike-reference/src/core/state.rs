//! The states of a core as floats, and what an event does to them.

use bitspike_spec::{Core, Filter, FireCheck, Integrate, Izhikevich, NeuronModel, Polarity, Structure};

use super::parameters::{RealParameters, SharedIzhikevich};
use super::range::Ranges;

/// The states of all neurons.
pub(super) struct State<'a> {
    pub(super) structure: &'a Structure,
    pub(super) parameters: &'a RealParameters,
    /// Choices and shared constants of an Izhikevich core; nothing with `lif`.
    pub(super) izhikevich: Option<(Izhikevich, SharedIzhikevich)>,
    pub(super) v: Vec<f64>,
    pub(super) u: Vec<f64>,
    /// Accumulators of the synaptic current, `[accumulator][neuron]`.
    pub(super) i_syn: Vec<Vec<f64>>,
    /// Weights waiting, `[slot * polarities + polarity][neuron]`.
    input: Vec<Vec<f64>>,
    pointer: usize,
    /// Steps (of the layer) left in which `v` is held.
    pub(super) held: Vec<u32>,
    /// Steps (of the layer) in which `v` is held after a spike.
    pub(super) refractory_steps: u32,
    pub(super) ranges: Ranges,
    /// What turns the summed accumulators into a current: `2^-ISynShift`.
    pub(super) current_scale: f64,
}

impl<'a> State<'a> {
    /// All neurons at the start; a spike holds `v` for `refractory_steps` steps of the layer.
    pub(super) fn new(core: &'a Core, parameters: &'a RealParameters, refractory_steps: u32) -> Self {
        let structure = core.structure();
        let neurons = structure.neurons as usize;
        let synapse = &structure.synapse;
        let slots = if synapse.is_buffered() { synapse.delay_slots * synapse.polarities() } else { 0 };
        let mut state = State {
            structure,
            parameters,
            izhikevich: match structure.model {
                NeuronModel::Lif => None,
                NeuronModel::Izhikevich(model) => parameters.izhikevich.map(|shared| (model, shared)),
            },
            v: vec![parameters.v_init; neurons],
            u: vec![parameters.u_init; neurons],
            i_syn: vec![vec![0.0; neurons]; structure.accumulators() as usize],
            input: vec![vec![0.0; neurons]; slots as usize],
            pointer: 0,
            held: vec![0; neurons],
            refractory_steps,
            ranges: Ranges::new(structure),
            current_scale: libm::exp2(-f64::from(synapse.shift)),
        };
        state.ranges.v.see(parameters.v_init);
        if structure.u_bits() > 0 {
            state.ranges.u.see(parameters.u_init);
        }
        state
    }

    /// `v` becomes `x`.
    #[inline]
    pub(super) fn set_v(&mut self, n: usize, x: f64) {
        self.ranges.v.see(x);
        self.v[n] = x;
    }

    /// `u` becomes `x`.
    #[inline]
    pub(super) fn set_u(&mut self, n: usize, x: f64) {
        self.ranges.u.see(x);
        self.u[n] = x;
    }

    /// Applies one weight, already real, to neuron `n`; whether the membrane potential is to be compared at once.
    #[inline]
    pub(super) fn apply(&mut self, n: usize, input: f64, delay: u32) -> bool {
        match self.structure.semantics.integrate {
            Integrate::Membrane if self.held[n] > 0 => false,
            Integrate::Membrane => {
                self.set_v(n, self.v[n] + input);
                self.structure.semantics.fire_check == FireCheck::PerOperation
            }
            Integrate::Current => {
                self.apply_to_current(n, input, delay);
                false
            }
        }
    }

    fn apply_to_current(&mut self, n: usize, input: f64, delay: u32) {
        let is_inhibitory = self.structure.synapse.polarity == Polarity::Split && input < 0.0;
        let q = usize::from(is_inhibitory);
        let (x, range) = if self.structure.synapse.is_buffered() {
            let slot = (self.pointer + delay as usize) % self.structure.synapse.delay_slots as usize;
            let polarities = self.structure.synapse.polarities() as usize;
            (&mut self.input[slot * polarities + q][n], &mut self.ranges.input[q])
        } else {
            (&mut self.i_syn[q][n], &mut self.ranges.i_syn[q])
        };
        *x += input;
        range.see(*x);
    }

    /// The inputs of this time step jump into the accumulators.
    ///
    /// ```text
    /// i_syn[q F + f] += jump(q, f, input[pointer][q])
    /// ```
    pub(super) fn take_inputs(&mut self, n: usize) {
        if !self.structure.synapse.is_buffered() {
            return;
        }
        let (polarities, filters) =
            (self.structure.synapse.polarities() as usize, self.structure.synapse.filters() as usize);
        for q in 0..polarities {
            let x = std::mem::take(&mut self.input[self.pointer * polarities + q][n]);
            for f in 0..filters {
                let k = q * filters + f;
                let jump = self.jump(q, f, x);
                self.i_syn[k][n] += jump;
                self.ranges.i_syn[k].see(self.i_syn[k][n]);
            }
        }
    }

    fn jump(&self, q: usize, f: usize, x: f64) -> f64 {
        let sign = |is_plus: bool| if is_plus { x } else { -x };
        match self.structure.synapse.filter {
            Filter::Exponential => x,
            Filter::DoubleExponential => sign(f == 0),
            Filter::ThreeTau => sign(f < 2) * self.parameters.gain[q][f % 2],
        }
    }

    /// The synaptic current of neuron `n`, without its bias.
    #[inline]
    pub(super) fn current(&mut self, n: usize) -> f64 {
        let current = self.i_syn.iter().map(|i_syn| i_syn[n]).sum::<f64>() * self.current_scale;
        self.ranges.current.see(current);
        current
    }

    /// The accumulators of neuron `n` decay by one time step.
    #[inline]
    pub(super) fn decay(&mut self, n: usize) {
        for (k, i_syn) in self.i_syn.iter_mut().enumerate() {
            i_syn[n] = self.parameters.decay[k].apply(i_syn[n]);
            self.ranges.i_syn[k].see(i_syn[n]);
        }
    }

    /// A time step of all neurons is over.
    pub(super) fn end_of_time_step(&mut self) {
        self.pointer = (self.pointer + 1) % self.structure.synapse.delay_slots as usize;
    }
}
