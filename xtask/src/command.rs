//! Runs other programs so that a person can follow what happens and repeat it by hand.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::reason::Reason;
use crate::{interrupt, paths};

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

/// Runs a check that shows its own progress. Why it failed is in the error once more: that is shown at the
/// end, where it is not lost among the output of the checks that come later.
pub fn check(mut command: Command) -> Result<()> {
    let line = shown(&command);
    if io::stdout().is_terminal() {
        // it sees a pipe, and there would be no colours
        command.env("CARGO_TERM_COLOR", "always");
    }
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    // `start` drops the command and with it our ends of the pipe, so that reading ends with the program
    let mut child = start(command, &line)?;
    let mut reason = Reason::default();
    for said in BufReader::new(reader).split(b'\n') {
        let said = said?;
        let said = String::from_utf8_lossy(&said);
        println!("{said}");
        reason.hear(&said);
    }
    succeeded(child.wait()?, &line).map_err(|error| anyhow!("{error}\n{reason}"))
}

/// Runs a program that shows its own progress, and ends it at `limit`.
pub fn run_within(limit: Duration, command: Command) -> Result<()> {
    let line = shown(&command);
    let mut child = start(command, &line)?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return succeeded(status, &line);
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("no success within {} s:\n\n    {line}\n", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Runs a program that says nothing of its progress: counts the seconds. If it fails, its output is in the
/// error.
pub fn run_silent(command: Command) -> Result<()> {
    output(command).map(drop)
}

/// As [`run_silent`], and returns what the program wrote to its standard output and error.
pub fn output(mut command: Command) -> Result<String> {
    let line = shown(&command);
    let (mut reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    // `start` drops the command and with it our ends of the pipe, so that reading ends with the program
    let mut child = start(command, &line)?;
    let reading = thread::spawn(move || {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map(|_| text)
    });
    let status = wait_counting_seconds(&mut child)?;
    let text = reading.join().expect("reading does not panic")?;
    let text = String::from_utf8_lossy(&text).into_owned();
    match succeeded(status, &line) {
        Ok(()) => Ok(text),
        Err(error) => Err(anyhow!("{error}\n{text}")),
    }
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

/// Starts a program without waiting for it.
pub fn start(mut command: Command, line: &str) -> Result<Child> {
    command
        .spawn()
        .with_context(|| format!("cannot run {}. By hand:\n\n    {line}\n", command.get_program().display()))
}

/// What `status` means for the person who sees `line`.
pub fn succeeded(status: ExitStatus, line: &str) -> Result<()> {
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
        if let Some(value) = value {
            words.push(format!("{}={}", name.display(), quoted(value)));
        }
    }
    let program = command.get_program();
    let is_cargo = env::var_os("CARGO").is_some_and(|cargo| cargo == program);
    words.push(if is_cargo { "cargo".into() } else { quoted(program) });
    words.extend(command.get_args().map(quoted));
    words.join(" ")
}

fn wait_counting_seconds(child: &mut Child) -> Result<ExitStatus> {
    let started = Instant::now();
    let terminal = io::stdout().is_terminal();
    // a log gets a line only now and then
    let interval = if terminal { 1 } else { 10 };
    let mut told = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        let seconds = started.elapsed().as_secs();
        if seconds >= told + interval {
            told = seconds;
            if terminal {
                print!("\r  {seconds} s");
                io::stdout().flush()?;
            } else {
                println!("  {seconds} s");
            }
        }
        thread::sleep(Duration::from_millis(20));
    };
    if terminal && told > 0 {
        println!();
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
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
    fn output_ends_with_the_program() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2"]);
        assert_eq!(output(command).unwrap(), "out\nerr\n");
    }

    #[test]
    fn a_program_is_ended_at_its_limit() {
        let mut command = Command::new("sleep");
        command.arg("60");
        let started = Instant::now();
        assert!(run_within(Duration::from_millis(100), command).is_err());
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}
