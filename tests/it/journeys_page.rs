//! Does the Journeys page say what the command says, and can it be worked by name: a step added, a step or a way picked, a persona held against everyone?

use std::fmt::Write as _;
use std::path::Path;

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use personae::base::Ctx;
use personae::data::Source;
use personae::engine::{Answer, Answers, Engine, EngineOptions, Wanted, due_listed};
use personae::persona::{Added, PersonaEdit, RowSet};
use personae::session::{Command, JourneyOptions, JourneysView, Look, PageView, Plan, Who, project};

use crate::behaviour::{as_ga4, json, personae, shop};
use crate::segments_page::{self, window_on};

/// The shop of 400 customers of two kinds, with the table in which they are far apart.
struct Shop {
    folder: tempfile::TempDir,
    engine: Engine,
    window: segments_page::Window,
}

/// Customers of two kinds, as a table that tells them apart.
pub fn customers() -> String {
    let mut text = "customer_id,spend,visits\n".to_owned();
    for nth in 0..400 {
        let (spend, visits) = if nth % 2 == 0 { (400, 30) } else { (40, 12) };
        writeln!(text, "K{nth:03},{},{}", spend + nth * 7 % 31, visits + nth * 5 % 7).unwrap();
    }
    text
}

fn plan_in(folder: &Path) -> Plan {
    std::fs::write(folder.join("events.json"), as_ga4(&shop())).unwrap();
    std::fs::write(folder.join("customers.csv"), customers()).unwrap();
    let mut plan = Plan::new(Source::file(folder.join("customers.csv")));
    let funnel = ["view_item", "add_to_cart", "purchase"].map(str::to_owned).to_vec();
    plan.journeys = JourneyOptions { events: vec![folder.join("events.json")], funnel, window_hours: 24, ..JourneyOptions::default() };
    plan
}

fn open(view: JourneysView) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan_in(folder.path());
    let engine = Engine::new(|| {}, EngineOptions::default());
    let mut look = Look::default();
    look.show(PageView::Journeys(view));
    let window = window_on(personae::ui::journeys::ui, plan, Answers::default(), look);
    let mut shop = Shop { folder, engine, window };
    shop.see(view);
    shop
}

impl Shop {
    /// Turns to a view, carries out what the page asked for, and waits for the answers.
    fn see(&mut self, view: JourneysView) {
        let world = self.window.state_mut();
        world.look.show(PageView::Journeys(view));
        for command in std::mem::take(&mut world.commands) {
            if let Command::Follow(options) = command {
                world.plan.journeys = options;
            }
        }
        let plan = world.plan.clone();
        self.window.state_mut().answers = self.engine.wait_until_idle(&plan, &Wanted::on(PageView::Journeys(view)));
        self.window.run();
    }

    fn click(&mut self, role: Role, name: &str) {
        self.window.get_all_by_role_and_label(role, name).next().unwrap_or_else(|| panic!("no {role:?} {name}")).click();
        self.window.run();
    }

