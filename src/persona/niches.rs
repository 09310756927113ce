//! Which niches are there inside the segments, what do they need, and how was that confirmed, in words?
//!
//! In: the table, how it was prepared, the segments with their cards, who is unusual, the thresholds. Out: every confirmed niche with its rule, its need and a card that sets it against its
//! own segment; and what became of the other candidates. The search is [`crate::evaluate::niches`]; here columns become values and questions, and differences become sentences. What may not
//! be told of the segment is not told of the niche. Cost: the search, and a card per niche.

use std::collections::BTreeMap;

use crate::base::{Ctx, FEWEST_TOLD, Labels, text};
use crate::data::{Loaded, Noun, Role};
use crate::evaluate::niches::{
    Difference, FoundNiche, NicheColumn, NicheError, NicheMeasure, NicheRules, NicheSearch, NicheValues, NichesFound, UnusualKinds, WhyNot,
    find_niches,
};
use crate::features::Prepared;

use super::card::Persona;
use super::coding::{Questions, asked};
use super::columns::{Described, Reading, described};
use super::describe::describe_with_roles;
use super::evidence::{Evidence, Withheld};
use super::explain::Condition;
use super::lexicon::Lexicon;
use super::numbering;
use super::personas::Personas;
use super::rules::conditions;
use super::text::list;

/// What the lexicon calls columns that tell of a need, besides outcomes.
const NEEDS: [&str; 4] = ["support", "returns", "category", "channel"];

/// The niches of a segmentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Niches {
    /// What was tried and found.
    pub found: NichesFound,
    /// Every confirmed niche in words, in the same order.
    pub niches: Vec<Niche>,
    /// The columns that count as needs, as they are shown.
    pub needs: Vec<String>,
    /// What the rows are called.
    pub noun: Noun,
}

/// A confirmed niche.
#[derive(Debug, Clone, PartialEq)]
pub struct Niche {
    /// Its card: what sets it apart from its own segment, whose customers are "everyone" there.
    pub card: Persona,
    /// The number people know the segment by, from 0; none for customers in no group.
    pub parent: Option<usize>,
    /// "C3 Loyal Savers".
    pub parent_name: String,
    /// Its share of that segment, 0 to 1.
    pub share_of_parent: f64,
    /// Its customers as rows of the table, ascending.
    pub table_rows: Vec<usize>,
    /// The need.
    pub need: NicheLine,
    /// What else sets it apart most.
    pub apart: NicheLine,
    /// The conditions, all of which hold.
    pub rule: Vec<Condition>,
    /// How it was confirmed, in sentences.
    pub confirmed: Vec<String>,
}

/// One difference in words.
#[derive(Debug, Clone, PartialEq)]
pub struct NicheLine {
    /// The column.
    pub column: String,
    /// The level, as the file has it.
    pub level: Option<String>,
    /// "Churn: yes".
    pub what: String,
    /// "65 %".
    pub value: String,
    /// The segment's: "20 %".
    pub of_parent: String,
    /// 100 times the ratio of the two, where it may be told.
    pub index: Option<f64>,
    /// "effect 0.9, at least 0.5" on the other half, where it may be told.
    pub confirmed: Option<String>,
}

