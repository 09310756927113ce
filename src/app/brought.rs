//! What comes for a card from a file or from the data while the window goes on: a picture, or customers' own words.
//!
//! Each is an errand of the engine that sends what it found; the frame loop takes it up. Segments may have changed meanwhile, so every
//! parcel names the segments it was fetched for, and is dropped with a sentence when they are no longer shown.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::base::Key;
use crate::engine::{Problem, StepError};
use crate::persona::Picture;
use crate::persona::picture::{self, PictureError};
use crate::persona::quotes::{self, Quotes};
use crate::session::{CardEdit, Page};

use super::window::Window;

/// Parcels on their way.
pub struct Brought {
    sender: Sender<Parcel>,
    receiver: Receiver<Parcel>,
}

/// What was fetched for a cluster of some segments.
struct Parcel {
    segments: Key,
    cluster: usize,
    what: What,
}

enum What {
    Picture(Picture),
    Quotes(Vec<Quotes>),
}

impl Default for Brought {
    fn default() -> Brought {
        let (sender, receiver) = channel();
        Brought { sender, receiver }
    }
}

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
        let sender = self.brought.sender.clone();
        self.engine.errand("Reading the picture", move |_ctx| {
            let picture = read_picture(&path).map_err(|why| StepError::Problem(Problem(why.into())))?;
            // The window may be gone by now; then nobody wants it.
            let _ = sender.send(Parcel { segments, cluster, what: What::Picture(picture) });
            Ok(String::new())
        });
    }

    /// Looks for what the customers of a card wrote.
    pub(super) fn find_quotes(&mut self, cluster: usize) {
        let Some(segmentation) = self.answers.segmentation.ready().cloned() else {
            return self.complain("The segments are still being computed; look for quotes again in a moment.".into());
        };
        self.look.cards.quotes = Some((cluster, None));
        let sender = self.brought.sender.clone();
        self.engine.errand("Looking for quotes", move |ctx| {
            let found = quotes::quotes(&segmentation.loaded, &segmentation.prepared, &segmentation.labels, cluster, ctx)?;
            let _ = sender.send(Parcel { segments: segmentation.stamp, cluster, what: What::Quotes(found) });
            Ok(String::new())
        });
    }

    /// Takes up what came.
    pub(super) fn take_brought(&mut self) {
        while let Ok(parcel) = self.brought.receiver.try_recv() {
            let is_shown = self.answers.segmentation.ready().is_some_and(|segmentation| segmentation.stamp == parcel.segments);
            match parcel.what {
                What::Picture(picture) if is_shown => self.edit_card(parcel.cluster, CardEdit::Picture(Some(picture))),
                What::Picture(_) => self.complain("The segments changed while the picture was read. Attach it again.".into()),
                What::Quotes(found) => {
                    if let Some((cluster, waiting)) = &mut self.look.cards.quotes
                        && is_shown
                        && *cluster == parcel.cluster
                    {
                        *waiting = Some(found);
                    }
                }
            }
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
