//! Cards from labels to words: planted segments get both of their traits, shuffled ones get none, every word has its evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use personae::base::seed::{Random, RngExt, random};
use personae::base::stats::{mean_sd, median_sorted, quantile_sorted, skewness, sorted};
use personae::base::{Ctx, Key, Labels, Matrix, Stopped};
use personae::data::profile::{Levels, NumericSummary};
use personae::data::{Column, ColumnProfile, Dictionary, Loaded, Profile, RevenueChoice, Role, Table, Texts, Values};
use personae::features::prepared::Fitted;
use personae::features::{InputColumn, MissingRule, Pca, Prepared, Scale, Transform};
use personae::persona::{
    Direction, Distribution, Drawing, Evidence, Lexicon, Persona, PersonaEdit, Personas, RowSet, describe, describe_with_roles, edit_for,
};

/// A column by hand: its values, and the role the profile would guess.
struct Given(&'static str, Role, Values);

fn numbers(values: impl IntoIterator<Item = f64>) -> Values {
    Values::Number(values.into_iter().collect())
}

fn texts<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Values {
    Values::Text(Texts::collect(values.into_iter().map(Some)))
}

fn loaded(given: Vec<Given>) -> Loaded {
    let n_rows = match &given[0].2 {
        Values::Number(values) => values.len(),
        Values::Date(days) => days.len(),
        Values::Text(texts) => texts.len(),
    };
    let mut columns = Vec::new();
    let mut profiles = Vec::new();
    for Given(name, role, values) in given {
        let unit = (name == "total_spend").then(|| "€".to_owned());
        let column = Column { name: name.into(), values, unit, original: None };
        profiles.push(profile(&column, n_rows, role));
        columns.push(column);
    }
    let table = Table { columns, n_rows };
    Loaded {
        title: "test".into(),
        table,
        profile: Profile { columns: profiles },
        notes: Vec::new(),
        stamp: Key::of_bytes(b"test"),
        is_listing: false,
        sheets: vec![],
    }
}

fn profile(column: &Column, n_rows: usize, role: Role) -> ColumnProfile {
    let present: Vec<f64> = (0..n_rows).filter_map(|row| column.number(row)).collect();
    let ascending = sorted(present.iter().copied());
    let (mean, sd) = mean_sd(&present);
    let numeric = (!present.is_empty()).then(|| NumericSummary {
        min: ascending[0],
        q1: quantile_sorted(&ascending, 0.25),
        median: median_sorted(&ascending),
        q3: quantile_sorted(&ascending, 0.75),
        max: ascending[ascending.len() - 1],
        mean,
        sd,
        skewness: skewness(&present),
        whole: present.iter().all(|value| value.fract() == 0.0),
        codes: Vec::new(),
    });
    let n_missing = (0..n_rows).filter(|&row| column.is_missing(row)).count();
    let levels = matches!(column.values, Values::Text(_)).then(|| Arc::new(levels(column, n_rows)));
    ColumnProfile {
        name: column.name.clone(),
        kind: column.kind(),
        n_missing,
        missing_share: n_missing as f64 / n_rows as f64,
        n_distinct: levels.as_ref().map_or(ascending.len(), |levels| levels.names.len()),
        numeric,
        levels,
        histogram: Vec::new(),
        guessed_role: role,
        guess_reason: String::new(),
    }
}

fn levels(column: &Column, n_rows: usize) -> Levels {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in 0..n_rows {
        if let Some(text) = column.text(row) {
            *counts.entry(text).or_default() += 1;
        }
    }
    let mut names: Vec<&str> = counts.keys().copied().collect();
    names.sort_by_key(|name| std::cmp::Reverse(counts[name]));
    let place: BTreeMap<&str, u32> = names.iter().enumerate().map(|(at, name)| (*name, at as u32)).collect();
    let codes = (0..n_rows).map(|row| column.text(row).map_or(Levels::MISSING, |text| place[text])).collect();
    Levels { counts: names.iter().map(|name| counts[name]).collect(), names: names.iter().map(|name| (*name).to_owned()).collect(), codes }
}

/// Every row takes part; the columns named enter untransformed.
fn prepared(loaded: &Loaded, rows: impl IntoIterator<Item = usize>) -> Prepared {
    let table_rows: Vec<usize> = rows.into_iter().collect();
    let columns = loaded.table.columns.iter().map(|column| InputColumn {
        name: column.name.clone(),
        kind: column.kind(),
        enters: false,
        reason: String::new(),
        transform: Transform::None,
        scale: Scale::Standard,
        missing: MissingRule::Impute,
        fitted: Fitted::default(),
    });
    Prepared {
        matrix: Matrix::new(vec![0.0; table_rows.len()], table_rows.len(), 1).unwrap(),
        dimension_names: vec!["x".into()],
        n_table_rows: loaded.table.n_rows,
        columns: columns.collect(),
        pca: Pca {
            encoded_names: Vec::new(),
            eigenvalues: Vec::new(),
            explained: Vec::new(),
            loadings: Vec::new(),
            scores: Vec::new(),
            choice: String::new(),
        },
        notes: Vec::new(),
        table_rows,
    }
}

fn cards(loaded: &Loaded, labels: &Labels, edits: &[PersonaEdit]) -> Personas {
    let prepared = prepared(loaded, 0..loaded.table.n_rows);
    describe(loaded, &prepared, labels, edits, &Lexicon::built_in(), &Ctx::new()).unwrap()
}

/// What holds for all cards, whatever the data.
/// No bar speaks of one to nine customers, and a level that half of the persona shares has a bar of its own.
fn bars_hide_the_few_and_show_the_most(persona: &Persona, distribution: &Distribution) {
    let Drawing::Levels { names, persona: shares, .. } = &distribution.drawing else { return };
    let of_column = |e: &&Evidence| e.column == distribution.column && e.level.is_some();
    let Some(n) = persona.evidence.iter().find(of_column).map(|e| e.n) else { return };
    for (name, share) in names.iter().zip(shares).filter(|(name, _)| *name != "Other") {
        let count = (share * n as f64).round() as usize;
        assert!(!(1..10).contains(&count), "{name}: {count} of {n}");
    }
    let is_told = |e: &&Evidence| e.persona > 0.5 && e.persona * n as f64 >= 10.0;
    for evidence in persona.evidence.iter().filter(of_column) {
        // What may not be told has no bar, and where that is the most there are none.
        let hidden = evidence.hidden();
        assert!(!(hidden.persona || hidden.everyone) || !names.contains(evidence.level.as_ref().unwrap()), "{evidence:?} is in {names:?}");
    }
    for evidence in persona.evidence.iter().filter(of_column).filter(is_told) {
        assert!(names.contains(evidence.level.as_ref().unwrap()), "{evidence:?} is in {names:?}");
    }
}

fn check(loaded: &Loaded, labels: &Labels, edits: &[PersonaEdit]) -> Personas {
    let all = cards(loaded, labels, edits);
    assert_eq!(all.personas.len(), labels.n_clusters());
    let shares: f64 = all.personas.iter().map(|persona| persona.share).sum();
    assert!(labels.n_rows() == 0 || (shares + all.n_noise as f64 / labels.n_rows() as f64 - 1.0).abs() < 1e-9, "shares sum to 1");
    let names: BTreeSet<String> = all.personas.iter().map(|persona| persona.name.to_lowercase()).collect();
    assert_eq!(names.len(), all.personas.len(), "unique: {names:?}");
    for persona in &all.personas {
        words_rest_on_evidence(loaded, persona);
        let (text, parts) = (&persona.automatic_name, &persona.name_parts);
        assert_eq!(&parts.iter().map(|part| part.word.as_str()).collect::<Vec<_>>().join(" "), text);
        assert!(text.chars().count() <= 40, "{text}");
        assert!(parts.iter().filter(|part| part.word.len() > 1).count() <= 6, "{text}");
        assert!(persona.statements.len() <= 8 && persona.distributions.len() <= 6);
        for statement in &persona.statements {
            assert!(persona.evidence[statement.evidence].passes_statement, "{statement:?}");
        }
        let all_finite =
            |e: &Evidence| [e.persona, e.everyone, e.rest, e.effect, e.v_test, e.coverage, e.missing_share].iter().all(|v| v.is_finite());
        assert!(persona.evidence.iter().all(all_finite));
        let persona_of = persona;
        for distribution in &persona.distributions {
            let (Drawing::Bins { persona, everyone, .. } | Drawing::Levels { persona, everyone, .. }) = &distribution.drawing;
            for shares in [persona, everyone] {
                assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{distribution:?}");
            }
            bars_hide_the_few_and_show_the_most(persona_of, distribution);
        }
    }
    for n_threads in [1, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let again = pool.install(|| cards(loaded, labels, edits));
        assert_eq!(format!("{again:?}"), format!("{all:?}"), "{n_threads} threads");
    }
    all
}

fn words_rest_on_evidence(loaded: &Loaded, persona: &Persona) {
    for part in &persona.name_parts {
        let Some(at) = part.evidence else {
            let is_letter = part.word.len() <= 2 && part.word.chars().all(char::is_uppercase);
            let is_size = part.word.starts_with('(') && persona.automatic_name.starts_with("Small group ");
            let is_plain = ["Customers", "Everyone", "Mainstream", "Other", "Small", "group"].contains(&part.word.as_str());
            assert!(is_letter || is_size || is_plain, "{} rests on nothing", part.word);
            continue;
        };
        let evidence = &persona.evidence[at];
        assert!(evidence.passes_name && evidence.effect.abs() >= 0.5 && evidence.coverage >= 0.5 && evidence.n >= 31, "{evidence:?}");
        let role = loaded.profile.column(&evidence.column).unwrap().guessed_role;
        assert!(!matches!(role, Role::Sensitive | Role::Outcome), "{}: {role:?}", part.word);
    }
}

fn noise(rng: &mut Random) -> f64 {
    (0..6).map(|_| rng.random::<f64>()).sum::<f64>() - 3.0
}

/// Four segments of 150 with two traits each, in blocks; `order` shuffles who is called what.
fn planted() -> (Loaded, Vec<usize>) {
    let mut rng = random(7, 0);
    let n = 600;
    let segment = |row: usize| row / 150;
    let mut of = |values: [f64; 4], spread: f64| {
        numbers((0..n).map(|row| (values[segment(row)] + spread * noise(&mut rng)).max(0.0)).collect::<Vec<_>>())
    };
    let spend = of([900.0, 200.0, 210.0, 190.0], 60.0);
    let orders = of([24.0, 6.0, 7.0, 6.0], 2.0);
    let recency = of([40.0, 300.0, 45.0, 42.0], 20.0);
    let discount = of([0.2, 0.8, 0.2, 0.2], 0.05);
    let age = of([50.0, 52.0, 24.0, 51.0], 4.0);
    let tickets = of([2.0, 2.0, 2.0, 9.0], 1.0);
    let income = of([50.0; 4], 9.0);
    let pick =
        |row: usize, right: &'static str, in_ten: usize, others: [&'static str; 2]| if row % 10 < in_ten { right } else { others[row % 2] };
    let channel = texts((0..n).map(|row| {
        if segment(row) == 2 { pick(row, "app", 9, ["web", "store"]) } else { ["web", "store", "web", "store", "app"][row % 5] }
    }));
    let plan = texts(
        (0..n).map(|row| if segment(row) == 3 { pick(row, "premium", 9, ["basic", "plus"]) } else { ["basic", "plus", "basic"][row % 3] }),
    );
    let gender = texts((0..n).map(|row| if segment(row) == 3 { "female" } else { "male" }));
    let churned = numbers((0..n).map(|row| f64::from(u8::from(segment(row) == 1))));
    let id = numbers((0..n).map(|row| row as f64));
    use Role::*;
    let loaded = loaded(vec![
        Given("customer_id", Identifier, id),
        Given("total_spend", Behavioural, spend),
        Given("orders", Behavioural, orders),
        Given("days_since_last_order", Behavioural, recency),
        Given("discount_share", Behavioural, discount),
        Given("age", Demographic, age),
        Given("support_tickets", Behavioural, tickets),
        Given("income", Demographic, income),
        Given("channel", Behavioural, channel),
        Given("plan", Behavioural, plan),
        Given("gender", Sensitive, gender),
        Given("churned", Outcome, churned),
    ]);
    (loaded, (0..n).map(segment).collect())
}

