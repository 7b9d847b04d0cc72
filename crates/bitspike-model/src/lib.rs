//! The bit-exact, cycle-accurate core, integers only.
