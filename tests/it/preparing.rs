//! Preparing: numbers worked by hand, a frozen oracle for FAMD, every refusal with its sentence, and the same bytes on any number of threads.

use personae::base::{Ctx, Stopped};
use personae::data::{self, Loaded, Role, Source, sample};
use personae::features::{
    ColumnRecipe, Dimensions, MissingRule, Preparation, PrepareError, Prepared, Scale, Transform, TransformRule, prepare,
};

fn load(text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    data::read(&Source::file(path), &Ctx::new()).unwrap()
}

fn raw() -> Preparation {
    Preparation { scale: Scale::None, transform: TransformRule::None, ..Preparation::default() }
}

fn run(text: &str, preparation: &Preparation) -> Result<Prepared, PrepareError> {
    prepare(&load(text), preparation, &Ctx::new())
}

/// Prepares one column called v and compares the matrix with numbers worked by hand.
fn check(values: &[f64], preparation: &Preparation, expected: &[f64]) {
    let text: String = std::iter::once("v\n".to_owned()).chain(values.iter().map(|v| format!("{v}\n"))).collect();
    let prepared = run(&text, preparation).unwrap();
    let found = prepared.matrix.values();
    assert!(
        found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12) && found.len() == expected.len(),
        "{found:?} is not {expected:?}"
    );
}

fn recipe(transform: Transform, scale: Scale) -> Preparation {
    let recipe = ColumnRecipe { transform: Some(transform), scale: Some(scale), ..ColumnRecipe::default() };
    Preparation { columns: [("v".to_owned(), recipe)].into(), ..Preparation::default() }
}

#[test]
fn by_hand() {
    let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
    check(&values, &recipe(Transform::None, Scale::None), &values);
    // Mean 5, population standard deviation 2.
    check(&values, &recipe(Transform::None, Scale::Standard), &[-1.5, -0.5, -0.5, -0.5, 0.0, 0.0, 1.0, 2.0]);
    // Median 4.5, quartiles 4 and 5.5.
    let robust = values.map(|v| (v - 4.5) / 1.5);
    check(&values, &recipe(Transform::None, Scale::Robust), &robust);
    check(&[0.0, 1.0, 3.0], &recipe(Transform::Log1p, Scale::None), &[0.0, 2f64.ln(), 4f64.ln()]);
    check(&[-1.5, 0.0, 2.0], &recipe(Transform::Asinh, Scale::None), &[(-1.5f64).asinh(), 0.0, 2f64.asinh()]);
    // P1 and P99 of 0 to 100 are 1 and 99.
    let hundred: Vec<f64> = (0..=100).rev().map(f64::from).collect();
    let drawn_in: Vec<f64> = hundred.iter().map(|v| v.clamp(1.0, 99.0)).collect();
    check(&hundred, &recipe(Transform::Winsorized, Scale::None), &drawn_in);
    // Skewness 2.8: log1p by itself.
    let skewed = [1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 100.0];
    let expected: Vec<f64> = skewed.iter().map(|v: &f64| v.ln_1p()).collect();
    check(&skewed, &Preparation { scale: Scale::None, ..Preparation::default() }, &expected);
}

#[test]
fn untouched_numbers_are_bit_equal() {
    let mut text = String::from("x0,x1,x2\n");
    let value = |i: u64, j: u64| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ j.wrapping_mul(0x0123_4567_89ab_cdef)) as f64 / 1e17 - 90.0;
    (0..5_000).for_each(|i| text += &format!("{},{},{}\n", value(i, 1), value(i, 2), value(i, 3)));
    // Named, since they move together and would enter once.
    let all = Preparation { features: Some(["x0", "x1", "x2"].map(String::from).to_vec()), ..raw() };
    let prepared = run(&text, &all).unwrap();
    assert_eq!(prepared.dimension_names, ["x0", "x1", "x2"]);
    for row in 0..5_000 {
        assert_eq!(prepared.matrix.row(row), [value(row as u64, 1), value(row as u64, 2), value(row as u64, 3)]);
    }
}

