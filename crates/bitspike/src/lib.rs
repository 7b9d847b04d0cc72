//! The bitspike library behind the command line.

pub mod digits;
