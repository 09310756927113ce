//! Do the data have what a rule speaks of?
//!
//! In: [`Rules`] and the names that are in the data. Out: every name that is not, with the most similar one there is. O(rules x names).

use super::checks::{Fault, RuleFault, asks_for_holidays, events_of};
use super::language::{ANY, Rules, TriggerAudience, TriggerCondition};

/// What there is to speak of.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownNames<'a> {
    /// Names of kinds of events.
    pub kinds: &'a [String],
    /// Names of personas.
    pub personas: &'a [String],
    /// Names of segments of recency, frequency and money.
    pub segments: &'a [String],
    /// Names of columns of the customer table.
    pub columns: &'a [String],
    /// Ids of customers, ascending.
    pub customers: &'a [String],
    /// Whether any day is known to be a holiday.
    pub has_holidays: bool,
}

/// Faults of rules for these data.
pub fn faults_in(rules: &Rules, known: &KnownNames) -> Vec<RuleFault> {
    let mut found = Vec::new();
    for trigger in &rules.triggers {
        let mut of_one = Vec::new();
        for event in events_of(trigger) {
            if event.event != ANY && !event.event.is_empty() && !known.kinds.contains(&event.event) {
                let nearest = nearest(&event.event, known.kinds);
                let fault = Fault::UnknownKind { name: event.event.clone(), nearest };
                if !of_one.contains(&fault) {
                    of_one.push(fault);
                }
            }
        }
        if !known.has_holidays && asks_for_holidays(trigger) {
            of_one.push(Fault::NoHolidays);
        }
        for condition in trigger.and.iter().chain(&trigger.unless) {
            if let TriggerCondition::Column { name, .. } = condition
                && !known.columns.contains(name)
            {
                of_one.push(Fault::UnknownColumn { name: name.clone(), nearest: nearest(name, known.columns) });
            }
        }
        match &trigger.audience {
            TriggerAudience::Everyone => {}
            TriggerAudience::Personas(names) => of_one.extend(
                (names.iter().filter(|name| !known.personas.contains(name)))
                    .map(|name| Fault::UnknownPersona { name: name.clone(), nearest: nearest(name, known.personas) }),
            ),
            TriggerAudience::Segments(names) => of_one.extend(
                (names.iter().filter(|name| !known.segments.contains(name)))
                    .map(|name| Fault::UnknownSegment { name: name.clone(), nearest: nearest(name, known.segments) }),
            ),
            TriggerAudience::List { name, customers } => {
                if !customers.is_empty() && !customers.iter().any(|id| known.customers.binary_search(id).is_ok()) {
                    of_one.push(Fault::NobodyOfList(name.clone()));
                }
            }
        }
        found.extend(of_one.into_iter().map(|fault| RuleFault { trigger: Some(trigger.name.clone()), fault }));
    }
    found
}

/// The most similar name, if it is similar at all: at most a third of the letters differ.
fn nearest(name: &str, names: &[String]) -> Option<String> {
    let plain = |text: &str| -> Vec<char> { text.chars().take(64).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let wanted = plain(name);
    // Dictionaries of pages can be long; the first ones are the most frequent.
    (names.iter().take(10_000))
        .map(|of| (edits(&wanted, &plain(of)), of))
        .filter(|(edits, of)| *edits * 3 <= wanted.len().max(of.chars().count()))
        .min()
        .map(|(_, of)| of.clone())
}

/// Levenshtein's distance.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::language::{EventField, Moment, Op, Span, Trigger, Value};
    use crate::triggers::made::{e, trigger};

    #[test]
    fn names_that_are_not_in_the_data() {
        let names = |of: &[&str]| of.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (kinds, personas, columns, customers) =
            (names(&["add_to_cart", "purchase"]), names(&["Loyal"]), names(&["age"]), names(&["c1"]));
        let known = KnownNames { kinds: &kinds, personas: &personas, columns: &columns, customers: &customers, ..KnownNames::default() };
        let said = |rule: Trigger| faults_in(&Rules::of(vec![rule]), &known).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(said(trigger("x", Moment::On(e("*")))), Vec::<String>::new());
        assert_eq!(
            said(trigger("x", Moment::NotFollowed { event: e("AddToCart"), by: e("quit"), within: Span::days(1) })),
            [
                "“x”: there is no event \"AddToCart\" in the data; did you mean \"add_to_cart\"?",
                "“x”: there is no event \"quit\" in the data; name one that is there."
            ]
        );
        // Without holidays a rule of holidays would never fire, and nobody would know why.
        let of_holidays = || trigger("x", Moment::On(e("purchase").having(EventField::Holiday, Op::Is, Value::Flag(true))));
        assert!(said(of_holidays())[0].starts_with("“x”: it asks for holidays, and none are known; name a country, such as DE,"));
        assert!(faults_in(&Rules::of(vec![of_holidays()]), &KnownNames { has_holidays: true, ..known }).is_empty());
        let mut rule = trigger("x", Moment::On(e("purchase")));
        rule.audience = TriggerAudience::Personas(names(&["loyal"]));
        rule.and = vec![TriggerCondition::Column { name: "Age".into(), op: Op::Above, value: Value::Number(3.0) }];
        assert_eq!(
            said(rule.clone()),
            [
                "“x”: there is no column \"Age\" in the customer table; did you mean \"age\"?",
                "“x”: there is no persona \"loyal\"; did you mean \"Loyal\"?"
            ]
        );
        rule.and.clear();
        rule.audience = TriggerAudience::List { name: "brushed".into(), customers: names(&["c9"]) };
        assert_eq!(said(rule), ["“x”: none of the customers of \"brushed\" is in the data; choose the list again."]);
    }
}
