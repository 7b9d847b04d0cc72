//! Tests of the step functions.
