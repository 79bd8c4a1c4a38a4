//! Why a check failed, among all that it said.

use std::collections::VecDeque;
use std::fmt;

/// How many lines are kept of a check that does not mark what it says of its failures.
const LAST: usize = 40;

/// Hears the lines of a check one by one, and keeps those that tell why it failed: what tests say of their
/// failures, or else the last lines.
#[derive(Default)]
pub struct Reason {
    last: VecDeque<String>,
    failures: VecDeque<String>,
    is_of_failures: bool,
}

impl Reason {
    pub fn hear(&mut self, line: &str) {
        match line {
            // cargo's tests: once before what each said, and once before their names alone
            "failures:" => self.is_of_failures = !self.is_of_failures,
            // Node's, to the end
            "✖ failing tests:" => self.is_of_failures = true,
            _ if self.is_of_failures => self.failures.push_back(line.into()),
            _ => {
                self.last.push_back(line.into());
                if self.last.len() > LAST {
                    self.last.pop_front();
                }
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let kept = if self.failures.is_empty() { &self.last } else { &self.failures };
        kept.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(lines: &str) -> String {
        let mut reason = Reason::default();
        lines.lines().for_each(|line| reason.hear(line));
        reason.to_string()
    }

    #[test]
    fn of_cargos_tests() {
        let said = "test a ... FAILED\n\nfailures:\n\n---- a ----\nit is 2\n\n\
                    failures:\n    a\n\ntest result: FAILED.\n";
        assert_eq!(
            reason(&format!("running 1 test\n{said}running 2 tests\n{said}")),
            "\n---- a ----\nit is 2\n\n".repeat(2)
        );
    }

    #[test]
    fn of_nodes_tests() {
        let said = "✔ a\n✖ b\nℹ fail 1\n\n✖ failing tests:\n\ntest at b.mjs:1:1\n✖ b\n  it is 2\n";
        assert_eq!(reason(said), "\ntest at b.mjs:1:1\n✖ b\n  it is 2\n");
    }

    #[test]
    fn of_others_the_last_lines() {
        let said: String = (0..100).map(|line| format!("{line}\n")).collect();
        let kept = reason(&said);
        assert!(kept.starts_with("60\n") && kept.ends_with("\n99\n"), "{kept}");
    }
}
