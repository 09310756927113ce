//! The palette: every command and every control by its name, and anything in the data by its own.
//!
//! In: the typed text, plan and answers. Out: commands, or another look. Words match any part of a name in any order; a number alone is a number of
//! segments or a customer. Arrow keys move, Enter runs, Esc closes. The list keeps its size whatever is found. Work per frame: one pass over the names.

use eframe::egui::{self, Align, Button, Id, Key, Margin, Modal, Modifiers, Rect, Role, ScrollArea, TextEdit, Ui, Vec2, pos2};

use crate::cluster::{Linkage, Method};
use crate::data::Role as ColumnRole;
use crate::engine::Answers;
use crate::features;
use crate::persona::numbering;
use crate::session::command::ACTIONS;
use crate::session::{Action, Brush, CardEdit, Clustering, Command, Cut, DataView, Look, PageView, Plan, SegmentsView, Selection};
use crate::session::{CardsView, TableSeen};

use super::theme::{caption, tokens};
use super::widgets::{self, name_it, thousands};
use super::{icons, theme};

const ROW: f32 = 30.0;
/// Rows in view where the window is tall enough.
const ROWS: usize = 13;

/// One line of the list.
struct Entry {
    label: String,
    /// Further words it is found by; never shown.
    also: &'static str,
    tooltip: String,
    shortcut: &'static str,
    does: Does,
}

/// What a line does.
#[derive(Clone)]
enum Does {
    Run(Box<Command>),
    /// Group by this method, and see it.
    Method(Method),
    /// Ask for this many segments.
    Segments(usize),
    /// Show a column of the table.
    Column(String),
    /// Give the column with this place another role.
    Role(usize, ColumnRole),
    /// Pick a customer by the row of the table and show it on the map.
    Customer(usize),
    /// Pick a customer by what the table's own numbers call it.
    Identified(String),
    /// Show the segments beside others.
    Compare,
    /// Pick the customers of a kept selection.
    Kept(usize),
    /// Look for a text in the table.
    Find(String),
    /// Read a segment.
    Segment(usize),
    /// Open a card, to be read or to be renamed.
    Card {
        cluster: usize,
        renames: bool,
    },
}

/// Where the keyboard is: the text it belongs to, and the line.
#[derive(Debug, Clone, Default)]
struct Place {
    search: String,
    at: usize,
}

/// The palette, while it is open.
pub fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    let Some(mut search) = look.palette.take() else { return };
    let id = Id::unique("palette");
    let place_id = id.with("place");
    let mut place = ui.data(|data| data.get_temp::<Place>(place_id)).unwrap_or_default();
    let room = ui.ctx().content_rect();
    let frame = widgets::card_frame(ui).inner_margin(Margin::same(16)).shadow(ui.visuals().window_shadow);
    let mut chosen = None;
    let modal = Modal::new(id).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width((room.width() - 96.0).min(520.0));
        // Taken before the field sees them, which would move its cursor.
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let page = ROWS - 1;
        let down = pressed(Key::ArrowDown) + page * pressed(Key::PageDown);
        let up = pressed(Key::ArrowUp) + page * pressed(Key::PageUp);
        let enter = pressed(Key::Enter) > 0;
        let field = TextEdit::singleline(&mut search).hint_text("A command, a column, a customer's number, a file's path");
        let response = ui.add(field.desired_width(f32::INFINITY));
        name_it(&response, Role::TextInput, "Command or path");
        response.request_focus();

        let found = found(&search, plan, answers);
        if place.search != search {
            place = Place { search: search.clone(), at: 0 };
        }
        place.at = (place.at + down).saturating_sub(up).min(found.len().saturating_sub(1));
        let height = ((room.height() - 160.0) / ROW).floor().clamp(3.0, ROWS as f32) * ROW;
        let clicked = list_ui(ui, &found, place.at, down + up > 0, height);
        let at = clicked.or(enter.then_some(place.at));
        chosen = at.and_then(|at| found.into_iter().nth(at));
    });
    if chosen.is_some() || modal.should_close() {
        ui.data_mut(|data| data.remove::<Place>(place_id));
    } else {
        look.palette = Some(search);
        ui.data_mut(|data| data.insert_temp(place_id, place));
    }
    if let Some(entry) = chosen {
        carry_out(entry.does, plan, answers, look, commands);
        ui.ctx().request_repaint();
    }
}

