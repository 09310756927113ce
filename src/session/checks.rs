//! What was found each time the data moved? The validation history of a project: one dated line for each state of the data, the newest last, and what to do about it.
//!
//! In: the segments and cards of the data as they are now. Out: lines kept with the project, bounded; the answer of the retrain rule. Nothing is ever done by itself. A line
//! compares with the one before: how much of each persona came back when the customers were grouped anew, and whether the words of its first name still pass their test.
//! The line of the same data is written anew, so that trying another number of segments adds none. O(customers) per line.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::Labels;
use crate::base::stats::Z_95;
use crate::evaluate::{Advice, Checkup, RetrainRule, adjusted_rand, advice, best_matching};
use crate::persona::{Persona, Personas, RowSet};

use super::plan::{EarlierSegment, EarlierSegments};

/// Lines kept; the first stays, since all are compared with it.
const MOST_LINES: usize = 60;
/// Rows remembered at most; of longer tables every so many.
const MOST_ROWS: usize = 100_000;

/// The validation history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checks {
    /// The lines, oldest first.
    pub lines: Vec<CheckLine>,
    /// Who was in which persona when the last line but one was written, by number, as rows of the table as it is now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    before: Vec<(usize, RowSet)>,
    /// The same of the last line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<(usize, RowSet)>,
    /// Whether the rows are customers that were built from sources; unknown before the first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_built: Option<bool>,
}

/// What was found of one state of the data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckLine {
    /// The day it was written.
    pub day: String,
    /// The stamp of the data.
    pub stamp: String,
    /// Customers that took part.
    pub customers: usize,
    /// How alike the grouping is to the one before, over the customers of both: adjusted Rand index. None of the first line.
    pub agreement: Option<f64>,
    /// The personas, in the order of their numbers.
    pub personas: Vec<CheckedPersona>,
}

/// One persona of a line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckedPersona {
    /// What people call it, from 0.
    pub number: usize,
    /// Its name then.
    pub name: String,
    /// Its customers.
    pub customers: usize,
    /// Its share of all.
    pub share: f64,
    /// Jaccard's coefficient with itself on the line before, over the customers of both.
    pub jaccard: Option<f64>,
    /// The words of the first name it had, and whether each passes now.
    pub words: Vec<CheckedWord>,
}

/// A word of a name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckedWord {
    /// The word.
    pub word: String,
    /// The column it rests on.
    pub column: String,
    /// The level, for categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Whether it says more than others.
    pub is_more: bool,
    /// How far the persona is from all others; none where that may not be told.
    pub effect: Option<f64>,
    /// Whether it would be let into a name now.
    pub passes: bool,
}

