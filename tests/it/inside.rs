//! What is inside a segment: planted halves are found and stand in its place in every file, one cloud is one group, and the others do not notice.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::kittest::Queryable;
use personae::base::seed::{self, RngExt};
use personae::base::stats::normal_quantile;
use personae::base::{Ctx, Matrix, part};
use personae::cluster::{Linkage, Method, linkage};
use personae::data::Source;
use personae::engine::{Answers, Engine, Outputs, Wanted};
use personae::export;
use personae::features::{ColumnRecipe, MissingRule};
use personae::model::Place;
use personae::persona::{Numbering, numbering};
use personae::session::project::{self, Project};
use personae::session::{Action, Command, Cut, InsideScale, Page, PageView, Parting, Plan, SegmentsView};
use serde_json::Value;

use crate::whole::{Staged, open, order, settle, window};

fn personae(folder: &Path, threads: &str, args: &[&str]) -> (i32, String, String) {
    let output =
        Process::new(env!("CARGO_BIN_EXE_personae")).current_dir(folder).env("RAYON_NUM_THREADS", threads).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// Groups of 500, 400 and 300 customers far apart. The last is two halves of 170 and 130 that differ in visits alone, by less than the groups do; `small` gives its size
/// instead, and `halves` whether it has any.
fn shop(third: usize, halves: bool) -> String {
    let mut random = seed::random(11, 1);
    let mut normal = || normal_quantile(random.random_range(f64::EPSILON..1.0));
    let mut text = "spend,visits,age,items,half\n".to_owned();
    let groups = (0..500).map(|_| 0).chain((0..400).map(|_| 1)).chain((0..third).map(|_| 2));
    let mut nth_of_third = 0;
    for group in groups {
        let at = [[20.0, 5.0, 30.0, 5.0], [400.0, 100.0, 50.0, 60.0], [200.0, 200.0, 70.0, 120.0]][group];
        let mut values: Vec<f64> = at.iter().zip([8.0, 3.0, 4.0, 3.0]).map(|(mean, sd)| mean + sd * normal()).collect();
        let mut half = 0;
        if group == 2 {
            half = 1 + usize::from(nth_of_third * 100 >= third * 57);
            nth_of_third += 1;
            if halves {
                values[1] += if half == 1 { -15.0 } else { 15.0 };
            }
        }
        writeln!(text, "{:.3},{:.3},{:.3},{:.3},h{half}", values[0], values[1], values[2], values[3]).unwrap();
    }
    text
}

const FEATURES: [&str; 2] = ["--features", "spend,visits,age,items"];

fn segmented(text: &str, threads: &str, more: &[&str]) -> (Vec<Vec<String>>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), text).unwrap();
    let args = ["segment", "shop.csv", "--k", "3", "--labels", "labels.csv", "--report", "report.json"];
    let (code, out, err) = personae(folder.path(), threads, &[&args[..], &FEATURES, more].concat());
    assert_eq!(code, 0, "{out}{err}");
    let csv = std::fs::read_to_string(folder.path().join("labels.csv")).unwrap();
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let rows = csv.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    (rows, serde_json::from_str(&report).unwrap(), csv)
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let at = rows[0].iter().position(|head| head == name).unwrap_or_else(|| panic!("{name} of {:?}", rows[0]));
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

#[test]
fn planted_halves_are_found_and_the_others_do_not_notice() {
    let text = shop(300, true);
    let (whole, _, _) = segmented(&text, "2", &[]);
    let (parted, report, bytes) = segmented(&text, "2", &["--inside", "3"]);
    let (before, after, halves) = (column(&whole, "persona"), column(&parted, "persona"), column(&parted, "half"));
    for ((before, after), half) in before.iter().zip(&after).zip(&halves) {
        let expected = match (before.as_str(), half.as_str()) {
            ("3", "h1") => "3.1",
            ("3", "h2") => "3.2",
            (other, _) => other,
        };
        assert_eq!(after, expected);
    }
    let inside = &report["chosen"]["inside"];
    assert_eq!((&inside[0]["segment"], &inside[0]["parts"][1], &inside[0]["own_scale"]), (&"3".into(), &"3.2".into(), &true.into()));
    let others = |rows: &[Vec<String>], column_of: &str| -> Vec<String> {
        column(rows, column_of).into_iter().zip(&before).filter(|(_, persona)| *persona != "3").map(|(cell, _)| cell).collect()
    };
    assert_eq!(others(&whole, "persona_name"), others(&parted, "persona_name"), "the others keep their names");
    assert_eq!(bytes, segmented(&text, "1", &["--inside", "3"]).2, "on any number of threads");
    assert_eq!(bytes, segmented(&text, "4", &["--inside", "3:k=2"]).2, "two is what was suggested");
    // Who is in C3 goes by the same columns on the scale of everyone, so halves of one column are found there too when asked for.
    let everywhere = segmented(&text, "2", &["--inside", "3:k=2,scale=everywhere,method=ward"]).1;
    assert_eq!(everywhere["chosen"]["inside"][0]["own_scale"], Value::from(false));
}