/// The lines, as tall as ever; the one clicked.
fn list_ui(ui: &mut Ui, found: &[Entry], at: usize, moved: bool, height: f32) -> Option<usize> {
    let mut clicked = None;
    let area = ScrollArea::vertical().id_salt("palette list").auto_shrink(false).min_scrolled_height(height).max_height(height);
    area.show_viewport(ui, |ui, seen| {
        let width = ui.available_width();
        ui.set_min_size(Vec2::new(width, (found.len() as f32 * ROW).max(height)));
        let corner = ui.max_rect().min;
        let row = |at: usize| Rect::from_min_size(pos2(corner.x, corner.y + at as f32 * ROW), Vec2::new(width, ROW));
        if moved {
            ui.scroll_to_rect_animation(row(at), None, egui::style::ScrollAnimation::none());
        }
        let first = (seen.top() / ROW).floor().max(0.0) as usize;
        let last = ((seen.bottom() / ROW).ceil().max(0.0) as usize).min(found.len());
        for (line, entry) in found.iter().enumerate().take(last).skip(first) {
            let mut row = ui.new_child(egui::UiBuilder::new().max_rect(row(line)).layout(egui::Layout::top_down_justified(Align::Min)));
            let is_here = line == at;
            let button = Button::new(entry.label.as_str()).shortcut_text(entry.shortcut).truncate().selected(is_here);
            let response = row.add(button.frame_when_inactive(is_here).min_size(Vec2::new(width, ROW - 2.0)));
            name_it(&response, Role::Button, &entry.label);
            if is_here {
                let edge = Rect::from_min_size(response.rect.min, Vec2::new(3.0, response.rect.height()));
                row.painter().rect_filled(edge, 1, tokens(&row).accent);
            }
            if response.on_hover_text(entry.tooltip.as_str()).clicked() {
                clicked = Some(line);
            }
        }
        if found.is_empty() {
            ui.label(caption(ui, "No match. Try fewer or different words."));
        }
    });
    clicked
}

/// What goes with the text, best first: what a number or a path means, then names that begin with the words, then those that hold them.
fn found(search: &str, plan: &Plan, answers: &Answers) -> Vec<Entry> {
    let words: Vec<String> = search.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let mut meant = meant(search.trim(), &words, answers);
    let mut entries = entries(plan, answers);
    if !words.is_empty() {
        entries.extend(roles(plan, answers));
    }
    let mut named: Vec<(usize, Entry)> = entries.into_iter().filter_map(|entry| Some((rank(&entry, &words)?, entry))).collect();
    named.sort_by_key(|(rank, _)| *rank);
    meant.extend(named.into_iter().map(|(_, entry)| entry));
    // What is typed may always be meant as something that stands in a cell.
    if !words.is_empty() && answers.loaded.latest().is_some() {
        let text = search.trim();
        meant.push(entry(
            format!("Find “{text}” in the table"),
            "",
            "Show the rows that hold this text or number.",
            Does::Find(text.to_owned()),
        ));
    }
    meant
}

/// How well a line goes with the words; none where a word is missing.
fn rank(entry: &Entry, words: &[String]) -> Option<usize> {
    let label = entry.label.to_lowercase();
    let begins = |word: &String| label.split(|letter: char| !letter.is_alphanumeric()).any(|part| part.starts_with(word.as_str()));
    if words.iter().all(begins) {
        return Some(usize::from(!words.first().is_some_and(|word| label.starts_with(word.as_str()))));
    }
    if words.iter().all(|word| label.contains(word.as_str())) {
        return Some(2);
    }
    words.iter().all(|word| label.contains(word.as_str()) || entry.also.contains(word.as_str())).then_some(3)
}

fn entry(label: String, also: &'static str, tooltip: &str, does: Does) -> Entry {
    Entry { label, also, tooltip: tooltip.to_owned(), shortcut: "", does }
}

