//! The Present page: an overview slide, then one card a slide, readable from the second row.
//!
//! On the page it is a preview with its thumbnails; F5 fills the screen with the slide alone. Arrow keys turn, Esc leaves.

use eframe::egui::{
    self, Align, Align2, CentralPanel, FontId, Frame, Key, Label, Layout, Margin, Panel, Rect, RichText, Sense, Ui, UiBuilder, Vec2, pos2,
};

use crate::engine::Answers;
use crate::persona::{Direction, Persona, Personas};
use crate::session::{Action, Command, Look, Plan};

use super::personas::{all_shares_ui, distribution, glyph};
use super::theme::{self, BETWEEN, caption, tokens};
use super::widgets::{self, answer_ui, percent, primary_button, thousands};

/// Draws the page, or the slide alone while presenting.
pub fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    let n_slides = 1 + answers.personas.latest().map_or(0, |personas| personas.personas.len());
    keys(ui, look, n_slides);
    if look.presenting {
        CentralPanel::default().frame(Frame::new().fill(tokens(ui).raised)).show(ui, |ui| {
            answer_ui(ui, &answers.personas, "the slides", |ui, personas| slide_ui(ui, plan, answers, personas, look.slide));
        });
        return;
    }
    Panel::left("slides").frame(Frame::new().inner_margin(Margin::same(BETWEEN as i8))).exact_size(240.0).show(ui, |ui| {
        ui.label(theme::heading("Slides"));
        ui.label(caption(ui, "Arrow keys turn, F5 fills the screen, Esc leaves."));
        ui.add_space(8.0);
        if let Some(personas) = answers.personas.latest() {
            slide_list_ui(ui, personas, look);
        }
        ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
            if primary_button(ui, "Present full screen").on_hover_text("F5").clicked() {
                commands.push(Command::Do(Action::Present));
            }
        });
    });
    CentralPanel::default().frame(Frame::new().inner_margin(Margin::same(BETWEEN as i8))).show(ui, |ui| {
        answer_ui(ui, &answers.personas, "the slides", |ui, personas| {
            let room = ui.available_size();
            let size =
                if room.x / room.y > 16.0 / 9.0 { Vec2::new(room.y * 16.0 / 9.0, room.y) } else { Vec2::new(room.x, room.x * 9.0 / 16.0) };
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            let t = tokens(ui);
            ui.painter().rect(rect, 8.0, t.raised, (1.0, t.hairline), egui::StrokeKind::Inside);
            let mut slide = ui.new_child(UiBuilder::new().max_rect(rect));
            slide.set_clip_rect(rect);
            slide_ui(&mut slide, plan, answers, personas, look.slide);
        });
    });
}

fn keys(ui: &Ui, look: &mut Look, n_slides: usize) {
    if ui.memory(|memory| memory.focused().is_some()) && !look.presenting {
        return;
    }
    ui.input(|input| {
        let pressed = |keys: &[Key]| keys.iter().any(|key| input.key_pressed(*key));
        if pressed(&[Key::ArrowRight, Key::ArrowDown, Key::PageDown, Key::Space]) {
            look.slide += 1;
        }
        if pressed(&[Key::ArrowLeft, Key::ArrowUp, Key::PageUp]) {
            look.slide = look.slide.saturating_sub(1);
        }
        if pressed(&[Key::Home]) {
            look.slide = 0;
        }
        if pressed(&[Key::End]) {
            look.slide = n_slides - 1;
        }
    });
    look.slide = look.slide.min(n_slides - 1);
}

fn slide_list_ui(ui: &mut Ui, personas: &Personas, look: &mut Look) {
    let room = (ui.available_height() - 48.0).max(80.0);
    egui::ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let names = std::iter::once("Overview".to_owned()).chain(personas.personas.iter().map(|persona| persona.name.clone()));
        for (at, name) in names.enumerate() {
            let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 32.0), Sense::click());
            widgets::row_background(ui, rect, look.slide == at, response.hovered());
            let mut row =
                ui.new_child(UiBuilder::new().max_rect(rect.shrink2(Vec2::new(8.0, 0.0))).layout(Layout::left_to_right(Align::Center)));
            row.label(caption(&row, format!("{}", at + 1)));
            if at > 0 {
                widgets::swatch(&mut row, theme::segment(personas.personas[at - 1].number));
            }
            widgets::cut_label(&mut row, name.as_str());
            widgets::name_it(&response, egui::Role::Button, &format!("Slide {}", at + 1));
            if response.clicked() {
                look.slide = at;
            }
        }
    });
}

/// One slide in whatever room there is: type grows with it.
fn slide_ui(ui: &mut Ui, plan: &Plan, answers: &Answers, personas: &Personas, slide: usize) {
    let rect = ui.max_rect();
    // A slide is designed 960 points wide; everything grows by the same factor.
    let scale = (rect.width() / 960.0).min(rect.height() / 540.0).max(0.4);
    let inner = Rect::from_center_size(rect.center(), Vec2::new(960.0, 540.0) * scale).shrink(48.0 * scale).round();
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner));
    for font in ui.style_mut().text_styles.values_mut() {
        font.size = (font.size * scale).round();
    }
    // Whole points, so that lines and text stay crisp at any size of the slide.
    ui.spacing_mut().item_spacing = (ui.spacing().item_spacing * scale).round();
    match slide.checked_sub(1).and_then(|at| personas.personas.get(at)) {
        Some(persona) => persona_slide_ui(&mut ui, personas, persona, scale),
        None => overview_slide_ui(&mut ui, plan, answers, personas, scale),
    }
}