#[test]
fn one_cloud_is_one_group_and_a_few_are_too_few() {
    let text = shop(300, false);
    let (whole, ..) = segmented(&text, "2", &[]);
    let (parted, report, _) = segmented(&text, "2", &["--inside", "1"]);
    assert_eq!(column(&whole, "persona"), column(&parted, "persona"));
    let notes = report["notes"].to_string();
    assert!(notes.contains("C1 stays whole: it is one group."), "{notes}");
    assert!(report["chosen"].get("inside").is_none());
    let report = segmented(&text, "2", &["--inside", "7:k=2"]).1;
    assert!(report["notes"].to_string().contains("C7 does not exist now, so it is in no parts."));
    let few = shop(61, true);
    let report = segmented(&few, "2", &["--inside", "3:k=2"]).1;
    let notes = report["notes"].to_string();
    assert!(notes.contains("C3 stays whole: its 61 customers are too few"), "{notes}");
}

#[test]
fn every_format_has_the_parts_and_so_has_the_model() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), shop(300, true)).unwrap();
    let formats = "pdf,pptx,html,png,svg,md,json,csv,parquet,model";
    let args = ["cards", "shop.csv", "--k", "3", "--inside", "3:k=2", "--out", "out", "--formats", formats];
    let (code, out, err) = personae(folder.path(), "2", &[&args[..], &FEATURES].concat());
    assert_eq!(code, 0, "{out}{err}");
    let mut seen: Vec<String> = Vec::new();
    let mut folders = vec![folder.path().join("out")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
                "html" | "md" => assert!(text.contains("C3.1, part of C3") && text.contains("C3.2, part of C3"), "{name}"),
                "json" => {
                    assert!(text.contains("\"3.1\"") && text.contains("\"3.2\""), "{name}");
                    assert!(!text.contains("42949"), "{name}: the number of a part is shown as it is kept");
                }
                "csv" => assert!(text.contains(",3.1,") && text.contains(",3.2,"), "{name}"),
                "pptx" => {
                    let mut slides = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
                    let all: String =
                        (0..slides.len()).map(|at| std::io::read_to_string(slides.by_index(at).unwrap()).unwrap_or_default()).collect();
                    assert!(all.contains("C3.1, part of C3") && all.contains("C3.2, part of C3"), "{name}");
                }
                _ => {}
            }
            seen.push(name);
        }
    }
    for wanted in ["card-c3-1.svg", "card-c3-2.png", "card-c3-2.svg", "card-c1.svg"] {
        assert!(seen.iter().any(|name| name == wanted), "{wanted}: {seen:?}");
    }
    assert!(!seen.iter().any(|name| name == "card-c3.svg"), "{seen:?}");
    assert!(seen.iter().any(|name| name.contains("model")), "{seen:?}");
}

