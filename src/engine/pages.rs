//! The cards as pages, set again only when something they show changed, and the page in view as pixels.
//!
//! In: what the report is made from with the keys of it, and which page is wanted how wide. Out: the pages, their thumbnails, one page's pixels. The
//! pages on screen are the very ones an export writes. They are named by the keys of what they show, so those that were set once are there when
//! somebody comes back to them. Cost: setting is a job of some 30 ms per page, a picture one of about as much.

use std::sync::Arc;

use crate::base::{Ctx, Key};
use crate::export::pages::{self, Pages, Sheet};
use crate::export::{Choices, ExportError, deck};
use crate::persona::Personas;
use crate::session::Plan;

use super::answers::{Answers, PageImage, PagesAnswer};
use super::caches::Runtime;
use super::groups::Groups;
use super::report;
use super::run::answer::{Problem, StepError};
use super::run::jobs::{Lane, Urgency};
use super::run::naming::log_kind;
use super::run::runtime::{Asked, Made, Need};
use super::wanted::PagesWanted;

/// The pages there were last.
#[derive(Debug, Default)]
pub(super) struct Paging {
    /// What they show.
    shown: Option<Key>,
    /// Counts up whenever pages are to be set from something else than before, or come into view again.
    generation: u64,
    pages: Option<Arc<Pages>>,
    image: Option<Arc<PageImage>>,
    thumbnails: Option<Arc<Vec<PageImage>>>,
}

const SETTING: &str = "Setting the pages";
const DRAWING: &str = "Drawing the page";
const SHOWN: Need = Need::Start(Urgency::Shown);

/// The pages, as far as they are known. `shown` are the keys of what they may show, of what is there.
pub(super) fn answers(
    runtime: &mut Runtime,
    plan: &Plan,
    answers: &Answers,
    shown: &[Option<Key>],
    groups: &Groups,
    wanted: Option<&PagesWanted>,
    last: &mut Paging,
) -> PagesAnswer {
    let Some(wanted) = wanted else {
        *last = Paging { generation: last.generation, ..Paging::default() };
        return PagesAnswer::default();
    };
    let pages = set(runtime, plan, answers, shown, groups, &wanted.choices, last);
    if let Asked::Ready(pages) = &pages {
        let of = |page: usize| Key::of("page image", 1, &(page, wanted.width), &[pages.key]);
        if wanted.width > 0
            && wanted.page < pages.value.len()
            && let Asked::Ready(image) = image(runtime, of(wanted.page), pages, wanted.page, wanted.width, SHOWN)
        {
            last.image = Some(image.value);
            // The next page is there when the arrow key is pressed.
            if wanted.page + 1 < pages.value.len() {
                let next = wanted.page + 1;
                image_ahead(runtime, of(next), pages, next, wanted.width);
            }
        }
        if let Some(width) = wanted.thumbnail_width
            && let Asked::Ready(made) = thumbnails(runtime, pages, width)
        {
            last.thumbnails = Some(made.value);
        }
    }
    PagesAnswer { pages: pages.settled(&mut last.pages), image: last.image.clone(), thumbnails: last.thumbnails.clone() }
}

