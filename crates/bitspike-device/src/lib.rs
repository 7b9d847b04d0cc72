//! RRAM device physics: weights to conductances to integer images.
