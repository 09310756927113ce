//! What is a file about a persona called, on any system?
//!
//! In: a name people gave, in any script and of any length. Out: the stem of a file's name that Windows, macOS and Linux take. O(1).

use crate::base::part;
use crate::persona::Persona;

/// Letters and digits of a stem, at most; longer paths are refused by some programs.
const MOST_CHARS: usize = 60;

/// Bytes of a stem, at most: file systems allow 255 for the whole name, and some letters take four.
const MOST_BYTES: usize = 160;

/// What Windows keeps for devices, whatever follows the dot (Microsoft, "Naming Files, Paths, and Namespaces").
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// "c1-frequent-big-spenders". The number is what tells personas apart, so two of the same name never share a file, on no system.
pub fn persona_stem(persona: &Persona) -> String {
    let name = file_stem(&persona.name);
    let number = part::stem(persona.number);
    if name.is_empty() { number } else { format!("{number}-{name}") }
}

/// A name as the stem of a file: letters and digits of any script in small letters, a hyphen for everything between them; empty where nothing
/// is left. What turns the direction of writing, or is not seen, is gone, so that a name cannot look like another file's.
pub fn file_stem(name: &str) -> String {
    let mut stem = String::new();
    let mut n_chars = 0;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            if !stem.is_empty() && !stem.ends_with('-') {
                stem.push('-');
            }
            continue;
        }
        let small: String = c.to_lowercase().collect();
        n_chars += small.chars().count();
        if n_chars > MOST_CHARS || stem.len() + small.len() > MOST_BYTES {
            break;
        }
        stem.push_str(&small);
    }
    let stem = stem.trim_end_matches('-').to_owned();
    if is_reserved(&stem) { format!("{stem}-persona") } else { stem }
}

/// "con", "com1" and the like; superscript digits count as digits there.
fn is_reserved(stem: &str) -> bool {
    let numbered = ["com", "lpt"].iter().filter_map(|port| stem.strip_prefix(port));
    DEVICES.contains(&stem) || numbered.into_iter().any(|rest| rest.chars().count() == 1 && rest.chars().all(char::is_numeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_becomes_a_file() {
        for (name, stem) in [
            ("Frequent Big Spenders", "frequent-big-spenders"),
            ("  Čtenáři & friends!  ", "čtenáři-friends"),
            ("../../etc/passwd", "etc-passwd"),
            ("C:\\Windows\\nul", "c-windows-nul"),
            ("CON", "con-persona"),
            ("com1", "com1-persona"),
            ("LPT¹", "lpt¹-persona"),
            ("command", "command"),
            ("לקוחות \u{202e}gpj.exe", "לקוחות-gpj-exe"),
            ("大口の顧客", "大口の顧客"),
            ("🙂🙂", ""),
            ("a.", "a"),
            ("", ""),
        ] {
            assert_eq!(file_stem(name), stem, "{name}");
        }
        let long = file_stem(&"ab ".repeat(200));
        assert!(long.chars().count() <= 120 && !long.ends_with('-') && long.starts_with("ab-ab-"), "{long}");
        assert!(file_stem(&"𐐷".repeat(200)).len() <= MOST_BYTES);
    }
}