/// What a path or a number means.
fn meant(text: &str, words: &[String], answers: &Answers) -> Vec<Entry> {
    let mut meant = Vec::new();
    let path = std::path::PathBuf::from(text);
    if text.contains(['/', '\\', '.']) && path.is_absolute() {
        let label = format!("{}  Open {}", icons::FILE, path.display());
        meant.push(entry(label, "", "Open this file.", Does::Run(Box::new(Command::Open(path)))));
    }
    let loaded = answers.loaded.latest();
    let identified = customer_number(text, words).zip(loaded.and_then(|loaded| loaded.identifier())).map(|(number, column)| {
        let tooltip = format!("Select who has this {} and show it on the map.", answers.dictionary.name(&column.name));
        entry(format!("Customer {number}"), "", &tooltip, Does::Identified(number))
    });
    // "4", "k 4", "k = 4", "k=4", "4 segments", "row 1234".
    let parts: Vec<&str> = words.iter().flat_map(|word| word.split('=')).filter(|part| !part.is_empty()).collect();
    let numbers: Vec<usize> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let [number] = numbers[..] else {
        meant.extend(identified);
        return meant;
    };
    let is_about =
        |names: &[&str]| parts.iter().all(|part| part.parse::<usize>().is_ok() || names.iter().any(|name| name.starts_with(part)));
    if is_about(&["k", "segments", "groups", "clusters", "number"]) && (1..=MOST_SEGMENTS).contains(&number) {
        let label = format!("k = {number}");
        let tooltip = format!("Divide the customers into {} segments.", thousands(number));
        meant.push(entry(label, "", &tooltip, Does::Segments(number)));
    }
    meant.extend(identified);
    let n_rows = loaded.map_or(0, |loaded| loaded.table.n_rows);
    if is_about(&["customer", "row", "number"]) && (1..=n_rows).contains(&number) {
        let label = format!("Row {}", thousands(number));
        meant.push(entry(label, "", "Select the customer in this row of the table and show it on the map.", Does::Customer(number - 1)));
    }
    meant
}

/// The number of a customer as somebody types it: "17850", "customer C-00042"; what has no digit is the name of something else.
fn customer_number(text: &str, words: &[String]) -> Option<String> {
    let (number, before) = words.split_last()?;
    let is_said = before.iter().all(|word| ["customer", "id", "number", "no", "find"].contains(&word.as_str()));
    (is_said && !number.contains('=') && number.chars().any(|c| c.is_ascii_digit()))
        .then(|| text.split_whitespace().last().unwrap_or(number).to_owned())
}

fn pick_customer(answers: &Answers, look: &mut Look, row: usize) {
    if let Some(loaded) = answers.loaded.latest() {
        look.pick(Brush::rows(loaded.stamp, [row], "customer by number"));
        look.show(PageView::Segments(SegmentsView::Explore));
    }
}

fn find(look: &mut Look, text: String) {
    look.show(PageView::Data(DataView::Table));
    look.table = TableSeen { find: text, ..std::mem::take(&mut look.table) };
    look.table.is_finding = true;
}

/// More segments than this are asked for by mistake: it was a customer's number.
const MOST_SEGMENTS: usize = 100;

