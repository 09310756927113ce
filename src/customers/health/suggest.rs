//! Which rules do the data suggest? Starter rules from names, kinds and counts; the user changes them.
//!
//! In: what the sources hold. Out: rules in the order of sources, dimensions and columns, each with its reason. Cost: a query per source and one
//! for each column of few values. Rules that nothing in the data points to are not suggested: a rule too many costs trust.

use crate::base::Ctx;
use crate::base::text::few_digits;
use crate::customers::understand::understood::{Understood, UnderstoodSource};
use crate::data::day::IsoDay;
use crate::data::rules::{Dimension, Predicate, RowAction, Rule, Severity};
use crate::data::sourcing::{Field, Refresh};
use crate::data::{Kind, Raw, RawColumn, SourceKind, Sourcing};

use super::super::error::CustomersError;
use super::measure::{self, Measured, day_columns, is_birth, is_to_come, named};
use super::spelling;

/// Days before this one are not believed: the first of January 1990, unless most are.
const EARLIEST: IsoDay = IsoDay(7_305);

/// A column this full is expected to be.
const NEARLY_COMPLETE: f64 = 0.9;

/// So much may be missing of it; methods.md: less than 5 % is fine.
const MAY_BE_MISSING: f64 = 0.05;

/// So many cells make the others exceptions.
const MOSTLY: f64 = 0.9;

/// The rules the data suggest.
pub fn suggested(
    sourcing: &Sourcing,
    understood: &Understood,
    raws: &[&Raw],
    newest: Option<IsoDay>,
    ctx: &Ctx,
) -> Result<Vec<Rule>, CustomersError> {
    let mut rules = Vec::new();
    for (at, (source, raw)) in understood.sources.iter().zip(raws).enumerate() {
        ctx.check()?;
        let measured = measure::columns(raw, source.key.as_deref(), ctx)?;
        let is_said = sourcing.sources.get(at).is_some_and(|source| source.stale_after_days.is_some());
        let limit = sourcing.stale_after_days(at, source.kind);
        let mut suggesting = Suggesting { source, raw, understood, newest, rules: Vec::new() };
        for (column, measured) in raw.columns.iter().zip(&measured) {
            suggesting.presence(column, measured);
            match column.kind {
                Kind::Number => {
                    let tail = if suggesting.is_quantity(&column.name) { measure::tail(raw, &column.name)? } else { None };
                    suggesting.number(column, measured, tail);
                }
                Kind::Date => suggesting.day(column),
                Kind::Text => suggesting.text(column, measured),
            }
        }
        suggesting.rows();
        suggesting.timeliness(limit, is_said, sourcing.refresh);
        suggesting.rules.sort_by_key(|rule| rule.dimension as usize);
        rules.extend(suggesting.rules);
    }
    Ok(rules)
}

struct Suggesting<'a> {
    source: &'a UnderstoodSource,
    raw: &'a Raw,
    understood: &'a Understood,
    newest: Option<IsoDay>,
    rules: Vec<Rule>,
}

