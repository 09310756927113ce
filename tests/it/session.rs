//! Is nothing of the user's lost? Projects, undo, settings and unsaved work, on real files in a folder of their own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use personae::base::Key;
use personae::cluster::{Linkage, Method};
use personae::data::rules::{Dimension, Predicate, RowAction, Rule, Severity};
use personae::data::{Role, Source, SourceFile, Sourcing};
use personae::export::write_beside;
use personae::features::{ColumnRecipe, Dimensions, Scale, Transform};
use personae::persona::{Added, PersonaEdit, RowSet};
use personae::plot::MapAxis;
use personae::session::{
    Clustering, ColumnOptions, Cut, DensityOptions, HdbscanOptions, History, KMeansOptions, MergeKey, Page, Plan, Project, ProjectError,
    Recent, Recovery, Settings, ThemeChoice, TreeOptions, project,
};

/// A plan in which every section differs from the default.
fn rich_plan(data: &Path) -> Plan {
    let mut plan = Plan::new(Source::file(data.to_owned()));
    plan.preparation.roles.insert("income".into(), Role::Outcome);
    plan.preparation.scale = Scale::Robust;
    let recipe = ColumnRecipe { transform: Some(Transform::Log1p), ..ColumnRecipe::default() };
    plan.preparation.columns.insert("spend".into(), recipe);
    plan.clustering.method = Method::Tree;
    plan.clustering.tree.linkage = Linkage::Average;
    plan.clustering.tree.cut = Cut::Height(1.25);
    plan.clustering.seed = u64::MAX;
    plan.clustering.density.epsilon = Some(0.1 + 0.2);
    let added = Added { goals: "Save time".into(), ..Added::default() };
    plan.personas.push(PersonaEdit { name: Some("Čtenáři".into()), rests_on: Vec::new(), added, members: RowSet::new([3, 4, 5, 900]) });
    plan
}

fn rich_project(data: &Path) -> Project {
    let mut project = Project { plan: rich_plan(data), stamp: Some(Key::of_bytes(b"rows").to_hex()), ..Project::default() };
    project.look.page = Page::Personas;
    project.look.map_axes = (MapAxis::Column("age".into()), MapAxis::Component(2));
    project
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn data_in(folder: &Path) -> PathBuf {
    let path = folder.join("data").join("shop.csv");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "a,b\n1,2\n").unwrap();
    path
}

#[test]
fn a_project_comes_back_as_it_was_saved() {
    let folder = folder();
    let file = folder.path().join("shop.personae");
    let saved = rich_project(&data_in(folder.path()));
    project::save(&file, &saved).unwrap();
    let opened = project::open(&file).unwrap();
    assert_eq!((&opened.project.plan, &opened.project.stamp, &opened.moved), (&saved.plan, &saved.stamp, &None));
    assert_eq!((opened.project.look.page, &opened.project.look.map_axes), (saved.look.page, &saved.look.map_axes));
    let first = std::fs::read_to_string(&file).unwrap();
    project::save(&file, &opened.project).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first, "saving again changes no byte");
    assert!(first.contains("\"relative_path\": \"data/shop.csv\""), "{first}");
}

#[test]
fn a_folder_moved_as_a_whole_still_opens() {
    let folder = folder();
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    let project = rich_project(&data_in(&before));
    project::save(&before.join("shop.personae"), &project).unwrap();
    std::fs::rename(&before, &after).unwrap();
    let opened = project::open(&after.join("shop.personae")).unwrap();
    assert_eq!(opened.moved, None);
    let Source::File { path, .. } = opened.project.plan.source else { panic!("a file") };
    assert_eq!(path.canonicalize().unwrap(), after.join("data").join("shop.csv").canonicalize().unwrap());
}

#[test]
fn data_that_moved_or_changed_are_told_and_nothing_is_lost() {
    let folder = folder();
    let data = data_in(folder.path());
    let file = folder.path().join("shop.personae");
    let saved = rich_project(&data);
    project::save(&file, &saved).unwrap();
    std::fs::remove_file(&data).unwrap();
    let opened = project::open(&file).unwrap();
    let told = opened.moved.unwrap().to_string();
    assert!(told.contains("shop.csv") && told.contains("every choice is kept"), "{told}");
    assert_eq!(opened.project.plan, saved.plan);

    assert_eq!(project::changed_note(&saved, "shop.csv", Key::of_bytes(b"rows")), None);
    let note = project::changed_note(&saved, "shop.csv", Key::of_bytes(b"other rows")).unwrap();
    assert!(note.0.starts_with("shop.csv has changed since this project was saved"), "{}", note.0);
}

