//! Everything that can be done. Commands are the only way the plan or the disk changes; one table gives label, tooltip and
//! shortcut to menu, toolbar, palette and keyboard alike.

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::Key;
use crate::data::{Dictionary, ReadAs, Sourcing};
use crate::export::{Choices, Exported, Plot as PlotKind};
use crate::features::Preparation;
use crate::persona::quotes::Quotes;
use crate::persona::{Added, Numbering, Picture};

use super::cards_look::CardsView;
use super::journey_options::JourneyOptions;
use super::journeys_look::JourneysView;
use super::live_choices::{LiveChoices, LiveOrder};
use super::open_model::OpenModel;
use super::page::Page;
use super::page_view::PageView;
use super::plan::{Against, Clustering, KeptSelection, NicheOptions, Parting};
use super::segments_look::SegmentsView;
use super::settings::ThemeChoice;
use super::sources_look::DataView;
use super::validate_options::ValidateOptions;

/// A wish of the user, or what an errand came back with; carried out before the next frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// One of the parameterless commands.
    Do(Action),
    /// Open a data file or a project.
    Open(PathBuf),
    /// Open what was opened before: a project, a data file, or several files as the sources of one customer table.
    OpenAll(Vec<PathBuf>),
    /// Point the plan at another file and keep every choice (a project whose data moved).
    Relocate(PathBuf),
    /// Add files to the sources of the customer table; where there is none yet, it begins with the open file and these.
    AddSources(Vec<PathBuf>),
    /// Ask the database of the draft: for its rows, or only how many there are.
    AskDatabase(bool),
    /// What it said, or why it said nothing.
    DatabaseTold(Result<String, String>),
    /// Its rows are in this file; and what is said of them.
    DatabaseCame(PathBuf, String),
    /// Choose in the system's dialog where a source is now, by its place.
    LocateSource(usize),
    /// Replace what is said about the sources, the columns built from them, RFM and health.
    Sources(Arc<Sourcing>),
    /// Read the open file this way.
    ReadAs(ReadAs),
    /// Write the rows of a source that fail its health rules as CSV.
    SaveFailingRows(String),
    /// Replace the preparation section.
    Prepare(Preparation),
    /// Replace the clustering section.
    Cluster(Clustering),
    /// Look inside a segment this way.
    Inside(Box<Parting>),
    /// Let the parts that are looked at stand in the place of their segment.
    KeepParts,
    /// Let the parts of this segment be one segment again.
    MergeBack(usize),
    /// Look for unusual customers this way, from this line on.
    Niches(NicheOptions),
    /// Try the personas on other days this way.
    Validate(ValidateOptions),
    /// Ask for tables of the same customers on earlier days.
    ChooseEarlier,
    /// Put tables of earlier days beside the data.
    AddEarlier(Vec<PathBuf>),
    /// Follow these events, and ask this of them.
    Follow(JourneyOptions),
    /// Save who is due by a rule, by its place, as CSV.
    SaveDue(usize),
    /// Choose event exports in the system's dialog.
    ChooseEvents,
    /// Choose a file of rules in the system's dialog.
    ChooseRules,
    /// Let the segments follow this, once it is begun.
    Live(LiveChoices),
    /// Choose in the system's dialog what they follow: a folder, or a file.
    ChooseLive(bool),
    /// Let the segments follow the file or folder of a path that was typed.
    FollowPath(PathBuf),
    /// Begin to follow.
    BeginLive,
    /// Follow this with a segment model, as text.
    FollowLive(LiveChoices, Arc<str>),
    /// Say this to what is followed.
    OrderLive(LiveOrder),
    /// Follow no more.
    EndLive,
    /// Save every customer as CSV, with the scores and reasons of who is unusual.
    SaveUnusual,
    /// Save every customer as CSV, with how surely they belong to their segment.
    SaveBelonging,
    /// Group by the segments of a model; with who has which number.
    UseModel(OpenModel, Arc<Numbering>),
    /// Compare the segments with this, or with nothing.
    Compare(Option<Against>),
    /// Replace what columns, levels and rows are called.
    Call(Arc<Dictionary>),
    /// Change one card; the edit keeps the customers who are in that segment now.
    EditCard(usize, CardEdit),
    /// What the speaker wants to say to a slide that is no card, by what it shows (`Sheet::notes_key`); empty for nothing.
    SlideNotes(String, String),
    /// Choose a picture for a card in the system's dialog.
    ChoosePicture(usize),
    /// Read a picture and put it on a card.
    AttachPicture(usize, PathBuf),
    /// Look for what the customers of a card wrote, to choose quotes from.
    FindQuotes(usize),
    /// Keep picked customers under a name.
    KeepSelection(KeptSelection),
    /// Give a kept selection another name.
    RenameSelection(usize, String),
    /// Let a kept selection go; its customers stay.
    ForgetSelection(usize),
    /// Save the rows of a kept selection as CSV.
    SaveSelection(usize),
    /// Save the project here.
    SaveTo(PathBuf),
    /// Write the chosen formats into a folder.
    Export(ExportRequest),
    /// Save one plot: asks where, PNG or SVG by extension.
    SavePlot(PlotKind),
    /// Copy these rows of the table with their heads, with tabs between the cells.
    CopyRows(Arc<[u32]>),
    /// Put a text on the clipboard.
    PutOnClipboard(String),
    /// Stop one running job.
    StopJob(u64),
    /// Say something that is no problem.
    Tell(String),
    /// Put this picture on a card, if the segments it was read for are still shown.
    PutPicture(ForCard<Picture>),
    /// Offer these quotes for a card, if the segments they were looked for are still shown.
    OfferQuotes(ForCard<Vec<Quotes>>),
    /// Choose in the system's dialog where an export goes to.
    ChooseExportFolder,
    /// Show a folder in the system's file manager.
    ShowFolder(PathBuf),
    /// Stop what is being exported.
    StopExport,
    /// Back to the choices of the export.
    ExportAgain,
    /// What came of an export.
    Exported(Exported),
    /// Close the message.
    CloseMessage,
    /// Back to the work that was left for another file.
    GoBack,
    /// Take up the work that an earlier session left unsaved.
    Restore,
    /// Let it go.
    Discard,
}

