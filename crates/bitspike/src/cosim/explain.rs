//! A divergence in the words of the core: signal, time step, neuron, raw and real values, the window around it.

use bitspike_cosim::compare::{Divergence, DivergenceKind, SignalDifference};
use bitspike_cosim::waveform::{OwnedRecord, RawValue, Record};
use bitspike_spec::{Core, EventKind, ProbeSchema, Signal, SignalKind};

use super::field::{Field, unsigned};

/// Signals that give every line of the window its context.
const CONTEXT: [&str; 4] = ["control_state", "event_kind", "event_payload", "time_steps"];
/// Most differing signals that get a column of the window.
const COLUMNS: usize = 6;
/// Most neurons listed for one signal.
const NEURONS: usize = 16;

/// A divergence, ready to be shown.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct DivergenceReport {
    /// How the sides part: `values`, `model_ended`, `rtl_ended` or `cycles`.
    pub kind: &'static str,
    /// First cycle in which anything differs (on the side of the model).
    pub cycle: u64,
    /// Cycles that agree before it.
    pub cycles_before: u64,
    /// First differing signal in the order of the probe; empty unless values differ.
    pub signal: String,
    /// Time step of the model in that cycle, counted from the last reset.
    pub time_step: u64,
    /// The event the model is running in that cycle.
    pub event: String,
    /// Every signal that differs in that cycle.
    pub differences: Vec<SignalReport>,
    /// Headings of the window.
    pub columns: Vec<String>,
    /// The cycles around it.
    pub window: Vec<WindowLine>,
    /// Command that shows it again.
    pub replay: String,
}

/// A signal that differs.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SignalReport {
    /// The signal.
    pub signal: String,
    /// Bits of the model as a Verilog literal.
    pub model: String,
    /// Bits of the RTL as a Verilog literal.
    pub rtl: String,
    /// The values of neurons that differ, 16 at most; empty for a signal without lanes.
    pub neurons: Vec<NeuronReport>,
    /// Number of values of neurons that differ.
    pub values: usize,
}

/// A neuron whose value differs.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct NeuronReport {
    /// The neuron.
    pub neuron: u64,
    /// Which of its values, where it has several: `accumulator 2` or `polarity 1`; else empty.
    pub part: String,
    /// Raw value of the model.
    pub model: String,
    /// Raw value of the RTL.
    pub rtl: String,
    /// Real value of the model, `raw * 2^-frac`, for signals in the format of `v`.
    pub model_real: Option<f64>,
    /// Real value of the RTL.
    pub rtl_real: Option<f64>,
}

/// One cycle of the window.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WindowLine {
    /// The cycle.
    pub cycle: u64,
    /// Whether the sides part here.
    pub diverges: bool,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// The values of one column in one cycle.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Cell {
    /// Model.
    pub model: String,
    /// RTL.
    pub rtl: String,
    /// Whether they differ.
    pub differs: bool,
}

struct Explainer<'a> {
    core: &'a Core,
    schema: ProbeSchema,
    divergence: &'a Divergence,
}

/// Puts a divergence (left the model, right the RTL) into the words of the core.
#[must_use]
pub fn explain(core: &Core, divergence: &Divergence, replay: String) -> DivergenceReport {
    let explainer = Explainer { core, schema: ProbeSchema::new(core.structure()), divergence };
    let columns = explainer.columns();
    let at = divergence.window.get(divergence.at);
    let model = at.and_then(|row| row.left.as_ref()).map(OwnedRecord::as_record);
    DivergenceReport {
        kind: kind_name(divergence.kind),
        cycle: divergence.left_cycle,
        cycles_before: divergence.records_before,
        signal: divergence.first().map(|first| first.name.clone()).unwrap_or_default(),
        time_step: model.and_then(|record| unsigned(&divergence.layout, &record, "time_steps")).unwrap_or(0),
        event: model.map(|record| explainer.event(&record)).unwrap_or_default(),
        differences: divergence.differences.iter().map(|d| explainer.signal(d, model.as_ref())).collect(),
        window: explainer.window(&columns),
        columns: columns.iter().map(|column| explainer.heading(column)).collect(),
        replay,
    }
}

fn kind_name(kind: DivergenceKind) -> &'static str {
    match kind {
        DivergenceKind::Values => "values",
        DivergenceKind::LeftEnded => "model_ended",
        DivergenceKind::RightEnded => "rtl_ended",
        DivergenceKind::Cycles => "cycles",
    }
}

/// A column of the window: a signal, or one of its fields.
struct Column {
    index: usize,
    field: Field,
    position: Option<u32>,
}

