//! The bitspike library behind the command line.
