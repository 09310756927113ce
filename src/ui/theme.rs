//! Colours, type and space, in one place. Pages take every colour from [`tokens`] and every size from here.
//!
//! Two themes from one table of tokens. Colour elsewhere means segment. Type: Inter in four sizes and two weights.

use eframe::egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, FontTweak, Margin, RichText, Shadow, Stroke, Style,
    TextStyle, Theme, Ui, Vec2, Visuals, style::WidgetVisuals,
};

use crate::export::fonts::SHIPPED;
use crate::export::palette::{self, Rgb};
use crate::persona::numbering::number_of;
use crate::session::Selection;

/// Space inside a group.
pub const INSIDE: f32 = 8.0;
/// Space between groups.
pub const BETWEEN: f32 = 16.0;
/// Space between regions.
pub const REGION: f32 = 24.0;
/// Stale values are drawn at this opacity.
pub const STALE: f32 = 0.6;
/// Corners of cards and fields.
pub const RADIUS: u8 = 6;

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// Behind everything.
    pub surface: Color32,
    /// Panels, cards, plots.
    pub raised: Color32,
    /// Fields and quiet buttons.
    pub field: Color32,
    /// The same under the pointer.
    pub field_hover: Color32,
    /// A box that can be ticked and is not.
    pub unticked: Color32,
    /// Thin lines between things.
    pub hairline: Color32,
    /// Text.
    pub text: Color32,
    /// Text that steps back; still 4.5:1.
    pub muted: Color32,
    /// The one colour of actions.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// What is chosen, as a tint.
    pub accent_tint: Color32,
    /// Good news.
    pub good: Color32,
    /// Something to mind.
    pub warn: Color32,
    /// Something wrong.
    pub bad: Color32,
    /// Grid lines of plots.
    pub grid: Color32,
    /// "Everyone" behind a persona's distribution.
    pub everyone: Color32,
    /// The tint of what the user added.
    pub added: Color32,
}

const LIGHT: Tokens = Tokens {
    surface: Color32::from_rgb(246, 246, 244),
    raised: Color32::from_rgb(255, 255, 255),
    field: Color32::from_rgb(238, 238, 235),
    field_hover: Color32::from_rgb(228, 229, 226),
    unticked: Color32::from_rgb(184, 186, 190),
    hairline: Color32::from_rgb(222, 222, 218),
    text: Color32::from_rgb(28, 30, 34),
    muted: Color32::from_rgb(98, 102, 110),
    accent: Color32::from_rgb(37, 82, 196),
    on_accent: Color32::from_rgb(255, 255, 255),
    accent_tint: Color32::from_rgb(226, 233, 250),
    good: Color32::from_rgb(24, 122, 74),
    warn: Color32::from_rgb(154, 93, 0),
    bad: Color32::from_rgb(184, 42, 42),
    grid: Color32::from_rgb(234, 234, 231),
    everyone: Color32::from_rgb(205, 206, 208),
    added: Color32::from_rgb(253, 246, 226),
};

const DARK: Tokens = Tokens {
    surface: Color32::from_rgb(20, 21, 24),
    raised: Color32::from_rgb(29, 31, 35),
    field: Color32::from_rgb(42, 44, 49),
    field_hover: Color32::from_rgb(54, 57, 63),
    unticked: Color32::from_rgb(92, 96, 104),
    hairline: Color32::from_rgb(54, 57, 63),
    text: Color32::from_rgb(232, 233, 236),
    muted: Color32::from_rgb(158, 162, 171),
    accent: Color32::from_rgb(122, 162, 255),
    on_accent: Color32::from_rgb(14, 20, 36),
    accent_tint: Color32::from_rgb(38, 50, 80),
    good: Color32::from_rgb(88, 196, 138),
    warn: Color32::from_rgb(232, 176, 76),
    bad: Color32::from_rgb(244, 120, 112),
    grid: Color32::from_rgb(42, 44, 49),
    everyone: Color32::from_rgb(84, 87, 94),
    added: Color32::from_rgb(52, 47, 32),
};

/// The colours in force.
pub fn tokens(ui: &Ui) -> &'static Tokens {
    of(ui.visuals().dark_mode)
}

/// The colours of the dark or the light theme.
pub fn of(dark: bool) -> &'static Tokens {
    if dark { &DARK } else { &LIGHT }
}

/// The colour of a segment by its number, the same everywhere.
pub fn segment(number: usize) -> Color32 {
    colour(palette::segment(number))
}

/// The grey of customers in no segment.
pub fn noise() -> Color32 {
    colour(palette::NOISE)
}

/// The colour of whatever is selected, with the number of each cluster.
pub fn selection(selection: Selection, numbers: &[usize]) -> Color32 {
    match selection {
        Selection::Cluster(cluster) => segment(number_of(numbers, cluster)),
        Selection::Noise => noise(),
    }
}

fn colour([r, g, b]: Rgb) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// The ground of a cell in a heat map, from hardly anything (0) to the most (1). It ends where text on it is still 4.5:1.
pub fn heat(dark: bool, share: f32) -> Color32 {
    let (t, most) = (of(dark), if dark { 0.5 } else { 0.62 });
    t.raised.lerp_to_gamma(t.accent, 0.04 + (most - 0.04) * share.clamp(0.0, 1.0))
}

/// 12 points, muted.
pub fn caption(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).text_style(TextStyle::Small).color(tokens(ui).muted)
}

/// 14 points, the heavier weight.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).family(bold())
}

/// 18 points, the heavier weight.
pub fn heading(text: impl Into<String>) -> RichText {
    RichText::new(text).text_style(TextStyle::Heading)
}