#[test]
fn a_model_of_segments_in_parts_places_its_own_customers_where_they_are() {
    let text = shop(300, true);
    for (split, more) in [
        ("3:k=2", &["--k", "3"][..]),
        ("3:k=2,scale=everywhere", &["--k", "3"]),
        ("3:k=2,method=ward,scale=everywhere", &["--k", "3"]),
        ("3:k=2,method=average", &["--k", "3", "--method", "single"]),
        ("3:method=hdbscan", &["--k", "3"]),
        ("3:k=2,method=kmeans", &["--method", "hdbscan", "--min-cluster-size", "60"]),
        ("3:k=2,method=kmeans", &["--method", "column", "--column", "group"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let group = |row: usize| ["group", "a", "b", "c"][if row == 0 { 0 } else { 1 + usize::from(row > 500) + usize::from(row > 900) }];
        let with_group: String = text.lines().enumerate().map(|(row, line)| format!("{line},{}\n", group(row))).collect();
        std::fs::write(folder.path().join("shop.csv"), with_group).unwrap();
        let run = |args: &[&str]| {
            let (code, out, err) = personae(folder.path(), "2", args);
            assert_eq!(code, 0, "{split} {more:?}: {out}{err}");
            out
        };
        let how = [more, &["--inside", split], &FEATURES].concat();
        run(&[&["segment", "shop.csv", "--labels", "labels.csv"], &how[..]].concat());
        run(&[&["model", "shop.csv", "--out", "shop.model.json"], &how[..]].concat());
        run(&["score", "shop.model.json", "shop.csv", "--out", "scored.csv", "--distances"]);
        let read = |name: &str| -> Vec<Vec<String>> {
            let csv = std::fs::read_to_string(folder.path().join(name)).unwrap();
            csv.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
        };
        let (labels, scored) = (read("labels.csv"), read("scored.csv"));
        assert!(column(&labels, "persona").iter().any(|persona| persona == "3.2"), "{split} {more:?}");
        for name in ["persona", "persona_name"] {
            assert_eq!(column(&labels, name), column(&scored, name), "{split} {more:?}");
        }
        // Read and written again it is the same bytes, and what does not belong together is refused.
        let saved = std::fs::read_to_string(folder.path().join("shop.model.json")).unwrap();
        let model = personae::model::from_text(&saved, "shop.model.json").unwrap();
        assert_eq!(personae::model::to_text(&model), saved);
        assert!(model.told().starts_with("Every one of the 1\u{202f}200 customers"), "{}", model.told());
        let refused = |from: &str, to: &str| {
            assert!(saved.contains(from), "{from}");
            personae::model::from_text(&saved.replace(from, to), "shop.model.json").unwrap_err().to_string()
        };
        assert!(refused("\"segment\": 3", "\"segment\": 30").contains("it has parts of C30, which is none of its segments"));
        assert!(refused("\"number\": \"3.2\"", "\"number\": \"2.2\"").contains("numbers that are not those of its parts"));
    }
}

#[test]
fn who_is_new_goes_to_a_part_only_from_within_its_segment() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), shop(300, true)).unwrap();
    let new = "spend,visits,age,items\n200,185,70,120\n200,215,70,120\n20,185,30,5\n,215,70,120\n";
    std::fs::write(folder.path().join("new.csv"), new).unwrap();
    let model = ["model", "shop.csv", "--k", "3", "--inside", "3:k=2", "--out", "shop.model.json"];
    assert_eq!(personae(folder.path(), "2", &[&model[..], &FEATURES].concat()).0, 0);
    let scored = |threads: &str, out: &str| {
        let (code, said, err) = personae(folder.path(), threads, &["score", "shop.model.json", "new.csv", "--out", out]);
        assert_eq!(code, 0, "{said}{err}");
        (said, std::fs::read(folder.path().join(out)).unwrap())
    };
    let (said, bytes) = scored("1", "one.csv");
    let rows: Vec<Vec<String>> =
        String::from_utf8(bytes.clone()).unwrap().lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    assert_eq!(column(&rows, "persona"), ["3.1", "3.2", "1", "3.2"]);
    assert_eq!(scored("4", "four.csv").1, bytes);
    let order: Vec<usize> = ["  C1 ", "  C2 ", "  C3.1 ", "  C3.2 "].iter().map(|line| said.find(line).expect(line)).collect();
    assert!(order.is_sorted(), "{said}");
    // Other programs are told of models of whole segments alone, and the export says why not.
    let cards = ["cards", "shop.csv", "--k", "3", "--inside", "3:k=2", "--out", "out", "--formats", "model,pmml,onnx"];
    let (code, said, err) = personae(folder.path(), "2", &[&cards[..], &FEATURES].concat());
    assert!(
        code == 0
            && said.contains("No Segment model (PMML) was written: C3 is in parts, and SQL, PMML and ONNX can only hold whole segments"),
        "{said}{err}"
    );
    let exists = |name: &str| folder.path().join("out").join(name).exists();
    assert_eq!(["segments.model.json", "segments.pmml", "segments.onnx"].map(exists), [true, false, false]);
    for args in [&["sql", "shop.model.json", "--table", "customers", "--id", "id"][..], &["pmml", "shop.model.json"]] {
        let (code, _, err) = personae(folder.path(), "2", args);
        assert!(code != 0 && err.contains("C3 is in parts, and SQL, PMML and ONNX can only hold whole segments"), "{err}");
    }
}

