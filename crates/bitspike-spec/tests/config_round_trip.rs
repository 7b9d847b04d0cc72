//! The plain forms written by us read back as what was written.

use bitspike_spec::Core;
use bitspike_spec::config::{self, Preset, templates};
use bitspike_spec::stimulus::{Stimulus, file};
use bitspike_spec::testing;
use proptest::prelude::*;

fn read_back(core: &Core) -> Core {
    let text = core.to_toml();
    config::from_str(&text, ".").unwrap_or_else(|error| panic!("{error}\n{text}")).core
}

#[test]
fn presets_and_templates_survive() {
    let presets = Preset::ALL.iter().map(|&preset| config::preset_text(preset));
    for text in presets.chain(templates().iter().map(|(_, text)| *text)) {
        let core = config::from_str(text, ".").unwrap_or_else(|error| panic!("{error}")).core;
        assert_eq!(read_back(&core), core);
    }
}

fn core_and_stimulus() -> impl Strategy<Value = (Core, Stimulus)> {
    testing::arb_core().prop_flat_map(|core| {
        let stimulus = testing::arb_stimulus(core.structure());
        (Just(core), stimulus)
    })
}

proptest! {
    #[test]
    fn any_core_survives(core in testing::arb_core()) {
        prop_assert_eq!(read_back(&core), core);
    }

    #[test]
    fn any_core_with_an_array_survives(core in testing::arb_array_core()) {
        prop_assert_eq!(read_back(&core), core);
    }

    #[test]
    fn any_stimulus_survives((core, stimulus) in core_and_stimulus()) {
        let text = stimulus.to_toml();
        let read: Stimulus = file::from_str(&text, ".", core.structure(), 1e-3)
            .unwrap_or_else(|error| panic!("{error}\n{text}"))
            .stimulus;
        prop_assert_eq!(read, stimulus);
    }
}