/// What was fetched for a card. Segments may change meanwhile, so it names those it was fetched for.
#[derive(Debug, Clone, PartialEq)]
pub struct ForCard<T> {
    /// Names the segments.
    pub segments: Key,
    /// The card.
    pub cluster: usize,
    /// What was fetched.
    pub what: T,
}

/// What changes on a card.
#[derive(Debug, Clone, PartialEq)]
pub enum CardEdit {
    /// The user's name; `None` goes back to the automatic one.
    Name(Option<String>),
    /// The block "Added by you".
    Added(Added),
    /// The user's picture; `None` takes it away.
    Picture(Option<Picture>),
}

/// The parameterless commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Choose a file in the system's dialog.
    Open,
    /// Open the built-in sample.
    OpenSample,
    /// Choose further files in the system's dialog.
    AddSource,
    /// Open the dialog that brings rows of a database.
    FromDatabase,
    /// Read the file again.
    Reload,
    /// Save the project, asking where if it has no file yet.
    Save,
    /// Save the project elsewhere.
    SaveAs,
    /// Take the last choice back.
    Undo,
    /// Make it again.
    Redo,
    /// Open the export dialog.
    Export,
    /// Show a page, in the view it was left in.
    Go(Page),
    /// Show a view of a page.
    Show(PageView),
    /// Start or leave the full-screen presentation.
    Present,
    /// List all commands.
    Palette,
    /// List the keys of the page.
    Keys,
    /// Look for a text or number in the table.
    Find,
    /// Light to dark and back.
    Theme,
    /// This theme.
    UseTheme(ThemeChoice),
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// Original size.
    ZoomReset,
    /// Stop every running job.
    StopAll,
    /// Try again what was stopped or failed.
    ComputeAgain,
    /// Close the window.
    Quit,
}

/// How an action is called everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionInfo {
    /// The action.
    pub action: Action,
    /// Sentence case, no stop, `…` when more is asked.
    pub label: &'static str,
    /// What it does, in one sentence.
    pub tooltip: &'static str,
    /// The shortcut in words ("Ctrl+Shift+Z"); empty for none. Ctrl is Cmd on macOS.
    pub shortcut: &'static str,
}

const fn info(action: Action, label: &'static str, tooltip: &'static str, shortcut: &'static str) -> ActionInfo {
    ActionInfo { action, label, tooltip, shortcut }
}

const fn show(view: PageView) -> ActionInfo {
    info(Action::Show(view), view.label(), view.explanation(), "")
}