#[test]
fn what_is_no_project_is_told_in_one_sentence() {
    let folder = folder();
    let cases: [(&str, &[u8], &[&str]); 6] = [
        ("broken.personae", b"{\n  \"personae\": 1,\n  oops\n}", &["not a Personae project", "line 3"]),
        ("empty.personae", b"", &["not a Personae project", "line 1"]),
        ("other.personae", b"{\"name\": \"x\"}", &["not a Personae project", "personae"]),
        ("newer.personae", b"{\"personae\": 2, \"saved_with\": \"9.0.0\", \"plan\": 7}", &["9.0.0", "newer", "update"]),
        ("binary.personae", &[0xff, 0xfe, 0x00], &["cannot be opened"]),
        ("cut.personae", b"{\"personae\": 1, \"plan\": {\"source\":", &["not a Personae project"]),
    ];
    for (name, bytes, parts) in cases {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let sentence = project::open(&file).unwrap_err().to_string();
        assert!(sentence.contains(name) && parts.iter().all(|part| sentence.contains(part)), "{sentence}");
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
    }
    let missing = project::open(&folder.path().join("missing.personae")).unwrap_err();
    assert!(matches!(missing, ProjectError::Unreadable { .. }));
}

#[test]
fn every_old_project_opens_for_ever() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project_v1.personae");
    let opened = project::open(&file).unwrap();
    let mut expected = rich_plan(Path::new("/data/shop.csv"));
    expected.clustering.seed = 7;
    expected.clustering.density.min_samples = 10;
    assert_eq!(opened.project.plan, expected);
    assert_eq!(opened.moved.map(|moved| moved.path), Some(PathBuf::from("/data/shop.csv")));
    assert_eq!(opened.project.look.page, Page::Personas);
    // Only what must be there: every other field has a default.
    let folder = folder();
    let least = folder.path().join("least.personae");
    std::fs::write(&least, "{\"personae\": 1, \"plan\": {\"source\": {\"sample\": {\"seed\": 0}}}}").unwrap();
    assert_eq!(project::open(&least).unwrap().project.plan, Plan::default());
}

#[test]
fn options_of_methods_stand_side_by_side_in_files() {
    let folder = folder();
    let file = folder.path().join("flat.personae");
    let keys = "method k k_from k_to restarts seed linkage cut min_samples epsilon min_cluster_size column";
    let flat = serde_json::json!({
        "method": "hdbscan", "k": 4, "k_from": 3, "k_to": 9, "restarts": 7, "seed": u64::MAX, "linkage": "complete", "cut": { "clusters": 6 },
        "min_samples": 8, "epsilon": 0.1 + 0.2, "min_cluster_size": 21, "column": "shop",
    });
    let whole = Clustering {
        method: Method::Hdbscan,
        k_from: 3,
        k_to: 9,
        seed: u64::MAX,
        kmeans: KMeansOptions { k: Some(4), restarts: 7 },
        tree: TreeOptions { linkage: Linkage::Complete, cut: Cut::Clusters(6) },
        density: DensityOptions { min_samples: 8, epsilon: Some(0.1 + 0.2) },
        hdbscan: HdbscanOptions { min_cluster_size: Some(21) },
        groups: ColumnOptions { column: Some("shop".into()) },
    };
    let opened = |clustering: &serde_json::Value| {
        let plan = serde_json::json!({ "source": { "sample": { "seed": 0 } }, "clustering": clustering });
        std::fs::write(&file, serde_json::json!({ "personae": 1, "plan": plan }).to_string()).unwrap();
        project::open(&file).unwrap().project
    };
    let project = opened(&flat);
    assert_eq!(project.plan.clustering, whole);

    project::save(&file, &project).unwrap();
    let saved: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(saved["plan"]["clustering"], flat, "the same keys and values, side by side");

    // Each choice alone may be missing, and then it is what it always was.
    let standard = serde_json::json!({
        "method": "k_means", "k": null, "k_from": 2, "k_to": 12, "restarts": 10, "seed": 0, "linkage": "ward", "cut": "suggested",
        "min_samples": 5, "epsilon": null, "min_cluster_size": null,
    });
    for key in keys.split(' ') {
        let (mut without, mut expected) = (flat.clone(), flat.clone());
        let left = without.as_object_mut().unwrap();
        assert!(left.remove(key).is_some(), "{key}");
        match standard.get(key) {
            Some(value) => expected[key] = value.clone(),
            // The column is written only where one was chosen.
            None => expected = without.clone(),
        }
        let written = serde_json::to_value(&opened(&without).plan.clustering).unwrap();
        assert_eq!(written, expected, "without {key}");
    }
    assert_eq!(serde_json::to_value(Clustering::default()).unwrap(), standard);
}