/// Everything that has a name now.
fn entries(plan: &Plan, answers: &Answers) -> Vec<Entry> {
    let mut all: Vec<Entry> = ACTIONS
        .iter()
        .map(|info| Entry {
            label: info.label.to_owned(),
            also: also(info.action),
            tooltip: info.tooltip.to_owned(),
            shortcut: info.shortcut,
            does: Does::Run(Box::new(Command::Do(info.action))),
        })
        .collect();
    for method in Method::ALL {
        let (name, also) = match method {
            Method::KMeans => ("k-means", "kmeans method clusters seed re-runs restarts range of k"),
            Method::Tree => ("Hierarchical (tree)", "dendrogram method ward linkage cut height"),
            Method::Density => ("DBSCAN (density)", "epsilon neighbourhood distance min samples core method noise"),
            Method::Hdbscan => ("HDBSCAN (density)", "method noise smallest segment min cluster size samples"),
            Method::Column => ("Groups of a column", "method"),
        };
        all.push(entry(format!("Method: {name}"), also, method.explanation(), Does::Method(method)));
    }
    let suggested = Clustering { kmeans: crate::session::KMeansOptions { k: None, ..plan.clustering.kmeans }, ..plan.clustering.clone() };
    let suggested = Clustering { tree: crate::session::TreeOptions { cut: Cut::Suggested, ..suggested.tree }, ..suggested };
    if !plan.clustering.leaves_k_open() && matches!(plan.clustering.method, Method::KMeans | Method::Tree) {
        let does = Does::Run(Box::new(Command::Cluster(suggested)));
        all.push(entry("k as suggested".into(), "number segments suggestion", "Leave the number of segments to the data.", does));
    }
    let tooltip = "Show these segments beside another solution or a column of the data.";
    all.push(entry("Compare the segments with others".into(), "flow table rand index", tooltip, Does::Compare));
    for linkage in Linkage::ALL {
        let tree = crate::session::TreeOptions { linkage, ..plan.clustering.tree };
        let does = Does::Run(Box::new(Command::Cluster(Clustering { method: Method::Tree, tree, ..plan.clustering.clone() })));
        all.push(entry(format!("Linkage: {}", linkage.name()), "tree dendrogram hierarchical", linkage.explanation(), does));
    }
    for (at, selection) in plan.kept.iter().enumerate() {
        all.push(entry(format!("Selection: {}", selection.name), "kept customers select", "Select these customers again.", Does::Kept(at)));
    }
    // Inside a segment the list is of its parts, which have no cards yet.
    if let Some(personas) = answers.personas.latest().filter(|_| answers.inside.answer().is_none()) {
        for persona in &personas.personas {
            let (cluster, name) = (persona.cluster, &persona.name);
            let number = numbering::name(persona.number);
            all.push(entry(
                format!("Segment {number}: {name}"),
                "show select",
                "See what sets this segment apart.",
                Does::Segment(cluster),
            ));
            let card = |renames| Does::Card { cluster, renames };
            all.push(entry(format!("Persona {number}: {name}"), "card show", &persona.summary, card(false)));
            all.push(entry(format!("Rename {number}: {name}"), "name persona segment", "Type another name.", card(true)));
            if persona.is_renamed {
                let does = Does::Run(Box::new(Command::EditCard(cluster, CardEdit::Name(None))));
                all.push(entry(
                    format!("Automatic name for {number}: {}", persona.automatic_name),
                    "rename",
                    "Go back to the automatic name.",
                    does,
                ));
            }
        }
    }
    if let Some(loaded) = answers.loaded.latest() {
        for column in &loaded.table.columns {
            all.push(entry(
                format!("Column {}", plan.dictionary.name(&column.name)),
                "table data",
                "Show this column of the table.",
                Does::Column(column.name.clone()),
            ));
        }
    }
    all
}

/// Every role that every column could have. Only where something is looked for: nobody reads a list of that length.
fn roles<'a>(plan: &'a Plan, answers: &'a Answers) -> impl Iterator<Item = Entry> + 'a {
    let profiles = answers.loaded.latest().into_iter().flat_map(|loaded| loaded.profile.columns.iter().enumerate());
    profiles.flat_map(|(at, profile)| {
        let name = plan.dictionary.name(&profile.name);
        let current = features::role(profile, &plan.preparation);
        ColumnRole::ALL.into_iter().filter(move |role| *role != current).map(move |role| {
            let label = format!("Role of {name}: {} (now {})", role.name(), current.name().to_lowercase());
            entry(label, "column kind type", role.explanation(), Does::Role(at, role))
        })
    })
}

/// Other words for a command.
fn also(action: Action) -> &'static str {
    match action {
        Action::Keys => "help shortcuts keyboard ?",
        Action::Palette => "search find commands",
        Action::Theme | Action::UseTheme(_) => "theme colours colors appearance mode",
        Action::Present => "slides slideshow presentation",
        Action::Export => "save download pdf pptx powerpoint csv html",
        Action::Open => "load import file project",
        Action::Go(_) | Action::Show(_) => "page view see show",
        Action::ZoomIn | Action::ZoomOut | Action::ZoomReset => "zoom size",
        Action::Find => "search customer",
        Action::Reload => "refresh reload",
        _ => "",
    }
}