#[test]
fn which_column_is_revenue_is_the_users_to_say() {
    let (loaded, ids) = planted();
    let said = |choice: Option<RevenueChoice>| {
        let mut words = Dictionary::default();
        words.set_revenue(choice);
        let lexicon = Lexicon::built_in().with(Arc::new(words.clone()));
        let all =
            describe(&loaded, &prepared(&loaded, 0..loaded.table.n_rows), &Labels::from_ids(&ids), &[], &lexicon, &Ctx::new()).unwrap();
        let told = all.revenue_told(&words);
        (all, told)
    };
    let share_of = |column: &str| {
        let Values::Number(values) = &loaded.table.column(column).unwrap().values else { panic!("{column}") };
        let of_first = values.iter().zip(&ids).filter(|(value, id)| **id == 0 && !value.is_nan()).map(|(value, _)| value).sum::<f64>();
        of_first / values.iter().filter(|value| !value.is_nan()).sum::<f64>()
    };
    let (by_name, told) = said(None);
    assert_eq!((by_name.revenue_column.as_deref(), told.as_deref()), (Some("total_spend"), Some("Revenue is the sum of total spend.")));
    let (chosen, told) = said(Some(RevenueChoice::Column("orders".into())));
    assert_eq!((chosen.revenue_column.as_deref(), told.as_deref()), (Some("orders"), Some("Revenue is the sum of orders.")));
    assert!((chosen.personas[0].revenue_share.unwrap() - share_of("orders")).abs() < 1e-12);
    assert!((by_name.personas[0].revenue_share.unwrap() - share_of("total_spend")).abs() < 1e-12);
    // Where it was chosen and is not there, no other column takes its place in silence.
    for choice in [RevenueChoice::None, RevenueChoice::Column("gone".into()), RevenueChoice::Column("channel".into())] {
        let (all, told) = said(Some(choice.clone()));
        assert_eq!((all.revenue_column.as_deref(), told), (None, None), "{choice:?}");
        assert!(all.personas.iter().all(|persona| persona.revenue_share.is_none() && !persona.summary.contains("revenue")));
        let is_told = all.notes.iter().any(|note| note.0.starts_with("No share of revenue is shown"));
        assert_eq!(is_told, choice != RevenueChoice::None, "{choice:?}");
    }
}

