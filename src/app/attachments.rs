//! What comes for a card from a file or from the data while the window goes on: a picture, or customers' own words.
//!
//! Each is an errand that comes back as a command and names the segments it was fetched for; the command is dropped with a sentence when they are
//! no longer shown.

use std::path::{Path, PathBuf};

use crate::base::Key;
use crate::engine::{Problem, StepError};
use crate::persona::Picture;
use crate::persona::picture::{self, PictureError};
use crate::persona::quotes::{self, Quotes};
use crate::session::{Command, ForCard, Page};

use super::window::Window;

impl Window {
    /// The card that a dropped file belongs on: the one on screen, if the file is a picture.
    pub(super) fn card_for(&self, path: &Path) -> Option<usize> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        let is_picture = ["png", "jpg", "jpeg"].contains(&extension.as_str());
        let n_cards = self.answers.personas.latest().map_or(0, |personas| personas.personas.len());
        (is_picture && self.look.page == Page::Personas && self.look.card < n_cards).then_some(self.look.card)
    }

    /// Reads a picture and puts it on a card.
    pub(super) fn attach_picture(&mut self, cluster: usize, path: PathBuf) {
        let Some(segments) = self.answers.segmentation.ready().map(|segmentation| segmentation.stamp) else {
            return self.complain("The segments are still being computed; attach the picture again in a moment.".into());
        };
        self.look.cards.picture_path = None;
        self.engine.errand("Reading the picture", move |_ctx| {
            let what = read_picture(&path).map_err(|why| StepError::Problem(Problem(why.into())))?;
            Ok(vec![Command::PutPicture(ForCard { segments, cluster, what })])
        });
    }

    /// Looks for what the customers of a card wrote.
    pub(super) fn find_quotes(&mut self, cluster: usize) {
        let Some(segmentation) = self.answers.segmentation.ready().cloned() else {
            return self.complain("The segments are still being computed; look for quotes again in a moment.".into());
        };
        self.look.cards.quotes = Some((cluster, None));
        self.engine.errand("Looking for quotes", move |ctx| {
            let what = quotes::quotes(&segmentation.loaded, &segmentation.prepared, &segmentation.labels, cluster, ctx)?;
            Ok(vec![Command::OfferQuotes(ForCard { segments: segmentation.stamp, cluster, what })])
        });
    }

    /// Whether these are the segments on screen.
    pub(super) fn shows(&self, segments: Key) -> bool {
        self.answers.segmentation.ready().is_some_and(|segmentation| segmentation.stamp == segments)
    }

    /// Shows quotes to choose from, where somebody waits for them.
    pub(super) fn offer_quotes(&mut self, quotes: ForCard<Vec<Quotes>>) {
        let is_shown = self.shows(quotes.segments);
        if let Some((cluster, waiting)) = &mut self.look.cards.quotes
            && is_shown
            && *cluster == quotes.cluster
        {
            *waiting = Some(quotes.what);
        }
    }
}

fn read_picture(path: &Path) -> Result<Picture, String> {
    let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}. Choose another file.", path.display());
    if std::fs::metadata(path).map_err(unreadable)?.len() > picture::MOST_BYTES {
        return Err(PictureError::Large.to_string());
    }
    picture::picture(&std::fs::read(path).map_err(unreadable)?).map_err(|error| error.to_string())
}
