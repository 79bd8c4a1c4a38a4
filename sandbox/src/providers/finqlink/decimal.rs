//! Amounts as the API writes them: `contracts/finqlink.md` and the provider's page on decimal values.

/// The bani in an amount such as `100.50`: no leading zeros except below 1, no comma, the point optional, at most two decimals, and
/// no more than there is room for.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 2 {
        return None;
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(fraction)
}

pub(crate) use crate::bank::decimal as print;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_form_is_an_amount() {
        for (text, bani) in [("100.50", 10_050), ("0.50", 50), ("7", 700), ("0", 0), ("12.5", 1250)] {
            assert_eq!(parse(text), Some(bani), "{text}");
        }
        for text in ["", ".5", "5.", "00.5", "0100", "1,000.00", "1,5", "-1", "+1", "1e3", "1.234", " 1", "٣"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("92233720368547758.07"), Some(i64::MAX));
        for text in ["92233720368547758.08", "184467440737095516.15", "99999999999999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(print(-5), "-0.05");
        assert_eq!(print(10_050), "100.50");
    }
}
