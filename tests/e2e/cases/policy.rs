use crate::page::Case;

pub fn cases() -> Vec<Case> {
    vec![]
}
