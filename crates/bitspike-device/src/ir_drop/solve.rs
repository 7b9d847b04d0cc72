//! The network of one array and its solution.

use super::lines::Lines;
use super::{Topology, Wires};
use crate::effects::nonlinear::CurrentVoltage;
use crate::error::DeviceError;

/// When an iteration is good enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Relative residual in the energy norm of the preconditioner.
    pub tolerance: f64,
    /// Most iterations of the linear solver.
    pub max_iterations: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { tolerance: 1e-10, max_iterations: 5000 }
    }
}

/// An array of cells between word lines and bit lines.
#[derive(Clone, Debug)]
pub struct Network {
    wires: Wires,
    rows: usize,
    columns: usize,
    g: Vec<f64>,
    form: CurrentVoltage,
}

/// Currents and voltages of a network under one set of inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Current of each bit line into its virtual ground, amperes.
    pub currents: Vec<f64>,
    /// Voltage of each cell's word-line node, volts, word line major.
    pub word: Vec<f64>,
    /// Voltage of each cell's bit-line node, volts, word line major.
    pub bit: Vec<f64>,
    /// Iterations of the linear solver, all Newton steps together.
    pub iterations: u32,
    /// Largest sum of currents into a node, relative to the largest current in a wire or cell.
    pub kirchhoff: f64,
}

impl Network {
    /// A network of `rows = g.len() / columns` word lines, cells in siemens, word line major.
    ///
    /// # Errors
    /// [`DeviceError`] when the wires are not allowed (see [`Wires::check`]) or the cells do not fill the rows.
    pub fn new(wires: &Wires, columns: usize, g: Vec<f64>) -> Result<Self, DeviceError> {
        wires.check()?;
        if columns == 0 || g.is_empty() || !g.len().is_multiple_of(columns) {
            return Err(DeviceError::conflict("cells", format!("are {}, must fill rows of {columns}", g.len())));
        }
        let rows = g.len() / columns;
        Ok(Network { wires: wires.clone(), rows, columns, g, form: CurrentVoltage::Linear })
    }

    /// The same array with cells that are not resistors; `g` is their conductance at small voltages.
    #[must_use]
    pub fn with_cells(self, form: CurrentVoltage) -> Self {
        Network { form, ..self }
    }

    /// Number of word lines.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of bit lines.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Wires of this network.
    #[must_use]
    pub fn wires(&self) -> &Wires {
        &self.wires
    }

    /// Cell conductances, siemens, word line major.
    #[must_use]
    pub fn cells(&self) -> &[f64] {
        &self.g
    }

    /// Solves for one set of inputs: the volts of each active word line, `None` for an idle one.
    ///
    /// Linear cells: conjugate gradients on the word-line nodes, with the bit lines eliminated exactly and the word lines
    /// solved exactly as preconditioner. Others: Newton's method around that. All sweeps and sums run in a fixed order.
    ///
    /// # Errors
    /// [`DeviceError::NotConverged`] when the tolerance is not reached.
    ///
    /// # Panics
    /// If there is not one input for each word line.
    ///
    /// # Example
    /// ```
    /// use bitspike_device::ir_drop::{Network, Settings, Wires};
    ///
    /// // One cell of 1 kOhm between two wires of 500 Ohm: 1 V drives 0.5 mA.
    /// let network = Network::new(&Wires::new(500.0, 500.0), 1, vec![1e-3])?;
    /// let solution = network.solve(&[Some(1.0)], Settings::default())?;
    /// assert!((solution.currents[0] - 0.5e-3).abs() < 1e-15);
    /// # Ok::<(), bitspike_device::DeviceError>(())
    /// ```
    pub fn solve(&self, inputs: &[Option<f64>], settings: Settings) -> Result<Solution, DeviceError> {
        assert_eq!(inputs.len(), self.rows, "one input for each word line");
        let (active, ends) = (self.active_cells(inputs), self.ends(inputs));
        let mut linear = Linear::new(&self.wires, self.columns, (&active, &ends));
        let mut solution = linear.solve(&self.sources(inputs), settings)?;
        if self.form != CurrentVoltage::Linear {
            solution = self.newton(&active, (inputs, solution), settings)?;
        }
        solution.kirchhoff = self.kirchhoff(&active, inputs, &solution);
        Ok(solution)
    }

