//! A file of rules is opened: they are in force on Journeys, Triggers from then on. Undo brings those from before back.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::engine::log_kind;
use crate::session::{JourneysView, PageView};
use crate::triggers::language::Rules;

use super::window::Window;

/// So many bytes of a file say what it is.
const HEAD: u64 = 64 << 10;

/// Whether a file holds rules, by its beginning: the other files of this ending are data.
pub(super) fn is_rules(path: &Path) -> bool {
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("json")) {
        return false;
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    let text = String::from_utf8_lossy(&head);
    read.is_ok() && text.trim_start().starts_with('{') && text.contains("\"version\"") && text.contains("\"triggers\"")
}

impl Window {
    /// Puts the rules of a file in force. What makes no sense is told, and nothing changes.
    pub(super) fn open_rules(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                log_kind(&error);
                return self.complain(format!("{name} cannot be opened: {error}"));
            }
        };
        let rules = match Rules::parse(&text) {
            Ok(rules) => rules,
            Err(error) => return self.complain(format!("{name}: {error}")),
        };
        let told = match rules.triggers.len() {
            1 => format!("The rule of {name} is in force."),
            n => format!("The {n} rules of {name} are in force."),
        };
        self.change(|plan| plan.journeys.rules = Some(rules));
        self.look.journeys.rule = 0;
        self.look.show(PageView::Journeys(JourneysView::Triggers));
        self.tell(&told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_told_from_data_by_their_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            is_rules(&path)
        };
        assert!(of("r.json", " {\"version\": 1, \"triggers\": []}") && of("R.JSON", "{\"triggers\": [], \"version\": 1}"));
        assert!(!of("d.json", "[{\"version\": 1, \"triggers\": 2}]") && !of("r.csv", "{\"version\": 1, \"triggers\": []}"));
        assert!(!is_rules(&folder.path().join("none.json")));
    }
}