#[test]
fn planted_segments_are_named_by_both_traits() {
    let (loaded, ids) = planted();
    let all = check(&loaded, &Labels::from_ids(&ids), &[]);
    let expected: [(&[&str], &str); 4] = [
        (&["total_spend", "orders"], "High-Spend Frequent Shoppers"),
        (&["days_since_last_order", "discount_share"], "Lapsed Discount Seekers"),
        (&["age", "channel"], "Young App Users"),
        (&["support_tickets", "plan"], "Support-Heavy Premium Members"),
    ];
    for (persona, (columns, name)) in all.personas.iter().zip(expected) {
        let used: BTreeSet<&str> =
            persona.name_parts.iter().filter_map(|part| part.evidence).map(|at| persona.evidence[at].column.as_str()).collect();
        assert_eq!(used, columns.iter().copied().collect(), "{} / {}", persona.name, persona.summary);
        assert_eq!(persona.name, name);
        assert!(persona.match_all_share.unwrap() >= 0.5);
    }
    let spenders = &all.personas[0];
    assert_eq!(all.revenue_column.as_deref(), Some("total_spend"));
    assert!(spenders.revenue_share.unwrap() > 0.5);
    let summary = spenders.summary.replace('\u{202f}', " ");
    assert!(summary.starts_with("150 customers (25 % of all, 60 % of revenue). Compared with everyone, they "), "{summary}");
    assert!(summary.contains("spend 4.1x as much (€ 899 against € 218)"), "{summary}");
    let spend = spenders.statements.iter().find(|statement| statement.text == "Higher total spend").unwrap();
    assert_eq!(spend.direction, Direction::More);
    let lapsed = all.personas[1].statements.iter().map(|statement| statement.text.as_str()).collect::<Vec<_>>();
    assert!(lapsed.contains(&"Longer since last order"), "{lapsed:?}");
    assert!(!lapsed.iter().any(|text| text.contains("churned")), "what came of them is told once, in a line of its own: {lapsed:?}");
    let women = all.personas[3].statements.iter().map(|statement| statement.text.as_str()).collect::<Vec<_>>();
    assert!(women.contains(&"All are female (sensitive)"), "{women:?}");
    assert!(!all.personas[3].summary.contains("female"), "the sentence leaves sensitive columns alone");
}