impl Checks {
    /// Writes the line of the data as they are now; whether it is a new one.
    pub fn note(&mut self, day: &str, stamp: &str, labels: &Labels, table_rows: &[usize], personas: &Personas) -> bool {
        if labels.n_clusters() == 0 || personas.personas.len() != labels.n_clusters() {
            return false;
        }
        let is_new = self.lines.last().is_none_or(|last| last.stamp != stamp);
        if is_new {
            self.before = std::mem::take(&mut self.members);
        }
        // Every so many rows, by the table, so that the same customers are remembered whatever the segments are.
        let step = table_rows.len().div_ceil(MOST_ROWS).max(1);
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); labels.n_clusters()];
        for (row, cluster) in labels.iter().enumerate().step_by(step) {
            if let Some(cluster) = cluster {
                members[cluster].push(table_rows[row]);
            }
        }
        self.members = labels.numbers().iter().zip(members).map(|(&number, rows)| (number, RowSet::new(rows))).collect();
        let (agreement, jaccards) = self.against_before();
        let first =
            |number: usize| self.lines.iter().flat_map(|line| &line.personas).find(|persona| persona.number == number && is_first(persona));
        let persona = |persona: &Persona| CheckedPersona {
            number: persona.number,
            name: persona.name.clone(),
            customers: persona.n,
            share: persona.share,
            jaccard: jaccards.iter().find(|(number, _)| *number == persona.number).and_then(|(_, jaccard)| *jaccard),
            words: match first(persona.number).filter(|_| is_new || self.lines.len() > 1) {
                Some(first) => first.words.iter().map(|word| word_now(word, persona)).collect(),
                None => words_of(persona),
            },
        };
        let mut found: Vec<CheckedPersona> = personas.personas.iter().map(persona).collect();
        found.sort_by_key(|persona| persona.number);
        let line = CheckLine { day: day.to_owned(), stamp: stamp.to_owned(), customers: table_rows.len(), agreement, personas: found };
        match self.lines.last_mut().filter(|_| !is_new) {
            Some(last) => *last = CheckLine { day: last.day.clone(), ..line },
            None => self.lines.push(line),
        }
        if self.lines.len() > MOST_LINES {
            self.lines.remove(1);
        }
        is_new
    }

    /// Agreement and, by number, Jaccard coefficients with the line before, over the customers of both. Personas are matched by their customers first: whatever their
    /// numbers are, one that only changed its number has come back.
    fn against_before(&self) -> (Option<f64>, Vec<(usize, Option<f64>)>) {
        if self.before.is_empty() {
            return (None, self.members.iter().map(|(number, _)| (*number, None)).collect());
        }
        // By row, since the window asks between two frames while a control is dragged.
        let place = |groups: &[(usize, RowSet)]| -> Vec<Option<usize>> {
            let mut at_row = Vec::new();
            for (at, row) in groups.iter().enumerate().flat_map(|(at, (_, rows))| rows.rows().map(move |row| (at, row))) {
                if at_row.len() <= row {
                    at_row.resize(row + 1, None);
                }
                at_row[row] = Some(at);
            }
            at_row
        };
        let (then, now) = (place(&self.before), place(&self.members));
        let both: Vec<(usize, usize)> = then.iter().zip(&now).filter_map(|(then, now)| then.zip(*now)).collect();
        let mut shared = vec![vec![0usize; self.members.len()]; self.before.len()];
        both.iter().for_each(|&(then, now)| shared[then][now] += 1);
        let matching = best_matching(&shared);
        let coefficient = |now: usize| {
            let then = matching.iter().position(|to| *to == Some(now))?;
            let either = shared[then].iter().sum::<usize>() + shared.iter().map(|row| row[now]).sum::<usize>() - shared[then][now];
            (either > 0).then(|| shared[then][now] as f64 / either as f64)
        };
        let jaccards = self.members.iter().enumerate().map(|(at, (number, _))| (*number, coefficient(at))).collect();
        let labels = |of: fn(&(usize, usize)) -> usize| Labels::from_ids(&both.iter().map(of).collect::<Vec<_>>());
        let agreement = (both.len() > 1).then(|| adjusted_rand(&labels(|pair| pair.0), &labels(|pair| pair.1)));
        (agreement, jaccards)
    }

    /// Begins anew where the rows have become something else: purchases of a file are no customers that are built from them.
    pub fn start_for(&mut self, is_built: bool) {
        if self.is_built.is_some_and(|was| was != is_built) {
            *self = Checks::default();
        }
        self.is_built = Some(is_built);
    }

    /// Lets the rows it remembers follow their customers.
    pub fn follow(&mut self, to: &[Option<u32>]) {
        for (_, rows) in self.before.iter_mut().chain(&mut self.members) {
            *rows = rows.moved(to);
        }
    }

    /// Whether nothing was found yet.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether it names rows.
    pub fn names_rows(&self) -> bool {
        !self.members.is_empty()
    }

    /// The personas of the line before the last, for a comparison; none where there are none.
    pub fn earlier(&self) -> Option<Arc<EarlierSegments>> {
        let [.., line, _] = &self.lines[..] else { return None };
        let name = |number: usize| line.personas.iter().find(|persona| persona.number == number).map(|persona| persona.name.clone());
        let group = |(number, members): &(usize, RowSet)| EarlierSegment {
            name: name(*number).unwrap_or_else(|| crate::persona::numbering::name(*number)),
            members: members.clone(),
        };
        let groups = self.before.iter().map(group).collect();
        (!self.before.is_empty()).then(|| Arc::new(EarlierSegments { day: line.day.clone(), groups }))
    }

    /// What to do about the personas, and the same in words. None before a second line: nothing has moved yet.
    pub fn advice(&self, rule: &RetrainRule) -> Option<(Advice, String)> {
        let last = self.lines.last().filter(|_| self.lines.len() > 1)?;
        let checkup = |line: &CheckLine| Checkup {
            date: line.day.clone(),
            agreement: line.agreement,
            jaccards: line.personas.iter().map(|persona| persona.jaccard).collect(),
            failing_words: (0..line.personas.len()).filter(|&at| line.personas[at].words.iter().any(|word| !word.passes)).collect(),
            ..Checkup::default()
        };
        let history: Vec<Checkup> = self.lines[1..].iter().map(checkup).collect();
        let name = |at: usize| last.personas.get(at).map_or_else(|| "a persona".to_owned(), |persona| persona.name.clone());
        let advice = advice(&history, rule, name);
        let sentence = advice.sentence(name);
        Some((advice, sentence))
    }

    /// The shares of one persona, line by line; none where it was not there.
    pub fn shares(&self, number: usize) -> Vec<Option<f64>> {
        let of = |line: &CheckLine| line.personas.iter().find(|persona| persona.number == number).map(|persona| persona.share);
        self.lines.iter().map(of).collect()
    }

    /// What the first share of a persona would be on each line by chance alone, from and to; none where it has no first.
    pub fn noise(&self, number: usize) -> Option<Vec<[f64; 2]>> {
        let (nth, first) = self.shares(number).into_iter().enumerate().find_map(|(nth, share)| Some((nth, share?)))?;
        let then = self.lines[nth].customers.max(1) as f64;
        let band = |line: &CheckLine| {
            let half = Z_95 * (first * (1.0 - first) * (1.0 / then + 1.0 / line.customers.max(1) as f64)).sqrt();
            [(first - half).max(0.0), (first + half).min(1.0)]
        };
        Some(self.lines.iter().map(band).collect())
    }

    /// "Bargain Hunters shrank from 12 to 9 % (noise: ±1). Its name still fits."
    pub fn told(&self, number: usize) -> Option<String> {
        let last = self.lines.last()?.personas.iter().find(|persona| persona.number == number)?;
        let percent = |share: f64| format!("{:.0}", 100.0 * share);
        let words = match last.words.iter().filter(|word| !word.passes).map(|word| word.word.as_str()).collect::<Vec<_>>() {
            // At the first look nothing can have changed.
            _ if last.words.is_empty() || self.lines.len() < 2 => String::new(),
            failing if failing.is_empty() => " Every word of its name still fits.".to_owned(),
            failing => format!(" No longer fits: {}.", failing.join(" and ")),
        };
        let shares = self.shares(number);
        let Some(first) = shares.iter().flatten().next().copied().filter(|_| shares.len() > 1) else {
            let stop = if words.is_empty() { "" } else { "." };
            return Some(format!("{}: {}\u{a0}%{stop}{words}", last.name, percent(last.share)));
        };
        let [low, high] = *self.noise(number)?.last()?;
        let moved = match last.share {
            share if share > high => "grew",
            share if share < low => "shrank",
            _ => {
                return Some(format!(
                    "{}: {}\u{a0}%, no further from {}\u{a0}% than chance explains.{words}",
                    last.name,
                    percent(last.share),
                    percent(first)
                ));
            }
        };
        let noise = 100.0 * (high - low) / 2.0;
        Some(format!("{} {moved} from {} to {}\u{a0}% (noise: \u{b1}{noise:.1}).{words}", last.name, percent(first), percent(last.share)))
    }
}

