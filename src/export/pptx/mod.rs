//! The cards as slides: real text boxes, tables and shapes, which a team edits before the workshop.
//!
//! In: the deck, and the report for the users' pictures. Out: the bytes of a .pptx file, the same for the same deck.
//! One slide takes well under a millisecond; pictures of plots take longer, and stopping is obeyed between slides.

mod back;
mod compare;
mod front;
mod master;
mod overview;
mod package;
mod parts;
mod picture;
mod provenance;
mod shapes;
mod sheet;
mod spread;
mod table;
mod xml;

use crate::base::Ctx;

use super::deck::{Deck, PlotPage};
use super::pages::{plot_notes_key, topic_notes_key};
use super::text::escape;
use super::{ExportError, Report, plot_png};
use front::FrontSizes;
use master::{BOTTOM, LEFT, RIGHT, TOP};
use package::Media;
use picture::{size, user_picture};
use shapes::{Slide, frame};

/// The slides of a deck as a file.
pub fn slides(deck: &Deck, report: &Report, ctx: &Ctx) -> Result<Vec<u8>, ExportError> {
    let mut media = Vec::new();
    let mut slides = spoken(deck, "overview", overview::slides(deck));
    for plot in &deck.plots {
        ctx.check()?;
        slides.extend(spoken(deck, &plot_notes_key(&plot.id), vec![plot_slide(deck, plot, &mut media)?]));
    }
    let sizes = FrontSizes::of(deck);
    for card in &deck.cards {
        ctx.check()?;
        let picture = user_picture(report, card, &mut media);
        slides.push(front::slide(deck, card, picture, sizes));
        if deck.with_backs {
            slides.extend(back::slides(deck, card));
        }
    }
    for of in &deck.sheets {
        ctx.check()?;
        slides.extend(spoken(deck, &topic_notes_key(&of.id), sheet::slides(deck, of, &mut media)?));
    }
    slides.extend(spoken(deck, "comparison", compare::slides(deck)));
    slides.extend(spoken(deck, "missing", overview::missing(deck)));
    if deck.with_backs {
        slides.extend(spoken(deck, "made", provenance::slides(deck)));
    }
    for (slide, number) in slides.iter_mut().zip(1..) {
        slide.number(number);
    }
    ctx.check()?;
    package::bytes(&deck.title, &slides, &media).map_err(|error| ExportError::Picture(error.to_string()))
}

/// The slides with what the speaker wrote for them, on the first: before whatever notes it has by itself.
fn spoken(deck: &Deck, key: &str, mut slides: Vec<Slide>) -> Vec<Slide> {
    if let (Some(text), Some(first)) =
        (deck.slide_notes.get(key).map(|text| text.trim()).filter(|text| !text.is_empty()), slides.first_mut())
    {
        first.notes = if first.notes.is_empty() { text.to_owned() } else { format!("{text}\n\n{}", first.notes) };
    }
    slides
}

/// A plot as large as the slide allows.
fn plot_slide(deck: &Deck, plot: &PlotPage, media: &mut Vec<Media>) -> Result<Slide, ExportError> {
    let bytes = plot_png(&without_title(&plot.svg, &plot.title), 2.0)?;
    let [width, height] = size(&bytes).unwrap_or([16.0, 10.0]);
    media.push(Media { extension: "png", bytes });
    let mut slide = Slide::new();
    parts::title(&mut slide, &plot.title);
    let room = frame(LEFT, TOP + 46.0, RIGHT - LEFT, BOTTOM - TOP - 46.0);
    let scale = (room.width / width).min(room.height / height);
    let (width, height) = (width * scale, height * scale);
    let at = frame(room.x + (room.width - width) / 2.0, room.y, width, height);
    slide.picture(&plot.title, at, media.len() - 1, [0.0; 4], &format!("{}. {}.", plot.title, deck.title));
    parts::footer(&mut slide, &[parts::source(deck)]);
    Ok(slide)
}

/// The drawing without the title inside, which the slide has as text.
fn without_title(svg: &str, title: &str) -> String {
    let end = format!(">{}</text>", escape(title));
    let place = svg.find(&end).and_then(|at| Some((svg[..at].rfind("<text")?, at + end.len())));
    place.map_or_else(|| svg.to_owned(), |(from, to)| format!("{}{}", &svg[..from], &svg[to..]))
}