#[test]
fn missing_values() {
    let text = "a,b\n1,5\n,6\n3,7\n8,9\n";
    let prepared = run(text, &raw()).unwrap_or_else(|error| panic!("{error}"));
    assert!(!prepared.columns[0].enters, "a quarter is missing: left out");
    assert_eq!(prepared.columns[0].reason, "25 % of its values are missing, more than 20 %.");
    let all = Preparation { features: Some(vec!["a".into(), "b".into()]), ..raw() };
    let prepared = run(text, &all).unwrap();
    assert_eq!(prepared.matrix.values(), [1.0, 5.0, 3.0, 6.0, 3.0, 7.0, 8.0, 9.0], "the median of 1, 3, 8 stands in");
    assert_eq!(
        prepared.notes[0].0,
        "1 missing value of a (25.0 %) is replaced by the median, 3. So many filled-in values blur its part in the groups; read it with care."
    );
    let recipe = ColumnRecipe { missing: Some(MissingRule::LeaveOutRows), ..ColumnRecipe::default() };
    let prepared = run(text, &Preparation { columns: [("a".to_owned(), recipe)].into(), ..all }).unwrap();
    assert_eq!((prepared.table_rows.as_slice(), prepared.notes[0].0.as_str()), (&[0, 2, 3][..], "1 row has no a; it is left out."));
    assert_eq!(prepared.matrix_row_of_table_row(), [Some(0), None, Some(1), Some(2)]);
}

#[test]
fn categories_are_weighted_indicators() {
    // web 3/4, app 1/4.
    let prepared = run("c,n\nweb,1\nweb,2\napp,3\nweb,4\n", &Preparation { dimensions: Dimensions::Columns, ..raw() }).unwrap();
    assert_eq!(prepared.dimension_names, ["c = web", "c = app", "n"]);
    let (web, app) = (0.75f64.sqrt(), 0.25f64.sqrt());
    let expected = [1.0 / web - web, -app, 1.0];
    assert!(prepared.matrix.row(0).iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{:?}", prepared.matrix.row(0));
    let mut text = String::from("c,n\n");
    (0..100).for_each(|i| text += &format!("{},{i}\n", ["a", "b"][i % 2]));
    text += "fax,1\npost,2\n";
    let prepared = run(&text, &Preparation { dimensions: Dimensions::Columns, ..raw() }).unwrap();
    assert_eq!(prepared.dimension_names, ["c = a", "c = b", "n"], "even Other is too rare to weigh");
    assert!(prepared.notes.iter().any(|note| note.0 == "2 levels of c (fax, post) have less than 5 % of the rows and count as \"Other\"."));
}

#[test]
fn who_did_not_say_is_not_among_the_others() {
    // 40 Other, 56 web, 2 rare, 2 unknown: the rare one is Other, the unknown ones are nothing.
    let cell = |row: usize| match row {
        0..40 => "Other",
        40..96 => "web",
        96..98 => "fax",
        _ => "",
    };
    let text: String = std::iter::once("v,n\n".to_owned()).chain((0..100).map(|row| format!("{},{row}\n", cell(row)))).collect();
    let prepared = run(&text, &raw()).unwrap();
    let column = prepared.columns.iter().find(|column| column.name == "v").unwrap();
    let share = |name: &str| column.fitted.levels.iter().find(|(level, _)| level == name).map(|(_, share)| *share);
    assert_eq!((share("Other"), share("web")), (Some(0.42), Some(0.56)), "{:?}", column.fitted.levels);
    assert!(prepared.notes.iter().any(|note| note.0 == "2 missing values of v count as none of its levels."), "{:?}", prepared.notes);
}

#[test]
fn famd_and_pca_agree_with_numpy() {
    let frozen: serde_json::Value = serde_json::from_str(include_str!("../fixtures/famd.json")).unwrap();
    let numbers = |value: &serde_json::Value| -> Vec<f64> { value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect() };
    let close = |found: &[f64], expected: &serde_json::Value| {
        let expected = numbers(expected);
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?} is not {expected:?}");
    };
    let text = frozen["csv"].as_str().unwrap();
    let famd = run(text, &Preparation { transform: TransformRule::None, ..Preparation::default() }).unwrap();
    assert_eq!(serde_json::json!(famd.pca.encoded_names), frozen["famd"]["names"]);
    close(&famd.pca.eigenvalues, &frozen["famd"]["eigenvalues"]);
    close(&famd.pca.loadings[0], &frozen["famd"]["first_loadings"]);
    close(&famd.pca.scores[0], &frozen["famd"]["first_scores"]);
    let above_one = famd.pca.eigenvalues.iter().filter(|&&value| value > 1.0).count();
    assert_eq!(famd.matrix.n_cols(), above_one.max(2), "Kaiser's rule");
    let pca = run(text, &Preparation { features: Some(vec!["spend".into(), "visits".into()]), ..raw() }).unwrap();
    close(&pca.pca.eigenvalues, &frozen["pca"]["eigenvalues"]);
    close(&pca.pca.loadings[0], &frozen["pca"]["loadings"][0]);
    close(&pca.pca.loadings[1], &frozen["pca"]["loadings"][1]);
    close(&pca.pca.scores[0], &frozen["pca"]["first_scores"]);
}