/// Looks for niches and puts them into words. `unusual` are rows of the matrix; `personas` are the cards of the segments.
#[expect(clippy::too_many_arguments, reason = "what cards are made from, and what niches are looked for by")]
pub fn niches(
    loaded: &Loaded,
    prepared: &Prepared,
    labels: &Labels,
    personas: &Personas,
    roles: &BTreeMap<String, Role>,
    lexicon: &Lexicon,
    (unusual, min_samples, rules, seed): (&[u32], usize, NicheRules, u64),
    ctx: &Ctx,
) -> Result<Niches, NicheError> {
    ctx.check()?;
    let noun = lexicon.dictionary().noun_of(loaded);
    let columns: Vec<Described> = described(loaded, prepared, roles, lexicon)
        .into_iter()
        .filter(|column| column.role != Role::Sensitive && !column.is_own_score())
        .collect();
    let values: Vec<NicheColumn> = columns.iter().map(|column| values(column, &prepared.table_rows)).collect();
    ctx.check()?;
    let mut questions: Vec<Questions> = Vec::new();
    for (place, column) in columns.iter().enumerate().filter(|(place, _)| !values[*place].is_need) {
        questions.extend(asked(place, column, &prepared.table_rows, ctx)?);
    }
    let coded: Vec<_> = questions.iter().map(|asked| asked.coded.clone()).collect();
    let asked_columns: Vec<usize> = questions.iter().map(|asked| asked.column).collect();
    let x = &prepared.matrix;
    let search =
        NicheSearch { x, labels, columns: &values, asked: &coded, asked_columns: &asked_columns, unusual, min_samples, rules, seed };
    let found = find_niches(&search, ctx)?;
    let mut told = Vec::with_capacity(found.niches.len());
    for niche in &found.niches {
        let card = card(loaded, prepared, labels, personas, niche, (roles, lexicon), ctx)?;
        told.push(Niche {
            parent: niche.parent.map(|parent| labels.numbers()[parent as usize]),
            parent_name: parent_name(niche.parent, labels, personas),
            share_of_parent: card.share,
            table_rows: niche.rows.iter().map(|&row| prepared.table_rows[row as usize]).collect(),
            need: line(&columns, &niche.need, &card),
            apart: line(&columns, &niche.apart, &card),
            rule: conditions(&columns, &questions, &niche.rule),
            confirmed: confirmed(niche, &noun),
            card,
        });
    }
    let needs = columns.iter().zip(&values).filter(|(_, values)| values.is_need).map(|(column, _)| column.shown.clone()).collect();
    Ok(Niches { found, niches: told, needs, noun })
}

fn values(column: &Described, table_rows: &[usize]) -> NicheColumn {
    let is_need = column.role == Role::Outcome || column.entry.is_some_and(|entry| NEEDS.contains(&entry.tag.as_str()));
    let values = match &column.reading {
        Reading::Scale(scale) => {
            let values: Vec<f64> = table_rows.iter().map(|&row| scale.value(row).unwrap_or(f64::NAN)).collect();
            let scaled = values.iter().map(|&value| if value.is_nan() { value } else { scale.transformed(value) }).collect();
            NicheValues::Number { values, scaled, has_ratio: !scale.is_date && scale.is_never_negative }
        }
        Reading::Levels(levels) => NicheValues::Levels {
            of_row: table_rows.iter().map(|&row| levels.level(row).map(|level| level as u32)).collect(),
            n_levels: levels.names.len(),
        },
    };
    NicheColumn { values, is_need }
}

fn parent_name(parent: Option<u32>, labels: &Labels, personas: &Personas) -> String {
    let Some(parent) = parent else { return "customers in no group".to_owned() };
    let name = personas.personas.get(parent as usize).map_or("", |persona| persona.name.as_str());
    format!("{} {name}", numbering::name(labels.numbers()[parent as usize])).trim_end().to_owned()
}