impl Suggesting<'_> {
    fn add(&mut self, dimension: Dimension, columns: &[&str], predicate: Predicate, severity: Severity, why: &str) -> &mut Rule {
        self.rules.push(Rule {
            source: self.source.name.clone(),
            dimension,
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
            predicate,
            severity,
            threshold: 0.0,
            action: RowAction::Flag,
            enabled: true,
            why: why.into(),
        });
        let last = self.rules.len() - 1;
        &mut self.rules[last]
    }

    fn is_key(&self, name: &str) -> bool {
        self.source.key.as_deref() == Some(name)
    }

    fn field(&self, name: &str) -> Option<Field> {
        self.source.fields.iter().find(|(_, column)| column.as_str() == name).map(|(&field, _)| field)
    }

    fn has_one_row_a_customer(&self) -> bool {
        matches!(self.source.kind, SourceKind::Customers | SourceKind::Survey)
    }

    fn presence(&mut self, column: &RawColumn, measured: &Measured) {
        let name = column.name.as_str();
        let share = measured.n_present as f64 / self.raw.n_rows.max(1) as f64;
        let is_needed = matches!(self.field(name), Some(Field::Date | Field::Amount | Field::UnitPrice | Field::Event));
        if self.is_key(name) {
            let why = "Without it nobody knows whose row it is.";
            self.add(Dimension::Completeness, &[name], Predicate::Present, Severity::Error, why).action = RowAction::DropRow;
        } else if is_needed && share > 0.5 {
            self.add(Dimension::Completeness, &[name], Predicate::Present, Severity::Error, "The customer table is computed from it.");
        } else if share >= NEARLY_COMPLETE && self.raw.n_rows >= 10 {
            let why = "Nearly every row has it.";
            self.add(Dimension::Completeness, &[name], Predicate::Present, Severity::Warning, why).threshold = MAY_BE_MISSING;
        }
        if column.kind != Kind::Text && measured.n_present > 0 {
            let what = if column.kind == Kind::Number { "Nearly every cell is a number." } else { "Nearly every cell is a day." };
            self.add(Dimension::Validity, &[name], Predicate::Readable, Severity::Warning, what).action = RowAction::NullValue;
        }
    }

    fn is_quantity(&self, name: &str) -> bool {
        !self.is_key(name) && (self.field(name) == Some(Field::Quantity) || named(name, COUNT))
    }

    fn number(&mut self, column: &RawColumn, measured: &Measured, tail: Option<(f64, f64)>) {
        let name = column.name.as_str();
        if self.is_key(name) || measured.n_present == 0 {
            return;
        }
        let mostly = |n: usize| n as f64 >= MOSTLY * measured.n_present as f64;
        let field = self.field(name);
        let (error, warning) = (Severity::Error, Severity::Warning);
        if named(name, &["age", "alter", "edad"]) && mostly(measured.n_to_100) {
            let why = "Customers are people of 13 to 110 years.";
            self.add(Dimension::Validity, &[name], Predicate::Between(13.0, 110.0), warning, why);
        } else if named(name, SHARE) && mostly(measured.n_to_1) {
            self.add(Dimension::Validity, &[name], Predicate::Between(0.0, 1.0), warning, "Shares lie between 0 and 1.");
        } else if named(name, SHARE) && mostly(measured.n_to_100) {
            self.add(Dimension::Validity, &[name], Predicate::Between(0.0, 100.0), warning, "Percentages lie between 0 and 100.");
        } else if named(name, SCALE) && mostly(measured.n_whole) && mostly(measured.n_1_to_5) {
            self.add(Dimension::Validity, &[name], Predicate::Between(1.0, 5.0), warning, "Nearly all answers are on a scale of 1 to 5.");
        } else if named(name, SCALE) && mostly(measured.n_whole) && mostly(measured.n_0_to_10) {
            self.add(Dimension::Validity, &[name], Predicate::Between(0.0, 10.0), warning, "Nearly all answers are on a scale of 0 to 10.");
        } else if field == Some(Field::UnitPrice) || named(name, &["price", "preis", "cost", "precio", "prix"]) {
            self.add(
                Dimension::Validity,
                &[name],
                Predicate::AtLeast(0.0),
                error,
                "Prices are not negative; returns are told by quantity.",
            );
        } else if matches!(field, Some(Field::Amount | Field::Quantity)) || named(name, COUNT) {
            // Returns come as negative rows; a few in ten thousand are none.
            let has_returns = self.source.fields.contains_key(&Field::Returned) || measured.n_negative * 200 > measured.n_present;
            if let Some((most, share)) = tail {
                let high = round_up(2.0 * most);
                let low = if has_returns { -high } else { 0.0 };
                let percent = (100.0 * share).floor();
                let above = few_digits(most);
                let why = format!("Rows above {above} hold {percent:.0} % of the sum: some may be counted in another unit.");
                self.add(Dimension::Validity, &[name], Predicate::Between(low, high), warning, &why);
            } else if !has_returns {
                let why = "It is hardly ever negative, so that returns are not told this way.";
                self.add(Dimension::Validity, &[name], Predicate::AtLeast(0.0), warning, why);
            }
        }
    }

    fn day(&mut self, column: &RawColumn) {
        let name = column.name.as_str();
        if is_to_come(name) {
            return;
        }
        if is_birth(name) {
            if let Some(newest) = self.newest {
                let years = |n: f64| IsoDay(newest.0 - (n * 365.25) as i32);
                let predicate = Predicate::DayBetween(years(110.0), Some(years(13.0)));
                self.add(Dimension::Validity, &[name], predicate, Severity::Warning, "Customers are people of 13 to 110 years.");
            }
            return;
        }
        let predicate = Predicate::DayBetween(EARLIEST, None);
        let why = "What happened is not in the future, and hardly before 1990.";
        self.add(Dimension::Validity, &[name], predicate, Severity::Error, why);
    }

    fn text(&mut self, column: &RawColumn, measured: &Measured) {
        let name = column.name.as_str();
        let mostly = |n: usize| n > 0 && n as f64 >= 0.7 * measured.n_present as f64;
        if mostly(measured.n_email) {
            self.add(Dimension::Validity, &[name], Predicate::Email, Severity::Warning, "Most cells are e-mail addresses.");
            if self.has_one_row_a_customer() {
                let why = "Two customers with one address are often the same.";
                self.add(Dimension::Uniqueness, &[name], Predicate::Unique, Severity::Warning, why);
            }
            return;
        }
        if named(name, &["phone", "telephone", "mobile", "telefon", "handy"]) && mostly(measured.n_phone) {
            self.add(Dimension::Validity, &[name], Predicate::Phone, Severity::Info, "Most cells are telephone numbers.");
            return;
        }
        let Some(values) = &measured.values else { return };
        if self.is_key(name) {
            let why = "A key spelled in two ways makes one customer two.";
            self.add(Dimension::Consistency, &[name], Predicate::SameSpelling, Severity::Warning, why);
            return;
        }
        if self.field(name) == Some(Field::Currency) || named(name, &["currency", "waehrung"]) {
            let why = "Amounts of different currencies cannot be added up.";
            self.add(Dimension::Consistency, &[name], Predicate::OneValue, Severity::Error, why);
            return;
        }
        let why = "It has few values; one spelled in two ways is counted as two.";
        let n_countries: usize = values.iter().filter(|(value, _)| spelling::is_country(value)).map(|(_, n)| n).sum();
        if named(name, &["country", "land", "nation", "pais", "pays"]) || n_countries * 2 > measured.n_present {
            self.add(Dimension::Consistency, &[name], Predicate::SameCountry, Severity::Warning, "A country has one name.");
        } else {
            self.add(Dimension::Consistency, &[name], Predicate::SameSpelling, Severity::Warning, why);
        }
        let slips = spelling::slips(values);
        if !slips.is_empty() || measured.n_distinct <= 20 {
            let known = values.iter().map(|(value, _)| value).filter(|value| !slips.contains(value)).cloned().collect();
            let why = match slips.first() {
                Some(slip) => format!("It has few values, and {slip} is nearly spelled like a common one."),
                None => "It has few values; another one is new.".into(),
            };
            self.add(Dimension::Validity, &[name], Predicate::OneOf(known), Severity::Warning, &why);
        }
    }

    /// Rules about whole rows and about two columns or sources.
    fn rows(&mut self) {
        let key = self.source.key.clone().filter(|key| self.raw.column(key).is_some());
        if let Some(key) = key.as_deref().filter(|_| self.has_one_row_a_customer()) {
            let severity = if self.source.kind == SourceKind::Customers { Severity::Error } else { Severity::Warning };
            self.add(Dimension::Uniqueness, &[key], Predicate::Unique, severity, "There is one row per customer.");
        }
        if self.source.kind == SourceKind::Transactions && (2..=40).contains(&self.raw.columns.len()) {
            let all: Vec<String> = self.raw.columns.iter().map(|column| column.name.clone()).collect();
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            // Without an order number two equal rows can be two equal purchases.
            let severity = if self.source.fields.contains_key(&Field::Order) { Severity::Warning } else { Severity::Info };
            self.add(
                Dimension::Uniqueness,
                &all,
                Predicate::Unique,
                severity,
                "A row that is the same in every column was often exported twice.",
            );
        }
        let customers = self.understood.sources.iter().find(|source| source.kind == SourceKind::Customers);
        if let (Some(key), Some(customers)) = (key.as_deref(), customers)
            && let Some(theirs) = &customers.key
            && customers.name != self.source.name
            && self.source.kind != SourceKind::Reference
        {
            let predicate = Predicate::FoundIn { source: customers.name.clone(), column: theirs.clone() };
            let why = format!("{} lists the customers.", customers.name);
            self.add(Dimension::Consistency, &[key], predicate, Severity::Warning, &why);
        }
        let days: Vec<&str> = day_columns(self.raw).collect();
        let first = days.iter().copied().find(|name| named(name, FIRST));
        let last = days.iter().copied().find(|name| named(name, LAST) && Some(*name) != first);
        if let (Some(first), Some(last)) = (first, last) {
            self.add(
                Dimension::Consistency,
                &[first, last],
                Predicate::NotAfter,
                Severity::Error,
                "What happens first cannot be dated after what follows it.",
            );
        }
    }

    fn timeliness(&mut self, limit: Option<f64>, is_said: bool, refresh: Refresh) {
        // Nobody waits for news of a file that is looked at once.
        if !is_said && refresh == Refresh::Ask {
            return;
        }
        let days: Vec<&str> = match self.source.fields.get(&Field::Date) {
            Some(date) => vec![date.as_str()],
            None if self.source.kind == SourceKind::Reference => Vec::new(),
            None => day_columns(self.raw).collect(),
        };
        if days.is_empty() {
            return;
        }
        let days: Vec<String> = days.into_iter().map(str::to_owned).collect();
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        let (usual, why) = match self.source.kind {
            SourceKind::Transactions => (1.0, "Transactions are usually a day old at most."),
            SourceKind::Events if named(&self.source.name, &["social", "instagram", "facebook", "twitter", "tiktok"]) => {
                (7.0, "Social media are usually a week old at most.")
            }
            SourceKind::Events => (1.0, "Events are usually a day old at most."),
            SourceKind::Customers | SourceKind::Survey | SourceKind::Reference => {
                (30.0, "Lists of customers are usually a month old at most.")
            }
        };
        let limit = limit.filter(|_| is_said);
        let why = if is_said { "You set the limit of this source." } else { why };
        self.add(Dimension::Timeliness, &days, Predicate::AtMostDaysOld(limit.unwrap_or(usual)), Severity::Warning, why);
    }
}

/// The next of 1, 2, 5, 10, 20 ... that is no smaller.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= value).unwrap_or(10.0 * power)
}

const SHARE: &[&str] = &["share", "rate", "ratio", "percent", "pct", "percentage", "anteil", "quote"];
const SCALE: &[&str] = &["satisfaction", "score", "rating", "stars", "nps", "likert", "zufriedenheit", "bewertung"];
const COUNT: &[&str] = &["quantity", "qty", "units", "count", "visits", "orders", "items", "menge", "anzahl"];
const FIRST: &[&str] = &["first", "start", "signup", "created", "registered", "joined", "since", "erste", "registration", "opened"];
const LAST: &[&str] = &["last", "end", "latest", "closed", "cancelled", "updated", "letzte", "churned"];
