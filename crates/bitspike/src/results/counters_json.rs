//! `counters.json`: what was run, with what, and what was counted.

use serde_json::{Map, Value, json};

use super::{Manifest, RunResult};
use crate::metrics::measure;

/// The whole result of a run as JSON: manifest, structure, cycles, counters, metrics.
///
/// Keys are sorted, so equal runs give equal bytes.
#[must_use]
pub fn counters_json(run: &RunResult, manifest: &Manifest) -> Value {
    let metrics = measure(run).into_iter().map(|figure| (figure.name.to_owned(), json!(figure.value)));
    json!({
        "manifest": manifest,
        "structure": named(run.core.structure().parameters().map(|(name, value)| (name, u64::from(value)))),
        "cycles": run.cycles,
        "time_steps": run.time_steps,
        "counters": named(run.counters.named()),
        "metrics": metrics.collect::<Map<String, Value>>(),
    })
}

fn named<const N: usize>(pairs: [(&'static str, u64); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::counters_json;
    use crate::metrics::tests::tiny_run;
    use crate::results::Manifest;

    #[test]
    fn counters_metrics_and_structure_are_there() {
        let json = counters_json(&tiny_run(&[1, 2]), &Manifest::default());
        assert_eq!(json["cycles"], 40);
        assert_eq!(json["counters"]["synaptic_ops"], 30);
        assert_eq!(json["metrics"]["accuracy"], 1.0);
        assert_eq!(json["structure"]["Neurons"], 3);
    }
}