/// The table.
pub const ACTIONS: &[ActionInfo] = &[
    info(Action::Open, "Open…", "Open a customer file or a project.", "Ctrl+O"),
    info(Action::OpenSample, "Open the sample", "Open 5 000 made-up customers to try things on.", ""),
    info(
        Action::AddSource,
        "Add source…",
        "Add transactions, events, a survey or other files; one customer table is built from all.",
        "Ctrl+Shift+O",
    ),
    info(
        Action::FromDatabase,
        "Rows of a database…",
        "Bring a table or the rows of a query of PostgreSQL, SQLite, DuckDB or a warehouse.",
        "",
    ),
    info(Action::Reload, "Read the files again", "Read the files again and keep every choice.", "Ctrl+R"),
    info(Action::Save, "Save", "Save every choice as a project.", "Ctrl+S"),
    info(Action::SaveAs, "Save as…", "Save every choice as another project.", "Ctrl+Shift+S"),
    info(Action::Undo, "Undo", "Take the last choice back.", "Ctrl+Z"),
    info(Action::Redo, "Redo", "Redo the choice that was undone.", "Ctrl+Shift+Z"),
    info(Action::Export, "Export…", "Export cards and labelled customers as files.", "Ctrl+E"),
    info(Action::Go(Page::Data), "Go to Data", "See the table and its columns.", "Ctrl+1"),
    info(Action::Go(Page::Prepare), "Go to Prepare", "Choose which columns are used, and how.", "Ctrl+2"),
    info(Action::Go(Page::Segments), "Go to Segments", "Find the groups.", "Ctrl+3"),
    info(Action::Go(Page::Personas), "Go to Personas", "Read and name the cards.", "Ctrl+4"),
    info(Action::Go(Page::Journeys), "Go to Journeys", "See what customers do.", "Ctrl+5"),
    info(Action::Go(Page::Present), "Go to Present", "Show the cards one by one.", "Ctrl+6"),
    show(PageView::Data(DataView::Sources)),
    show(PageView::Data(DataView::Recipe)),
    show(PageView::Data(DataView::Table)),
    show(PageView::Data(DataView::Rfm)),
    show(PageView::Data(DataView::Health)),
    show(PageView::Segments(SegmentsView::Explore)),
    show(PageView::Segments(SegmentsView::Niches)),
    show(PageView::Segments(SegmentsView::Validate)),
    show(PageView::Segments(SegmentsView::Live)),
    show(PageView::Personas(CardsView::Cards)),
    show(PageView::Personas(CardsView::Compare)),
    show(PageView::Personas(CardsView::Overview)),
    show(PageView::Journeys(JourneysView::Paths)),
    show(PageView::Journeys(JourneysView::Funnel)),
    show(PageView::Journeys(JourneysView::Return)),
    show(PageView::Journeys(JourneysView::Rhythm)),
    show(PageView::Journeys(JourneysView::Differences)),
    show(PageView::Journeys(JourneysView::Timelines)),
    show(PageView::Journeys(JourneysView::Triggers)),
    info(Action::Present, "Present full screen", "One card per slide; arrow keys turn, Esc leaves.", "F5"),
    info(Action::Palette, "All commands…", "Find any command by its name.", "Ctrl+K"),
    info(Action::Keys, "Keyboard shortcuts", "List the keys that work here. So does a question mark.", "F1"),
    info(Action::Find, "Find in the table…", "Look for a text, a number or a customer in the table.", "Ctrl+F"),
    info(Action::Theme, "Light or dark", "Change between the light and the dark theme.", "Ctrl+L"),
    info(Action::UseTheme(ThemeChoice::Light), "Light theme", "Dark text on a light background.", ""),
    info(Action::UseTheme(ThemeChoice::Dark), "Dark theme", "Light text on a dark background.", ""),
    info(Action::UseTheme(ThemeChoice::System), "Use system theme", "Light or dark, as the system is.", ""),
    info(Action::ZoomIn, "Larger", "Everything one step larger.", "Ctrl++"),
    info(Action::ZoomOut, "Smaller", "Everything one step smaller.", "Ctrl+-"),
    info(Action::ZoomReset, "Original size", "Everything at its original size.", "Ctrl+0"),
    info(Action::StopAll, "Stop all jobs", "Stop everything that is being computed.", "Ctrl+."),
    info(Action::ComputeAgain, "Compute again", "Try again what was stopped or failed.", "Ctrl+Enter"),
    info(Action::Quit, "Quit", "Close the window; work not saved yet is offered at the next start.", "Ctrl+Q"),
];

impl Action {
    /// Its row of the table.
    pub fn info(self) -> &'static ActionInfo {
        ACTIONS.iter().find(|info| info.action == self).unwrap_or(&ACTIONS[0])
    }
}

/// What an export writes.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRequest {
    /// Into this folder; `None` until the user chose one.
    pub folder: Option<PathBuf>,
    /// What, and how.
    pub choices: Choices,
}