/// The plan of three groups in a file.
fn plan(folder: &Path, text: &str) -> Plan {
    let path = folder.join("shop.csv");
    std::fs::write(&path, text).unwrap();
    let mut plan = Plan::new(Source::file(&path));
    plan.preparation.features = Some(FEATURES[1].split(',').map(str::to_owned).collect());
    plan.clustering.kmeans.k = Some(3);
    plan
}

fn number(text: &str) -> usize {
    part::number(text).unwrap()
}

/// What the page shows inside a segment.
fn inside(engine: &mut Engine, plan: &Plan, segment: &str) -> Answers {
    let view = PageView::Segments(SegmentsView::Explore);
    engine.wait_until_idle(plan, &Wanted { inside: Some(number(segment)), ..Wanted::on(view) })
}

/// The plan with what is seen inside kept.
fn kept(plan: &Plan, answers: &Answers) -> Plan {
    let mut plan = plan.clone();
    let inside = answers.inside.answer().expect("inside");
    let whole = answers.everyones().unwrap();
    plan.numbering = Some(Arc::new(Numbering::after(None, &whole.labels, &whole.prepared.table_rows, whole.loaded.table.n_rows)));
    for (split, parts) in &inside.to_keep {
        let numbering = Numbering::after(None, &parts.labels, &parts.members.table_rows, whole.loaded.table.n_rows);
        plan.put_split(Parting { kept: true, numbering: Some(Arc::new(numbering)), ..split.clone() });
    }
    plan
}

fn exported(plan: &Plan) -> (Vec<u8>, String) {
    let mut engine = Engine::headless();
    let wanted = Wanted::outputs(Outputs { personas: true, ..Outputs::default() });
    engine.wait_telling(plan, &wanted, &Ctx::new()).unwrap();
    let report = engine.report(plan).unwrap();
    let mut bytes = Vec::new();
    export::labels_csv(&report, &mut bytes, &Ctx::new()).unwrap();
    (bytes, export::cards_json(&report))
}

#[test]
fn a_small_world_is_kept_saved_and_merged_back() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), &shop(300, true));
    let mut engine = Engine::headless();
    let answers = inside(&mut engine, &plan, "3");
    let segmentation = answers.segmentation.ready().expect("what is inside");
    let shown: Vec<String> = segmentation.labels.numbers().iter().map(|number| part::text(*number)).collect();
    assert_eq!((segmentation.labels.n_rows(), segmentation.labels.sizes()), (300, &[171, 129][..]));
    assert_eq!(shown, ["3.1", "3.2"]);
    assert!(answers.structure.ready().is_some_and(|structure| structure.found));
    assert_eq!(answers.map.ready().unwrap().n_total, 300);
    assert!(engine.report(&plan).is_none(), "nothing leaves from inside");
    // In a segment that is one cloud there is nothing, and that is an answer.
    let nothing = inside(&mut engine, &plan, "1");
    assert_eq!(nothing.segmentation.ready().unwrap().labels.numbers(), [0], "one group, which is the segment itself");

    let kept_plan = kept(&plan, &answers);
    let (whole, parted) = (exported(&plan), exported(&kept_plan));
    assert_ne!(whole, parted);
    let cards: [Value; 2] = [&whole.1, &parted.1].map(|text| serde_json::from_str(text).unwrap());
    let of = |cards: &Value, number: u64| cards["personas"].as_array().unwrap().iter().find(|card| card["persona"] == number).cloned();
    for number in [1, 2] {
        let [mut before, mut after] = [&cards[0], &cards[1]].map(|cards| of(cards, number).unwrap());
        // Whether it holds is not tried while another segment is in parts, and the card says so.
        for card in [&mut before, &mut after] {
            card["holds"].take();
        }
        assert_eq!(before, after, "C{number}");
    }
    assert!(of(&cards[1], 3).is_none());

    // Saved and opened, it is the same; so is what came before once it is merged back.
    let path = folder.path().join("shop.personae");
    project::save(&path, &Project { plan: kept_plan.clone(), ..Project::default() }).unwrap();
    let opened = project::open(&path).unwrap().project.plan;
    assert_eq!(exported(&opened), parted);
    let mut merged = opened.clone();
    merged.merge_back(number("3"));
    assert_eq!(exported(&merged), whole);
    assert_eq!(
        merged.split_of(number("3")).clustering,
        opened.split_of(number("3")).clustering,
        "the next look begins where the last ended"
    );

    // Other customers come first, so that the smaller part is the larger one now: C3.1 stays C3.1.
    let mut to: Vec<Option<u32>> = (0..1200).map(Some).collect();
    to.iter_mut().skip(900).take(60).for_each(|row| *row = None);
    let mut moved = opened.clone();
    moved.follow(&to, 1200);
    assert!(moved.names_rows() && moved.splits[0].numbering.is_some());
}