fn overview_slide_ui(ui: &mut Ui, plan: &Plan, answers: &Answers, personas: &Personas, scale: f32) {
    ui.label(theme::display(format!("{} personas among {} customers", personas.personas.len(), thousands(personas.n_rows))));
    let method = answers.segmentation.latest().map_or(String::new(), |segmentation| format!("  ·  {}", segmentation.method_text));
    ui.label(RichText::new(format!("{}{method}", plan.source.title())).color(tokens(ui).muted));
    ui.add_space((16.0 * scale).round());
    all_shares_ui(ui, personas, None, (20.0 * scale).round());
    ui.add_space((16.0 * scale).round());
    let most = 8;
    for persona in personas.personas.iter().take(most) {
        overview_row_ui(ui, persona, scale);
    }
    let rest: usize = personas.personas.iter().skip(most).map(|persona| persona.n).sum();
    let unusual = personas.n_noise + personas.n_left_out;
    let mut others = Vec::new();
    if rest > 0 {
        others.push(format!("{} further personas: {}", personas.personas.len() - most, percent(rest as f64 / personas.n_rows as f64)));
    }
    if unusual > 0 {
        others.push(format!("Unusual customers and rows left out: {}", percent(unusual as f64 / personas.n_rows as f64)));
    }
    if !others.is_empty() {
        ui.label(caption(ui, others.join("  ·  ")));
    }
}

fn overview_row_ui(ui: &mut Ui, persona: &Persona, scale: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), (34.0 * scale).round()), Sense::hover());
    let mark = Rect::from_min_size(rect.min, Vec2::splat(28.0 * scale));
    glyph::paint(ui.painter(), mark, persona.number);
    let font = |size: f32, family| FontId::new(size * scale, family);
    let t = tokens(ui);
    let y = mark.center().y;
    ui.painter().text(pos2(mark.right() + 14.0 * scale, y), Align2::LEFT_CENTER, &persona.name, font(18.0, theme::bold()), t.text);
    let share = format!("{}  ·  {}", thousands(persona.n), percent(persona.share));
    ui.painter().text(pos2(rect.right(), y), Align2::RIGHT_CENTER, share, font(18.0, egui::FontFamily::Proportional), t.muted);
}

fn persona_slide_ui(ui: &mut Ui, personas: &Personas, persona: &Persona, scale: f32) {
    let (whole, inner) = (ui.clip_rect(), ui.max_rect());
    let edge = Rect::from_min_max(pos2(inner.left() - 48.0 * scale, whole.top()), pos2(inner.left() - 40.0 * scale, whole.bottom()));
    ui.painter().rect_filled(edge, 0.0, theme::segment(persona.number));
    ui.horizontal(|ui| {
        glyph::glyph_ui(ui, persona.number, (64.0 * scale).round());
        ui.vertical(|ui| {
            ui.label(theme::display(&persona.name));
            let revenue = persona.revenue_share.map_or(String::new(), |share| format!("  ·  {} of revenue", percent(share)));
            let size = format!("{} customers  ·  {} of all{revenue}", thousands(persona.n), percent(persona.share));
            ui.label(RichText::new(size).color(tokens(ui).muted));
        });
    });
    ui.add_space((8.0 * scale).round());
    all_shares_ui(ui, personas, Some(persona.cluster), (10.0 * scale).round());
    ui.add_space((6.0 * scale).round());
    ui.add(Label::new(RichText::new(widgets::unbroken(&persona.summary)).size((15.0 * scale).round())).wrap());
    ui.add_space((14.0 * scale).round());
    let column = ((ui.available_width() - 40.0 * scale) / 2.0).floor();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = (40.0 * scale).round();
        ui.vertical(|ui| {
            ui.set_width(column);
            for direction in [Direction::More, Direction::Less] {
                let most = if direction == Direction::More { 3 } else { 2 };
                for statement in persona.statements.iter().filter(|statement| statement.direction == direction).take(most) {
                    ui.label(theme::strong(&statement.text).size((18.0 * scale).round()));
                    ui.label(RichText::new(format!("{}, everyone {}", statement.value, statement.everyone)).color(tokens(ui).muted));
                    ui.add_space((4.0 * scale).round());
                }
            }
            if persona.statements.is_empty() {
                ui.add(Label::new(RichText::new("No strong difference from everyone was found.").size((18.0 * scale).round())).wrap());
            }
        });
        ui.vertical(|ui| {
            ui.set_width(column);
            for plot in persona.distributions.iter().take(2) {
                distribution::ui(ui, plot, persona.number, column);
                ui.add_space((6.0 * scale).round());
            }
        });
    });
}