#[test]
fn every_number_that_is_dragged_is_one_step_back() {
    type Move = fn(&mut Plan, usize);
    let moves: [(&str, Move); 5] = [
        ("missing limit", |plan, at| plan.preparation.missing_limit = 0.3 + 0.01 * at as f64),
        ("rare levels", |plan, at| plan.preparation.rare_level_share = 0.01 * at as f64),
        ("components", |plan, at| plan.preparation.dimensions = Dimensions::Components(2 + at)),
        ("limit of news", |plan, at| sourcing_of(plan).sources[0].stale_after_days = Some(at as f64)),
        ("share of a rule", |plan, at| {
            let rule = Rule {
                source: "orders".into(),
                dimension: Dimension::Completeness,
                columns: vec!["id".into()],
                predicate: Predicate::Present,
                severity: Severity::Error,
                threshold: 0.01 * at as f64,
                action: RowAction::Flag,
                enabled: true,
                why: String::new(),
            };
            sourcing_of(plan).rules = Some(vec![rule]);
        }),
    ];
    for (knob, moves) in moves {
        let orders = SourceFile { name: "orders".into(), path: "orders.csv".into(), ..SourceFile::default() };
        let mut start = Plan::new(Source::Sources(Sourcing { sources: vec![orders], ..Sourcing::default() }.into()));
        start.preparation.dimensions = Dimensions::Components(9);
        let mut history = History::new(start.clone());
        for at in [1, 2, 3] {
            let mut plan = history.plan().clone();
            moves(&mut plan, at);
            let key = MergeKey::while_held(history.plan(), &plan);
            assert_eq!(key, MergeKey::Drag(knob));
            history.push(plan, key);
        }
        history.seal();
        assert_eq!(history.undo(), Some(&start), "{knob}");
        let mut other = start.clone();
        moves(&mut other, 1);
        other.clustering.seed += 1;
        assert_eq!(MergeKey::while_held(&start, &other), MergeKey::Apart, "{knob} and another at once are no drag");
    }
}