#[test]
fn parts_stay_with_their_customers_when_others_leave() {
    let folder = tempfile::tempdir().unwrap();
    let text = shop(300, true);
    let first = plan(folder.path(), &text);
    let kept_plan = kept(&first, &inside(&mut Engine::headless(), &first, "3"));
    // Sixty of the first half leave: it is the smaller one now.
    let left: String =
        text.lines().enumerate().filter(|(line, _)| !(901..961).contains(line)).map(|(_, line)| format!("{line}\n")).collect();
    let second = folder.path().join("later.csv");
    std::fs::write(&second, &left).unwrap();
    let to: Vec<Option<u32>> =
        (0..1200u32).map(|row| if row < 900 { Some(row) } else { row.checked_sub(60).filter(|row| *row >= 900) }).collect();
    let mut later = Plan { source: Source::file(&second), ..kept_plan };
    later.follow(&to, 1140);
    let labels = String::from_utf8(exported(&later).0).unwrap();
    for line in labels.lines().skip(1) {
        let part = if line.contains(",h1,") { ",3.1," } else { ",3.2," };
        assert!(line.contains(",h0,") || line.contains(part), "{line}");
    }
}

#[test]
fn parts_of_parts_are_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), &shop(300, true));
    let mut engine = Engine::headless();
    let mut asked = plan.clone();
    let mut split = asked.split_of(number("3.1"));
    split.clustering.kmeans.k = Some(2);
    asked.put_split(split);
    let answers = inside(&mut engine, &asked, "3.1");
    let shown: Vec<String> = answers.segmentation.ready().unwrap().labels.numbers().iter().map(|number| part::text(*number)).collect();
    assert_eq!(shown, ["3.1.1", "3.1.2"]);
    assert_eq!(answers.inside.answer().unwrap().to_keep.len(), 2, "what is around it is kept with it");
    let (labels, _) = exported(&kept(&asked, &answers));
    let text = String::from_utf8(labels).unwrap();
    assert!(text.contains(",3.1.1,") && text.contains(",3.2,") && !text.contains(",3.1,"));
    let personae::engine::Inside::Gone(why) = inside(&mut engine, &asked, "3.1.1").inside else { panic!("no deeper") };
    assert!(why.contains("C3.1.1"), "{why}");
    let personae::engine::Inside::Gone(why) = inside(&mut engine, &asked, "7").inside else { panic!("nobody is C7") };
    assert_eq!(why, "C7 is no longer there to look inside.");
}

#[test]
fn a_branch_is_the_tree_of_its_members() {
    let mut random = seed::random(5, 2);
    let rows: Vec<[f64; 3]> = (0..300).map(|_| std::array::from_fn(|_| random.random_range(0.0..1.0))).collect();
    let x = Matrix::from_rows(&rows).unwrap();
    for kind in Linkage::ALL {
        let tree = linkage(&x, kind, &Ctx::new()).unwrap();
        for members in tree.cut_clusters(4).members() {
            let branch = tree.branch(&members).expect("a segment is a branch");
            let alone = linkage(&x.select_rows(&members), kind, &Ctx::new()).unwrap();
            let apart = branch.merges.iter().zip(&alone.merges).map(|(a, b)| (a.height - b.height).abs()).fold(0.0, f64::max);
            assert!(branch.merges.len() == alone.merges.len() && apart < 1e-9, "{kind:?}: {apart}");
            for k in 1..6.min(members.len()) {
                assert_eq!(branch.cut_clusters(k), alone.cut_clusters(k), "{kind:?}");
            }
        }
    }
}