#[test]
fn what_the_user_calls_sensitive_is_never_named() {
    let (loaded, ids) = planted();
    let prepared = prepared(&loaded, 0..loaded.table.n_rows);
    let roles = BTreeMap::from([("age".to_owned(), Role::Sensitive), ("channel".to_owned(), Role::Ignored)]);
    let all = describe_with_roles(&loaded, &prepared, &Labels::from_ids(&ids), &[], &roles, &Lexicon::built_in(), &Ctx::new()).unwrap();
    assert_eq!(all.personas[2].name, "Other Customers", "much sets them apart, and nothing that a name may tell");
    assert!(all.personas.iter().flat_map(|persona| &persona.evidence).all(|evidence| evidence.column != "channel"));
}

#[test]
fn shuffled_customers_have_nothing_to_tell() {
    let (loaded, mut ids) = planted();
    let mut rng = random(3, 0);
    for i in (1..ids.len()).rev() {
        ids.swap(i, rng.random_range(0..=i));
    }
    for persona in check(&loaded, &Labels::from_ids(&ids), &[]).personas {
        assert!(persona.name.starts_with("Mainstream Customers"), "{}", persona.name);
        assert!(persona.summary.ends_with("No strong difference from everyone was found."), "{}", persona.summary);
        assert!(persona.statements.is_empty() && persona.match_all_share.is_none());
    }
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let (loaded, ids) = planted();
    let told = |rows: Vec<usize>| -> BTreeMap<String, String> {
        let labels = Labels::from_ids(&rows.iter().map(|&row| ids[row]).collect::<Vec<_>>());
        let all = describe(&loaded, &prepared(&loaded, rows), &labels, &[], &Lexicon::built_in(), &Ctx::new()).unwrap();
        let said = |persona: Persona| {
            let said = format!("{:?} {:?} {:?} {:?}", persona.summary, persona.statements, persona.distributions, persona.evidence);
            (persona.automatic_name, said)
        };
        all.personas.into_iter().map(said).collect()
    };
    // Segments of 150, 140, 130 and 120, so that their numbers do not hang on who comes first.
    let rows: Vec<usize> = (0..ids.len()).filter(|row| row % 150 < 150 - 10 * ids[*row]).collect();
    let first = told(rows.clone());
    assert_eq!(first.len(), 4);
    assert_eq!(told(rows.iter().rev().copied().collect()), first);
    // 7 and 540 have no common divisor, so every row comes once.
    assert_eq!(told((0..rows.len()).map(|at| rows[at * 7 % rows.len()]).collect()), first);
}

#[test]
fn names_stay_with_their_customers() {
    let (loaded, ids) = planted();
    let labels = Labels::from_ids(&ids);
    let edits = edit_for(&[], &labels.members(), 1, |edit| edit.name = Some("Sleepers".into()));
    let edits = edit_for(&edits, &labels.members(), 3, |edit| edit.name = Some("Young App Users".into()));
    let all = check(&loaded, &labels, &edits);
    assert_eq!((all.personas[1].name.as_str(), all.personas[1].is_renamed), ("Sleepers", true));
    assert_eq!(all.personas[1].automatic_name, "Lapsed Discount Seekers");
    assert_ne!(all.personas[2].name, "Young App Users", "a name the user gave is not given again");

    // k = 2: the second half of the customers joins; k = 5: the sleepers are cut into a large and a small part.
    let two = Labels::from_ids(&ids.iter().map(|id| usize::from(*id == 1)).collect::<Vec<_>>());
    let all = check(&loaded, &two, &edits[..1]);
    assert_eq!(all.personas.iter().map(|persona| persona.name == "Sleepers").collect::<Vec<_>>(), [false, true]);
    let five = Labels::from_ids(&ids.iter().enumerate().map(|(row, id)| if *id == 1 && row < 230 { 4 } else { *id }).collect::<Vec<_>>());
    let all = check(&loaded, &five, &edits[..1]);
    let sleepers = all.personas.iter().find(|persona| persona.name == "Sleepers").unwrap();
    assert!(sleepers.n == 80 && sleepers.may_be_out_of_date);
    let scattered = Labels::from_ids(&(0..600).map(|row| row % 6).collect::<Vec<_>>());
    let all = check(&loaded, &scattered, &edits[..1]);
    assert!(all.personas.iter().all(|persona| !persona.is_renamed));
    assert!(all.notes.iter().any(|note| note.0.contains("Sleepers")), "{:?}", all.notes);
}

