//! Values that many points share: computed once, by whoever needs one first; the others wait for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

type Slot<T> = Arc<Mutex<Option<Arc<T>>>>;

/// The values used last, by key.
#[derive(Debug)]
pub struct Memo<K, T> {
    slots: Mutex<VecDeque<(K, Slot<T>)>>,
}

impl<K, T> Default for Memo<K, T> {
    fn default() -> Self {
        Memo { slots: Mutex::default() }
    }
}

impl<K: PartialEq, T> Memo<K, T> {
    /// The value of a key, computed unless it is known; `capacity` values are kept.
    ///
    /// # Errors
    /// That of `compute`; the next one who asks tries again.
    ///
    /// # Panics
    /// Never, unless `compute` does.
    pub fn get<E>(&self, key: K, capacity: usize, compute: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let slot = self.slot(key, capacity);
        let mut value = slot.lock().expect("compute does not panic");
        if let Some(known) = &*value {
            return Ok(Arc::clone(known));
        }
        let computed = Arc::new(compute()?);
        *value = Some(Arc::clone(&computed));
        Ok(computed)
    }

    /// Number of values kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.slots.lock().expect("no thread panics with the lock").len()
    }

    /// The slot of a key, moved to the front.
    fn slot(&self, key: K, capacity: usize) -> Slot<T> {
        let mut slots = self.slots.lock().expect("no thread panics with the lock");
        let known = slots.iter().position(|(other, _)| *other == key);
        let (key, slot) = known.and_then(|at| slots.remove(at)).unwrap_or_else(|| (key, Slot::default()));
        slots.push_front((key, Arc::clone(&slot)));
        slots.truncate(capacity.max(1));
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    #[test]
    fn a_value_is_computed_once_however_many_ask() {
        let (memo, computed) = (Memo::<u32, u32>::default(), AtomicU32::new(0));
        let ask = || {
            let compute = || {
                computed.fetch_add(1, Ordering::Relaxed);
                thread::sleep(std::time::Duration::from_millis(20));
                Ok::<u32, ()>(14)
            };
            assert_eq!(memo.get(7, 4, compute).map(|value| *value), Ok(14));
        };
        thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(ask))));
        assert_eq!(computed.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn those_not_used_for_long_are_forgotten_and_errors_are_not_kept() {
        let memo = Memo::<u32, u32>::default();
        let is_known = |key| memo.get(key, 2, || Err(())).is_ok();
        for key in [1, 2] {
            memo.get(key, 2, || Ok::<u32, ()>(key)).expect("computed");
        }
        assert!(is_known(1));
        memo.get(3, 2, || Ok::<u32, ()>(3)).expect("computed");
        assert!(is_known(1) && is_known(3));
        assert!(!is_known(2) && memo.get(2, 2, || Ok::<u32, ()>(5)).is_ok_and(|value| *value == 5));
    }
}
