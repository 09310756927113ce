//! What leaves the window: exports, kept selections, lists, plots, copied rows.
//!
//! Each is an errand of the engine, so that the window stays quick; what came of it comes back as a command.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::{Problem, StepError, due_listed, log_kind};
use crate::export::behaviour::due_csv;
use crate::export::{self, Ended, Exported, Written};
use crate::session::{Command, ExportRequest, PlotKind};
use crate::ui::data_page::rows_text;
use crate::ui::export_dialog::{self, Taking};
use crate::ui::widgets::thousands;

use super::free_path::free_path;
use super::window::Window;

impl Window {
    pub(super) fn export(&mut self, request: ExportRequest) {
        self.settings.last_folder.clone_from(&request.folder);
        self.settings.remember_choices(&request.choices);
        self.save_settings();
        self.export = Some(request);
        self.taking = Some(Taking::Waiting);
        if self.look.export.is_none() {
            self.tell("Exporting…");
        }
    }

    /// Starts a wanted export once all its answers are there, and shows how far one is.
    pub(super) fn finish_exports(&mut self) {
        if let Some(request) = &self.export {
            let answers = &self.answers;
            let problem = answers.personas.problem().or(answers.segmentation.problem()).or(answers.loaded.problem()).cloned();
            let folder = request.folder.clone().unwrap_or_default();
            if let Some(problem) = problem {
                self.export = None;
                self.tell_export(Exported { folder, written: Written::default(), ended: Ended::Failed(problem.0.to_string()) });
            } else if let Some((report, plots)) = self.report() {
                let choices = request.choices.clone();
                self.engine.export(report, plots, choices, folder);
                self.export = None;
            }
        }
        if let Some(job) = self.engine.exporting() {
            self.taking = Some(Taking::Writing(job.progress));
        }
    }

    /// What came of an export: in the dialog while it is open, else as a message.
    pub(super) fn tell_export(&mut self, exported: Exported) {
        if self.look.export.is_some() {
            self.taking = Some(Taking::Ended(exported));
            return;
        }
        self.taking = None;
        let text = export_dialog::ended_text(&exported);
        if let Ended::Failed(_) = exported.ended {
            return self.complain(text);
        }
        let notes = exported.written.notes.iter().map(|note| format!("\n{note}"));
        self.tell(&notes.fold(text, |text, note| text + &note));
        if let Some(message) = &mut self.session.message {
            message.offer = (!exported.written.files.is_empty()).then_some(("Show the folder", Command::ShowFolder(exported.folder)));
        }
    }

    /// Writes the rows of a kept selection beside the data, by the rules of the other files of customers.
    pub(super) fn save_selection(&mut self, at: usize) {
        let (Some(kept), Some(loaded)) = (self.plan().kept.get(at).cloned(), self.answers.loaded.ready().cloned()) else { return };
        let path = free_path(self.home_folder().join(format!("{}.csv", export::file_stem(&kept.name))));
        let choices = self.settings.choices.clone().unwrap_or_default();
        self.engine.errand(&format!("Saving {}", kept.name), move |ctx| {
            let rows: Vec<usize> = kept.members.rows().collect();
            match export::save_selection(&loaded, &rows, &choices, &path, ctx) {
                Ok(Ok(told)) => Ok(vec![Command::Tell(told.join("\n"))]),
                Ok(Err(sentence)) => Err(StepError::Problem(Problem(sentence.into()))),
                Err(error) => {
                    log_kind(&error);
                    Err(StepError::Problem(Problem(error.to_string().into())))
                }
            }
        });
    }

    /// Saves every customer with what was found out about who is unusual.
    pub(super) fn save_unusual(&mut self) {
        let Some(report) = self.engine.report(self.history.plan()) else {
            return self.complain("The list is still growing. Save it when it is complete.".into());
        };
        let Some(found) = report.unusual.clone() else { return };
        let path = free_path(self.home_folder().join("unusual.csv"));
        self.engine.errand("Saving unusual customers", move |ctx| {
            match export::write_beside(&path, |to| export::unusual_csv(&report, &found, to, ctx)) {
                Ok(()) => {
                    let (n, n_all) = (found.customers.len(), report.loaded.table.n_rows);
                    let told = format!("{} customers, {} of them unusual, saved as {}.", thousands(n_all), thousands(n), path.display());
                    Ok(vec![Command::Tell(told)])
                }
                Err(error) => {
                    log_kind(&error);
                    Err(StepError::Problem(Problem(error.to_string().into())))
                }
            }
        });
    }