#[test]
fn the_tree_inside_is_a_branch_of_everyones() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(folder.path(), &shop(300, true));
    (plan.clustering.method, plan.clustering.tree.cut) = (Method::Tree, Cut::Clusters(3));
    let mut split = plan.split_of(number("3"));
    split.scale = InsideScale::Everywhere;
    plan.put_split(split);
    let mut engine = Engine::headless();
    let answers = inside(&mut engine, &plan, "3");
    let prepared = answers.prepared.ready().unwrap();
    let alone = linkage(&prepared.matrix, Linkage::Ward, &Ctx::new()).unwrap();
    let shown = answers.dendrogram.as_ref().expect("a tree");
    let apart = shown.merges.iter().zip(&alone.merges).map(|(a, b)| (a.height - b.height).abs()).fold(0.0, f64::max);
    assert!(shown.n_rows == 300 && apart < 1e-9, "{apart}");
    let segmentation = answers.segmentation.ready().unwrap();
    assert_eq!(segmentation.labels.sizes(), alone.cut_clusters(segmentation.labels.n_clusters()).sizes());
}

#[test]
fn in_the_window_a_double_click_goes_in_and_esc_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.csv");
    // Without the column that says who is in which half.
    let text: String = shop(300, true).lines().map(|line| format!("{}\n", line.rsplit_once(',').unwrap().0)).collect();
    std::fs::write(&path, text).unwrap();
    let mut harness = open(Some(&path), None);
    harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 5.0);
    order(&mut harness, Command::Do(Action::Go(Page::Segments)));
    let before = window(&mut harness).plan().clone();
    let names = |harness: &mut Staged| -> Vec<(String, String)> {
        let personas = window(harness).answers().personas.ready().expect("cards").clone();
        personas.personas.iter().map(|persona| (numbering::name(persona.number), persona.name.clone())).collect()
    };
    let of_everyone = names(&mut harness);
    let third = of_everyone.iter().find(|(number, _)| number == "C3").expect("three groups").1.clone();
    let row = |harness: &Staged, name: &str| harness.get_by_role_and_label(Role::Button, name).rect().center();
    let twice = |harness: &mut Staged, at: eframe::egui::Pos2| {
        harness.event(Event::PointerMoved(at));
        harness.run_steps(1);
        for _ in 0..2 {
            for pressed in [true, false] {
                harness.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
                harness.run_steps(1);
            }
        }
        settle(harness);
    };
    let at = row(&harness, &third);
    twice(&mut harness, at);
    assert!(window(&mut harness).answers().inside.answer().is_some(), "inside");
    assert!(harness.query_by_label_contains("2 parts inside.").is_some());
    assert_eq!(names(&mut harness).iter().map(|(number, _)| number.as_str()).collect::<Vec<_>>(), ["C3.1", "C3.2"]);
    assert_eq!(*window(&mut harness).plan(), before, "looking changes nothing");

    // A knob inside is a choice like any other: live, and taken back by undo.
    harness.get_by_label("One segment more").click();
    harness.run_steps(2);
    settle(&mut harness);
    assert_eq!(names(&mut harness).len(), 3);
    order(&mut harness, Command::Do(Action::Undo));
    assert_eq!(*window(&mut harness).plan(), before);

    harness.key_press(Key::Escape);
    harness.run_steps(2);
    settle(&mut harness);
    assert!(window(&mut harness).answers().inside.answer().is_none(), "Esc comes out");
    assert_eq!(names(&mut harness), of_everyone);

    let at = row(&harness, &third);
    twice(&mut harness, at);
    harness.get_by_role_and_label(Role::Button, "Keep these parts").click();
    harness.run_steps(2);
    settle(&mut harness);
    let parted = names(&mut harness);
    let numbers: Vec<&str> = parted.iter().map(|(number, _)| number.as_str()).collect();
    assert_eq!(numbers, ["C1", "C2", "C3.1", "C3.2"]);
    assert_eq!(parted[..2], of_everyone[..2], "the others are called as before");
    // Saved and opened again, by the window.
    let project = folder.path().join("shop.personae");
    order(&mut harness, Command::SaveTo(project.clone()));
    order(&mut harness, Command::Open(project));
    order(&mut harness, Command::Do(Action::Go(Page::Segments)));
    assert_eq!(names(&mut harness), parted);
    let at = row(&harness, &parted[2].1);
    harness.event(Event::PointerMoved(at));
    for pressed in [true, false] {
        harness.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
        harness.run_steps(2);
    }
    harness.get_by_label("Merge back into C3").click();
    harness.run_steps(2);
    settle(&mut harness);
    assert_eq!(names(&mut harness), of_everyone);
    order(&mut harness, Command::Do(Action::Undo));
    assert_eq!(names(&mut harness), parted, "undo parts them again");
}