#[test]
fn odd_tables_and_labels() {
    let (full, ids) = planted();
    let n = full.table.n_rows;
    check(&full, &Labels::from_ids(&vec![0; n]), &[]);
    check(&full, &Labels::from_options(&vec![None; n]), &[]);
    check(&full, &Labels::from_ids(&(0..n).map(|row| row % 40).collect::<Vec<_>>()), &[]);
    let lonely: Vec<Option<usize>> = (0..n).map(|row| if row == 5 { Some(9) } else { Some(ids[row]).filter(|_| row % 7 > 0) }).collect();
    let all = check(&full, &Labels::from_options(&lonely), &[]);
    let last = all.personas.last().unwrap();
    assert_eq!((last.n, last.name.as_str(), last.revenue_share, last.evidence.len()), (1, "Small group A (1)", None, 0));
    assert!(last.summary.starts_with("1 customer ("), "{}", last.summary);

    use Role::*;
    let odd = loaded(vec![
        Given("nothing", Behavioural, numbers(vec![f64::NAN; 10_000])),
        Given("constant", Behavioural, numbers(vec![4.0; 10_000])),
        Given("words", Behavioural, texts((0..10_000).map(|row| format!("level {row}")))),
        Given("many", Behavioural, texts((0..10_000).map(|row| format!("level {}", row % 4_000)))),
        Given("blank", Behavioural, Values::Text(Texts::collect(vec![None::<&str>; 10_000]))),
        Given("never", Behavioural, Values::Date(vec![None; 10_000].into())),
        Given("has_split", Behavioural, numbers((0..10_000).map(|row| f64::from(row % 2)))),
    ]);
    let all = check(&odd, &Labels::from_ids(&(0..10_000).map(|row| row % 2).collect::<Vec<_>>()), &[]);
    assert_eq!(all.personas[1].name, "Customers with Split");
    // Of one word nobody knows what it asks.
    let word = loaded(vec![Given("split", Behavioural, numbers((0..10_000).map(|row| f64::from(row % 2))))]);
    let all = check(&word, &Labels::from_ids(&(0..10_000).map(|row| row % 2).collect::<Vec<_>>()), &[]);
    assert_eq!(all.personas[1].name, "Customers B");
    assert_eq!(all.personas[1].statements[0].text, "All are marked yes for split");
    let empty = prepared(&full, []);
    let none = describe(&full, &empty, &Labels::from_ids(&[]), &[], &Lexicon::built_in(), &Ctx::new()).unwrap();
    assert_eq!((none.personas.len(), none.n_left_out, none.n_rows), (0, n, n));
}

#[test]
fn nobody_of_less_than_a_hundredth_has_a_name() {
    for (n_few, name) in [(40, "Small group A (40)"), (60, "Frequent Shoppers")] {
        let n = 5_000;
        let visits = numbers((0..n).map(|row| if row < n_few { 80.0 + (row % 9) as f64 } else { 3.0 + (row % 9) as f64 }));
        let loaded = loaded(vec![Given("visits", Role::Behavioural, visits)]);
        let all = check(&loaded, &Labels::from_ids(&(0..n).map(|row| usize::from(row >= n_few)).collect::<Vec<_>>()), &[]);
        let few = all.personas.iter().find(|persona| persona.n == n_few).unwrap();
        assert_eq!(few.name, name);
    }
}

#[test]
fn a_small_table_by_hand() {
    // 40 members with 20, 21, 22, 23 visits against 40 with 0, 1, 2, 3.
    let n = 80;
    let loaded = loaded(vec![
        Given(
            "visits",
            Role::Behavioural,
            numbers((0..n).map(|row| if row < 40 { 20.0 + f64::from(row % 4) } else { f64::from(row % 4) })),
        ),
        Given(
            "channel",
            Role::Behavioural,
            texts((0..n).map(|row| if row < 40 && row % 4 > 0 || row >= 40 && row % 4 == 0 { "web" } else { "store" })),
        ),
    ]);
    let all = check(&loaded, &Labels::from_ids(&(0..80).map(|row| row / 40).collect::<Vec<_>>()), &[]);
    let find = |column: &str, level: Option<&str>| {
        all.personas[0].evidence.iter().find(|e| e.column == column && e.level.as_deref() == level).unwrap()
    };
    let visits = find("visits", None);
    // sd within = sqrt(1.25 x 40/39) on both sides; d = 20 / sd is cut off at 10.
    assert_eq!((visits.effect, visits.persona, visits.everyone, visits.rest), (10.0, 21.5, 11.5, 1.5));
    assert_eq!((visits.percentile, visits.coverage, visits.n), (Some(75.0), 0.75, 40));
    // v = 10 / sqrt((100 + 1.25) / 40 x 40 / 79).
    assert!((visits.v_test - 10.0 / (101.25f64 / 79.0).sqrt()).abs() < 1e-9);
    let web = find("channel", Some("web"));
    assert_eq!((web.persona, web.everyone, web.rest, web.index), (0.75, 0.5, 0.25, Some(150.0)));
    // 2 (asin sqrt(3/4) - asin sqrt(1/4)) = 2 (pi/3 - pi/6).
    assert!((web.effect - std::f64::consts::FRAC_PI_3).abs() < 1e-12);
    // From SciPy: isf(hypergeom(80, 40, 40).sf(30) + pmf(30) / 2).
    assert!((web.v_test - WEB_V_TEST).abs() < 1e-6, "{}", web.v_test);
    assert_eq!(
        all.personas[0].statements.iter().map(|statement| statement.text.as_str()).collect::<Vec<_>>(),
        ["More visits", "Most use web"]
    );
}