    fn active_cells(&self, inputs: &[Option<f64>]) -> Vec<f64> {
        let mut cells = self.g.clone();
        if self.wires.topology == Topology::GatedCells {
            for (row, _) in inputs.iter().enumerate().filter(|(_, input)| input.is_none()) {
                cells[row * self.columns..][..self.columns].fill(0.0);
            }
        }
        cells
    }

    /// Conductance of each word line's driver with the first segment; 0 when it floats.
    fn ends(&self, inputs: &[Option<f64>]) -> Vec<f64> {
        let driven = 1.0 / (self.wires.r_wl + self.wires.r_driver);
        let floats = self.wires.topology == Topology::FloatingRows;
        inputs.iter().map(|input| if floats && input.is_none() { 0.0 } else { driven }).collect()
    }

    fn sources(&self, inputs: &[Option<f64>]) -> Sources {
        let volts = inputs.iter().map(|input| input.unwrap_or(0.0)).collect();
        Sources { volts, word: Vec::new(), bit: Vec::new() }
    }

    /// Newton's method: cells become their tangent and a current source, until the cell voltages stand still.
    fn newton(
        &self,
        active: &[f64],
        (inputs, first): (&[Option<f64>], Solution),
        settings: Settings,
    ) -> Result<Solution, DeviceError> {
        const STEPS: u32 = 60;
        let largest = inputs.iter().flatten().fold(0.0_f64, |a, v| a.max(v.abs()));
        let mut solution = first;
        for _ in 0..STEPS {
            let drops: Vec<f64> = solution.word.iter().zip(&solution.bit).map(|(w, b)| w - b).collect();
            let tangents: Vec<f64> = active.iter().zip(&drops).map(|(&g, &v)| self.form.slope(g, v)).collect();
            let excess: Vec<f64> =
                active.iter().zip(&drops).zip(&tangents).map(|((&g, &v), t)| self.form.current(g, v) - t * v).collect();
            let mut sources = self.sources(inputs);
            sources.word = excess.iter().map(|i| -i).collect();
            sources.bit = excess;
            let next =
                Linear::new(&self.wires, self.columns, (&tangents, &self.ends(inputs))).solve(&sources, settings)?;
            let moved = next.word.iter().zip(&next.bit).zip(&drops).map(|((w, b), v)| (w - b - v).abs());
            let moved = moved.fold(0.0, f64::max);
            let iterations = solution.iterations + next.iterations;
            solution = Solution { iterations, ..next };
            if moved <= settings.tolerance * largest {
                return Ok(solution);
            }
        }
        let (iterations, tolerance) = (solution.iterations, settings.tolerance);
        Err(DeviceError::NotConverged { iterations, residual: f64::NAN, tolerance })
    }

    /// Largest sum of currents into a node over the largest current anywhere.
    fn kirchhoff(&self, active: &[f64], inputs: &[Option<f64>], solution: &Solution) -> f64 {
        let (columns, ends) = (self.columns, self.ends(inputs));
        let (g_w, g_b) = (1.0 / self.wires.r_wl, 1.0 / self.wires.r_bl);
        let g_out = 1.0 / (self.wires.r_bl + self.wires.r_sense);
        let (w, b) = (&solution.word, &solution.bit);
        let (mut worst, mut largest) = (0.0_f64, f64::MIN_POSITIVE);
        for k in 0..w.len() {
            let (i, j) = (k / columns, k % columns);
            let cell = self.form.current(active[k], w[k] - b[k]);
            let volts = inputs[i].unwrap_or(0.0);
            let left = if j == 0 { ends[i] * (volts - w[k]) } else { g_w * (w[k - 1] - w[k]) };
            let right = if j + 1 < columns { g_w * (w[k] - w[k + 1]) } else { 0.0 };
            let above = if i == 0 { 0.0 } else { g_b * (b[k - columns] - b[k]) };
            let below = if i + 1 < self.rows { g_b * (b[k] - b[k + columns]) } else { g_out * b[k] };
            if g_w.is_finite() {
                worst = worst.max((left - right - cell).abs());
                largest = largest.max(left.abs());
            }
            if g_b.is_finite() {
                worst = worst.max((above + cell - below).abs());
                largest = largest.max(below.abs());
            }
            largest = largest.max(cell.abs());
        }
        worst / largest
    }
}