/// The pages of what is there.
fn set(
    runtime: &mut Runtime,
    plan: &Plan,
    answers: &Answers,
    shown: &[Option<Key>],
    groups: &Groups,
    choices: &Choices,
    last: &mut Paging,
) -> Asked<Pages> {
    let parts = report::parts_of_answers(plan, None, answers, groups);
    let (Some(parts), Some(segmentation)) = (parts, answers.segmentation.ready()) else {
        let problem = answers.personas.problem().or(answers.segmentation.problem()).or(answers.loaded.problem());
        return problem.map_or_else(|| Asked::Waiting("Waiting for the cards".into()), |problem| Asked::Failed(problem.clone()));
    };
    // Segments are named by who is in them, so what is said of how they were made counts beside.
    let by = &segmentation.by;
    let said = (&parts.method_text, by.height(), by.epsilon(), by.inertia(), &parts.chosen.reasons, &answers.notes);
    let is_there: Vec<bool> = shown.iter().map(Option::is_some).collect();
    let there: Vec<Key> = shown.iter().copied().flatten().collect();
    let shown = Key::of("shown on pages", 1, &(choices.paper, choices.density, &choices.personas, said, is_there), &there);
    if last.shown.replace(shown) != Some(shown) {
        last.generation += 1;
    }
    // Which files beside it a template reads is known only once it is set, so nobody could name them: with one, pages are set anew.
    let template = plan.template.as_ref().map(|template| (template.path.as_os_str().as_encoded_bytes(), &template.text, last.generation));
    let key = Key::of("pages", 2, &template, &[shown]);
    let (plan, plots, choices) = (plan.clone(), report::plots(answers), choices.clone());
    let step = move |ctx: &Ctx| {
        ctx.check()?;
        let report = parts.report(&plan);
        pages::set(&deck(&report, &plots, &choices), &pages::pictures(&report), choices.paper, plan.template.as_ref()).map_err(problem)
    };
    runtime.ask(|s| &mut s.pages, key, SHOWN, (|| SETTING.into(), Lane::Quick), step)
}

fn image(runtime: &mut Runtime, key: Key, pages: &Made<Pages>, page: usize, width: u32, need: Need) -> Asked<PageImage> {
    let pages = pages.value.clone();
    runtime.ask(
        |s| &mut s.page_images,
        key,
        need,
        (|| DRAWING.into(), Lane::Quick),
        move |ctx| {
            ctx.check()?;
            drawn(&pages, page, width)
        },
    )
}

fn image_ahead(runtime: &mut Runtime, key: Key, pages: &Made<Pages>, page: usize, width: u32) {
    // Whether it is there yet does not matter before it is looked at.
    let _ = image(runtime, key, pages, page, width, Need::Start(Urgency::Ahead));
}

fn thumbnails(runtime: &mut Runtime, pages: &Made<Pages>, width: u32) -> Asked<Vec<PageImage>> {
    let key = Key::of("thumbnails", 1, &width, &[pages.key]);
    let pages = pages.value.clone();
    runtime.ask(
        |s| &mut s.thumbnails,
        key,
        SHOWN,
        (|| DRAWING.into(), Lane::Quick),
        move |ctx| {
            let draw = |page| {
                ctx.check()?;
                drawn(&pages, page, width)
            };
            (0..pages.len()).map(draw).collect()
        },
    )
}

fn drawn(pages: &Pages, page: usize, width: u32) -> Result<PageImage, StepError> {
    let points = pages.size(page).map_or(1.0, |[width, _]| width);
    let pixels = pages.pixels(page, f64::from(width) / points).map_err(problem)?;
    // Pages are opaque, so nothing is to be divided out.
    Ok(PageImage { page, size: [pixels.width() as usize, pixels.height() as usize], rgba: pixels.data().to_vec() })
}

fn problem(error: ExportError) -> StepError {
    log_kind(&error);
    StepError::Problem(Problem(error.to_string().into()))
}

/// What a page shows, in words for lists and for those who do not see it.
pub fn page_title(sheet: &Sheet, personas: &Personas) -> String {
    let name =
        |cluster: usize| personas.personas.get(cluster).map_or_else(|| format!("Persona {}", cluster + 1), |persona| persona.name.clone());
    let title = match (sheet.kind.as_str(), sheet.cluster) {
        ("overview", _) => "Everyone".to_owned(),
        ("plot" | "plots" | "topic", _) => sheet.title.clone(),
        ("card", Some(cluster)) => name(cluster),
        ("back", Some(cluster)) => format!("Evidence: {}", name(cluster)),
        ("added", Some(cluster)) => format!("Added by you: {}", name(cluster)),
        ("missing", _) => "Who is missing?".to_owned(),
        ("comparison", _) => "Side by side".to_owned(),
        ("made", _) => "How this was made".to_owned(),
        _ => "Page".to_owned(),
    };
    if sheet.is_continued { format!("{title} (continued)") } else { title }
}
