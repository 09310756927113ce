//! What was it seen on, and was it a person at all?
//!
//! In: what a browser says of itself, or a word for a device. Out: class of device, operating system, browser; or that it is a bot. By the rules of
//! `assets/user_agents.json`, the first that fits: bot before tablet, mobile, TV, console and desktop. Approximate: iPads call themselves Macintosh,
//! and browsers freeze their versions. Each distinct text is looked at once by whoever calls. O(letters x rules).

use std::sync::LazyLock;

use serde::Deserialize;

/// What a browser's description says. Empty where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent {
    /// A program that reads pages for itself.
    pub is_bot: bool,
    /// `desktop`, `mobile`, `tablet`, `tv`, `console`.
    pub device: &'static str,
    /// Operating system.
    pub system: &'static str,
    /// Browser.
    pub browser: &'static str,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    any: Vec<String>,
    none: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    bots: Vec<String>,
    not_bots: Vec<String>,
    classes: Vec<Rule>,
    systems: Vec<Rule>,
    browsers: Vec<Rule>,
    device_words: Vec<Rule>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let known = serde_json::from_str(include_str!("../../assets/user_agents.json"));
    // A test reads the file, so this cannot fail in a build that passed.
    known.unwrap_or_else(|error| unreachable!("user_agents.json: {error}"))
});

/// Letters that are looked at.
const MOST_LETTERS: usize = 1_024;

fn first(rules: &'static [Rule], small: &str) -> &'static str {
    let fits = |rule: &&Rule| {
        rule.any.iter().any(|part| small.contains(part.as_str())) && !rule.none.iter().any(|part| small.contains(part.as_str()))
    };
    rules.iter().find(fits).map_or("", |rule| rule.name.as_str())
}

/// What a browser says of itself.
pub fn agent(text: &str) -> Agent {
    let text = &text[..text.floor_char_boundary(MOST_LETTERS)];
    // Logs in W3C's form write blanks as plus signs.
    let small = if text.contains(' ') { text.to_lowercase() } else { text.replace('+', " ").to_lowercase() };
    let has = |parts: &[String]| parts.iter().any(|part| small.contains(part.as_str()));
    if has(&RULES.bots) && !has(&RULES.not_bots) {
        return Agent { is_bot: true, ..Agent::default() };
    }
    Agent {
        is_bot: false,
        device: first(&RULES.classes, &small),
        system: first(&RULES.systems, &small),
        browser: first(&RULES.browsers, &small),
    }
}

/// The class an export's own word for a device belongs to; empty where it is none of them.
pub fn device_class(word: &str) -> &'static str {
    first(&RULES.device_words, &word.to_lowercase())
}

/// Whether a name is that of a browser: Amplitude gives it as the system of visits to a site.
pub fn is_browser(name: &str) -> bool {
    RULES.browsers.iter().any(|rule| rule.name.eq_ignore_ascii_case(name)) || name.to_lowercase().ends_with(" mobile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_systems_and_browsers() {
        for (text, device, system, browser) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
                "desktop",
                "Windows",
                "Chrome",
            ),
            ("Mozilla/5.0+(Windows+NT+10.0;+Win64)+AppleWebKit/537.36+Chrome/120.0+Safari/537.36+Edg/120.0", "desktop", "Windows", "Edge"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
                "desktop",
                "macOS",
                "Safari",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Version/17.1 Mobile/15E148 Safari/604.1",
                "mobile",
                "iOS",
                "Safari",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 CriOS/119.0 Mobile/15E148 Safari/604.1",
                "mobile",
                "iOS",
                "Chrome",
            ),
            ("Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "tablet", "iOS", "Safari"),
            (
                "Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 Chrome/112.0 Mobile Safari/537.36",
                "mobile",
                "Android",
                "Chrome",
            ),
            ("Mozilla/5.0 (Linux; Android 12; SM-X906C) AppleWebKit/537.36 Chrome/80.0 Safari/537.36", "tablet", "Android", "Chrome"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "desktop", "Linux", "Firefox"),
            ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/119.0 Safari/537.36", "desktop", "Chrome OS", "Chrome"),
            ("Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 Version/6.0 TV Safari/537.36", "tv", "Tizen", "Safari"),
            ("Mozilla/5.0 (PlayStation 5 2.26) AppleWebKit/605.1.15 Version/13.0 Safari/605.1.15", "console", "PlayStation", "Safari"),
            (
                "Mozilla/5.0 (Linux; Android 10; CUBOT_X30) AppleWebKit/537.36 Chrome/90.0 Mobile Safari/537.36",
                "mobile",
                "Android",
                "Chrome",
            ),
            ("something else", "", "", ""),
        ] {
            assert_eq!(agent(text), Agent { is_bot: false, device, system, browser }, "{text}");
        }
    }

    #[test]
    fn bots_come_before_anything_else() {
        for text in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.1",
            "python-requests/2.31",
            "Mozilla/5.0 HeadlessChrome/120.0",
            "Mozilla/5.0 (iPhone) (compatible; bingbot/2.0)",
        ] {
            assert!(agent(text).is_bot, "{text}");
        }
    }

    #[test]
    fn words_for_devices() {
        for (word, class) in [
            ("Desktop", "desktop"),
            ("Smartphone", "mobile"),
            ("Phablet", "mobile"),
            ("iPad", "tablet"),
            ("smart TV", "tv"),
            ("Mac", "desktop"),
            ("x", ""),
        ] {
            assert_eq!(device_class(word), class, "{word}");
        }
        assert!(is_browser("chrome") && is_browser("Chrome Mobile") && !is_browser("iOS"));
    }

    #[test]
    fn every_part_is_in_small_letters() {
        let file: serde_json::Value = serde_json::from_str(include_str!("../../assets/user_agents.json")).unwrap();
        assert!(RULES.bots.len() >= 30);
        let of_rules = file.as_object().unwrap().values().flat_map(|list| list.as_array().unwrap());
        for item in of_rules {
            let parts: Vec<&str> = match item.get("any") {
                Some(any) => {
                    any.as_array().unwrap().iter().chain(item["none"].as_array().unwrap()).map(|part| part.as_str().unwrap()).collect()
                }
                None => vec![item.as_str().unwrap()],
            };
            assert!(parts.iter().all(|part| *part == part.to_lowercase() && !part.is_empty()), "{item}");
        }
    }
}