/// 28 points, the heavier weight.
pub fn display(text: impl Into<String>) -> RichText {
    RichText::new(text).text_style(display_style())
}

/// The text style of [`display`].
pub fn display_style() -> TextStyle {
    TextStyle::Name("display".into())
}

/// The family of the heavier weight.
pub fn bold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// Loads the fonts and sets both themes. Called once at the start.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(theme == Theme::Dark));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let shipped: [(&str, &'static [u8], FontTweak); 3] = [
        ("inter", SHIPPED[0], FontTweak::default()),
        ("inter-semibold", SHIPPED[1], FontTweak::default()),
        (
            "phosphor",
            include_bytes!("../../assets/fonts/Phosphor.ttf"),
            FontTweak { scale: 1.15, y_offset_factor: 0.02, ..FontTweak::default() },
        ),
    ];
    for (name, bytes, tweak) in shipped {
        fonts.font_data.insert(name.into(), FontData::from_static(bytes).tweak(tweak).into());
    }
    // Letters that Inter has not, as on printed pages; whatever these lack too, the system's fonts may have.
    let others: Vec<(String, &'static [u8])> = SHIPPED[2..].iter().enumerate().map(|(at, face)| (format!("other-{at}"), *face)).collect();
    for (name, bytes) in &others {
        fonts.font_data.insert(name.clone(), FontData::from_static(bytes).into());
    }
    let family = |first: &str| -> Vec<String> {
        [first, "phosphor"].into_iter().map(str::to_owned).chain(others.iter().map(|(name, _)| name.clone())).collect()
    };
    let regular = family("inter");
    fonts.families.insert(FontFamily::Proportional, regular.clone());
    fonts.families.insert(FontFamily::Monospace, regular);
    fonts.families.insert(bold(), family("inter-semibold"));
    fonts
}

fn style(dark: bool) -> Style {
    let t = of(dark);
    let mut style = Style { visuals: if dark { Visuals::dark() } else { Visuals::light() }, ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, FontId::new(12.0, FontFamily::Proportional)),
        (TextStyle::Body, FontId::new(14.0, FontFamily::Proportional)),
        (TextStyle::Button, FontId::new(14.0, FontFamily::Proportional)),
        (TextStyle::Monospace, FontId::new(14.0, FontFamily::Proportional)),
        (TextStyle::Heading, FontId::new(18.0, bold())),
        (display_style(), FontId::new(28.0, bold())),
    ]
    .into();
    style.spacing.item_spacing = Vec2::new(8.0, 8.0);
    style.spacing.button_padding = Vec2::new(10.0, 4.0);
    style.spacing.interact_size = Vec2::new(40.0, 28.0);
    style.spacing.menu_margin = Margin::same(8);
    style.spacing.window_margin = Margin::same(16);
    style.spacing.tooltip_width = 320.0;
    style.spacing.scroll.bar_width = 8.0;
    style.animation_time = 0.14;
    style.interaction.tooltip_delay = 0.4;

    let visuals = &mut style.visuals;
    let radius = CornerRadius::same(RADIUS);
    let widget = |fill: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = widget(t.raised, t.hairline, t.text);
    visuals.widgets.inactive = widget(t.field, Color32::TRANSPARENT, t.text);
    // Buttons have the weak ground, boxes to tick the other, which must be seen on white.
    visuals.widgets.inactive.bg_fill = t.unticked;
    visuals.widgets.hovered = widget(t.field_hover, t.hairline, t.text);
    visuals.widgets.active = widget(t.field_hover, t.accent, t.text);
    visuals.widgets.open = widget(t.field_hover, t.hairline, t.text);
    visuals.selection.bg_fill = t.accent_tint;
    visuals.selection.stroke = Stroke::new(1.5, t.accent);
    visuals.hyperlink_color = t.accent;
    visuals.weak_text_color = Some(t.muted);
    visuals.faint_bg_color = t.surface;
    visuals.extreme_bg_color = t.raised;
    visuals.text_edit_bg_color = Some(t.field);
    visuals.code_bg_color = t.field;
    visuals.warn_fg_color = t.warn;
    visuals.error_fg_color = t.bad;
    visuals.panel_fill = t.surface;
    visuals.window_fill = t.raised;
    visuals.window_stroke = Stroke::new(1.0, t.hairline);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    let shadow = Shadow { offset: [0, 6], blur: 24, spread: 0, color: Color32::from_black_alpha(if dark { 110 } else { 36 }) };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.striped = false;
    visuals.slider_trailing_fill = true;
    style
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color32) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_is_legible_on_every_ground() {
        for t in [LIGHT, DARK] {
            for ground in [t.surface, t.raised, t.field] {
                for text in [t.text, t.muted, t.warn, t.bad, t.accent] {
                    assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}: {:.2}", contrast(text, ground));
                }
            }
            let dark = t == DARK;
            for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
                assert!(contrast(t.text, heat(dark, share)) >= 4.5, "heat {share}: {:.2}", contrast(t.text, heat(dark, share)));
            }
            for ground in [t.surface, t.raised] {
                assert!(contrast(t.unticked, ground) >= 1.7, "an unticked box is seen: {:.2}", contrast(t.unticked, ground));
            }
            assert!(contrast(t.text, t.unticked) >= 4.5, "its tick is seen: {:.2}", contrast(t.text, t.unticked));
            assert!(contrast(t.on_accent, t.accent) >= 4.5);
            assert!(contrast(t.text, t.added) >= 4.5 && contrast(t.text, t.accent_tint) >= 4.5);
        }
    }
}
