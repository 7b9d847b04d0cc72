//! From identifier codes to slots.

use std::collections::HashMap;

/// Codes below this bound are looked up in a plain array (16 MiB at most).
const DENSE_LIMIT: u64 = 1 << 22;

/// What an identifier stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdUse {
    /// The header does not declare it.
    Undeclared,
    /// Declared, and of no interest.
    Unwatched,
    /// Its value is kept in this slot.
    Slot(usize),
}

const UNDECLARED: u32 = u32::MAX;
const UNWATCHED: u32 = u32::MAX - 1;

#[derive(Debug, Default)]
pub(crate) struct IdTable {
    dense: Vec<u32>,
    sparse: HashMap<u64, u32>,
}

impl IdTable {
    /// Makes `id` known.
    pub(crate) fn declare(&mut self, id: u64) {
        self.set(id, UNWATCHED);
    }

    /// Maps `id` to `slot`.
    pub(crate) fn watch(&mut self, id: u64, slot: usize) {
        self.set(id, u32::try_from(slot).unwrap_or(UNWATCHED));
    }

    fn set(&mut self, id: u64, entry: u32) {
        if id >= DENSE_LIMIT {
            self.sparse.insert(id, entry);
            return;
        }
        let index = id as usize;
        if index >= self.dense.len() {
            self.dense.resize(index + 1, UNDECLARED);
        }
        self.dense[index] = entry;
    }

    #[inline]
    pub(crate) fn get(&self, id: u64) -> IdUse {
        let entry = match self.dense.get(id as usize) {
            Some(&entry) => entry,
            None => self.get_sparse(id),
        };
        match entry {
            UNDECLARED => IdUse::Undeclared,
            UNWATCHED => IdUse::Unwatched,
            slot => IdUse::Slot(slot as usize),
        }
    }

    #[cold]
    fn get_sparse(&self, id: u64) -> u32 {
        self.sparse.get(&id).copied().unwrap_or(UNDECLARED)
    }
}
