//! The testbench program beside this process.
