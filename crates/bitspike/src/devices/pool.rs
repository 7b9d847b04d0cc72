//! Many pieces of work on all processors, in an order that changes nothing.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::control::Control;
use crate::error::Error;

/// The results of `work` on every item, in the order of the items; `None` when the user stopped it, with nothing kept.
///
/// # Errors
/// The first error, in the order of the items.
pub(crate) fn run_all<T: Sync, R: Send>(
    items: &[T],
    control: Control<'_>,
    work: impl Fn(&T) -> Result<R, Error> + Sync,
) -> Result<Option<Vec<R>>, Error> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Vec<Mutex<Option<Result<R, Error>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let interrupt = control.interrupt;
    let worker = || {
        while let (false, index) = (interrupt.is_set(), next.fetch_add(1, Ordering::Relaxed)) {
            let Some(item) = items.get(index) else { break };
            *results[index].lock().expect("no work panics with the lock") = Some(work(item));
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(items.len());
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(2));
            control.progress.points(done.load(Ordering::Relaxed) as u64, items.len() as u64);
        }
    });
    if interrupt.is_set() {
        return Ok(None);
    }
    let results = results.into_iter().map(|result| result.into_inner().expect("no work panics with the lock"));
    results.map(Option::transpose).collect::<Result<Option<Vec<R>>, Error>>()
}

#[cfg(test)]
mod tests {
    use super::run_all;
    use crate::control::{Control, Interrupt, NoProgress};
    use crate::error::Error;

    #[test]
    fn results_keep_the_order_and_the_first_error_wins() {
        let interrupt = Interrupt::default();
        let control = Control { interrupt: &interrupt, progress: &NoProgress };
        let items: Vec<u64> = (0..100).collect();
        let squares = run_all(&items, control, |x| Ok(x * x)).expect("no error").expect("not stopped");
        assert!(squares.iter().zip(&items).all(|(square, x)| *square == x * x));
        let fail = |x: &u64| {
            let problem = x.to_string();
            if *x < 40 { Ok(*x) } else { Err(Error::Option { option: "x", problem }) }
        };
        assert_eq!(run_all(&items, control, fail).expect_err("fails").to_string(), "x 40");
        interrupt.set();
        assert_eq!(run_all(&items, control, |x| Ok(*x)).expect("no error"), None);
    }
}