#[test]
fn dimension_rules() {
    let loaded = data::read(&Source::Sample { seed: 0 }, &Ctx::new()).unwrap();
    let with = |dimensions| prepare(&loaded, &Preparation { dimensions, ..Preparation::default() }, &Ctx::new()).unwrap();
    assert_eq!((with(Dimensions::Components(3)).matrix.n_cols(), with(Dimensions::Components(12)).pca.scores.len()), (3, 10));
    let most = with(Dimensions::ComponentsFor80Percent);
    let k = most.matrix.n_cols();
    let share = |k: usize| most.pca.explained.iter().take(k).sum::<f64>();
    assert!(share(k) >= 0.8 && share(k - 1) < 0.8);
    assert_eq!(most.dimension_names[..2], ["PC1", "PC2"]);
    let many = with(Dimensions::Components(999));
    assert_eq!(many.matrix.n_cols(), many.pca.encoded_names.len());
}

#[test]
fn refusals_say_what_to_change() {
    let mut text = String::from("income,city,same,comment\n");
    (0..1_200).for_each(|i| text += &format!("{}.5,{},7,Customer number {i} said something long\n", i * 3 % 700, ["Bonn", "Ulm"][i % 2]));
    let loaded = load(&text);
    let choose =
        |names: &[&str]| Preparation { features: Some(names.iter().map(|&name| name.to_owned()).collect()), ..Preparation::default() };
    for (preparation, sentence) in [
        (choose(&["incme"]), "There is no column called \"incme\"; did you mean \"income\"?"),
        (choose(&["colour"]), "There is no column called \"colour\"."),
        (
            choose(&["comment"]),
            "comment is text with 1\u{202f}200 different values; choose a number or a category with at most 1000 levels.",
        ),
        (
            choose(&["same"]),
            "No column is left to group customers by: income: You left it out; city: You left it out; same: Every row has the same value; \
             comment: You left it out. Choose at least one column with different values.",
        ),
    ] {
        assert_eq!(prepare(&loaded, &preparation, &Ctx::new()).map(|_| ()).unwrap_err().to_string(), sentence);
    }
    let leave = ColumnRecipe { enters: Some(true), missing: Some(MissingRule::LeaveOutRows), ..ColumnRecipe::default() };
    let preparation = Preparation { columns: [("a".to_owned(), leave.clone()), ("b".to_owned(), leave)].into(), ..raw() };
    let error = run("a,b\n1,2\n2,\n,4\n", &preparation).map(|_| ()).unwrap_err().to_string();
    assert_eq!(error, "1 of 3 rows are left; at least 2 customers are needed. Fill in missing values instead of leaving rows out.");
}

#[test]
fn warnings() {
    let mut text = String::from("income,spend\n");
    (0..150).for_each(|i| text += &format!("{}.5,{}.25\n", i * 7 % 101, i * 7 % 101 * 2));
    let both = Preparation { features: Some(vec!["income".into(), "spend".into()]), ..Preparation::default() };
    let prepared = run(&text, &both).unwrap();
    let notes: Vec<&str> = prepared.notes.iter().map(|note| note.0.as_str()).collect();
    assert_eq!(
        notes,
        [
            "income and spend move together (r = 1.00): they count double. Consider leaving one out.",
            "150 customers are few for 2 columns; about 200 would be a better basis.",
        ]
    );
}