fn is_first(persona: &CheckedPersona) -> bool {
    !persona.words.is_empty()
}

/// The words of a name, each with what it rests on; neighbours that rest on the same are one.
fn words_of(persona: &Persona) -> Vec<CheckedWord> {
    let mut words: Vec<CheckedWord> = Vec::new();
    for part in &persona.name_parts {
        let Some(evidence) = part.evidence.and_then(|row| persona.evidence.get(row)) else { continue };
        match words.last_mut().filter(|last| last.column == evidence.column && last.level == evidence.level) {
            Some(last) => last.word = format!("{} {}", last.word, part.word),
            None => words.push(CheckedWord {
                word: part.word.clone(),
                column: evidence.column.clone(),
                level: evidence.level.clone(),
                is_more: evidence.effect >= 0.0,
                effect: Some(evidence.effect).filter(|_| !evidence.hidden().effect()),
                passes: evidence.passes_name,
            }),
        }
    }
    words
}

/// A word of an earlier name by the evidence of now.
fn word_now(word: &CheckedWord, persona: &Persona) -> CheckedWord {
    let found = persona.evidence.iter().find(|row| row.column == word.column && row.level == word.level);
    CheckedWord {
        effect: found.filter(|row| !row.hidden().effect()).map(|row| row.effect),
        passes: found.is_some_and(|row| row.passes_name && (row.effect >= 0.0) == word.is_more),
        ..word.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn personas(of: &[(usize, usize, f64)]) -> Personas {
        let one = |(cluster, &(number, n, share)): (usize, &(usize, usize, f64))| Persona {
            cluster,
            number,
            name: format!("P{number}"),
            automatic_name: String::new(),
            is_renamed: false,
            may_be_out_of_date: false,
            name_parts: Vec::new(),
            summary: String::new(),
            n,
            share,
            revenue_share: None,
            statements: Vec::new(),
            distributions: Vec::new(),
            evidence: Vec::new(),
            match_all_share: None,
            added: Default::default(),
        };
        Personas { personas: of.iter().enumerate().map(one).collect(), ..Personas::default() }
    }

    fn note(checks: &mut Checks, day: &str, stamp: &str, ids: &[usize]) -> bool {
        let labels = Labels::from_ids(ids);
        let rows: Vec<usize> = (0..ids.len()).collect();
        let of: Vec<(usize, usize, f64)> = labels.sizes().iter().enumerate().map(|(at, &n)| (at, n, n as f64 / ids.len() as f64)).collect();
        checks.note(day, stamp, &labels, &rows, &personas(&of))
    }

    #[test]
    fn a_line_per_state_of_the_data_and_advice_after_the_second() {
        let mut checks = Checks::default();
        let steady: Vec<usize> = (0..100).map(|row| usize::from(row >= 60)).collect();
        assert!(note(&mut checks, "2026-01-31", "a", &steady) && checks.advice(&RetrainRule::default()).is_none());
        assert!(!note(&mut checks, "2026-02-01", "a", &steady), "the same data have one line");
        assert_eq!((checks.lines.len(), checks.lines[0].day.as_str()), (1, "2026-01-31"));
        assert!(note(&mut checks, "2026-02-28", "b", &steady));
        assert_eq!((checks.lines[1].agreement, checks.lines[1].personas[0].jaccard), (Some(1.0), Some(1.0)));
        assert_eq!(checks.advice(&RetrainRule::default()).unwrap().0, Advice::StillValid);
        // Half of the larger one goes over: 30 of 60 are left, and 30 of 70 of the other... which is now the larger.
        let moved: Vec<usize> = (0..100).map(|row| usize::from(row < 30)).collect();
        assert!(note(&mut checks, "2026-03-31", "c", &moved));
        let (advice, words) = checks.advice(&RetrainRule::default()).unwrap();
        assert!(matches!(advice, Advice::RetrainSuggested { .. }), "{advice:?}");
        assert!(words.contains("Compare"), "{words}");
        let text = serde_json::to_string(&checks).unwrap();
        assert_eq!(serde_json::from_str::<Checks>(&text).unwrap(), checks);
        for nth in 0..80 {
            note(&mut checks, "2026-04-30", &format!("d{nth}"), &steady);
        }
        assert_eq!((checks.lines.len(), checks.lines[0].stamp.as_str()), (MOST_LINES, "a"), "bounded, and the first stays");
    }

    #[test]
    fn customers_are_not_compared_with_purchases() {
        let mut checks = Checks::default();
        checks.start_for(false);
        note(&mut checks, "2026-01-31", "rows", &[0, 0, 0, 1, 1, 1]);
        checks.start_for(true);
        note(&mut checks, "2026-01-31", "customers", &[0, 1]);
        assert_eq!((checks.lines.len(), checks.advice(&RetrainRule::default())), (1, None));
        checks.start_for(true);
        note(&mut checks, "2026-02-28", "more customers", &[0, 1]);
        assert_eq!(checks.lines.len(), 2);
        let read: Checks = serde_json::from_str("{\"lines\":[{\"stamp\":\"old\"}]}").unwrap();
        let mut old = read.clone();
        old.start_for(true);
        assert_eq!(old.lines, read.lines, "a project from before keeps its lines");
    }

    #[test]
    fn a_share_is_flagged_only_outside_its_noise() {
        let mut checks = Checks::default();
        let with = |n: usize| -> Vec<usize> { (0..1000).map(|row| usize::from(row < n)).collect() };
        note(&mut checks, "2026-01-31", "a", &with(120));
        note(&mut checks, "2026-02-28", "b", &with(110));
        assert!(checks.told(1).unwrap().contains("no further from 12\u{a0}% than chance explains"), "{:?}", checks.told(1));
        note(&mut checks, "2026-03-31", "c", &with(80));
        let told = checks.told(1).unwrap().replace('\u{a0}', " ");
        assert!(told.starts_with("P1 shrank from 12 to 8 % (noise: ±2."), "{told}");
        let [low, high] = checks.noise(1).unwrap()[2];
        assert!((0.09..0.093).contains(&low) && (0.147..0.15).contains(&high), "{low} {high}");
    }

    #[test]
    fn rows_follow_their_customers() {
        let mut checks = Checks::default();
        note(&mut checks, "2026-01-31", "a", &[0, 0, 0, 1, 1]);
        // The table turns round, and the last customer has gone.
        checks.follow(&[Some(3), Some(2), Some(1), Some(0), None]);
        note(&mut checks, "2026-02-28", "b", &[1, 0, 0, 0]);
        assert_eq!(checks.lines[1].agreement, Some(1.0));
    }
}