/// What drives a network: volts of the word lines, and currents into the nodes (empty: none).
pub(super) struct Sources {
    pub(super) volts: Vec<f64>,
    pub(super) word: Vec<f64>,
    pub(super) bit: Vec<f64>,
}

/// The linear network, factored along its lines. Missing lines are wires without resistance.
pub(super) struct Linear<'a> {
    columns: usize,
    cells: &'a [f64],
    ends: &'a [f64],
    g_out: f64,
    word: Option<Lines>,
    bit: Option<Lines>,
    work: [Vec<f64>; 4],
}

impl<'a> Linear<'a> {
    pub(super) fn new(wires: &Wires, columns: usize, (cells, ends): (&'a [f64], &'a [f64])) -> Self {
        let g_out = 1.0 / (wires.r_bl + wires.r_sense);
        let word = (wires.r_wl > 0.0).then(|| Lines::word(cells, columns, (1.0 / wires.r_wl, ends)));
        let bit = (wires.r_bl > 0.0).then(|| Lines::bit(cells, columns, (1.0 / wires.r_bl, g_out)));
        Linear { columns, cells, ends, g_out, word, bit, work: std::array::from_fn(|_| vec![0.0; cells.len()]) }
    }

    pub(super) fn solve(&mut self, sources: &Sources, settings: Settings) -> Result<Solution, DeviceError> {
        let (word, iterations) = self.word_nodes(sources, settings)?;
        let mut bit = or_zero(&sources.bit, word.len());
        match &self.bit {
            None => bit.fill(0.0),
            Some(lines) => {
                add_product(&mut bit, self.cells, &word);
                lines.solve_bit(&mut bit);
            }
        }
        let currents = self.currents(sources, (&word, &bit));
        Ok(Solution { currents, word, bit, iterations, kirchhoff: 0.0 })
    }

    fn currents(&self, sources: &Sources, (word, bit): (&[f64], &[f64])) -> Vec<f64> {
        if self.bit.is_some() {
            return bit[bit.len() - self.columns..].iter().map(|b| self.g_out * b).collect();
        }
        let mut currents = vec![0.0; self.columns];
        for (k, (cell, w)) in self.cells.iter().zip(word).enumerate() {
            currents[k % self.columns] += cell * w + sources.bit.get(k).copied().unwrap_or(0.0);
        }
        currents
    }

    fn word_nodes(&mut self, sources: &Sources, settings: Settings) -> Result<(Vec<f64>, u32), DeviceError> {
        let mut rhs = or_zero(&sources.word, self.cells.len());
        let Some(word) = &self.word else {
            let volts = sources.volts.iter().flat_map(|&v| std::iter::repeat_n(v, self.columns));
            return Ok((volts.collect(), 0));
        };
        for (row, (volts, end)) in sources.volts.iter().zip(self.ends).enumerate() {
            rhs[row * self.columns] += end * volts;
        }
        let Some(bit) = &self.bit else {
            word.solve_word(&mut rhs);
            return Ok((rhs, 0));
        };
        if !sources.bit.is_empty() {
            let mut raised = sources.bit.clone();
            bit.solve_bit(&mut raised);
            add_product(&mut rhs, self.cells, &raised);
        }
        conjugate_gradients((self.cells, word, bit), rhs, (&mut self.work, settings))
    }
}

