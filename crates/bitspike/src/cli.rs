//! The command line.

mod accuracy;
mod ageing;
mod array;
mod compare;
mod cosim;
mod doctor;
mod exit;
mod folder;
mod fuzz;
mod inputs;
mod new;
mod output;
mod patterns;
mod progress;
mod rtl;
mod run;
mod study;
mod sweep;
mod synth;
mod unit;
mod verdict;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use exit::Exit;

use crate::control::Interrupt;
use crate::error::Error;

/// Neuromorphic hardware emulator and RTL co-simulation toolkit
#[derive(Parser, Clone, Debug)]
#[command(
    name = "bitspike",
    version,
    max_term_width = 110,
    after_help = "Exit status: 0 done, and what was compared agrees; 1 divergence; \
2 wrong input, or a file that cannot be read or written; 3 a tool is missing or failed; 130 interrupted.

Examples:
  bitspike new my_core
  bitspike run my_core/core.toml --stimulus my_core/stimulus.toml
  bitspike cosim my_core/core.toml --stimulus my_core/stimulus.toml"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Clone, Debug)]
enum Command {
    New(new::Args),
    Run(run::Args),
    Cosim(cosim::Args),
    Compare(compare::Args),
    Accuracy(accuracy::Args),
    Fuzz(fuzz::Args),
    Array(array::Args),
    Synth(synth::Args),
    Sweep(sweep::Args),
    Patterns(patterns::Args),
    Study(study::Args),
    Doctor(doctor::Args),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  bitspike completions bash > ~/.local/share/bash-completion/completions/bitspike"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the JSON schema of core.toml, for editors
    #[command(
        after_help = "Examples:\n  bitspike schema > core.schema.json\n  bitspike schema --stimulus > stimulus.schema.json"
    )]
    Schema {
        /// The schema of stimulus.toml instead
        #[arg(long)]
        stimulus: bool,
    },
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let interrupt = Interrupt::default();
    let exit = listen(&interrupt).and_then(|()| execute(&cli.command, &interrupt));
    match exit {
        Ok(exit) => {
            if exit == Exit::Interrupted {
                eprintln!("interrupted: what was computed until then is kept");
            }
            exit.into()
        }
        Err(_) if interrupt.is_set() => {
            eprintln!("interrupted");
            Exit::Interrupted.into()
        }
        Err(error) => {
            eprintln!("error: {error}");
            Exit::of(&error).into()
        }
    }
}

/// The first Ctrl-C asks the work to stop and keep what it has, the second ends the process at once.
fn listen(interrupt: &Interrupt) -> Result<(), Error> {
    let flag = interrupt.clone();
    let handler = move || {
        if flag.is_set() {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
        flag.set();
        eprintln!("\nstopping; press Ctrl-C again to stop at once");
    };
    ctrlc::set_handler(handler)
        .map_err(|error| Error::Option { option: "Ctrl-C", problem: format!("cannot be caught: {error}") })
}

fn execute(command: &Command, interrupt: &Interrupt) -> Result<Exit, Error> {
    match command {
        Command::New(args) => new::execute(args),
        Command::Run(args) => run::execute(args, interrupt),
        Command::Cosim(args) => cosim::execute(args, interrupt),
        Command::Compare(args) => compare::execute(args),
        Command::Accuracy(args) => accuracy::execute(args, interrupt),
        Command::Fuzz(args) => fuzz::execute(args, interrupt),
        Command::Array(args) => array::execute(args, interrupt),
        Command::Synth(args) => synth::execute(args),
        Command::Sweep(args) => sweep::execute(args, interrupt),
        Command::Patterns(args) => patterns::execute(args),
        Command::Study(args) => study::execute(args, interrupt),
        Command::Doctor(args) => doctor::execute(args),
        Command::Completions { shell } => completions(*shell),
        Command::Schema { stimulus } => schema(*stimulus),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "bitspike", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Ok)
}

fn schema(is_stimulus: bool) -> Result<Exit, Error> {
    let text = if is_stimulus {
        bitspike_spec::stimulus::file::schema()
    } else {
        bitspike_spec::config::schema_with(&bitspike_device::DeviceProgrammer)
    };
    output::print(&text)?;
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
