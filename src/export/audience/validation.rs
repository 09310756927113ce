//! Is this text an e-mail address, which digits has it, and would a spreadsheet run it?

/// What a spreadsheet takes for the begin of a formula (OWASP, "CSV injection").
pub(super) const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// Whether this is one e-mail address, and none that a spreadsheet would run.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.trim().split_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '"' | '<' | '>' | '(' | ')' | '@' | '\\');
    let dotted = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    !name.is_empty() && dotted && !name.contains(odd) && !host.contains(odd) && !name.starts_with(FORMULA)
}

/// The digits of a text.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