/// The card of a niche among the customers of its segment.
fn card(
    loaded: &Loaded,
    prepared: &Prepared,
    labels: &Labels,
    personas: &Personas,
    niche: &FoundNiche,
    (roles, lexicon): (&BTreeMap<String, Role>, &Lexicon),
    ctx: &Ctx,
) -> Result<Persona, NicheError> {
    let parent: Vec<usize> = (0..labels.n_rows()).filter(|&row| labels.get(row) == niche.parent.map(|parent| parent as usize)).collect();
    let is_in = |at: usize| niche.rows.binary_search(&(parent[at] as u32)).is_ok();
    let of_parent = Labels::canonical(parent.len(), 2, |at| Some(usize::from(is_in(at))));
    let inside = Prepared {
        matrix: crate::base::Matrix::default(),
        dimension_names: Vec::new(),
        table_rows: parent.iter().map(|&row| prepared.table_rows[row]).collect(),
        n_table_rows: prepared.n_table_rows,
        columns: prepared.columns.clone(),
        pca: prepared.pca.clone(),
        notes: Vec::new(),
    };
    let cluster = (0..parent.len()).find(|&at| is_in(at)).and_then(|at| of_parent.get(at)).unwrap_or_default();
    let mut card = describe_with_roles(loaded, &inside, &of_parent, &[], roles, lexicon, &ctx.quiet())?.personas.swap_remove(cluster);
    let told_of_parent = niche.parent.and_then(|parent| personas.personas.get(parent as usize)).map_or(&[][..], |card| &card.evidence);
    hide(&mut card, told_of_parent, niche.parent.is_none());
    Ok(card)
}

/// What the card of the segment withholds, the niche's does not tell either: there it stands as everyone's. Bars have other edges than the segment's and could be held against those.
fn hide(card: &mut Persona, of_parent: &[Evidence], is_told_elsewhere: bool) {
    card.distributions.clear();
    for row in &mut card.evidence {
        let mut same = of_parent.iter().filter(|other| other.column == row.column && other.level == row.level);
        let is_told = is_told_elsewhere || same.next().is_some_and(|other| !other.hidden().persona);
        if !is_told {
            row.withheld = Withheld { persona: true, everyone: true, rest: true };
            row.texts = ["–", "–", "–"].map(str::to_owned);
            (row.passes_name, row.passes_statement) = (false, false);
        }
    }
    let evidence = &card.evidence;
    card.statements.retain(|statement| !evidence[statement.evidence].withheld.everyone);
    // Nobody follows a niche from one table to the next, so nothing that was written on a card belongs to it.
    card.number = 0;
}

fn line(columns: &[Described], difference: &Difference, card: &Persona) -> NicheLine {
    let column = &columns[difference.all.column];
    let level = difference.all.level.map(|level| match &column.reading {
        Reading::Levels(levels) => (levels.names[level as usize].clone(), levels.labels[level as usize].clone()),
        Reading::Scale(_) => (String::new(), String::new()),
    });
    let name = level.as_ref().map(|(name, _)| name.clone());
    let row = card.evidence.iter().find(|row| row.column == column.name && row.level == name);
    let text = |at: usize| row.map_or_else(|| "–".to_owned(), |row| row.texts[at].clone());
    let may_tell = row.is_some_and(|row| !row.hidden().effect()) && !is_of_few(&difference.confirmed);
    NicheLine {
        column: column.name.to_owned(),
        what: level.as_ref().map_or_else(|| column.shown.clone(), |(_, label)| format!("{}: {label}", column.shown)),
        level: name,
        value: text(0),
        of_parent: text(1),
        index: difference.all.index.filter(|_| may_tell),
        confirmed: may_tell.then(|| {
            let of = &difference.confirmed;
            let way = if of.effect < 0.0 { "less" } else { "more" };
            format!("{way} by an effect of {:.1}, at least {:.1} (95{}%)", of.effect.abs(), of.at_least(), text::SPACE)
        }),
    }
}

/// Whether a share would tell of one to nine customers who have the level, or who have not.
fn is_of_few(measure: &NicheMeasure) -> bool {
    let is_few = |n: usize| (1..FEWEST_TOLD).contains(&n);
    measure.level.is_some() && (is_few(measure.n_with) || is_few(measure.n - measure.n_with))
}

fn confirmed(niche: &FoundNiche, noun: &Noun) -> Vec<String> {
    let half = format!(
        "Found among one half of the {}; the rule holds for {} of the other half, where {:.0} were to be expected.",
        noun.many,
        text::count(niche.n_confirmed),
        niche.n_expected
    );
    let chance = niche.by_chance.to_beat();
    let digits = text::digits_apart(niche.came_back, chance);
    let back = format!(
        "It came back among new draws, on average with {} % of the same members (Jaccard {:.digits$}). {}",
        text::whole(niche.came_back),
        niche.came_back,
        if chance > 0.0 {
            format!("Groups of shuffled columns and of one single group reach {chance:.digits$} at most.")
        } else {
            "In shuffled columns and in one single group there is no such group.".to_owned()
        }
    );
    vec![half, back]
}

