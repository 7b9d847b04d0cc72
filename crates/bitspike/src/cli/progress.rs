//! Progress on standard error: shown only in a terminal, and only for what takes more than two seconds.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::control::Progress;

const PATIENCE: Duration = Duration::from_secs(2);

/// A progress line.
pub(super) struct Terminal {
    bar: ProgressBar,
    begin: Instant,
    shown: Cell<bool>,
    phase: RefCell<String>,
}

impl Terminal {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Terminal { bar, begin: Instant::now(), shown: Cell::new(false), phase: RefCell::new(String::new()) }
    }

    /// `indicatif` draws nothing on a standard error that is no terminal.
    fn show_if_late(&self) {
        if !self.shown.get() && self.begin.elapsed() >= PATIENCE {
            self.shown.set(true);
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.set_message(self.phase.borrow().clone());
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

impl Progress for Terminal {
    fn phase(&self, name: &str) {
        self.bar.unset_length();
        self.bar.set_position(0);
        self.style("{spinner} {msg} {elapsed}");
        name.clone_into(&mut self.phase.borrow_mut());
        self.bar.set_message(name.to_owned());
        self.show_if_late();
    }

    fn cycles(&self, done: u64, total: Option<u64>) {
        self.show_if_late();
        if self.shown.get() {
            if let Some(total) = total {
                self.bar.set_length(total);
                self.style("{msg} {bar:40} {human_pos} of {human_len} cycles, {eta} left");
            } else {
                self.style("{spinner} {msg} {human_pos} cycles {elapsed}");
            }
            self.bar.set_position(done);
        }
    }

    fn points(&self, done: u64, total: u64) {
        self.show_if_late();
        if self.shown.get() {
            self.bar.set_length(total);
            self.style("{msg} {bar:40} {human_pos} of {human_len} points, {per_sec}, {eta} left");
            self.bar.set_position(done);
        }
    }

    fn steps(&self, done: u64, total: u64) {
        self.show_if_late();
        if self.shown.get() {
            self.bar.set_length(total);
            self.style("{msg} {bar:40} {human_pos} of {human_len} time steps, {eta} left");
            self.bar.set_position(done);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