impl Explainer<'_> {
    /// The schema's signal of position `index`; waveforms of the core have the schema's signals.
    fn schema_signal(&self, index: usize) -> Option<&Signal> {
        self.schema.signal(&self.divergence.layout.signals()[index].name)
    }

    fn kind(&self, index: usize) -> SignalKind {
        self.schema_signal(index).map_or(SignalKind::Unsigned, |signal| signal.kind)
    }

    fn field(&self, index: usize, position: u32) -> Field {
        Field::of(self.kind(index), self.divergence.layout.signals()[index].width, position)
    }

    fn fields(&self, index: usize) -> u32 {
        let width = self.divergence.layout.signals()[index].width;
        match self.kind(index) {
            SignalKind::Unsigned => 1,
            SignalKind::SignedLanes(bits) | SignalKind::UnsignedLanes(bits) => width / bits,
        }
    }

    /// Lane of a field, and which of the lane's values it is, in words, where a lane has several.
    fn place(&self, index: usize, position: u32) -> (u32, String) {
        let each = (self.fields(index) / self.core.structure().lanes).max(1);
        let name =
            if self.divergence.layout.signals()[index].name == "write_input" { "polarity" } else { "accumulator" };
        (position / each, if each == 1 { String::new() } else { format!("{name} {}", position % each) })
    }

    fn differing_fields(&self, difference: &SignalDifference) -> Vec<u32> {
        let differs =
            |&position: &u32| !self.field(difference.index, position).same(&difference.left, &difference.right);
        (0..self.fields(difference.index)).filter(differs).collect()
    }

    fn event(&self, record: &Record<'_>) -> String {
        let read = |name| unsigned(&self.divergence.layout, record, name);
        let (Some(state), Some(kind), Some(payload)) =
            (read("control_state"), read("event_kind"), read("event_payload"))
        else {
            return String::new();
        };
        if state < 2 {
            return if state == 0 { "none (INIT)".to_owned() } else { "none (IDLE)".to_owned() };
        }
        let kind = EventKind::ALL.iter().find(|known| u64::from(known.code()) == kind);
        let structure = self.core.structure();
        let (body, delay) = (payload & ((1 << structure.body_bits()) - 1), payload >> structure.body_bits());
        let neuron = body & ((1 << structure.neuron_bits()) - 1);
        let delayed = if delay == 0 { String::new() } else { format!(", delay {delay}") };
        match kind {
            Some(EventKind::WordLine) => format!("word_line {body}{delayed}"),
            Some(EventKind::TimeStep) => "time_step".to_owned(),
            Some(EventKind::Inject) => format!("inject, neuron {neuron}{delayed}"),
            Some(EventKind::TimeStepOne) => format!("time_step_one, neuron {neuron}"),
            None => String::new(),
        }
    }

    fn signal(&self, difference: &SignalDifference, model: Option<&Record<'_>>) -> SignalReport {
        let has_lanes = self.kind(difference.index) != SignalKind::Unsigned;
        let fields = if has_lanes { self.differing_fields(difference) } else { Vec::new() };
        let group = model.and_then(|record| unsigned(&self.divergence.layout, record, "write_group")).unwrap_or(0);
        let first = group * u64::from(self.core.structure().lanes);
        SignalReport {
            signal: difference.name.clone(),
            model: difference.left.to_string(),
            rtl: difference.right.to_string(),
            neurons: fields.iter().take(NEURONS).map(|&position| self.neuron(difference, position, first)).collect(),
            values: fields.len(),
        }
    }

    /// A value of the group whose first neuron is `first`.
    fn neuron(&self, difference: &SignalDifference, position: u32, first: u64) -> NeuronReport {
        let field = self.field(difference.index, position);
        let (lane, part) = self.place(difference.index, position);
        let real = |value: &RawValue| {
            let scale = (-f64::from(self.core.structure().frac)).exp2();
            field.number(value).filter(|_| field.signed).map(|raw| raw as f64 * scale)
        };
        NeuronReport {
            neuron: first + u64::from(lane),
            part,
            model: field.text(&difference.left),
            rtl: field.text(&difference.right),
            model_real: real(&difference.left),
            rtl_real: real(&difference.right),
        }
    }

    fn columns(&self) -> Vec<Column> {
        let layout = &self.divergence.layout;
        let context = CONTEXT.iter().filter_map(|name| layout.position(name));
        let context = context.map(|index| Column { index, field: self.field(index, 0), position: None });
        let differing = self.divergence.differences.iter().take(COLUMNS).map(|difference| {
            let first = self.differing_fields(difference).first().copied().unwrap_or(0);
            let position = (self.kind(difference.index) != SignalKind::Unsigned).then_some(first);
            Column { index: difference.index, field: self.field(difference.index, first), position }
        });
        let differing: Vec<Column> = differing.collect();
        let is_new = |column: &Column| differing.iter().all(|other| other.index != column.index);
        context.filter(is_new).collect::<Vec<_>>().into_iter().chain(differing).collect()
    }

    fn heading(&self, column: &Column) -> String {
        let name = &self.divergence.layout.signals()[column.index].name;
        let Some(position) = column.position else { return name.clone() };
        let (lane, part) = self.place(column.index, position);
        format!("{name} lane {lane} {part}").trim_end().to_owned()
    }

    fn window(&self, columns: &[Column]) -> Vec<WindowLine> {
        let rows = self.divergence.window.iter().enumerate();
        rows.map(|(position, row)| WindowLine {
            cycle: row.left.as_ref().or(row.right.as_ref()).map_or(0, |record| record.cycle),
            diverges: position == self.divergence.at,
            cells: columns.iter().map(|column| self.cell(column, row.left.as_ref(), row.right.as_ref())).collect(),
        })
        .collect()
    }

    fn cell(&self, column: &Column, left: Option<&OwnedRecord>, right: Option<&OwnedRecord>) -> Cell {
        let value =
            |side: Option<&OwnedRecord>| side.map(|r| self.divergence.layout.value(column.index, &r.as_record()));
        let (left, right) = (value(left), value(right));
        let text =
            |value: &Option<RawValue>| value.as_ref().map_or_else(|| "ended".to_owned(), |v| column.field.text(v));
        let differs = match (&left, &right) {
            (Some(left), Some(right)) => !column.field.same(left, right),
            (left, right) => left.is_some() != right.is_some(),
        };
        Cell { model: text(&left), rtl: text(&right), differs }
    }
}