/// See tests/oracles/make_catdes.py, case (30, 40, 40, 80).
const WEB_V_TEST: f64 = 4.460122907825539;

#[test]
fn a_stop_is_obeyed() {
    let (loaded, ids) = planted();
    let prepared = prepared(&loaded, 0..loaded.table.n_rows);
    let run = |ctx: &Ctx| describe(&loaded, &prepared, &Labels::from_ids(&ids), &[], &Lexicon::built_in(), ctx);
    let free = Ctx::new();
    run(&free).unwrap();
    for n in [1, 2, free.checks() / 2, free.checks()] {
        assert_eq!(run(&Ctx::stopping_after(n)).err(), Some(Stopped), "at check {n}");
    }
}

#[test]
fn row_sets_hold_table_rows_not_matrix_rows() {
    let (loaded, ids) = planted();
    let rows: Vec<usize> = (100..600).collect();
    let labels = Labels::from_ids(&rows.iter().map(|&row| ids[row]).collect::<Vec<_>>());
    let edits =
        [PersonaEdit { name: Some("Young".into()), rests_on: Vec::new(), added: Default::default(), members: RowSet::new(300..450) }];
    let all = describe(&loaded, &prepared(&loaded, rows), &labels, &edits, &Lexicon::built_in(), &Ctx::new()).unwrap();
    let young = all.personas.iter().find(|persona| persona.is_renamed).unwrap();
    assert!(young.automatic_name.contains("Young") && all.n_left_out == 100);
}

#[test]
fn the_recency_of_lifetime_models_is_not_called_recent() {
    let rows = |text: &mut String, n: usize, cells: &str| (0..n).for_each(|_| text.push_str(cells));
    for (header, says_lapsed) in [("id,recency,T\n", false), ("id,recency,tenure\n", true)] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.csv");
        let mut text = header.to_owned();
        rows(&mut text, 60, "a,30.5,38\n");
        rows(&mut text, 60, "b,1.5,38\n");
        rows(&mut text, 60, "c,2.5,37\n");
        std::fs::write(&file, text).unwrap();
        let ctx = personae::base::Ctx::new();
        let loaded = personae::data::read(&personae::data::Source::file(file), &ctx).unwrap();
        let preparation = personae::features::Preparation { features: Some(vec!["recency".into()]), ..Default::default() };
        let prepared = personae::features::prepare(&loaded, &preparation, &ctx).unwrap();
        let labels = personae::base::Labels::canonical(180, 2, |row| Some(usize::from(row < 60)));
        let lexicon = personae::persona::Lexicon::built_in();
        let personas = personae::persona::describe(&loaded, &prepared, &labels, &[], &lexicon, &ctx).unwrap();
        let says = |word: &str| personas.personas.iter().any(|persona| persona.name.contains(word));
        assert_eq!((says("Lapsed"), says("Recency")), (says_lapsed, !says_lapsed), "{:?}", personas.personas[1].name);
    }
}

#[test]
fn quotes_are_the_segments_own_and_name_nobody() {
    let comment = |row: usize| match row % 4 {
        0 => format!("I like delivery number {} a lot more", row % 7),
        1 => format!("Write to me at c{row}@example.org for more"),
        2 => "No".to_owned(),
        _ => format!("Customer K-{row:04} was very happy with this"),
    };
    let loaded = loaded(vec![
        Given("customer_id", Role::Identifier, texts((0..80).map(|row| format!("K-{row:04}")))),
        Given("comment", Role::Ignored, texts((0..80).map(comment))),
        Given("city", Role::Demographic, texts((0..80).map(|row| ["Rome", "Oslo"][row % 2]))),
    ]);
    let labels = Labels::from_ids(&(0..80).map(|row| if row < 40 { 0 } else { usize::from(row < 75) + 1 }).collect::<Vec<_>>());
    let prepared = prepared(&loaded, 0..80);
    let of = |cluster: usize| personae::persona::quotes::quotes(&loaded, &prepared, &labels, cluster, &Ctx::new()).unwrap();
    let found = of(0);
    assert_eq!(found.iter().map(|quotes| quotes.column.as_str()).collect::<Vec<_>>(), ["comment"]);
    let expected: Vec<String> = [0, 4, 1, 5, 2, 6, 3].map(|n| format!("I like delivery number {n} a lot more")).to_vec();
    assert_eq!(found[0].texts, expected, "once each, in the table's order, without addresses, identifiers or short cries");
    assert_eq!(labels.sizes(), [40, 35, 5]);
    assert_eq!(of(2), [], "five customers might be known by their words");
    assert_eq!(of(9), []);
    let stopped = personae::persona::quotes::quotes(&loaded, &prepared, &labels, 0, &Ctx::stopping_after(1));
    assert_eq!(stopped, Err(Stopped));
}

