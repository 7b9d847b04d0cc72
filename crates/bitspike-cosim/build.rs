//! Compiles the crate again whenever a file is added to or removed from the embedded RTL.

fn main() {
    println!("cargo:rerun-if-changed=../../hdl");
    println!("cargo:rerun-if-changed=../../testbenches");
}