    /// Saves every customer with how surely they belong.
    pub(super) fn save_belonging(&mut self) {
        let Some(report) = self.engine.report(self.history.plan()) else {
            return self.complain("How surely customers belong is still being computed. Save when it is complete.".into());
        };
        let Some(belonging) = report.belonging.clone() else { return };
        let path = free_path(self.home_folder().join("belonging.csv"));
        self.engine.errand("Saving how surely customers belong", move |ctx| {
            match export::write_beside(&path, |to| export::belonging_csv(&report, &belonging, to, ctx)) {
                Ok(()) => {
                    let n = thousands(report.loaded.table.n_rows);
                    Ok(vec![Command::Tell(format!("{n} customers with how surely they belong, saved as {}.", path.display()))])
                }
                Err(error) => {
                    log_kind(&error);
                    Err(StepError::Problem(Problem(error.to_string().into())))
                }
            }
        });
    }

    /// Saves who is due by a rule and may be contacted.
    pub(super) fn save_due(&mut self, rule: usize) {
        let journeys = &self.answers.journeys;
        let (Some(tried), Some(events), Some(loaded)) = (journeys.tried.ready(), journeys.events.ready(), self.answers.loaded.ready())
        else {
            return self.complain("The rules are still being tried. Save when they are.".into());
        };
        let (tried, events, loaded) = (tried.clone(), events.clone(), loaded.clone());
        let consent = self.plan().journeys.consent.clone();
        let path = free_path(self.home_folder().join("due.csv"));
        self.engine.errand("Saving who is due", move |ctx| {
            let failed = |sentence: String| match ctx.is_stopped() {
                true => StepError::Stopped,
                false => StepError::Problem(Problem(sentence.into())),
            };
            let (list, notes) =
                due_listed((&tried, rule), &events, (&loaded, consent.as_deref()), ctx).map_err(|problem| failed(problem.0.to_string()))?;
            match export::write_beside(&path, |to| due_csv(&[&list], to)) {
                Ok(()) => {
                    let n = list.due.len();
                    let counted = if n == 1 { "1 customer who is".to_owned() } else { format!("{} customers who are", thousands(n)) };
                    let mut told = format!("{counted} due saved as {}.", path.display());
                    if list.without_consent > 0 {
                        told += &format!(" {} did not agree to be contacted and are not listed.", thousands(list.without_consent));
                    }
                    notes.iter().for_each(|note| told += &format!(" {note}"));
                    Ok(vec![Command::Tell(told)])
                }
                Err(error) => {
                    log_kind(&error);
                    Err(failed(error.to_string()))
                }
            }
        });
    }

    /// Puts rows of the table on the clipboard. They are written in the background: there may be a million of them.
    pub(super) fn copy_rows(&mut self, rows: Arc<[u32]>) {
        let Some(loaded) = self.answers.loaded.latest().cloned() else { return };
        self.engine.errand("Copying rows", move |_ctx| {
            let text = rows_text(&loaded.table, rows.iter().map(|row| *row as usize));
            let n = rows.len();
            let told = format!("{} {} copied.", thousands(n), if n == 1 { "row" } else { "rows" });
            Ok(vec![Command::PutOnClipboard(text), Command::Tell(told)])
        });
    }

    /// Saves a plot as the window shows it.
    pub(super) fn save_plot_to(&mut self, kind: PlotKind, path: PathBuf) {
        let plots = self.engine.plots(self.history.plan());
        let names: Vec<String> = match self.answers.personas.latest() {
            Some(personas) => personas.personas.iter().map(|persona| persona.name.clone()).collect(),
            None => Vec::new(),
        };
        self.settings.last_folder = path.parent().map(Path::to_path_buf);
        self.engine.errand(&format!("Saving {}", kind.title()), move |_ctx| match export::save_plot(kind, &plots, &names, &path) {
            Ok(()) => Ok(vec![Command::Tell(format!("Saved as {}.", path.display()))]),
            Err(error) => {
                log_kind(&error);
                Err(StepError::Problem(Problem(error.to_string().into())))
            }
        });
    }
}
