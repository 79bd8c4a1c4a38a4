//! Runs other programs so that a person can follow what happens and repeat it by hand.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};

use crate::reason::Reason;
use crate::{interrupt, paths, temporary};

/// Names the folder for temporary files.
const TMPDIR: &str = "TMPDIR";

/// Says in one line what comes next, and why.
pub fn step(what: &str) {
    println!("▸ {what}");
}

/// A program, to be run in the repository.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(paths::root());
    // set by `cargo run`, and meant for this program only
    command.env_remove("LD_LIBRARY_PATH");
    command.envs(temporary::folder().map(|folder| (TMPDIR, folder)));
    command
}

/// The cargo that runs this program.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or("cargo".into()))
}

/// Runs a program that shows its own progress.
pub fn run(command: Command) -> Result<()> {
    let line = shown(&command);
    let status = start(command, &line)?.wait()?;
    succeeded(status, &line)
}

/// The same command, ended with all that it has started when it takes longer.
pub fn within(limit: Duration, limited: &Command) -> Command {
    let mut timeout = command("timeout");
    timeout.args(["--verbose", "--kill-after=5", &limit.as_secs().to_string()]);
    timeout.arg(limited.get_program()).args(limited.get_args());
    timeout.envs(limited.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = limited.get_current_dir() {
        timeout.current_dir(folder);
    }
    timeout
}

/// Runs a program, and hands on each line that it writes.
pub fn hear(mut command: Command, mut each: impl FnMut(&str)) -> Result<()> {
    let line = shown(&command);
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    // `start` drops the command and with it our ends of the pipe, so that reading ends with the program
    let mut child = start(command, &line)?;
    for said in BufReader::new(reader).split(b'\n') {
        each(&String::from_utf8_lossy(&said?));
    }
    succeeded(child.wait()?, &line)
}

/// Runs a check that shows its own progress. Why it failed is in the error once more: that is shown at the
/// end, where it is not lost among the output of the checks that come later.
pub fn check(mut command: Command) -> Result<()> {
    if io::stdout().is_terminal() {
        // it sees a pipe, and there would be no colours
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut reason = Reason::default();
    let result = hear(command, |said| {
        println!("{said}");
        reason.hear(said);
    });
    result.map_err(|error| anyhow!("{error}\n{reason}"))
}

/// Runs a program that says nothing of its progress, beside a clock. If it fails, all that it wrote is in the error.
pub fn run_silent(command: Command) -> Result<()> {
    output(command).map(drop)
}

/// As [`run_silent`], and returns the program's standard output alone: a warning beside it is no part of the answer.
pub fn output(mut command: Command) -> Result<String> {
    let line = shown(&command);
    // only in a terminal
    let clock = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("  {elapsed}")?);
    clock.enable_steady_tick(Duration::from_secs(1));
    let output = command.output();
    clock.finish_and_clear();
    let output = output.with_context(|| cannot_run(&command, &line))?;
    let [text, beside] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    succeeded(output.status, &line).map_err(|error| anyhow!("{error}\n{text}{beside}"))?;
    Ok(text)
}

/// Where the system has a program of this name.
pub fn found(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether the program can be run and succeeds.
pub fn succeeds(mut command: Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn start(mut command: Command, line: &str) -> Result<Child> {
    command.spawn().with_context(|| cannot_run(&command, line))
}

fn cannot_run(command: &Command, line: &str) -> String {
    format!("cannot run {}. By hand:\n\n    {line}\n", command.get_program().display())
}

/// What `status` means for the person who sees `line`.
fn succeeded(status: ExitStatus, line: &str) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    interrupt::wait_if_ending();
    Err(anyhow!("{status} from this command, to repeat by hand:\n\n    {line}\n"))
}

/// The command as it would be typed into a shell.
pub fn shown(command: &Command) -> String {
    let quoted = |word: &OsStr| {
        let word = word.to_string_lossy();
        shlex::try_quote(&word).map_or(word.clone().into_owned(), |word| word.into_owned())
    };
    let mut words = Vec::new();
    if let Some(folder) = command.get_current_dir() {
        words.push(format!("cd {} &&", quoted(folder.as_os_str())));
    }
    for (name, value) in command.get_envs() {
        // that folder is gone by the time that anybody reads of it
        if let Some(value) = value
            && name != TMPDIR
        {
            words.push(format!("{}={}", name.display(), quoted(value)));
        }
    }
    let program = command.get_program();
    let is_cargo = env::var_os("CARGO").is_some_and(|cargo| cargo == program);
    words.push(if is_cargo { "cargo".into() } else { quoted(program) });
    words.extend(command.get_args().map(quoted));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_shown_command_can_be_typed() {
        let mut command = Command::new("npm");
        command
            .current_dir("/tmp/two words")
            .env("WHY", "it's so")
            .env_remove("GONE")
            .args(["install", "a b", "$HOME"]);
        assert_eq!(shown(&command), r#"cd '/tmp/two words' && WHY="it's so" npm install 'a b' '$HOME'"#);
    }

    #[test]
    fn a_failure_names_the_command() {
        let mut command = Command::new("sh");
        command.args(["-c", "exit 3"]);
        let error = run(command).unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.contains("sh -c 'exit 3'"), "{error}");
    }

    #[test]
    fn the_error_of_a_check_says_why() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 1"]);
        let error = check(command).unwrap_err().to_string();
        assert!(error.ends_with("\nout\nerr\n"), "{error}");
    }

    #[test]
    fn the_error_of_a_silent_program_has_its_output() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 1"]);
        let error = run_silent(command).unwrap_err().to_string();
        assert!(error.ends_with("\nout\nerr\n"), "{error}");
    }

    #[test]
    fn output_is_without_warnings() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2"]);
        assert_eq!(output(command).unwrap(), "out\n");
    }

    #[test]
    fn a_program_is_ended_at_its_limit() {
        let mut command = Command::new("sleep");
        command.arg("60");
        let started = Instant::now();
        assert!(run(within(Duration::from_secs(1), &command)).is_err());
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}