#[test]
fn attributes_stand_in_the_order_they_separate() {
    let (loaded, ids) = planted();
    let all = check(&loaded, &Labels::from_ids(&ids), &[]);
    let separation = |attribute: &personae::persona::Attribute| {
        let effects = all.personas.iter().flat_map(|persona| &persona.evidence);
        let same = effects.filter(|e| e.column == attribute.column && e.level == attribute.level);
        (same.map(|e| e.effect * e.effect).sum::<f64>() / all.personas.len() as f64).sqrt()
    };
    let columns: BTreeSet<&str> = all.attributes.iter().map(|attribute| attribute.column.as_str()).collect();
    assert_eq!(columns.len(), all.attributes.len(), "each column once");
    assert!(all.attributes.windows(2).all(|pair| pair[0].separation >= pair[1].separation));
    for attribute in &all.attributes {
        assert!((attribute.separation - separation(attribute)).abs() < 1e-12, "{}", attribute.shown);
        for cluster in 0..4 {
            let evidence = attribute.evidence(&all.personas, cluster).unwrap();
            assert_eq!((&evidence.column, &evidence.level), (&attribute.column, &attribute.level));
            assert_eq!(evidence.texts[1], attribute.everyone, "one measure for the whole row");
        }
    }
    assert_eq!(all.attributes.last().unwrap().column, "income", "which was the same everywhere");
}

#[test]
fn a_personas_own_level_has_a_bar_however_rare_it_is_among_everyone() {
    // Twelve levels, each a segment: the bars once held the six commonest of everyone and "Other 96 %".
    let n = 4800;
    let level = |row: usize| format!("region {}", if row % 40 == 7 { (row / 400 + 5) % 12 } else { row / 400 });
    let number = |row: usize| Values::Number((0..n).map(|at| ((at * 37 + row) % 101) as f64).collect());
    let loaded = loaded(vec![Given("visits", Role::Behavioural, number(3)), Given("region", Role::Demographic, texts((0..n).map(level)))]);
    let all = check(&loaded, &Labels::from_ids(&(0..n).map(|row| row / 400).collect::<Vec<_>>()), &[]);
    assert!(all.personas.iter().all(|persona| persona.distributions.iter().any(|drawn| drawn.column == "region")));
    // Three of a hundred who are from elsewhere could be reckoned from the 97, so there is a bound and no bar.
    let n = 1200;
    let level = |row: usize| format!("region {}", if row % 40 == 7 { (row / 100 + 5) % 12 } else { row / 100 });
    let number = Values::Number((0..n).map(|at| ((at * 37 + 3) % 101) as f64).collect());
    let few = self::loaded(vec![Given("visits", Role::Behavioural, number), Given("region", Role::Demographic, texts((0..n).map(level)))]);
    let all = check(&few, &Labels::from_ids(&(0..n).map(|row| row / 100).collect::<Vec<_>>()), &[]);
    for persona in &all.personas {
        assert!(persona.distributions.iter().all(|drawn| drawn.column != "region"));
        let told = persona.statements.iter().find(|statement| persona.evidence[statement.evidence].persona > 0.9).unwrap();
        assert!(told.value.starts_with("over "), "{told:?}");
    }
}

#[test]
fn a_column_is_told_by_one_measure_that_points_the_way_of_its_effects() {
    let n = 3_000;
    let group = |row: usize| row / 1_000;
    let of = |values: [&dyn Fn(usize) -> f64; 3]| numbers((0..n).map(|row| values[group(row)](row)));
    let loaded = loaded(vec![
        // Medians 10, 10 and 30: the first persona differs from everyone in its mean alone.
        Given("visits", Role::Behavioural, of([&|row| [0.0, 10.0, 10.0][row % 3], &|_| 10.0, &|_| 30.0])),
        // Most were in hospital for no day; a few for hundreds, so that a mean would tell of those few.
        Given(
            "hospital_days",
            Role::Behavioural,
            of([&|row| if row % 20 == 0 { 1.0 } else { 0.0 }, &|row| if row % 10 == 0 { 2.0 } else { 0.0 }, &|row| {
                if row % 3 > 0 {
                    0.0
                } else if row % 99 == 0 {
                    900.0
                } else {
                    3.0
                }
            }]),
        ),
        Given(
            "spend",
            Role::Behavioural,
            of([&|row| 100.0 + (row % 7) as f64, &|row| 200.0 + (row % 7) as f64, &|row| 300.0 + (row % 7) as f64]),
        ),
    ]);
    let all = check(&loaded, &Labels::from_ids(&(0..n).map(group).collect::<Vec<_>>()), &[]);
    for (column, begins, ends) in [("visits", "avg ", ""), ("hospital_days", "", " above 0"), ("spend", "", "")] {
        let rows: Vec<&Evidence> = all.personas.iter().flat_map(|persona| &persona.evidence).filter(|row| row.column == column).collect();
        assert_eq!(rows.len(), 3);
        for row in rows {
            assert!(row.texts.iter().all(|text| text.starts_with(begins) && text.ends_with(ends)), "{column}: {:?}", row.texts);
            assert!(row.texts.iter().all(|text| text.starts_with("avg ") != begins.is_empty()), "{column}: {:?}", row.texts);
            assert!(row.effect.abs() < 0.2 || row.texts[0] != row.texts[1], "{column}: {:?} although g is {}", row.texts, row.effect);
        }
    }
    // The plot marks the number that the card prints.
    let mut n_plots = 0;
    for persona in &all.personas {
        for plot in persona.distributions.iter().filter(|plot| ["visits", "spend"].contains(&plot.column.as_str())) {
            let Drawing::Bins { middle, .. } = &plot.drawing else { panic!("bins") };
            let row = persona.evidence.iter().find(|row| row.column == plot.column).unwrap();
            assert_eq!((middle.persona, middle.everyone, middle.is_mean), (row.persona, row.everyone, plot.column == "visits"));
            n_plots += 1;
        }
    }
    assert_eq!(n_plots, 6);
    let hospital = all.attributes.iter().find(|attribute| attribute.column == "hospital_days").unwrap();
    assert!(hospital.everyone.ends_with(" above 0"), "{}", hospital.everyone);
}