fn sourcing_of(plan: &mut Plan) -> &mut Sourcing {
    match &mut plan.source {
        Source::Sources(sourcing) => Arc::make_mut(sourcing),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_drag_is_one_step_back() {
    let start = Plan::default();
    let with_k = |k: usize| {
        let mut plan = start.clone();
        plan.clustering.kmeans.k = Some(k);
        plan
    };
    let mut history = History::new(start.clone());
    for k in [3, 4, 5] {
        let plan = with_k(k);
        let key = MergeKey::while_held(history.plan(), &plan);
        history.push(plan, key);
    }
    history.seal();
    history.push(with_k(6), MergeKey::while_held(&with_k(5), &with_k(6)));
    history.push(with_k(6), MergeKey::Apart);
    assert_eq!(history.undo(), Some(&with_k(5)), "let go in between: an entry of its own; an equal plan is none");
    assert_eq!(history.undo(), Some(&start), "three moves of one drag");
    assert_eq!(history.undo(), None);
    assert_eq!(history.redo(), Some(&with_k(5)));
    assert_eq!(history.redo(), Some(&with_k(6)));
    assert!(!history.can_redo() && history.can_undo());

    history.undo();
    let mut other = with_k(5);
    other.clustering.density.epsilon = Some(1.0);
    let key = MergeKey::while_held(history.plan(), &other);
    assert_eq!(key, MergeKey::Drag("epsilon"));
    history.push(other.clone(), key);
    assert!(!history.can_redo(), "a new choice forgets what was taken back");
    other.clustering.kmeans.k = Some(9);
    other.clustering.density.epsilon = None;
    assert_eq!(MergeKey::while_held(history.plan(), &other), MergeKey::Apart, "two knobs at once are no drag");
    for seed in 0..500 {
        other.clustering.seed = seed;
        history.push(other.clone(), MergeKey::Apart);
    }
    let steps = std::iter::from_fn(|| history.undo().map(|_| ())).count();
    assert_eq!(steps, 200, "the history does not grow without end");
}

#[test]
fn a_failed_write_leaves_the_old_file_whole() {
    let folder = folder();
    let file = folder.path().join("personas.html");
    std::fs::write(&file, "old").unwrap();
    let failed = write_beside(&file, |to| {
        to.write_all(b"half")?;
        Err(std::io::Error::other("the disk is full"))
    });
    let sentence = failed.unwrap_err().to_string();
    assert!(sentence.contains("personas.html") && sentence.contains("the disk is full"), "{sentence}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written stays");
    write_beside(&file, |to| to.write_all(b"new")).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");

    let nowhere = folder.path().join("no such folder").join("shop.personae");
    let sentence = project::save(&nowhere, &Project::default()).unwrap_err().to_string();
    assert!(sentence.contains("no such folder") && sentence.contains("another folder"), "{sentence}");
    assert_eq!(sentence.lines().count(), 1);
}

#[test]
fn settings_survive_and_broken_ones_do_no_harm() {
    let folder = folder();
    let file = folder.path().join("deep").join("settings.json");
    let mut settings = Settings { theme: ThemeChoice::Dark, zoom: 1.25, window_size: Some([1280.0, 800.0]), ..Settings::default() };
    for nth in 0..12 {
        settings.remember(&folder.path().join(format!("{nth}.csv")));
    }
    settings.remember(&folder.path().join("5.csv"));
    assert_eq!(settings.recent.len(), 10);
    assert_eq!(settings.recent[0], Recent::File(folder.path().join("5.csv")));
    assert_eq!(settings.recent.iter().filter(|recent| recent.name() == "5.csv").count(), 1);
    assert_eq!(settings.last_folder.as_deref(), Some(folder.path()));
    settings.save_to(&file).unwrap();
    assert_eq!(Settings::load_from(&file), settings);
    settings.forget(&folder.path().join("5.csv"));
    assert_eq!(settings.recent.len(), 9);
    let set = |names: &[&str]| names.iter().map(|name| folder.path().join(name)).collect::<Vec<_>>();
    settings.remember_set(&set(&["orders.csv", "items.csv"]));
    settings.remember_set(&set(&["orders.csv", "items.csv", "people.csv"]));
    let names: Vec<String> = settings.recent.iter().map(Recent::name).collect();
    assert_eq!((names[0].as_str(), names.len()), ("orders.csv and 2 more", 10), "several sources are one entry: {names:?}");
    settings.save_to(&file).unwrap();
    assert_eq!(Settings::load_from(&file), settings);
    std::fs::write(&file, "{\"recent\": [\"/data/old.csv\"]}").unwrap();
    assert_eq!(Settings::load_from(&file).recent, [Recent::File("/data/old.csv".into())], "settings of before are read");

    for broken in ["", "{", "[]", "{\"zoom\": 0.0001}", "{\"zoom\": 1e30}", "{\"window_size\": [1, 1]}", "{\"unknown\": 1}"] {
        std::fs::write(&file, broken).unwrap();
        assert_eq!(Settings::load_from(&file), Settings::default(), "{broken}");
    }
    assert_eq!(Settings::load_from(Path::new("/no/such/file")), Settings::default());
}

#[test]
fn unsaved_work_is_offered_once_and_never_taken_from_a_living_window() {
    let folder = folder();
    let project = rich_project(Path::new("/data/shop.csv"));
    let first = Recovery::start_in(folder.path()).unwrap();
    first.keep(&project, Some(Path::new("/work/shop.personae"))).unwrap();
    let second = Recovery::start_in(folder.path()).unwrap();
    assert!(second.find().is_empty(), "its window lives");
    second.keep(&Project::default(), None).unwrap();
    drop(first);

    let found = second.find();
    assert_eq!(found.len(), 1, "not its own");
    assert_eq!((&found[0].project.plan, found[0].file.as_deref()), (&project.plan, Some(Path::new("/work/shop.personae"))));
    let third = Recovery::start_in(folder.path()).unwrap();
    assert!(third.find().is_empty(), "offered in another window already");
    found.into_iter().for_each(|found| found.discard());
    assert!(third.find().is_empty());

    second.clear();
    drop(second);
    assert!(third.find().is_empty(), "what was saved is not offered");
    let mut damaged = std::fs::File::create(folder.path().join("1-0.json")).unwrap();
    damaged.write_all(b"{").unwrap();
    assert!(third.find().is_empty(), "damaged work does no harm");
}