#[test]
fn roles_decide_and_the_user_overrules() {
    let loaded = data::read(&Source::Sample { seed: 0 }, &Ctx::new()).unwrap();
    let entering = |preparation: &Preparation| -> Vec<String> {
        let prepared = prepare(&loaded, preparation, &Ctx::new()).unwrap();
        prepared.columns.into_iter().filter(|column| column.enters).map(|column| column.name).collect()
    };
    let default = entering(&Preparation::default());
    for out in ["customer_id", "gender", "churned", "comment"] {
        assert!(!default.contains(&out.to_owned()), "{out}");
    }
    let changed = Preparation {
        roles: [("gender".to_owned(), Role::Demographic), ("age".to_owned(), Role::Ignored)].into(),
        ..Preparation::default()
    };
    let changed = entering(&changed);
    assert!(changed.contains(&"gender".to_owned()) && !changed.contains(&"age".to_owned()));
}

#[test]
fn a_year_that_is_the_rows_alone_stays_out() {
    let mut text = "year,survey_year,birth_year,spend\n".to_owned();
    (0..40).for_each(|row| text += &format!("{},{},{},{}\n", 2003 + row % 7, 2011 + row % 3, 1950 + row * 7 % 40, row * 13 % 29));
    let prepared = run(&text, &Preparation::default()).unwrap();
    let enters = |name: &str| prepared.columns.iter().find(|column| column.name == name).unwrap().enters;
    assert_eq!(
        ["year", "survey_year", "birth_year", "spend"].map(enters),
        [false, false, true, true],
        "a year of birth is the customer's own"
    );
    // Data and Prepare say the same.
    let profile = load(&text).profile;
    let seen = |name: &str| profile.column(name).unwrap();
    assert!(seen("year").guessed_role == Role::Ignored && seen("year").guess_reason.contains("when a row was written"));
    assert_ne!(seen("birth_year").guessed_role, Role::Ignored);
    let mut chosen = Preparation::default();
    chosen.columns.insert("year".into(), ColumnRecipe { enters: Some(true), ..Default::default() });
    assert!(run(&text, &chosen).unwrap().columns[0].enters, "whoever wants it has it");
}

#[test]
fn the_planted_groups_can_be_told_apart() {
    let loaded = data::read(&Source::Sample { seed: 0 }, &Ctx::new()).unwrap();
    let prepared = prepare(&loaded, &Preparation::default(), &Ctx::new()).unwrap();
    let truth = sample::planted(0);
    let p = prepared.matrix.n_cols();
    let mut centres = vec![vec![0.0; p]; 5];
    let mut sizes = [0.0; 5];
    for (row, kind) in truth.iter().enumerate().filter_map(|(row, kind)| kind.map(|kind| (row, kind))) {
        sizes[kind] += 1.0;
        centres[kind].iter_mut().zip(prepared.matrix.row(row)).for_each(|(sum, v)| *sum += v);
    }
    centres.iter_mut().zip(sizes).for_each(|(centre, size)| centre.iter_mut().for_each(|v| *v /= size));
    let nearest = |row: usize| {
        let distance = |kind: usize| personae::base::distance::squared_euclidean(&centres[kind], prepared.matrix.row(row));
        (0..5).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap()
    };
    let known: Vec<(usize, usize)> = truth.iter().enumerate().filter_map(|(row, kind)| kind.map(|kind| (row, kind))).collect();
    let right = known.iter().filter(|&&(row, kind)| nearest(row) == kind).count() as f64 / known.len() as f64;
    assert!((0.85..0.999).contains(&right), "{right}: recoverable, but overlapping");
}

#[test]
fn the_same_bytes_on_one_thread_and_eight() {
    let on = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| {
            let loaded = data::read(&Source::Sample { seed: 3 }, &Ctx::new()).unwrap();
            let prepared = prepare(&loaded, &Preparation::default(), &Ctx::new()).unwrap();
            let bits: Vec<u64> = prepared.matrix.values().iter().chain(&prepared.pca.eigenvalues).map(|v| v.to_bits()).collect();
            (bits, prepared.notes, loaded.notes, prepared.dimension_names)
        })
    };
    assert_eq!(on(1), on(8));
}

#[test]
fn preparing_stops_when_asked() {
    let loaded = data::read(&Source::Sample { seed: 0 }, &Ctx::new()).unwrap();
    let counted = Ctx::new();
    prepare(&loaded, &Preparation::default(), &counted).unwrap();
    for n in [1, counted.checks() / 2, counted.checks() - 1] {
        let ctx = Ctx::stopping_after(n);
        assert_eq!(prepare(&loaded, &Preparation::default(), &ctx).map(|_| ()), Err(PrepareError::Stopped(Stopped)), "after {n}");
        assert!(ctx.checks() <= n + 8);
    }
}