#[test]
fn letters_of_more_than_two_kinds_are_no_yes_and_no() {
    let n = 2_000;
    let vote = |row: usize| match row {
        0..1_000 => ["Y", "Y", "Y", "A"][row % 4],
        _ => ["N", "N", "N", "U"][row % 4],
    };
    let member = |row: usize| if row < 1_000 { "Y" } else { "N" };
    let all = check(
        &loaded(vec![
            Given("vote", Role::Behavioural, texts((0..n).map(vote))),
            Given("member", Role::Behavioural, texts((0..n).map(member))),
        ]),
        &Labels::from_ids(&(0..n).map(|row| row / 1_000).collect::<Vec<_>>()),
        &[],
    );
    let said =
        format!("{:?}", all.personas.iter().map(|persona| (&persona.name, &persona.summary, &persona.statements)).collect::<Vec<_>>());
    assert!(!said.contains("have no vote") && said.contains("have vote Y") && said.contains("have vote N"), "{said}");
    assert!(said.contains("are members"), "{said}");
}

#[test]
fn one_persona_is_compared_with_nobody() {
    let n = 400;
    let loaded = loaded(vec![
        Given("visits", Role::Behavioural, numbers((0..n).map(|row| (row % 7) as f64))),
        Given("city", Role::Demographic, texts((0..n).map(|row| ["Rome", "Oslo", "Bern"][row % 3]))),
    ]);
    let all = check(&loaded, &Labels::from_ids(&vec![0; n]), &[]);
    assert!(all.missing_groups.is_empty() && all.missing_looked_at.is_empty(), "nobody is missing from everyone");
    for evidence in &all.personas[0].evidence {
        assert!(evidence.hidden().effect() && evidence.texts[2] == "–", "no others, no effect: {evidence:?}");
        assert!(!evidence.passes_name && !evidence.passes_statement);
    }
}

#[test]
fn what_is_sensitive_is_said_of_people_and_codes_are_called_codes() {
    let n = 2_000;
    // Each has exceptions of its own, or they would be one fact.
    let of = |values: [&'static str; 2], nth: usize| {
        texts((0..n).map(move |row| values[if row % 10 == nth || row % 7 == nth { 1 - row / 1_000 } else { row / 1_000 }]))
    };
    let all = check(
        &loaded(vec![
            Given("sex", Role::Sensitive, of(["male", "female"], 0)),
            Given("gender", Role::Sensitive, of(["1", "2"], 1)),
            Given("job", Role::Demographic, of(["nurse", "5"], 2)),
            Given("hours", Role::Behavioural, numbers((0..n).map(|row| (10 + row / 1_000 * 20 + row % 3) as f64))),
        ]),
        &Labels::from_ids(&(0..n).map(|row| row / 1_000).collect::<Vec<_>>()),
        &[],
    );
    let said: Vec<String> =
        all.personas.iter().flat_map(|persona| persona.statements.iter().map(|statement| statement.text.clone())).collect();
    let said = said.join("; ");
    assert!(said.contains("are female (sensitive)") && said.contains("have gender 2 (sensitive)"), "{said}");
    assert!(said.contains("work as nurse") && said.contains("have job 5") && !said.contains("work as 5"), "{said}");
    let hours = all.personas[0].evidence.iter().find(|row| row.column == "hours").unwrap();
    assert!(!hours.texts[0].contains("hours"), "its name says so already: {:?}", hours.texts);
}

#[test]
fn a_level_called_other_is_not_mixed_up_with_the_rest() {
    let n = 3_000;
    let level = |row: usize| if row.is_multiple_of(3) { "other".to_owned() } else { format!("shop {}", row % 11) };
    let loaded = loaded(vec![
        Given("spend", Role::Behavioural, numbers((0..n).map(|row| (row / 1_500 * 100 + row % 9) as f64))),
        Given("shop", Role::Behavioural, texts((0..n).map(|row| if row < 1_500 { level(row) } else { "web".to_owned() }))),
    ]);
    let all = check(&loaded, &Labels::from_ids(&(0..n).map(|row| row / 1_500).collect::<Vec<_>>()), &[]);
    let drawn = all.personas.iter().flat_map(|persona| &persona.distributions).filter(|drawn| drawn.column == "shop");
    let labels: Vec<Vec<String>> = drawn
        .map(|drawn| match &drawn.drawing {
            Drawing::Levels { labels, .. } => labels.iter().map(|label| label.to_lowercase()).collect(),
            Drawing::Bins { .. } => panic!("levels"),
        })
        .collect();
    assert!(labels.iter().any(|labels| labels.iter().any(|label| label == "all the rest")), "{labels:?}");
    assert!(labels.iter().all(|labels| labels.iter().collect::<BTreeSet<_>>().len() == labels.len()), "each label once: {labels:?}");
}