fn carry_out(does: Does, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    match does {
        Does::Run(command) => commands.push(*command),
        Does::Method(method) => {
            look.show(PageView::Segments(SegmentsView::Explore));
            if plan.clustering.method != method {
                commands.push(Command::Cluster(Clustering { method, ..plan.clustering.clone() }));
            }
        }
        Does::Segments(k) => {
            look.show(PageView::Segments(SegmentsView::Explore));
            let mut clustering = plan.clustering.clone();
            if clustering.method == Method::Tree {
                clustering.tree.cut = Cut::Clusters(k);
            } else {
                // The other methods find the number themselves.
                clustering.method = Method::KMeans;
                clustering.kmeans.k = Some(k);
            }
            if clustering != plan.clustering {
                commands.push(Command::Cluster(clustering));
            }
        }
        Does::Column(name) => {
            look.show(PageView::Data(DataView::Table));
            look.column = Some(name);
        }
        Does::Role(at, role) => {
            let Some(profile) = answers.loaded.latest().and_then(|loaded| loaded.profile.columns.get(at)) else { return };
            look.show(PageView::Data(DataView::Table));
            look.column = Some(profile.name.clone());
            commands.push(Command::Prepare(plan.preparation.with_role(profile, Some(role))));
        }
        Does::Customer(row) => pick_customer(answers, look, row),
        Does::Identified(number) => match answers.loaded.latest().and_then(|loaded| loaded.row_of(&number)) {
            Some(row) => pick_customer(answers, look, row),
            // Nobody has it: the table says so, and shows what is like it.
            None => find(look, number),
        },
        Does::Compare => {
            look.show(PageView::Segments(SegmentsView::Explore));
            look.comparing = true;
        }
        Does::Kept(at) => {
            if let (Some(loaded), Some(selection)) = (answers.loaded.ready(), plan.kept.get(at)) {
                look.pick(Brush::rows(loaded.stamp, selection.members.rows(), &format!("kept selection: {}", selection.name)));
                look.show(PageView::Segments(SegmentsView::Explore));
            }
        }
        Does::Find(text) => find(look, text),
        Does::Segment(cluster) => {
            look.show(PageView::Segments(SegmentsView::Explore));
            look.selection = Some(Selection::Cluster(cluster));
        }
        Does::Card { cluster, renames } => {
            look.show(PageView::Personas(CardsView::Cards));
            (look.card, look.evidence) = (cluster, false);
            look.selection = Some(Selection::Cluster(cluster));
            look.renames = renames;
        }
    }
}

/// The keys of the page in view and of everywhere, while they are asked for.
pub fn keys_ui(ui: &mut Ui, look: &mut Look) {
    if !look.keys_open {
        return;
    }
    let view = look.view();
    let room = ui.ctx().content_rect();
    let frame = widgets::card_frame(ui).inner_margin(Margin::same(16)).shadow(ui.visuals().window_shadow);
    let modal = Modal::new(Id::unique("keys")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width((room.width() - 96.0).min(980.0));
        let mut closes = false;
        ui.horizontal(|ui| {
            ui.label(theme::heading("Keys"));
            ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                closes = widgets::icon_button(ui, icons::CLOSE, "Close the list of keys").clicked();
            });
        });
        ui.add_space(8.0);
        let most = (room.height() - 160.0).max(120.0);
        ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            // The start page has no keys of its own; behind it lies another page.
            let everywhere: Vec<_> = crate::session::keys::everywhere().collect();
            if look.is_start {
                column_ui(ui, "Everywhere", everywhere.iter().copied());
                return;
            }
            // Side by side, so that all of them are in view at once.
            let (first, second) = everywhere.split_at(everywhere.len().div_ceil(2));
            ui.columns(3, |columns| {
                column_ui(&mut columns[0], "On this page", crate::session::keys::of(view).iter().copied());
                column_ui(&mut columns[1], "Everywhere", first.iter().copied());
                column_ui(&mut columns[2], "", second.iter().copied());
            });
        });
        closes
    });
    if modal.inner || modal.should_close() {
        look.keys_open = false;
    }
}

fn column_ui(ui: &mut Ui, title: &str, keys: impl Iterator<Item = crate::session::keys::PageKey>) {
    ui.label(theme::strong(title));
    ui.add_space(4.0);
    egui::Grid::new(title).num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        for key in keys {
            ui.label(egui::RichText::new(key.keys).family(theme::bold()));
            ui.add(egui::Label::new(key.does).wrap());
            ui.end_row();
        }
    });
}
