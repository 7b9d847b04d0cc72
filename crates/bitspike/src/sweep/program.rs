//! Programs the arrays of a sweep: designs that differ in digital keys share one.

use bitspike_device::DeviceProgrammer;
use bitspike_spec::config::{ArrayContent, ArrayProgrammer, ArrayRequest, ConfigError};

use super::memo::Memo;

/// Arrays kept for points to come: the seeds of a design, of each of many threads.
const KEPT: usize = 256;

/// What an array depends on: its keys as text, and the shape and codes of its weights. The folder is the same for all points.
type Key = (String, (u32, u32), Vec<i16>);

/// Programs each array once.
#[derive(Debug, Default)]
pub struct Programmer {
    arrays: Memo<Key, ArrayContent>,
}

impl ArrayProgrammer for Programmer {
    fn schema(&self) -> &serde_json::Value {
        DeviceProgrammer.schema()
    }

    fn program(&self, request: &ArrayRequest<'_>) -> Result<ArrayContent, ConfigError> {
        let weights = request.weights;
        let keys = serde_json::to_string(request.keys).expect("a table of plain values");
        let key = (keys, (weights.word_lines(), weights.bit_lines()), weights.codes().to_vec());
        let content = self.arrays.get(key, KEPT, || DeviceProgrammer.program(request))?;
        Ok((*content).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Programmer;
    use crate::array::core_from_str;
    use bitspike_spec::config;

    /// Two seeds, two spreads, two sets of weights and two widths of membrane, each twice, one after the other: the same cores as without a memory.
    #[test]
    fn a_shared_array_is_the_one_the_core_alone_has() {
        let programmer = Programmer::default();
        let mut cores = Vec::new();
        for n in (0..16).chain(0..16) {
            let text = format!(
                "core = {{ neurons = 2, word_lines = 2 }}\nneuron.v.bits = {}\nvalues.threshold = 20\nsynapse.image.rows = [[1, -8], [0, {}]]\n\
                 array = {{ seed = {}, read_mode = 'analogue', spread = {{ sigma = {{ relative = 0.{} }} }} }}",
                10 + (n & 1),
                3 + (n >> 1 & 1),
                1 + (n >> 2 & 1),
                1 + (n >> 3),
            );
            let alone = core_from_str(&text, ".").expect("a core").core;
            assert_eq!(config::from_str_with(&text, ".", &programmer).expect("a core").core, alone, "{text}");
            cores.push(alone.to_toml());
        }
        cores.sort();
        cores.dedup();
        assert_eq!(cores.len(), 16, "all differ");
        let kept = programmer.arrays.len();
        assert_eq!(kept, 8, "the width of the membrane makes no other array");
    }
}