    /// The rows picked.
    fn picked(&self) -> Vec<u32> {
        match self.window.state().look.brush.as_ref().map(|brush| &brush.who) {
            Some(Who::Rows { rows, .. }) => rows.to_vec(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_window_says_what_the_command_says() {
    let mut shop = open(JourneysView::Funnel);
    let folder = shop.folder.path().to_owned();
    let args = [
        "journeys",
        "events.json",
        "--customers",
        "customers.csv",
        "--by",
        "persona",
        "--funnel",
        "view_item,add_to_cart,purchase",
        "--window",
        "24h",
        "--depth",
        "4",
        "--report",
        "j.json",
        "--quiet",
    ];
    let (code, _, err) = personae(&folder, "2", &args);
    assert_eq!(code, 0, "{err}");
    let told = json(&folder, "j.json");
    let shown = |shop: &Shop| shop.window.state().answers.journeys.shown.ready().expect("an answer").clone();
    let of = |value: &serde_json::Value| serde_json::from_str::<serde_json::Value>(&value.to_string()).unwrap();
    assert_eq!(serde_json::to_value(&shown(&shop).report.funnel).unwrap(), of(&told["funnel"]));
    assert_eq!(shown(&shop).report.personas.len(), 2, "two kinds of customers");
    for (view, name) in [(JourneysView::Paths, "paths"), (JourneysView::Return, "return"), (JourneysView::Rhythm, "rhythm")] {
        shop.see(view);
        let report = serde_json::to_value(&shown(&shop).report).unwrap();
        assert_eq!(report[name], of(&told[name]), "{name}");
    }
    shop.see(JourneysView::Differences);
    let report = serde_json::to_value(&shown(&shop).report).unwrap();
    assert_eq!((&report["does_more"], &report["typical"]), (&of(&told["does_more"]), &of(&told["typical"])));
}

#[test]
fn some_events_are_looked_at_alone_and_a_filter_that_leaves_none_can_be_changed() {
    use personae::triggers::terms::{EventField, Filter, Op, Value};
    let mut shop = open(JourneysView::Rhythm);
    let choose = |shop: &mut Shop, combo: &str, choice: &str| {
        shop.click(Role::ComboBox, combo);
        shop.window.get_by_role_and_label(Role::Button, choice).click_accesskit();
        shop.window.run();
        shop.see(JourneysView::Rhythm);
    };
    let n_events = |shop: &Shop| shop.window.state().answers.journeys.events.ready().unwrap().events().n_events();
    let everything = n_events(&shop);
    shop.click(Role::Button, "Filter the events");
    shop.see(JourneysView::Rhythm);
    let first = shop.window.state().plan.journeys.only[0].clone();
    choose(&mut shop, &format!("The events, filter 1, what: {}", first.field.word()), "weekend");
    let weekend = Filter { field: EventField::Weekend, op: Op::Is, value: Value::Flag(true) };
    assert_eq!(shop.window.state().plan.journeys.only, [weekend]);
    let told = shop.window.state().answers.journeys.shown.ready().unwrap().report.clone();
    assert!(n_events(&shop) < everything, "{} of {everything}", n_events(&shop));
    let tiles = &told.rhythm.as_ref().expect("a rhythm").hours;
    assert!(tiles[..5 * 24].iter().all(|share| *share == 0.0) && tiles[5 * 24..].iter().sum::<f64>() > 0.99, "{tiles:?}");
    shop.window.get_by_label("Looking only at events that fit: at the weekend.");
    // Rules keep all events.
    shop.see(JourneysView::Triggers);
    assert_eq!(n_events(&shop), everything);
    shop.see(JourneysView::Rhythm);
    // Without a country no day is a holiday, and the page says so beside the choice of one.
    choose(&mut shop, "The events, filter 1, what: weekend", "holiday");
    let why = shop.window.state().answers.journeys.shown.problem().expect("no holidays are known").0.to_string();
    assert_eq!(why, "Which days are holidays is not known; name a country or a file of dates.");
    choose(&mut shop, "Holidays: None", "Germany");
    let of_holidays = n_events(&shop);
    assert!(of_holidays > 0 && of_holidays < everything / 10, "{of_holidays} of {everything}");
    shop.click(Role::Button, "Take out The events, filter 1");
    shop.see(JourneysView::Rhythm);
    assert_eq!(n_events(&shop), everything);
}

#[test]
fn a_step_and_a_way_pick_their_customers_and_esc_lets_them_go() {
    let mut shop = open(JourneysView::Funnel);
    let answers = &shop.window.state().answers;
    let funnel = answers.journeys.shown.ready().unwrap().report.funnel.clone().unwrap();
    let [_, carts, bought] = [0, 1, 2].map(|at| funnel.everyone.steps[at].reached.unwrap());
    assert!(carts > bought && bought > 31, "{carts} {bought}");
    let share = format!("{:.0}\u{202f}%", 100.0 * carts as f64 / funnel.everyone.judged.unwrap() as f64);
    shop.click(Role::Button, &format!("Step 2, add_to_cart: {carts} · {share}"));
    assert_eq!(shop.picked().len(), carts - bought, "who got to the cart and no further");
    shop.window.key_press(eframe::egui::Key::Escape);
    shop.window.run();
    assert!(shop.window.state().look.brush.is_none());

    shop.see(JourneysView::Paths);
    let nodes = shop.window.state().answers.journeys.shown.ready().unwrap().report.paths.clone().unwrap().nodes;
    let at = nodes.iter().position(|node| node.name == "view_item" && node.step == 1).unwrap();
    let labels: Vec<String> = shop.window.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label()).collect();
    let name = labels.into_iter().find(|label| label.starts_with("Step 1, view_item")).expect("a bar for the first view");
    shop.click(Role::Button, &name);
    assert_eq!(shop.picked().len(), nodes[at].customers.unwrap());
}

#[test]
fn a_step_can_be_removed_a_persona_held_and_nothing_is_lost_when_the_table_knows_nobody() {
    let mut shop = open(JourneysView::Funnel);
    shop.click(Role::Button, "Remove add_to_cart");
    shop.see(JourneysView::Funnel);
    assert_eq!(shop.window.state().plan.journeys.funnel, ["view_item", "purchase"]);
    let name = shop.window.state().answers.journeys.customers.ready().unwrap().names[1].clone();
    shop.click(Role::RadioButton, &name);
    assert_eq!(shop.window.state().look.journeys.persona, Some(1));

    // Customers of another shop: the journeys are told of everyone, and it is said why there are no personas.
    std::fs::write(shop.folder.path().join("others.csv"), customers().replace('K', "Z")).unwrap();
    let source = Source::file(shop.folder.path().join("others.csv"));
    shop.window.state_mut().plan.source = source;
    shop.see(JourneysView::Return);
    let journeys = &shop.window.state().answers.journeys;
    let known = journeys.customers.ready().unwrap();
    assert!(known.names.is_empty() && known.notes[0].contains("holds the customers of the events"), "{:?}", known.notes);
    assert!(journeys.shown.ready().unwrap().report.returns.is_some());
    assert_eq!(shop.window.state().look.journeys.persona, None, "there is no persona to hold against everyone");
    // Personas can be made of what they did, and then it is told what that means.
    shop.click(Role::Button, "Make personas of what they did");
    shop.see(JourneysView::Return);
    let made = shop.window.state().answers.journeys.customers.ready().unwrap().clone();
    assert!(made.is_by_behaviour && made.names.len() > 1, "{:?} {:?}", made.names, made.notes);
    assert!(made.notes.iter().any(|note| note.contains("made from the very events")), "{:?}", made.notes);
    shop.click(Role::Button, "Personas of the table");
    shop.see(JourneysView::Return);
    assert!(!shop.window.state().answers.journeys.customers.ready().unwrap().is_by_behaviour);
}

#[test]
fn what_cannot_be_read_is_one_sentence_and_a_project_brings_its_events_back() {
    let mut shop = open(JourneysView::Paths);
    let path = shop.folder.path().join("shop.personae");
    let project =
        personae::session::Project { plan: shop.window.state().plan.clone(), look: Look::default(), stamp: None, customers: None };
    project::save(&path, &project).unwrap();
    let moved = tempfile::tempdir().unwrap();
    for name in ["shop.personae", "events.json", "customers.csv"] {
        std::fs::copy(shop.folder.path().join(name), moved.path().join(name)).unwrap();
    }
    let opened = project::open(&moved.path().join("shop.personae")).unwrap().project.plan;
    assert_eq!(opened.journeys.events, [moved.path().join("events.json")], "beside the project, wherever its folder is now");
    assert_eq!(opened.journeys.funnel, shop.window.state().plan.journeys.funnel);

    shop.window.state_mut().plan.journeys.events = vec![shop.folder.path().join("gone.jsonl")];
    shop.see(JourneysView::Paths);
    let journeys = &shop.window.state().answers.journeys;
    assert!(
        matches!(&journeys.events, Answer::Failed { problem, .. } if problem.0.contains("gone.jsonl")),
        "{:?}",
        journeys.events.problem()
    );
    shop.window.state_mut().plan.journeys.events.clear();
    shop.see(JourneysView::Paths);
    assert!(shop.window.query_by_role_and_label(Role::Button, "Open event exports…").is_some());
}

#[test]
fn rules_are_tried_in_the_window_as_by_the_command_and_a_removed_one_is_a_choice() {
    let mut shop = open(JourneysView::Triggers);
    let folder = shop.folder.path().to_owned();
    let (code, _, err) = personae(&folder, "2", &["triggers", "events.json", "--report", "t.json", "--quiet"]);
    assert_eq!(code, 0, "{err}");
    let mut told = json(&folder, "t.json");
    for trigger in told["triggers"].as_array_mut().unwrap() {
        // The file has besides how many are due, and the rule as SQL.
        ["due_now", "sql", "no_sql"].iter().for_each(|name| drop(trigger.as_object_mut().unwrap().remove(*name)));
    }
    let tried = shop.window.state().answers.journeys.tried.ready().expect("a trial").clone();
    let report = serde_json::to_value(&tried.report).unwrap();
    let names: Vec<String> = tried.rules.triggers.iter().map(|rule| rule.name.clone()).collect();
    assert!(names.len() > 2, "{names:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&report["triggers"].to_string()).unwrap(), told["triggers"]);
    // Any number at once is what the report says of it.
    let of = &tried.report.triggers[0];
    for point in of.thresholds.iter().step_by(7) {
        assert_eq!(tried.with(0, point.n).as_ref(), Some(point));
    }
    shop.click(Role::Button, "Select whom it fired for");
    assert_eq!(shop.picked().len(), of.customers);

    shop.click(Role::Button, "Remove this rule");
    shop.see(JourneysView::Triggers);
    let kept = shop.window.state().plan.journeys.rules.clone().expect("rules of the user's own");
    assert_eq!(kept.triggers.iter().map(|rule| &rule.name).collect::<Vec<_>>(), names[1..].iter().collect::<Vec<_>>());
    shop.click(Role::Button, "Suggested rules");
    shop.see(JourneysView::Triggers);
    assert_eq!(shop.window.state().plan.journeys.rules, None);
    assert_eq!(shop.window.state().answers.journeys.tried.ready().unwrap().rules, tried.rules);
}

#[test]
fn who_is_due_is_listed_only_where_they_agreed() {
    let mut shop = open(JourneysView::Triggers);
    let mut with_consent = "customer_id,spend,visits,newsletter_consent\n".to_owned();
    let lines = customers();
    lines.lines().skip(1).enumerate().for_each(|(nth, line)| writeln!(with_consent, "{line},{}", ["yes", "no"][nth % 2]).unwrap());
    std::fs::write(shop.folder.path().join("consent.csv"), with_consent).unwrap();
    shop.window.state_mut().plan.source = Source::file(shop.folder.path().join("consent.csv"));
    shop.window.state_mut().plan.journeys.left_out = 50;
    shop.see(JourneysView::Triggers);
    let answers = &shop.window.state().answers;
    let (tried, events) = (answers.journeys.tried.ready().unwrap(), answers.journeys.events.ready().unwrap());
    let loaded = answers.loaded.ready().unwrap();
    let rule = (0..tried.due.len()).max_by_key(|&rule| tried.due[rule].now.due.len()).unwrap();
    let all = &tried.due[rule].now.due;
    let (list, notes) = due_listed((tried, rule), events, (loaded, None), &Ctx::new()).unwrap();
    assert!(list.due.len() > 10 && list.without_consent > 10, "{} {}", list.due.len(), list.without_consent);
    assert_eq!(list.due.len() + list.without_consent, all.len());
    assert!(list.due.iter().all(|due| due.customer_id[1..].parse::<usize>().unwrap() % 2 == 0), "the odd did not agree");
    assert!(notes.iter().any(|note| note.contains("newsletter_consent")), "{notes:?}");
    let held = list.due.iter().filter(|due| due.hold_out).count();
    assert!(held > 0 && held < list.due.len(), "{held} of {} are left out by chance", list.due.len());
    // Another column may be said to hold it, and one that is not there lists nobody.
    assert!(due_listed((tried, rule), events, (loaded, Some("nope")), &Ctx::new()).is_err());
    shop.click(Role::Button, "Save who is due");
    assert!(shop.window.state().commands.contains(&Command::SaveDue(0)));
}

#[test]
fn which_zone_times_are_in_is_asked_once_and_answered_beside_the_question() {
    let mut shop = open(JourneysView::Rhythm);
    assert!(shop.window.query_by_role_and_label(Role::TextInput, "Time zone").is_none(), "microseconds since 1970 name a moment");
    let mut naive = "customer_id,event,timestamp\n".to_owned();
    for (customer, at, name, _) in crate::behaviour::shop() {
        let day = personae::data::day::IsoDay(at.div_euclid(86_400_000) as i32);
        let minute = at.rem_euclid(86_400_000) / 60_000;
        writeln!(naive, "K{customer:03},{name},{day} {:02}:{:02}:00", minute / 60, minute % 60).unwrap();
    }
    std::fs::write(shop.folder.path().join("naive.csv"), naive).unwrap();
    shop.window.state_mut().plan.journeys.events = vec![shop.folder.path().join("naive.csv")];
    shop.see(JourneysView::Rhythm);
    let hours = |shop: &Shop| shop.window.state().answers.journeys.shown.ready().unwrap().report.rhythm.clone().unwrap().hours;
    let in_utc = hours(&shop);
    assert_eq!(shop.window.state().answers.journeys.events.ready().unwrap().told().open_questions.len(), 1);
    shop.window.get_by_role_and_label(Role::TextInput, "Time zone").focus();
    shop.window.run();
    shop.window.get_by_role_and_label(Role::TextInput, "Time zone").type_text("Asia/Tokyo");
    shop.window.run();
    shop.window.key_press(eframe::egui::Key::Enter);
    shop.window.run();
    shop.see(JourneysView::Rhythm);
    assert_eq!(shop.window.state().plan.journeys.zone.as_deref(), Some("Asia/Tokyo"));
    assert!(shop.window.state().answers.journeys.events.ready().unwrap().told().open_questions.is_empty());
    assert_eq!(hours(&shop), in_utc, "hours are those of the clock of the file, whatever zone that is in");
}

#[test]
fn personas_of_one_name_are_told_apart_and_a_held_one_stays_held() {
    let mut shop = open(JourneysView::Rhythm);
    let names = |shop: &Shop| shop.window.state().answers.journeys.customers.ready().unwrap().names.clone();
    let held = names(&shop)[1].clone();
    shop.click(Role::RadioButton, &held);
    let segmentation = shop.window.state().answers.segmentation.ready().unwrap().clone();
    let edits = (0..2).map(|cluster| PersonaEdit {
        name: Some("Twins".into()),
        members: RowSet::new((0..400).filter(|&row| segmentation.labels.get(row) == Some(cluster))),
        rests_on: Vec::new(),
        added: Added::default(),
    });
    shop.window.state_mut().plan.personas = edits.collect();
    shop.see(JourneysView::Rhythm);
    assert_eq!(names(&shop), ["Twins (C1)", "Twins (C2)"]);
    assert_eq!(shop.window.state().look.journeys.persona, Some(1), "the second is still held against everyone");
}

#[test]
fn timelines_are_a_line_per_customer_and_a_click_picks_one() {
    let mut shop = open(JourneysView::Timelines);
    let lines = |shop: &Shop| -> Vec<String> {
        let labels = shop.window.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
        labels.filter(|label| label.contains(": ") && label.contains(" event")).collect()
    };
    let seen = lines(&shop);
    assert!(seen.len() > 8, "{seen:?}");
    let (events, names) = {
        let journeys = &shop.window.state().answers.journeys;
        (journeys.events.ready().unwrap().clone(), journeys.customers.ready().unwrap().names.clone())
    };
    let listed = |shop: &Shop, persona: Option<usize>| {
        shop.window.state().answers.journeys.shown.ready().unwrap().one_by_one(persona).unwrap().customers.clone()
    };
    let all = listed(&shop, None);
    assert_eq!(all.len(), events.events().n_customers(), "everyone did something");
    // A line says how many events of its customer there are, and a click picks the customer in the table.
    let line = seen.iter().find(|line| !line.contains("stand for")).unwrap().clone();
    let id = line.split(':').next().unwrap().to_owned();
    let customer = events.events().customers.iter().position(|other| *other == id).unwrap();
    let n = events.events().of(customer).len();
    assert!(line.starts_with(&format!("{id}: {n} event")), "{line} {n}");
    shop.click(Role::Button, &line);
    let row: usize = id[1..].parse().unwrap();
    assert_eq!(shop.picked(), [row as u32]);
    shop.window.key_press(eframe::egui::Key::Escape);
    shop.window.run();
    // Of a persona only its own are listed.
    shop.click(Role::RadioButton, &names[0]);
    let own = listed(&shop, Some(0));
    assert!(own.len() < all.len() && own.iter().all(|customer| all.contains(customer)));
    let ids: Vec<&str> = own.iter().map(|&customer| events.events().customers[customer as usize].as_str()).collect();
    assert!(lines(&shop).iter().all(|line| ids.contains(&line.split(':').next().unwrap())));
    // A kind stands out, or none.
    let kind = events.kinds[0].0.clone();
    shop.click(Role::Button, &kind);
    assert_eq!(shop.window.state().look.journeys.kind.as_deref(), Some(kind.as_str()));
    shop.click(Role::Button, &kind);
    assert_eq!(shop.window.state().look.journeys.kind, None);
    shop.click(Role::Button, "From the first event");
    assert!(shop.window.state().look.journeys.from_first);
    // What counts as a purchase is the user's choice.
    shop.window.state_mut().plan.journeys.purchase = Some("add_to_cart".into());
    shop.see(JourneysView::Timelines);
    let line = lines(&shop).into_iter().find(|line| !line.contains("stand for")).unwrap();
    let customer = events.events().customers.iter().position(|id| line.starts_with(&format!("{id}:"))).unwrap();
    let cart = events.events().kind("add_to_cart").unwrap();
    let n = events.events().of(customer).filter(|&event| events.events().kinds[event] == cart).count();
    assert!(line.contains(&format!(", {n} purchase")), "{line} {n}");
}

#[test]
fn a_rule_is_made_from_nothing_and_its_words_are_chosen() {
    let mut shop = open(JourneysView::Triggers);
    let before = shop.window.state().answers.journeys.tried.ready().unwrap().rules.triggers.len();
    shop.click(Role::Button, "New rule");
    shop.see(JourneysView::Triggers);
    let rules = |shop: &Shop| shop.window.state().plan.journeys.rules.clone().expect("rules of the user's own").triggers;
    assert_eq!(rules(&shop).len(), before + 1);
    assert_eq!(shop.window.state().look.journeys.rule, before, "the new one is looked at");
    let made = rules(&shop).last().unwrap().clone();
    assert_eq!((made.name.as_str(), made.goal.event.as_str()), ("add_to_cart", "purchase"));
    let tried = shop.window.state().answers.journeys.tried.ready().unwrap().clone();
    assert!(tried.report.triggers[before].fires > 100, "{}", tried.report.triggers[before].fires);
    assert!(!tried.personas.is_empty(), "whom it may be for is known");
    // Its moment becomes another, and its name follows.
    let choose = |shop: &mut Shop, combo: &str, choice: &str| {
        shop.click(Role::ComboBox, combo);
        shop.click(Role::Button, choice);
        shop.see(JourneysView::Triggers);
    };
    choose(&mut shop, "What sets it off: does this", "does this, and then not that");
    choose(&mut shop, "Event: add_to_cart", "view_item");
    let made = rules(&shop).last().unwrap().clone();
    assert_eq!(made.name, "view_item without purchase");
    let tried = shop.window.state().answers.journeys.tried.ready().unwrap().clone();
    assert!(
        tried.report.triggers[before].sentence.starts_with("When a customer views a product and does not purchase"),
        "{}",
        tried.report.triggers[before].sentence
    );
    let name = tried.personas[0].clone();
    choose(&mut shop, "For whom: anybody", &name);
    assert_eq!(rules(&shop).last().unwrap().audience, personae::triggers::language::TriggerAudience::Personas(vec![name]));
}

#[test]
fn an_hour_a_weekday_a_month_and_a_silence_pick_their_customers() {
    let mut shop = open(JourneysView::Rhythm);
    let events = shop.window.state().answers.journeys.events.ready().unwrap().clone();
    let events = events.events();
    let known = shop.window.state().answers.journeys.customers.ready().unwrap().clone();
    // By a walk along the events, apart from what the page looks up.
    let hour_of = |event: usize| ((events.local_minute(event) + 3 * 1_440).rem_euclid(7 * 1_440) / 60) as usize;
    let expected = |is_meant: &dyn Fn(usize) -> bool| -> Vec<u32> {
        let customers = (0..events.n_customers() as u32).filter(|customer| events.of(*customer as usize).any(is_meant));
        known.rows(customers).into_iter().map(|row| row as u32).collect()
    };
    // Some are below the fold.
    let bar = |shop: &mut Shop, name: &str| {
        shop.window
            .query_all_by_role(Role::Button)
            .find(|node| node.accesskit_node().label().unwrap_or_default().starts_with(name))
            .unwrap()
            .click_accesskit();
        shop.window.run();
    };
    bar(&mut shop, "Active days by weekday, Sat.");
    let saturday = expected(&|event| hour_of(event) / 24 == 5);
    assert!(!saturday.is_empty() && saturday.len() < 400, "{}", saturday.len());
    assert_eq!(shop.picked(), saturday);
    bar(&mut shop, "Parts of the day, evening.");
    assert_eq!(shop.picked(), expected(&|event| hour_of(event) % 24 >= 18));
    let purchase = events.kind("purchase").unwrap();
    let first =
        shop.window.state().answers.journeys.shown.ready().unwrap().report.rhythm.clone().unwrap().months.unwrap().months[0].clone();
    let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][usize::from(first.month) - 1];
    let title = if first.year.is_some() { "Purchases by month, in this period" } else { "Purchases by month of the year" };
    bar(&mut shop, &format!("{title}, {month}"));
    let month_of = |event: usize| {
        let day = personae::data::day::IsoDay(events.local_minute(event).div_euclid(1_440) as i32).to_string();
        (day[..4].parse::<i64>().unwrap(), day[5..7].parse::<u8>().unwrap())
    };
    let is_then = |event: usize| {
        let (year, month) = month_of(event);
        events.kinds[event] == purchase && month == first.month && first.year.is_none_or(|of| of == year)
    };
    let from = shop.window.state().look.brush.as_ref().unwrap().from.to_string();
    assert_eq!((from.starts_with("purchase in"), shop.picked()), (true, expected(&is_then)), "{from}");
    // Of a persona that is held against everyone only its own are picked.
    shop.window.state_mut().look.journeys.persona = Some(1);
    shop.window.run();
    bar(&mut shop, "Active days by weekday, Sat.");
    let of_persona: Vec<usize> = known.rows((0..events.n_customers() as u32).filter(|customer| known.persona_of(*customer) == Some(1)));
    let both: Vec<u32> = saturday.iter().copied().filter(|row| of_persona.contains(&(*row as usize))).collect();
    assert!(!both.is_empty() && both.len() < saturday.len());
    assert_eq!(shop.picked(), both);
    shop.window.state_mut().look.journeys.persona = None;

    shop.see(JourneysView::Return);
    let plot = shop.window.get_by_label_contains("Share of customers still waiting, by days").rect();
    let at = plot.lerp_inside(eframe::egui::Vec2::new(0.5, 0.4));
    shop.window.hover_at(at);
    shop.window.run();
    for pressed in [true, false] {
        let button = eframe::egui::PointerButton::Primary;
        shop.window.event(eframe::egui::Event::PointerButton { pos: at, button, pressed, modifiers: Default::default() });
        shop.window.run();
    }
    let from = shop.window.state().look.brush.as_ref().unwrap().from.to_string();
    let days: f64 = from.strip_prefix("no purchase for ").unwrap().split(' ').next().unwrap().parse().unwrap();
    let end = events.span.unwrap().1;
    let silent = |customer: &u32| {
        let last =
            events.of(*customer as usize).filter(|&event| events.kinds[event] == purchase).map(|event| events.times[event]).next_back();
        last.is_some_and(|last| (end - last) as f64 / 86_400_000.0 >= days)
    };
    let expected: Vec<u32> = known.rows((0..events.n_customers() as u32).filter(silent)).into_iter().map(|row| row as u32).collect();
    assert!(!expected.is_empty() && expected.len() < 400, "{days} {}", expected.len());
    assert_eq!(shop.picked(), expected);
}

#[test]
fn why_a_rule_is_due_for_a_customer_is_told_step_by_step() {
    let mut shop = open(JourneysView::Triggers);
    let tried = shop.window.state().answers.journeys.tried.ready().unwrap().clone();
    let rule = (0..tried.due.len()).find(|rule| tried.due[*rule].now.due.len() > 1).unwrap();
    shop.window.state_mut().look.journeys.rule = rule;
    shop.window.run();
    let due: Vec<String> = tried.due[rule].now.due.iter().map(|due| due.customer_id.clone()).collect();
    for id in &due[..2] {
        // Below the fold.
        shop.window.get_by_role_and_label(Role::Button, "Someone due").click_accesskit();
        shop.window.run();
        assert_eq!(shop.window.state().look.journeys.asked_why, *id, "one after the other");
    }
    let events = shop.window.state().answers.journeys.events.ready().unwrap().clone();
    let steps = tried.why(&events, rule, &due[1]).unwrap();
    assert!(steps.iter().any(|step| step.holds == Some(true) && step.text.contains("it fires")), "{steps:?}");
    let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
    let nodes = shop.window.query_all_by_role(Role::Label);
    let shown: Vec<String> = nodes.filter_map(|node| node.accesskit_node().value()).map(|text| plain(&text)).collect();
    for step in &steps {
        assert!(shown.contains(&plain(&step.text)), "{} is not among {shown:?}", step.text);
    }
    // Somebody it is not due for has a reason as well, and nobody is made up.
    let other = events.events().customers.iter().find(|id| !due.contains(id)).unwrap();
    assert!(tried.why(&events, rule, other).unwrap().iter().any(|step| step.holds == Some(false)));
    assert!(tried.why(&events, rule, "nobody").is_none());
    shop.window.state_mut().look.journeys.asked_why = "nobody".into();
    shop.window.run();
    assert!(shop.window.query_by_label_contains("None of the customers in these events is called nobody.").is_some());
}

#[test]
fn which_events_count_and_what_they_add_up_to_are_chosen_in_words() {
    use personae::triggers::terms::{Event, EventField, Op, Over, TriggerCondition, Value};
    let mut shop = open(JourneysView::Triggers);
    shop.click(Role::Button, "New rule");
    shop.see(JourneysView::Triggers);
    let at = shop.window.state().look.journeys.rule;
    let rule = |shop: &Shop| shop.window.state().plan.journeys.rules.clone().unwrap().triggers[at].clone();
    let told = |shop: &Shop| shop.window.state().answers.journeys.tried.ready().unwrap().report.triggers[at].clone();
    let choose = |shop: &mut Shop, combo: &str, choice: &str| {
        shop.click(Role::ComboBox, combo);
        // A long list is scrolled.
        shop.window.get_by_role_and_label(Role::Button, choice).click_accesskit();
        shop.window.run();
        shop.see(JourneysView::Triggers);
    };
    let everything = told(&shop).fires;
    // A filter of the event, by what the data know; then another of its kinds.
    shop.click(Role::Button, "Filter Event");
    shop.see(JourneysView::Triggers);
    let personae::triggers::language::Moment::On(event) = rule(&shop).when else { panic!("{:?}", rule(&shop)) };
    let first = event.filters[0].clone();
    let field = format!("Event, filter 1, what: {}", first.field.word());
    choose(&mut shop, &field, "weekend");
    let personae::triggers::language::Moment::On(event) = rule(&shop).when else { panic!("{:?}", rule(&shop)) };
    assert_eq!(event, Event::of("add_to_cart").having(EventField::Weekend, Op::Is, Value::Flag(true)));
    let at_weekends = told(&shop);
    assert!(at_weekends.fires > 0 && at_weekends.fires < everything, "{} of {everything}", at_weekends.fires);
    assert!(at_weekends.sentence.starts_with("When a customer adds to cart (at the weekend)"), "{}", at_weekends.sentence);
    choose(&mut shop, "Event, filter 1, yes or no: yes", "no");
    // The rule is quiet for a week, so the two need not add up; both are fewer.
    assert!(told(&shop).fires < everything && told(&shop).fires != at_weekends.fires);
    shop.click(Role::Button, "Take out Event, filter 1");
    shop.see(JourneysView::Triggers);
    assert_eq!(told(&shop).fires, everything);
    // A condition that adds values up, over everything.
    shop.click(Role::Button, "Add a condition");
    shop.see(JourneysView::Triggers);
    choose(&mut shop, "What is measured: they do", "the value of");
    choose(&mut shop, "Over which time: in the last", "so far");
    choose(&mut shop, "Whether it must hold: Unless", "Only if");
    let usual = shop.window.state().answers.journeys.events.ready().unwrap().details.usual_value.expect("purchases have values");
    let sum = TriggerCondition::Sum { event: Event::of("purchase"), over: Over::Ever, op: Op::AtLeast, value: usual };
    assert_eq!((rule(&shop).and, rule(&shop).unless.len()), (vec![sum], 0));
    assert!(told(&shop).fires < everything, "{}", told(&shop).fires);
    assert!(told(&shop).sentence.contains("and the value of “purchase” events is at least"), "{}", told(&shop).sentence);
}

#[test]
fn to_look_at_a_rule_changes_none_of_its_numbers() {
    use personae::triggers::language::{Moment, Rules, Span, Trigger};
    use personae::triggers::terms::{Event, EventField, Op, Over, TriggerCondition, Value};
    let mut shop = open(JourneysView::Triggers);
    // A few minutes, a sum and a value that no field would let anybody type.
    let when = Moment::On(Event::of("purchase").having(EventField::Value, Op::AtMost, Value::Number(3e9)));
    let mut rule = Trigger::new("small".into(), when, String::new(), Event::of("purchase"));
    let event = || Event::of("view_item");
    rule.and = vec![TriggerCondition::Count { event: event(), over: Over::Last(Span::of(1_800_000)), op: Op::AtLeast, value: 1.0 }];
    rule.unless = vec![TriggerCondition::Sum { event: event(), over: Over::Ever, op: Op::AtLeast, value: 2e9 }];
    let rules = Rules::of(vec![rule]);
    shop.window.state_mut().plan.journeys.rules = Some(rules.clone());
    shop.see(JourneysView::Triggers);
    assert!(shop.window.query_by_role_and_label(Role::SpinButton, "Sum of the values").is_some());
    shop.see(JourneysView::Triggers);
    assert_eq!(shop.window.state().plan.journeys.rules, Some(rules));
    assert!(shop.window.state().commands.is_empty(), "{:?}", shop.window.state().commands);
}
