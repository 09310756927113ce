//! The dialog that brings rows of a database here: where it is, which rows, how many customers; counted first, then brought.
//!
//! In and out: the draft in the look; wishes as commands. Nothing is asked here.

use eframe::egui::{DragValue, Id, Label, Margin, Modal, Role, TextEdit, Ui};

use crate::session::{Action, Command, DatabaseDraft, Look};

use super::at_right::at_right_ui;
use super::theme::{self, BETWEEN, INSIDE, REGION, caption, tokens};
use super::widgets::{card_frame, name_it, primary_button, row_ui, segmented_ui, unbroken};

const WIDTH: f32 = 620.0;
const WHAT: &str = "PostgreSQL, SQLite, DuckDB, Snowflake, BigQuery and others, through an ADBC driver on this computer. The database is opened for reading only; the rows become an Arrow file beside your data.";
const SECRETS: &str =
    "A name in braces is looked up in the environment, so that no password stands in the address. Nothing typed here is saved.";
const SHOWN: &str = "The address holds a password. Write its name in braces, such as {SHOP_PASSWORD}, and set that in the environment.";
const SHARE_MEANS: &str = "All rows of this share of the customers. The same customers come from every database that has MD5.";
const DRIVER_MEANS: &str = "The driver's library or name. Left empty, it is found by the address.";

/// Draws the dialog while it is open.
pub fn ui(ui: &mut Ui, look: &mut Look, commands: &mut Vec<Command>) {
    let Some(draft) = look.database.as_mut() else { return };
    let frame = card_frame(ui).inner_margin(Margin::same(REGION as i8)).shadow(ui.visuals().window_shadow);
    let width = WIDTH.min(ui.ctx().content_rect().width() - 2.0 * REGION - 32.0);
    let mut is_done = false;
    let modal = Modal::new(Id::unique("database")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width);
        ui.label(theme::heading("Rows of a database"));
        ui.add(Label::new(caption(ui, WHAT)).wrap());
        ui.add_space(BETWEEN);
        ui.add_enabled_ui(!draft.is_asking, |ui| fields_ui(ui, draft));
        ui.add_space(BETWEEN);
        told_ui(ui, draft);
        ui.horizontal(|ui| {
            at_right_ui(ui, "database", |ui| {
                is_done = ui.button("Close").clicked();
                if draft.is_asking {
                    if ui.button("Stop").clicked() {
                        draft.is_asking = false;
                        commands.push(Command::Do(Action::StopAll));
                    }
                    return;
                }
                ui.add_enabled_ui(draft.is_complete(), |ui| {
                    if ui
                        .button("Count first")
                        .on_hover_text("How many rows would come, and how much memory they take. Nothing moves.")
                        .clicked()
                    {
                        commands.push(Command::AskDatabase(false));
                    }
                    if primary_button(ui, "Bring the rows").clicked() {
                        commands.push(Command::AskDatabase(true));
                    }
                });
            });
        });
    });
    if is_done || modal.should_close() {
        look.database = None;
    }
}

fn fields_ui(ui: &mut Ui, draft: &mut DatabaseDraft) {
    ui.label(theme::strong("Address"));
    let hint = "postgresql://reader:{SHOP_PASSWORD}@host/shop, or the path of a file";
    let field = ui.add(TextEdit::singleline(&mut draft.address).hint_text(hint).desired_width(f32::INFINITY));
    name_it(&field, Role::TextInput, "Address of the database");
    if draft.address.is_empty() && ui.memory(|memory| memory.focused()).is_none() {
        field.request_focus();
    }
    let said = if draft.shows_password() { caption(ui, SHOWN).color(tokens(ui).warn) } else { caption(ui, SECRETS) };
    ui.add(Label::new(said).wrap());
    ui.add_space(INSIDE);
    segmented_ui(
        ui,
        &mut draft.is_query,
        &[(false, "A table", "All rows of a table."), (true, "A query", "The rows of a query, such as one that the export of SQL wrote.")],
    );
    let (hint, rows) = if draft.is_query { ("SELECT customer_id, ordered_at, amount FROM shop.orders", 4) } else { ("shop.orders", 1) };
    let edit = if draft.is_query { TextEdit::multiline(&mut draft.rows).code_editor() } else { TextEdit::singleline(&mut draft.rows) };
    let field = ui.add(edit.hint_text(hint).desired_rows(rows).desired_width(f32::INFINITY));
    name_it(&field, Role::TextInput, if draft.is_query { "Query" } else { "Table" });
    ui.add_space(INSIDE);
    row_ui(ui, "Customers", SHARE_MEANS, |ui, label| {
        ui.add(DragValue::new(&mut draft.percent).range(1..=100).speed(0.2).suffix(" %").update_while_editing(false)).labelled_by(label);
    });
    if draft.percent < 100 {
        row_ui(ui, "Customer column", "The column that says whose row it is.", |ui, label| {
            ui.add(TextEdit::singleline(&mut draft.key).hint_text("customer_id").desired_width(220.0)).labelled_by(label);
        });
    }
    row_ui(ui, "Driver", DRIVER_MEANS, |ui, label| {
        ui.add(TextEdit::singleline(&mut draft.driver).hint_text("found by the address").desired_width(220.0)).labelled_by(label);
    });
}

/// What the database said last, or that it is being asked.
fn told_ui(ui: &mut Ui, draft: &DatabaseDraft) {
    let t = tokens(ui);
    let text = match (&draft.told, draft.is_asking) {
        (_, true) => caption(ui, "Asking the database…"),
        (Some(Ok(told)), _) => caption(ui, unbroken(told)).color(t.good),
        (Some(Err(why)), _) => caption(ui, unbroken(why)).color(t.bad),
        (None, false) => return,
    };
    ui.add(Label::new(text).wrap());
    ui.add_space(INSIDE);
}
