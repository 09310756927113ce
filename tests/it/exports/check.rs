//! Does a combination of shape, language and habits lead to the truth? To the cent, the person and the day.
//!
//! In: a seed. Out: what differs from the truth, with the first lines of the file and its account.

#[path = "shop.rs"]
mod shop;
#[path = "write.rs"]
mod write;

use std::collections::BTreeMap;

use personae::base::Ctx;
use personae::customers::{self, Built};
use personae::data::day::IsoDay;
use personae::data::{self, Raw, SourceFile, SourceKind, Sourcing};
use rand::RngExt;

use shop::{Shop, Truth};
use write::{Habits, Kind};

/// The day of the shops' owner: after every order, before every typing error.
const TODAY: IsoDay = IsoDay(20_500);

/// One combination: what differs from the truth, if anything.
pub fn check(seed: u64) -> Result<(), String> {
    let mut rng = shop::seeded(seed);
    let kind = Kind::ALL[seed as usize % Kind::ALL.len()];
    let mut chance = |p: f64| rng.random_bool(p);
    let (guests, refunds, no_sales, extras) = (chance(0.5), chance(0.6), chance(0.6), chance(0.7));
    let comma = chance(0.4);
    let is_local = matches!(kind, Kind::German | Kind::French | Kind::Spanish);
    let mut habits = Habits {
        delimiter: if comma || is_local { ';' } else { ',' },
        comma: comma || is_local,
        currency: "",
        dates: 0,
        twice: chance(0.15) && kind != Kind::Olist,
        titles: chance(0.2),
        total_row: chance(0.15) && kind != Kind::Olist,
        future_row: chance(0.15) && kind != Kind::Olist,
        guest_word: "0",
        header_again: chance(0.5),
        grouped: chance(0.3),
    };
    let is_western = is_local && chance(0.3);
    habits.currency = ["", "", "€", "EUR", "$", "R$ "][rng.random_range(0..6)];
    habits.dates = [0, 1, 2, 3, 4][rng.random_range(0..5)];
    habits.guest_word = ["0", "", "guest", "Gast"][rng.random_range(0..4)];
    let wants = kind.wants(guests, refunds, no_sales, extras);
    let shop = Shop::draw(&mut rng, wants);
    let files = write::files(kind, &shop, &habits);
    let built = build(&files, is_western).map_err(|error| format!("{seed} {kind:?} {habits:?}: {error}"))?;
    // Where most rows are guests', the column of customer numbers is nearly empty, and everybody is known by the address.
    let is_by_email = kind.is_by_email()
        || built.table.column("customer").is_some_and(|column| (0..built.table.n_rows).all(|row| column.cell(row).contains('@')));
    let truth = shop.truth(is_by_email);
    compare(&built, &truth).map_err(|why| {
        let head: String = files[0].1.lines().take(6).collect::<Vec<_>>().join("\n");
        format!(
            "{seed} {kind:?} {habits:?} {wants:?}: {why}\n{head}\n{:?}",
            built.accounts.iter().map(|account| account.sentence()).collect::<Vec<_>>()
        )
    })
}

fn build(files: &[(&'static str, String)], is_western: bool) -> Result<Built, String> {
    let ctx = Ctx::new();
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut sourcing = Sourcing::default();
    for (name, text) in files {
        let path = folder.path().join(name);
        let bytes = if is_western { encoding_rs::WINDOWS_1252.encode(text).0.into_owned() } else { text.clone().into_bytes() };
        std::fs::write(&path, bytes).map_err(|error| error.to_string())?;
        let kind = match *name {
            "customers.csv" => SourceKind::Customers,
            "payments.csv" => SourceKind::Reference,
            _ => SourceKind::Transactions,
        };
        let name = name.trim_end_matches(".csv").to_owned();
        sourcing.sources.push(SourceFile { name, path, kind: Some(kind), ..SourceFile::default() });
    }
    let raws: Vec<Raw> = sourcing
        .sources
        .iter()
        .map(|source| data::read_raw(&source.path, &ctx))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    let raws: Vec<&Raw> = raws.iter().collect();
    let understood = customers::understand(&sourcing, &raws, &ctx).map_err(|error| error.to_string())?;
    customers::build(&sourcing, &understood, &raws, Some(TODAY), &ctx).map_err(|error| error.to_string())
}

fn compare(built: &Built, truth: &BTreeMap<String, Truth>) -> Result<(), String> {
    let column = |name: &str| built.table.column(name).ok_or_else(|| format!("no column {name}"));
    let (customer, monetary, frequency) = (column("customer")?, column("monetary")?, column("frequency")?);
    let (first, last) = (column("first_purchase")?, column("last_purchase")?);
    let mut net = 0;
    for row in 0..built.table.n_rows {
        let key = customer.cell(row).into_owned();
        let Some(truth) = truth.get(&key) else { return Err(format!("{key} is nobody")) };
        let cents = (monetary.cell(row).parse::<f64>().unwrap_or(f64::NAN) * 100.0).round() as i64;
        let days = (
            truth.days.first().map_or(String::new(), |day| shop::iso(*day)),
            truth.days.last().map_or(String::new(), |day| shop::iso(*day)),
        );
        let is = (first.cell(row).into_owned(), last.cell(row).into_owned());
        if cents != truth.cents || is != days || frequency.cell(row) != truth.days.len().to_string() {
            return Err(format!(
                "{key}: {cents} cents on {} days {is:?}, truly {} on {} {days:?}",
                frequency.cell(row),
                truth.cents,
                truth.days.len()
            ));
        }
        net += cents;
    }
    if built.table.n_rows != truth.len() {
        return Err(format!("{} customers, truly {}", built.table.n_rows, truth.len()));
    }
    for account in &built.accounts {
        if !account.adds_up() || account.net.cents != net {
            return Err(format!("the parts do not add up to {net}: {}", account.sentence()));
        }
    }
    if built.accounts.len() != 1 { Err("no account".into()) } else { Ok(()) }
}
