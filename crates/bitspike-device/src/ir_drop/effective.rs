//! The wires folded into the cells: one effective conductance for each.

use super::solve::{Linear, Network, Settings, Sources};
use super::{ReadMode, Topology, Wires};
use crate::effects::nonlinear::CurrentVoltage;
use crate::error::DeviceError;
use std::num::NonZeroUsize;

/// The effective matrix of driven rows and linear cells: `I_j = sum over i of T_ij V_i`, siemens, word line major.
///
/// ```text
/// rows <= columns     V = e_i,  T_i. = I                           one solve for each word line
/// else                A lambda = e(b_m-1,j),  T_ij = g_in g_out lambda(w_i0)      adjoint, one for each bit line
/// ```
///
/// `T` is exact for every voltage vector, because the network is linear. Threads share the solves; each solve is the same
/// whoever makes it, so their number changes no bit.
///
/// # Errors
/// [`DeviceError::NotConverged`].
pub fn effective_matrix(network: &Network, settings: Settings, threads: NonZeroUsize) -> Result<Vec<f64>, DeviceError> {
    let (rows, columns) = (network.rows(), network.columns());
    let wires = network.wires();
    let adjoint = rows > columns && wires.r_wl > 0.0 && wires.r_bl > 0.0;
    let solves = if adjoint { columns } else { rows };
    let ends = vec![1.0 / (wires.r_wl + wires.r_driver); rows];
    let solve = |linear: &mut Linear<'_>, k: usize| -> Result<Vec<f64>, DeviceError> {
        if adjoint {
            let solution = linear.solve(&unit_bit(network, k), settings)?;
            let scale = ends[0] / (wires.r_bl + wires.r_sense);
            return Ok(solution.word.iter().step_by(columns).map(|lambda| scale * lambda).collect());
        }
        let volts = (0..rows).map(|row| f64::from(u8::from(row == k))).collect();
        Ok(linear.solve(&Sources { volts, word: Vec::new(), bit: Vec::new() }, settings)?.currents)
    };
    let lines = in_threads((solves, threads), || Linear::new(wires, columns, (network.cells(), &ends)), solve)?;
    Ok(if adjoint { transposed(&lines, rows) } else { lines.concat() })
}

fn unit_bit(network: &Network, column: usize) -> Sources {
    let mut bit = vec![0.0; network.rows() * network.columns()];
    let last = bit.len() - network.columns();
    bit[last + column] = 1.0;
    Sources { volts: vec![0.0; network.rows()], word: Vec::new(), bit }
}

fn transposed(columns: &[Vec<f64>], rows: usize) -> Vec<f64> {
    (0..rows).flat_map(|row| columns.iter().map(move |column| column[row])).collect()
}

/// Makes `jobs` results in order, in blocks of consecutive jobs, one worker state for each thread.
fn in_threads<S, T: Send>(
    (jobs, threads): (usize, NonZeroUsize),
    start: impl Fn() -> S + Sync,
    job: impl Fn(&mut S, usize) -> Result<T, DeviceError> + Sync,
) -> Result<Vec<T>, DeviceError> {
    let block = jobs.div_ceil(threads.get()).max(1);
    let (start, job) = (&start, &job);
    let results: Vec<Result<Vec<T>, DeviceError>> = std::thread::scope(|scope| {
        let run = |first: usize| {
            scope.spawn(move || {
                let mut state = start();
                (first..jobs.min(first + block)).map(|k| job(&mut state, k)).collect()
            })
        };
        let workers: Vec<_> = (0..jobs).step_by(block).map(run).collect();
        workers.into_iter().map(|worker| worker.join().expect("a solve does not panic")).collect()
    });
    let mut all = Vec::with_capacity(jobs);
    for result in results {
        all.extend(result?);
    }
    Ok(all)
}

/// How cells are folded into currents.
#[derive(Clone, Copy, Debug)]
pub struct Fold<'a> {
    /// The wires; none: ideal.
    pub wires: Option<&'a Wires>,
    /// Volts on an active word line.
    pub v_read: f64,
    /// How the array is read.
    pub mode: ReadMode,
    /// Current against voltage of a cell.
    pub form: CurrentVoltage,
    /// Threads to use.
    pub threads: NonZeroUsize,
}

/// The current of each cell as its bit line sees it with the word line at `v_read`, amperes, word line major.
///
/// ```text
/// no wires                              I_ij = i(v_read) of the cell
/// driven rows, linear cells             I_ij = T_ij v_read            exact for event and analogue reads
/// anything else, event read             I_ij = I_j with word line i alone active (Newton for other cells): exact
/// anything else, analogue read          refused: no code for a cell is exact
/// ```
///
/// # Errors
/// [`DeviceError::Conflict`] for wires that cannot be folded; [`DeviceError::NotConverged`].
pub fn fold(g: &[f64], columns: usize, how: &Fold<'_>) -> Result<Vec<f64>, DeviceError> {
    let wires = match how.wires {
        Some(wires) if wires.r_wl > 0.0 || wires.r_bl > 0.0 => wires,
        Some(_) | None => return Ok(g.iter().map(|&g| how.form.current(g, how.v_read)).collect()),
    };
    let linear = how.form == CurrentVoltage::Linear;
    let network = Network::new(wires, columns, g.to_vec())?.with_cells(how.form);
    let settings = Settings { tolerance: wires.tolerance, ..Settings::default() };
    if linear && wires.topology == Topology::DrivenRows {
        let matrix = effective_matrix(&network, settings, how.threads)?;
        return Ok(matrix.iter().map(|t| t * how.v_read).collect());
    }
    if how.mode == ReadMode::Analogue {
        let problem = "cannot be folded for analogue reads: it needs topology = \"driven_rows\" and linear cells, or \
                       read_mode = \"event\"; Network::solve gives the currents of one pattern";
        return Err(DeviceError::conflict("array.wires", problem));
    }
    let rows = network.rows();
    let solve = |(): &mut (), row: usize| {
        let inputs: Vec<Option<f64>> = (0..rows).map(|r| (r == row).then_some(how.v_read)).collect();
        Ok(network.solve(&inputs, settings)?.currents)
    };
    Ok(in_threads((rows, how.threads), || (), solve)?.concat())
}