impl Niches {
    /// "17 candidates tried, 3 confirmed."
    pub fn sentence(&self) -> String {
        let tried = match self.found.n_tried {
            0 => return "No group inside a segment is of the size of a niche, so there was nothing to try.".to_owned(),
            1 => "1 candidate tried".to_owned(),
            n => format!("{} candidates tried", text::count(n)),
        };
        match self.niches.len() {
            0 => format!(
                "{tried}, none confirmed: no small group has a need of its own that the other half of the {} bears out.",
                self.noun.many
            ),
            n => format!("{tried}, {n} confirmed."),
        }
    }

    /// "42 unusual customers are of 3 kinds, 9 of none."
    pub fn kinds_sentence(&self) -> Option<String> {
        let UnusualKinds { n, n_kinds, n_of_none } = self.found.kinds?;
        let unusual = format!("{} unusual {}", text::count(n), self.noun.many);
        Some(match (n_kinds, n_of_none) {
            (0, _) => format!("{unusual} are of no kind: each is unusual in its own way."),
            (1, 0) => format!("{unusual} are of one kind."),
            (1, none) => format!("{unusual} are of one kind, {} of none.", text::count(none)),
            (kinds, 0) => format!("{unusual} are of {kinds} kinds."),
            (kinds, none) => format!("{unusual} are of {kinds} kinds, {} of none.", text::count(none)),
        })
    }

    /// Why candidates are no niches, most first: "12 of no need of their own".
    pub fn reasons(&self) -> Vec<(WhyNot, usize)> {
        let count = |why: WhyNot| self.found.failed.iter().filter(|failed| failed.why == why).count();
        let mut all: Vec<(WhyNot, usize)> = WhyNot::ALL.into_iter().map(|why| (why, count(why))).filter(|(_, n)| *n > 0).collect();
        all.sort_by_key(|(why, n)| (std::cmp::Reverse(*n), *why));
        all
    }

    /// Candidates that are the same customers as a niche: with the niches and the reasons they add up to those tried.
    pub fn n_alike(&self) -> usize {
        self.found.niches.iter().map(|niche| niche.n_alike).sum()
    }

    /// What counts as a need here.
    pub fn needs_sentence(&self) -> String {
        format!("What counts as a need: {}. Outcomes do, and columns about support, returns, categories or channels.", list(&self.needs))
    }

    /// The first niche a row of the table is in, from 0, for every row.
    pub fn of_rows(&self, n_rows: usize) -> Vec<Option<usize>> {
        let mut of = vec![None; n_rows];
        for (nth, niche) in self.niches.iter().enumerate().rev() {
            niche.table_rows.iter().for_each(|&row| of[row] = Some(nth));
        }
        of
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.niches.iter().map(|niche| niche.table_rows.len() * 12 + niche.card.evidence.len() * 400).sum()
    }
}

impl Niche {
    /// "part of C3 Loyal Savers".
    pub fn part_of(&self) -> String {
        format!("part of {}", self.parent_name)
    }

    /// "Churn: yes 65 %, of C3 20 %".
    pub fn need_text(&self) -> String {
        self.need.text(&self.parent_short())
    }

    /// "C3", or "those in no group".
    pub fn parent_short(&self) -> String {
        self.parent.map_or_else(|| "those in no group".to_owned(), numbering::name)
    }
}

impl NicheLine {
    /// "Churn: yes 65 %, in C3 20 %".
    pub fn text(&self, parent: &str) -> String {
        format!("{} {}, in {parent} {}", self.what, self.value, self.of_parent)
    }
}