#[test]
fn an_open_model_of_parts_is_a_column_whose_segments_can_be_looked_into() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(folder.path(), &shop(300, true));
    let model = ["model", "shop.csv", "--k", "3", "--inside", "3:k=2", "--out", "shop.model.json"];
    assert_eq!(personae(folder.path(), "2", &[&model[..], &FEATURES].concat()).0, 0);
    let path = folder.path().join("shop.model.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let open = personae::session::OpenModel { path, text: text.into() };
    let loaded = personae::data::read(&plan.source, &Ctx::new()).unwrap();
    let column = personae::engine::model_column(&open, &loaded, &Ctx::new()).unwrap();
    let names: std::collections::BTreeSet<String> = (0..1200).map(|row| column.column.cell(row).into_owned()).collect();
    assert_eq!((column.n_placed, names.len()), (1200, 4), "{names:?}");
    plan.model = Some(open.clone());
    plan.clustering.method = Method::Column;
    plan.clustering.groups.column = Some(open.column());
    plan.numbering = Some(Arc::new(column.numbering));
    let mut engine = Engine::headless();
    let answers = engine.wait_until_idle(&plan, &Wanted::on(PageView::Segments(SegmentsView::Explore)));
    let segmentation = answers.segmentation.ready().expect("the groups of the column").clone();
    let mut shown: Vec<String> = segmentation.labels.numbers().iter().map(|number| part::text(*number)).collect();
    shown.sort();
    assert_eq!(shown, ["1", "2", "3", "4"], "whole segments of this table, in the order of the model's");
    let answers = inside(&mut engine, &plan, "3");
    assert!(answers.inside.answer().is_some(), "{:?}", answers.inside);
}

#[test]
fn whoever_lacks_what_everybody_must_have_is_left_out_inside_the_groups_of_a_column_too() {
    let folder = tempfile::tempdir().unwrap();
    let text = shop(300, true);
    let group = |row: usize| ["group", "a", "b", "c"][if row == 0 { 0 } else { 1 + usize::from(row > 500) + usize::from(row > 900) }];
    let text: String = text.lines().enumerate().map(|(row, line)| format!("{line},{}\n", group(row))).collect();
    let mut plan = plan(folder.path(), &text);
    let recipe = ColumnRecipe { missing: Some(MissingRule::LeaveOutRows), ..ColumnRecipe::default() };
    plan.preparation.columns.insert("age".into(), recipe);
    plan.clustering.method = Method::Column;
    plan.clustering.groups.column = Some("group".into());
    let mut clustering = plan.clustering.clone();
    (clustering.method, clustering.kmeans.k) = (Method::KMeans, Some(2));
    plan.put_split(Parting { segment: number("3"), scale: InsideScale::Within, clustering, kept: true, numbering: None });
    let wanted = Wanted::outputs(Outputs { personas: true, ..Outputs::default() });
    let (report, _) = personae::engine::analyse(&plan, &wanted, &Ctx::new()).unwrap();
    let model = export::segment_model(&report, &Ctx::new()).unwrap().unwrap();
    std::fs::write(folder.path().join("new.csv"), "spend,visits,age,items,group\n200,185,70,120,c\n200,185,,120,c\n20,5,,5,a\n").unwrap();
    let new = personae::data::read(&Source::file(folder.path().join("new.csv")), &Ctx::new()).unwrap();
    let placed = model.place(&new, &Ctx::new()).unwrap();
    let told: Vec<String> = placed
        .places
        .iter()
        .map(|place| match place {
            Place::Segment(at) => part::text(model.segments[*at].number),
            Place::Nowhere => "nowhere".into(),
            Place::LeftOut => "left out".into(),
        })
        .collect();
    // Whole groups are known by their column alone.
    assert_eq!(told, ["3.1", "left out", "1"]);
    assert!(placed.notes.iter().any(|note| note.0.contains("has no age")), "{:?}", placed.notes);
}
