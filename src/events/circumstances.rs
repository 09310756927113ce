//! What were the circumstances of an event, and was it a bot's?
//!
//! In: texts that rows of one piece have in common, as `batch` puts them together. Out: a number for the circumstances, or that a bot was at work. Each distinct
//! description of a browser is looked at once. O(distinct texts).

use rustc_hash::FxHashMap;

use super::agents::{Agent, agent, device_class, is_browser};
use super::batch::APART;
use super::table::{Context, NONE};

/// All circumstances seen so far.
#[derive(Debug, Default)]
pub(super) struct Circumstances {
    /// By their number.
    pub contexts: Vec<Context>,
    number_of: FxHashMap<Context, u32>,
    agents: FxHashMap<String, Agent>,
}

impl Circumstances {
    /// The number of circumstances; [`NONE`] for those of a bot.
    pub fn number(&mut self, key: &str) -> u32 {
        let mut texts = key.split(APART);
        let mut next = || texts.next().unwrap_or_default();
        let [device, system, browser, said, country, region, city, offset] = std::array::from_fn(|_| next());
        let agent = if said.is_empty() {
            Agent::default()
        } else {
            self.agents.entry(said.to_owned()).or_insert_with_key(|said| agent(said)).clone()
        };
        if agent.is_bot {
            return NONE;
        }
        let or = |own: &str, of_agent: &str| if own.is_empty() { of_agent.to_owned() } else { own.to_owned() };
        let (system, browser) = if browser.is_empty() && is_browser(system) { ("", system) } else { (system, browser) };
        let context = Context {
            device: or(device_class(device), agent.device),
            system: or(system, agent.system),
            browser: or(browser, agent.browser),
            country: country.to_owned(),
            region: region.to_owned(),
            city: city.to_owned(),
            offset_minutes: offset.parse().ok(),
        };
        if let Some(&number) = self.number_of.get(&context) {
            return number;
        }
        let number = self.contexts.len() as u32;
        self.contexts.push(context.clone());
        self.number_of.insert(context, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(texts: [&str; 8]) -> String {
        texts.join(&APART.to_string())
    }

    #[test]
    fn what_the_export_says_goes_before_what_the_browser_says() {
        let mut all = Circumstances::default();
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Mobile Safari/604.1";
        assert_eq!(all.number(&key(["", "", "", iphone, "DE", "", "Berlin", "60"])), 0);
        let context = |device: &str, system: &str, browser: &str| Context {
            device: device.into(),
            system: system.into(),
            browser: browser.into(),
            ..Context::default()
        };
        let in_berlin =
            Context { country: "DE".into(), city: "Berlin".into(), offset_minutes: Some(60), ..context("mobile", "iOS", "Safari") };
        assert_eq!(all.contexts[0], in_berlin);
        all.number(&key(["Tablet", "iPadOS", "", iphone, "", "", "", ""]));
        all.number(&key(["Mac", "Chrome", "", "", "", "", "", ""]));
        assert_eq!(all.contexts[1..], [context("tablet", "iPadOS", "Safari"), context("desktop", "", "Chrome")]);
        assert_eq!(all.number(&key(["", "", "", "Googlebot/2.1", "", "", "", ""])), NONE);
        assert_eq!(all.number(&key(["", "iOS", "", iphone, "DE", "", "Berlin", "60"])), 0, "the same in other words");
    }
}
