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