fn or_zero(values: &[f64], len: usize) -> Vec<f64> {
    if values.is_empty() { vec![0.0; len] } else { values.to_vec() }
}

/// Solves `(W - D B^-1 D) x = rhs`, the network with its bit lines eliminated, preconditioned by `W^-1`.
///
/// `W`, `B` are the tridiagonal matrices of the word and bit lines, `D` the diagonal of the cells. `W p` follows the same
/// recurrence as `p` and is kept in `q`, so one iteration costs one sweep along each direction and four passes.
fn conjugate_gradients(
    (cells, word, bit): (&[f64], &Lines, &Lines),
    mut r: Vec<f64>,
    (work, settings): (&mut [Vec<f64>; 4], Settings),
) -> Result<(Vec<f64>, u32), DeviceError> {
    let [z, p, q, t] = work;
    let mut x = vec![0.0; r.len()];
    z.copy_from_slice(&r);
    word.solve_word(z);
    let mut rz = dot(&r, z);
    p.copy_from_slice(z);
    q.copy_from_slice(&r);
    let target = settings.tolerance * settings.tolerance * rz;
    let mut iterations = 0;
    while rz > target {
        if iterations == settings.max_iterations {
            let residual = settings.tolerance * (rz / target).sqrt();
            return Err(DeviceError::NotConverged { iterations, residual, tolerance: settings.tolerance });
        }
        product(t, cells, p);
        bit.solve_bit(t);
        let alpha = rz / subtract_product_dot(t, (cells, q), p);
        step((&mut x, &mut r), (p, t), alpha);
        z.copy_from_slice(&r);
        word.solve_word(z);
        let next = dot(&r, z);
        let beta = next / rz;
        extend((p, z), (q, &r), beta);
        rz = next;
        iterations += 1;
    }
    Ok((x, iterations))
}

const LANES: usize = 8;

/// `sum a b`, in eight running sums: a fixed order that vectorises.
#[multiversion::multiversion(targets("x86_64+avx2"))]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (heads, tails) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = heads.remainder().iter().zip(tails.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in heads.zip(tails) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// `t = q - cells t`, and `p . t`.
#[multiversion::multiversion(targets("x86_64+avx2"))]
fn subtract_product_dot(t: &mut [f64], (cells, q): (&[f64], &[f64]), p: &[f64]) -> f64 {
    for (t, (g, q)) in t.iter_mut().zip(cells.iter().zip(q)) {
        *t = q - g * *t;
    }
    dot(p, t)
}

#[multiversion::multiversion(targets("x86_64+avx2"))]
fn product(t: &mut [f64], cells: &[f64], p: &[f64]) {
    for (t, (g, p)) in t.iter_mut().zip(cells.iter().zip(p)) {
        *t = g * p;
    }
}

fn add_product(t: &mut [f64], cells: &[f64], p: &[f64]) {
    for (t, (g, p)) in t.iter_mut().zip(cells.iter().zip(p)) {
        *t += g * p;
    }
}

/// `x += alpha p`, `r -= alpha s`.
#[multiversion::multiversion(targets("x86_64+avx2"))]
fn step((x, r): (&mut [f64], &mut [f64]), (p, s): (&[f64], &[f64]), alpha: f64) {
    for (x, p) in x.iter_mut().zip(p) {
        *x += alpha * p;
    }
    for (r, s) in r.iter_mut().zip(s) {
        *r -= alpha * s;
    }
}

/// `p = z + beta p`, `q = r + beta q`.
#[multiversion::multiversion(targets("x86_64+avx2"))]
fn extend((p, z): (&mut [f64], &[f64]), (q, r): (&mut [f64], &[f64]), beta: f64) {
    for (p, z) in p.iter_mut().zip(z) {
        *p = z + beta * *p;
    }
    for (q, r) in q.iter_mut().zip(r) {
        *q = r + beta * *q;
    }
}
